// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Two accelerators in one guest, one simulator each.

#include <algorithm>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

/// Both at the same time; each with its own data, so that neither can pass for the other.
constexpr auto kBoth =
    "ls -1 /dev/accel; "
    "kestrel-copy --device /dev/accel/accel0 --random 1048573 --repeat 8 --seed 11 & first=$!; "
    "kestrel-copy --device /dev/accel/accel1 --random 1048573 --repeat 8 --seed 22 & second=$!; "
    "wait $first; one=$?; wait $second; echo \"statuses $one $?\"";

TEST_CASE("two devices probe, copy at the same time, and give the same run each time",
          "[system][two]") {
  const std::vector<std::string> two = {"--accel", "kestrel", "--accel", "kestrel"};
  const auto first = presil_run("two-first", two, kBoth);
  REQUIRE(first.status == 0);
  CHECK_THAT(first.output, ContainsSubstring("accel0\naccel1\n"));
  CHECK_THAT(first.output, ContainsSubstring("statuses 0 0"));
  REQUIRE(first.summary["devices"].size() == 2);

  // Both worked, and for a while at the same time.
  const auto span = [&](std::size_t slot) {
    std::uint64_t begin = UINT64_MAX, end = 0;
    for (const auto& event : first.events(slot)) {
      if (event.kind.starts_with("dma")) {
        begin = std::min(begin, event.time_ps);
        end = std::max(end, event.time_ps);
      }
    }
    return std::pair(begin, end);
  };
  const auto [begin0, end0] = span(0);
  const auto [begin1, end1] = span(1);
  CHECK(std::max(begin0, begin1) < std::min(end0, end1));

  const auto second = presil_run("two-second", two, kBoth);
  CHECK(second.digest() == first.digest());
}

}  // namespace
}  // namespace presil::system
