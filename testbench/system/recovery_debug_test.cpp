// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Recovery under the debug kernel, which reports nothing; with and without an IOMMU.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "kernel_reports.hpp"
#include "recovery_boot.hpp"

namespace presil::system {
namespace {

TEST_CASE("recovery gives the debug kernel nothing to report", "[system][debug-kernel]") {
  const std::string iommu = GENERATE("off", "strict");
  const std::string last = GENERATE("unplug", "death");
  CAPTURE(iommu, last);
  const bool all = last == "unplug";
  check_boot({.name = "recovery-debug-" + iommu + "-" + last,
              .load = "all",
              .faults = all ? faults_until(last) : std::vector{last},
              .options = on_debug_kernel({"--iommu", iommu}),
              .first_strike_s = 120,
              .looks_for_leaks = true});
}

}  // namespace
}  // namespace presil::system
