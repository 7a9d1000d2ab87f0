// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/arena.hpp"

#include <algorithm>
#include <numeric>

namespace kestrel::nn {

ArenaPlan plan_arena(const std::vector<Lifetime>& buffers, std::uint64_t alignment) {
  const auto size = [&](std::size_t at) {
    return (buffers[at].size_bytes + alignment - 1) / alignment * alignment;
  };
  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return size(a) > size(b); });

  ArenaPlan plan{.offsets = std::vector<std::uint64_t>(buffers.size())};
  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t buffer : order) {
    std::uint64_t offset = 0;
    for (const std::size_t other : placed) {
      const bool meets = buffers[other].first <= buffers[buffer].last &&
                         buffers[buffer].first <= buffers[other].last;
      if (!meets)
        continue;
      if (offset + size(buffer) <= plan.offsets[other])
        break;
      offset = std::max(offset, plan.offsets[other] + size(other));
    }
    plan.offsets[buffer] = offset;
    plan.size_bytes = std::max(plan.size_bytes, offset + size(buffer));
    placed.insert(std::ranges::upper_bound(placed, offset, {},
                                           [&](std::size_t at) { return plan.offsets[at]; }),
                  buffer);
  }

  // The sum can only be largest where something begins.
  for (const Lifetime& at : buffers) {
    std::uint64_t alive = 0;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      if (buffers[i].first <= at.first && at.first <= buffers[i].last)
        alive += size(i);
    }
    plan.lower_bound_bytes = std::max(plan.lower_bound_bytes, alive);
  }
  return plan;
}

}  // namespace kestrel::nn
