// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Whatever programs ask of the driver, it answers as documented, and the device works on.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

RunResult fuzz(const std::string& name, const std::string& seed) {
  return presil_run(
      name, {"--model", "functional", "--add", built("guest/bin/kestrel-uapi-fuzz")},
      "kestrel-uapi-fuzz " + seed + " 5000 && kestrel-copy --random 65536; s=$?; dmesg; exit $s");
}

TEST_CASE("five thousand random calls harm nobody, and are the same each time",
          "[system][uapi][fuzz]") {
  const auto first = fuzz("uapi-fuzz-first", "1");
  CHECK(first.status == 0);
  CHECK_THAT(first.output, ContainsSubstring("the device works") && ContainsSubstring("equal"));
  // Each call got through at least once, so that it was tried and not only refused.
  for (const auto* call :
       {"bo_create", "bo_mmap_offset", "bo_sync", "counters", "dev_query", "queue_create",
        "queue_destroy", "queue_state", "submit", "vm_bind", "vm_create", "vm_destroy"}) {
    CAPTURE(call);
    const auto line = first.output.find(std::string("\n") + call + " ");
    // The first of the list stands at the beginning of the output.
    const auto at = line == std::string::npos ? first.output.find(call) : line + 1;
    CHECK_THAT(first.output.substr(at, first.output.find('\n', at) - at),
               ContainsSubstring(" ok="));
  }
  for (const auto* bad : {"BUG:", "WARNING:", "Oops", "Call Trace"}) {
    CHECK_THAT(first.output, !ContainsSubstring(bad));
  }
  CHECK(fuzz("uapi-fuzz-second", "1").digest() == first.digest());
}

}  // namespace
}  // namespace presil::system
