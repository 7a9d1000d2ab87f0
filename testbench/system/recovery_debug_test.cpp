// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Recovery under the debug kernel, which reports nothing; with and without an IOMMU.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "kernel_reports.hpp"
#include "recovery_boot.hpp"

namespace presil::system {
namespace {

struct Case {
  const char* load;
  const char* last;
  bool compares;  ///< submitting to all queues takes that kernel longer than the jobs
};

TEST_CASE("recovery gives the debug kernel nothing to report", "[system][debug-kernel]") {
  const std::string iommu = GENERATE("off", "strict");
  const auto rows = GENERATE(Case{"one", "unplug", true}, Case{"all", "death", false});
  CAPTURE(iommu, rows.load);
  check_boot({.name = "recovery-debug-" + iommu + "-" + rows.load,
              .load = rows.load,
              .faults = faults_until(rows.last),
              .options = on_debug_kernel({"--iommu", iommu}),
              .first_strike_s = 120,
              .stretch = 10,
              .compares = rows.compares,
              .looks_for_leaks = true});
}

}  // namespace
}  // namespace presil::system
