// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Boots in a row beside other load: none hangs, and all are the same run.

#include <catch2/catch_test_macros.hpp>

#include "presil_run.hpp"
#include "testbench/support/busy_cores.hpp"

namespace presil::system {
namespace {

constexpr int kBoots = 100;

TEST_CASE("a hundred boots under load: none hangs, all are the same", "[system][endurance]") {
  const testbench::BusyCores busy;
  std::string digest;
  for (int i = 1; i <= kBoots; ++i) {
    INFO("boot " << i);
    const auto run = presil_run("endurance", {}, "kestrel-copy --random 4096");
    CHECK(run.result() == "passed");
    digest = digest.empty() ? run.digest() : digest;
    CHECK(run.digest() == digest);
    if (run.result() != "passed" || run.digest() != digest) {
      break;  // The folder of this one is the evidence.
    }
  }
}

}  // namespace
}  // namespace presil::system
