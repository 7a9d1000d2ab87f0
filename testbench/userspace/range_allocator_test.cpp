// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Ranges of addresses: none is given out twice, and what comes back can be had again.

#include "range_allocator.hpp"

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using kestrel::internal::RangeAllocator;

TEST_CASE("range allocator: First fit, aligned", "[userspace][ranges]") {
  RangeAllocator ranges(0x1000, 0x100000);
  CHECK(ranges.allocate(0x1000, 0x1000) == 0x1000);
  CHECK(ranges.allocate(0x1000, 0x10000) == 0x10000);
  CHECK(ranges.allocate(0x2000, 0x1000) == 0x2000);  // The hole before.
  ranges.release(0x1000, 0x1000);
  CHECK(ranges.allocate(0x1000, 0x1000) == 0x1000);
}

TEST_CASE("range allocator: What does not fit is refused", "[userspace][ranges]") {
  RangeAllocator ranges(0x1000, 0x5000);
  CHECK_FALSE(ranges.allocate(0x5000, 1));
  CHECK_FALSE(ranges.allocate(0x1000, 0x8000));
  CHECK_FALSE(ranges.allocate(~0ull, 1));
  CHECK(ranges.allocate(0x4000, 0x1000) == 0x1000);
  CHECK_FALSE(ranges.allocate(1, 1));
}

TEST_CASE("range allocator: An alignment beyond the last address is refused",
          "[userspace][ranges]") {
  RangeAllocator ranges(~0ull - 0x1000, ~0ull);
  CHECK_FALSE(ranges.allocate(1, 1ull << 63));
}

TEST_CASE("range allocator: Neighbours grow together, whichever comes back first",
          "[userspace][ranges]") {
  const auto order = GENERATE(std::vector{0, 1, 2}, std::vector{0, 2, 1}, std::vector{2, 1, 0},
                              std::vector{1, 0, 2});
  RangeAllocator ranges(0, 0x3000);
  for (int i = 0; i < 3; ++i)
    REQUIRE(ranges.allocate(0x1000, 1));
  for (const int i : order)
    ranges.release(static_cast<std::uint64_t>(i) * 0x1000, 0x1000);
  CHECK(ranges.allocate(0x3000, 1) == 0);
}

TEST_CASE("range allocator: Random use never overlaps, and ends as it began",
          "[userspace][ranges]") {
  constexpr std::uint64_t kEnd = 1 << 20;
  std::mt19937 random(GENERATE(1u, 2u, 3u));
  RangeAllocator ranges(0, kEnd);
  std::vector<bool> is_used(kEnd);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> held;
  bool was_right = true;
  for (int i = 0; i < 2000; ++i) {
    if (random() % 2 == 0 || held.empty()) {
      const std::uint64_t size = random() % 9000 + 1, alignment = 1u << random() % 13;
      const auto begin = ranges.allocate(size, alignment);
      if (!begin)
        continue;
      was_right = was_right && *begin % alignment == 0 && *begin + size <= kEnd;
      for (std::uint64_t at = *begin; at < *begin + size; ++at) {
        was_right = was_right && !is_used[at];
        is_used[at] = true;
      }
      held.emplace_back(*begin, size);
    } else {
      std::swap(held[random() % held.size()], held.back());
      const auto [begin, size] = held.back();
      held.pop_back();
      ranges.release(begin, size);
      for (std::uint64_t at = begin; at < begin + size; ++at)
        is_used[at] = false;
    }
  }
  CHECK(was_right);
  for (const auto& [begin, size] : held)
    ranges.release(begin, size);
  CHECK(ranges.allocate(kEnd, 1) == 0);
}
