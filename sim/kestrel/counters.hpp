// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Counters: what a record counted, added to its queue's row and to the sum of all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/kestrel/sizes.hpp"

namespace presil::kestrel {

/// In the order of the COUNT_* registers.
enum Counter : std::uint8_t {
  kRecords,
  kCalls,
  kCommands,
  kBusyNs,
  kComputeBusy,
  kOutputBusy,
  kLoadBusy,
  kStoreBusy,
  kComputeToken,
  kLoadToken,
  kStoreToken,
  kTranslation,
  kReadBytes,
  kWriteBytes,
  kMacs,
  kTlbMisses,
  kCounters
};

/// Of one record, or a row.
using Counts = std::array<std::uint64_t, kCounters>;

class Counters {
 public:
  /// A record of the queue has ended, completed or not.
  void add(std::uint32_t queue, const Counts& counts);
  void clear(std::uint32_t queue) { rows_[queue] = {}; }

  /// Copies a queue's row, or with kQueues the sum, to where `read` finds it; beyond that zeros.
  void snapshot(std::uint32_t index);
  /// \param index  counter times two, plus one for its upper half
  std::uint32_t read(std::size_t index) const;

 private:
  std::array<Counts, kQueues + 1> rows_ = {};
  Counts snapshot_ = {};
};

}  // namespace presil::kestrel
