// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The suite of the driver's interface, and a load, on the debug kernel, which reports nothing.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "kernel_reports.hpp"
#include "uapi_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("the suite gives the debug kernel nothing to report", "[system][uapi][debug-kernel]") {
  const auto* iommu = GENERATE("off", "strict");
  CAPTURE(iommu);
  UapiRun run;
  run.kernel = "debug";
  run.options = {"--model", "functional", "--hang", "600", "--iommu", iommu};
  run.after = kLookForLeaks;
  const auto result = run.check(std::string("uapi-debug-") + iommu);
  CHECK_THAT(result.output, !ContainsSubstring("unreferenced object"));
  CHECK(kernel_reports(result.file("guest-console.log")) == "");
}

TEST_CASE("the suite for 32 bits gives the debug kernel nothing to report",
          "[system][uapi][debug-kernel]") {
  UapiRun run;
  run.program = "kestrel-uapi-test32";
  run.kernel = "debug";
  run.options = {"--model", "functional", "--hang", "600"};
  run.after = kLookForLeaks;
  const auto result = run.check("uapi-debug-32");
  CHECK_THAT(result.output, !ContainsSubstring("unreferenced object"));
  CHECK(kernel_reports(result.file("guest-console.log")) == "");
}

TEST_CASE("a load gives the debug kernel nothing to report", "[system][uapi][debug-kernel]") {
  const auto run = presil_run("uapi-load-debug",
                              on_debug_kernel({"--timeout", "6000", "--memory", "1G", "--add",
                                               built("guest/bin/kestrel-uapi-load")}),
                              "kestrel-uapi-load 4 4 100 3; s=$?; " + kLookForLeaks + "; exit $s");
  CHECK(run.status == 0);
  INFO(run.output);
  CHECK_THAT(run.output, ContainsSubstring("1600 jobs of 16 queues") &&
                             !ContainsSubstring("unreferenced object"));
  CHECK(kernel_reports(run.file("guest-console.log")) == "");
}

}  // namespace
}  // namespace presil::system
