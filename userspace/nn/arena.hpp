// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Arena: places for buffers that live for a while, so that those that live together do not
/// overlap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kestrel::nn {

/// A buffer is alive from step `first` to step `last`, both included.
struct Lifetime {
  std::uint64_t size_bytes = 0;
  std::size_t first = 0, last = 0;
};

struct ArenaPlan {
  std::vector<std::uint64_t> offsets;  ///< of each buffer, bytes; multiples of the alignment
  std::uint64_t size_bytes = 0;
  /// The largest sum of sizes, each rounded up to the alignment, that are alive in one step.
  std::uint64_t lower_bound_bytes = 0;
};

/// Largest first, each at the lowest place where nothing that lives at the same time is.
ArenaPlan plan_arena(const std::vector<Lifetime>& buffers, std::uint64_t alignment);

}  // namespace kestrel::nn
