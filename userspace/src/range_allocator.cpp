// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "range_allocator.hpp"

#include <iterator>

namespace kestrel::internal {

std::optional<std::uint64_t> RangeAllocator::allocate(std::uint64_t size, std::uint64_t alignment) {
  for (auto range = free_.begin(); range != free_.end(); ++range) {
    const auto [begin, end] = *range;
    const std::uint64_t aligned = (begin + alignment - 1) & ~(alignment - 1);
    // An alignment near the end of all addresses wraps round.
    if (aligned < begin || aligned >= end || end - aligned < size)
      continue;
    // What lies behind first: inserting it may fail, and then nothing has changed.
    if (aligned + size < end)
      free_.emplace_hint(std::next(range), aligned + size, end);
    if (begin < aligned) {
      range->second = aligned;
    } else {
      free_.erase(range);
    }
    return aligned;
  }
  return std::nullopt;
}

void RangeAllocator::release(std::uint64_t begin, std::uint64_t size) {
  std::uint64_t end = begin + size;
  const auto next = free_.lower_bound(begin);
  if (next != free_.end() && next->first == end) {
    end = next->second;
    free_.erase(next);
  }
  const auto after = free_.lower_bound(begin);
  if (after != free_.begin() && std::prev(after)->second == begin) {
    std::prev(after)->second = end;
  } else {
    free_.emplace_hint(after, begin, end);
  }
}

}  // namespace kestrel::internal
