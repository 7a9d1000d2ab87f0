// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The driver's interface, rule by rule: kestrel-uapi-test in the guest, for 64 and for 32 bits.

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "uapi_run.hpp"

namespace presil::system {
namespace {

TEST_CASE("the suite of the driver's interface passes, whatever the model", "[system][uapi]") {
  const auto* model = GENERATE("rtl", "functional");
  CAPTURE(model);
  UapiRun run;
  run.options = {"--model", model};
  run.check(std::string("uapi-") + model);
}

TEST_CASE("the suite passes for 32 bits", "[system][uapi]") {
  UapiRun run;
  run.program = "kestrel-uapi-test32";
  run.options = {"--model", "functional"};
  run.check("uapi-32");
}

TEST_CASE("the suite passes behind an IOMMU that translates", "[system][uapi]") {
  UapiRun run;
  run.options = {"--model", "functional", "--iommu", "strict"};
  run.check("uapi-iommu");
}

TEST_CASE("the suite passes in other orders, with other yields and times", "[system][uapi]") {
  const auto seed = GENERATE(1, 2, 3);
  CAPTURE(seed);
  UapiRun run;
  run.seed = seed;
  run.options = {"--model",   "functional",
                 "--quantum", std::to_string(700 * seed) + "ns",
                 "--append",  "preempt=full",
                 "--seed",    std::to_string(seed),
                 "--jitter",  std::to_string(20 * (seed - 1)) + "us"};
  run.check("uapi-seed-" + std::to_string(seed));
}

}  // namespace
}  // namespace presil::system
