// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What the driver shows of itself, beside its interface: kestrel-observe-test in the guest.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "ktap_report.hpp"
#include "presil_run.hpp"

namespace presil::system {
namespace {

TEST_CASE("dumps, debugfs, fdinfo and tracepoints tell what happened, whatever the model",
          "[system][driver]") {
  const auto* model = GENERATE("rtl", "functional");
  CAPTURE(model);
  // Some tests write a register behind the driver's back, which kernels forbid unless told.
  const auto run = presil_run(std::string("observe-") + model,
                              {"--model", model, "--append", "iomem=relaxed", "--add",
                               built("guest/bin/kestrel-observe-test")},
                              "kestrel-observe-test");
  const auto report = read_ktap(run.output);
  CHECK(report.whole());
  CHECK(report.cases.size() > 10);
  for (const auto& result : report.cases) {
    INFO(result.name << "\n" << result.text);
    CHECK(result.ok);
    CHECK(result.skipped == "");
  }
  CHECK(run.status == 0);
}

}  // namespace
}  // namespace presil::system
