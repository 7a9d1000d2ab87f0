// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Recovery on RTL: the same table.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "recovery_boot.hpp"

namespace presil::system {
namespace {

TEST_CASE("clients of the RTL see what the recovery table says", "[system][recovery]") {
  const std::string load = GENERATE("one", "all");
  CAPTURE(load);
  // The first error meets a record that is fetched ahead, which is forgotten and fetched again.
  check_boot({.name = "recovery-rtl-" + load,
              .load = load,
              .faults = faults_until("unplug"),
              .bus_errors = 2});
}

}  // namespace
}  // namespace presil::system
