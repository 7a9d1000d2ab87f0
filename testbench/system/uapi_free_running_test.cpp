// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The driver on four CPUs that really run at the same time: no two runs are alike, so nothing but
// results, reports and leaks is looked at.

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "kernel_reports.hpp"
#include "uapi_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

const std::vector<std::string> kFourCpus = {"--free-running", "--cpus", "4",  "--model",
                                            "functional",     "--hang", "600"};

std::vector<std::string> four_cpus_with(const std::string& program) {
  auto options = kFourCpus;
  options.insert(options.end(), {"--kernel", "debug", "--memory", "1G", "--timeout", "6000",
                                 "--add", built("guest/bin/" + program)});
  return options;
}

/// Runs `command` and looks for leaks and reports.
void check_quiet(const std::string& name, const std::string& program, const std::string& command,
                 const std::string& expected) {
  const auto run =
      presil_run(name, four_cpus_with(program), command + "; s=$?; " + kLookForLeaks + "; exit $s");
  INFO(run.output);
  CHECK(run.status == 0);
  CHECK_THAT(run.output, ContainsSubstring(expected) && !ContainsSubstring("unreferenced object"));
  CHECK(kernel_reports(run.file("guest-console.log")) == "");
}

TEST_CASE("the suite passes on four CPUs", "[system][uapi][long]") {
  const std::string kernel = GENERATE("", "debug");
  CAPTURE(kernel);
  UapiRun run;
  run.kernel = kernel;
  run.options = kFourCpus;
  const auto result = run.check("uapi-four-cpus-" + (kernel.empty() ? "stock" : kernel));
  CHECK(kernel_reports(result.file("guest-console.log")) == "");
}

TEST_CASE("a load on four CPUs ends, and is right", "[system][uapi][long]") {
  check_quiet("uapi-load-four-cpus", "kestrel-uapi-load", "kestrel-uapi-load 4 4 100 5",
              "1600 jobs of 16 queues");
}

TEST_CASE("random calls on four CPUs give the debug kernel nothing to report",
          "[system][uapi][long]") {
  const auto seed = std::to_string(GENERATE(1, 2, 3));
  CAPTURE(seed);
  check_quiet("uapi-fuzz-four-cpus-" + seed, "kestrel-uapi-fuzz",
              "kestrel-uapi-fuzz " + seed + " 10000", "the device works");
}

}  // namespace
}  // namespace presil::system
