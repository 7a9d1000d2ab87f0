// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RangeAllocator: gives out ranges of addresses.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace kestrel::internal {

/// First fit over ordered free ranges: the same calls give the same addresses.
///
/// Threads: not synchronised.
class RangeAllocator {
 public:
  /// All of [begin, end) is free.
  RangeAllocator(std::uint64_t begin, std::uint64_t end) { free_.emplace(begin, end); }

  /// \param size       more than 0
  /// \param alignment  a power of two
  /// \returns the first address, or nothing: no free range is large enough
  std::optional<std::uint64_t> allocate(std::uint64_t size, std::uint64_t alignment);

  /// Gives back exactly what was allocated.
  void release(std::uint64_t begin, std::uint64_t size);

 private:
  std::map<std::uint64_t, std::uint64_t> free_;  // Begin to end; no two of them touch.
};

}  // namespace kestrel::internal
