// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Whatever a guest does to the registers, nothing crashes, hangs or ends.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

/// Lets the device decode memory but not master the bus: a random ring address is not to overwrite
/// the guest, which would be its own fault.
constexpr auto kPrepare = "cd /sys/bus/pci/devices/0000:01:00.0; rmmod kestrel; echo 1 >enable; ";
/// The device still is what it was: function reset, bind, copy.
constexpr auto kAfter = " && echo 1 >reset && modprobe kestrel && kestrel-copy --random 65536";

RunResult fuzz(const std::string& name, const std::string& count) {
  return presil_run(
      name, {"--add", built("guest/bin/mmio-fuzz"), "--timeout", "36000"},
      std::string(kPrepare) + "mmio-fuzz 1 " + count + " resource0 resource4" + kAfter);
}

void check_unharmed(const RunResult& run) {
  CHECK(run.status == 0);
  CHECK(run.result() == "passed");
  CHECK_THAT(run.output, ContainsSubstring("hash="));
  CHECK_THAT(run.output, ContainsSubstring("equal"));
}

TEST_CASE("random accesses to every BAR harm nobody, and are the same each time",
          "[system][fuzz]") {
  const auto first = fuzz("fuzz-first", "30000");
  check_unharmed(first);
  const auto second = fuzz("fuzz-second", "30000");
  CHECK(first.digest() == second.digest());
}

TEST_CASE("a million random accesses to every BAR harm nobody", "[system][fuzz][million]") {
  check_unharmed(fuzz("fuzz-million", "1000000"));
}

}  // namespace
}  // namespace presil::system
