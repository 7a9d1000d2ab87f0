// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The suite in many orders, and many random calls on the debug kernel.

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "kernel_reports.hpp"
#include "uapi_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("the suite passes in twenty other orders", "[system][uapi][long]") {
  const auto seed = GENERATE(range(11, 31));
  CAPTURE(seed);
  UapiRun run;
  run.seed = seed;
  run.options = {"--model",   "functional",
                 "--quantum", std::to_string(500 * seed) + "ns",
                 "--append",  "preempt=full",
                 "--seed",    std::to_string(seed),
                 "--jitter",  std::to_string(seed % 5 * 20) + "us"};
  run.check("uapi-order-" + std::to_string(seed));
}

TEST_CASE("twenty times ten thousand random calls give the debug kernel nothing to report",
          "[system][uapi][long]") {
  const auto seed = GENERATE(range(1, 21));
  CAPTURE(seed);
  const auto run = presil_run(
      "uapi-fuzz-debug-" + std::to_string(seed),
      on_debug_kernel({"--timeout", "6000", "--append", "preempt=full", "--quantum",
                       std::to_string(500 + 500 * seed) + "ns", "--seed", std::to_string(seed),
                       "--jitter", std::to_string(seed % 5 * 20) + "us", "--add",
                       built("guest/bin/kestrel-uapi-fuzz")}),
      "kestrel-uapi-fuzz " + std::to_string(seed) + " 10000; s=$?; " + kLookForLeaks + "; exit $s");
  CHECK(run.status == 0);
  CHECK_THAT(run.output,
             ContainsSubstring("the device works") && !ContainsSubstring("unreferenced object"));
  CHECK(kernel_reports(run.file("guest-console.log")) == "");
}

TEST_CASE("sixteen thousand jobs of sixteen queues on the RTL end, and are right",
          "[system][uapi][long]") {
  const auto run = presil_run(
      "uapi-load-rtl-long",
      {"--model", "rtl", "--timeout", "6000", "--add", built("guest/bin/kestrel-uapi-load")},
      "kestrel-uapi-load 4 4 1000 1");
  INFO(run.output);
  CHECK(run.status == 0);
}

}  // namespace
}  // namespace presil::system
