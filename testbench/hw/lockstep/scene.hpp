// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Scene: what both sides of a lockstep run find in memory, and what is told to both.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "random_program.hpp"
#include "sparse_memory.hpp"

namespace presil::testbench {

/// One of the two things that are compared: registers and a memory of its own.
struct Side {
  SparseMemory* memory = nullptr;
  std::function<void(std::uint32_t offset, std::uint32_t value)> write;
  std::function<std::uint32_t(std::uint32_t offset)> read;
  /// Lets it work until it has nothing to do.
  std::function<void()> settle;
};

/// A queue with its address space and its memory.
///
/// Of the source's pages some are unmapped, some may only be read; those of the destination may be
/// written. A bus address in the middle of each is refused at random runs (see Scene).
struct Party {
  unsigned queue = 0, space = 0;
  std::uint32_t mode = 0;    ///< SPACE_CONFIG.MODE
  std::uint32_t config = 0;  ///< QUEUE_CONFIG without ENABLE
  std::uint64_t bus = 0;     ///< where its memory begins
  std::uint64_t va = 0;      ///< where its space shows that
  std::uint64_t root = 0;    ///< page table
  std::uint32_t tail = 0;    ///< records pushed since the queue's reset
  std::uint64_t fence = 0;

  [[nodiscard]] Territory territory() const;
  [[nodiscard]] std::uint64_t commands() const { return va; }
  [[nodiscard]] std::uint64_t ring() const { return bus + kRingOffset; }
  [[nodiscard]] std::uint64_t fence_addr() const { return bus + kFenceOffset; }

  // Within its memory, bytes. The kernel's part is not mapped into the space.
  static constexpr std::uint64_t kSourceOffset = 0x10000, kSourceBytes = 0x8000;
  static constexpr std::uint64_t kDestinationOffset = 0x20000, kDestinationBytes = 0x4000;
  static constexpr std::uint64_t kRingOffset = 0x40000, kFenceOffset = 0x50000;
  static constexpr std::uint64_t kMappedBytes = 0x30000, kTablesOffset = 0x80000;
  static constexpr unsigned kRingLog2 = 6;
};

/// A run of one seed: parties, their memory on both sides, what is submitted.
class Scene {
 public:
  Scene(std::uint64_t seed, Side& first, Side& second);

  /// Sets every party's space and queue up anew.
  void start();
  void start_party(Party& party);
  /// Pushes a record to the ring of `party`, on both sides.
  void push(Party& party, const KestrelRecord& record);
  void write_commands(const Party& party, std::span<const KestrelRecord> commands);
  void doorbell(const Party& party);
  void write_register(std::uint32_t offset, std::uint32_t value);
  void both(const std::function<void(Side&)>& action) {
    action(first_);
    action(second_);
  }

  std::vector<Party> parties;
  Random random;
  /// Bus addresses whose page is refused, reads and writes.
  std::vector<std::uint64_t> refused_pages;

 private:
  void fill_memory(const Party& party);
  void map(Party& party);

  Side& first_;
  Side& second_;
};

}  // namespace presil::testbench
