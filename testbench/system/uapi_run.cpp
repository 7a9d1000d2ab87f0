// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "uapi_run.hpp"

#include <catch2/catch_test_macros.hpp>

#include "checkout.hpp"
#include "expectations.hpp"
#include "guest_modules.hpp"
#include "ktap_report.hpp"

namespace presil::system {

RunResult UapiRun::check(const std::string& name) const {
  const std::string which = kernel.empty() ? "stock" : kernel;
  const auto folder = cli::Checkout::find().source / "testbench/uapi/expected";
  const auto expected = Expectations::read(folder, which);
  const auto modules = guest_modules({"vgem"}, kernel);

  std::vector<std::string> all = options;
  all.insert(all.end(), {"--timeout", "6000", "--add", built("guest/bin/" + program), "--add",
                         (folder / (which + "-skips.txt")).string() + ":etc/uapi-skips.txt"});
  if (!kernel.empty()) {
    all.insert(all.end(), {"--kernel", kernel});
  }
  all.insert(all.end(), modules.options.begin(), modules.options.end());
  auto run = presil_run(name, all,
                        modules.load + program + " --skips /etc/uapi-skips.txt --seed " +
                            std::to_string(seed) + "; " + after);

  const auto report = read_ktap(run.output);
  CHECK(report.cases.size() > 200);
  for (const auto& surprise : expected.surprises(report)) {
    FAIL_CHECK(surprise);
  }
  return run;
}

}  // namespace presil::system
