// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Party: a queue of a lockstep run with its address space and its memory.
#pragma once

#include <kestrel_regs.h>

#include <cstdint>
#include <vector>

#include "goals.hpp"
#include "random_program.hpp"

namespace presil::testbench {

/// A page that cannot be used; the page before it can be read.
enum class Trap : std::uint8_t {
  kNotPresent,
  kPermission,
  kTableFormat,
  kSlverr,    ///< The bus refuses it.
  kDecerr,    ///< The bus refuses it, the other way.
  kTableBus,  ///< The bus refuses the table of it.
  kCount
};

/// A record as it was submitted.
struct Submitted {
  Op op = Op::kRingNop;
  std::vector<Op> commands;  ///< of a CALL
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
  std::uint64_t fence = 0;   ///< number of its latest FENCE

  State state = State::kKernel;
  std::vector<Submitted> submitted;  ///< since the queue's reset
  std::uint32_t noted = 0;           ///< how many of them are known to have completed
  bool is_failure_noted = false;

  [[nodiscard]] bool is_user() const { return (config & KESTREL_QUEUE_CONFIG_USER) != 0; }
  [[nodiscard]] bool stalls_faults() const {
    return (config & KESTREL_QUEUE_CONFIG_STALL_FAULTS) != 0;
  }
  [[nodiscard]] Territory territory() const {
    return {va + kSourceOffset, kSourceBytes, va + kDestinationOffset, kDestinationBytes};
  }
  /// Where ring and status page are found: in user mode in its own space, else in the kernel's.
  [[nodiscard]] std::uint64_t queue_base() const { return is_user() ? va : bus; }
  [[nodiscard]] std::uint64_t ring() const { return queue_base() + kRingOffset; }
  [[nodiscard]] std::uint64_t status_addr() const { return queue_base() + kFenceOffset + 8; }
  /// In the kernel's space: the fence, what TIMESTAMP writes, what directed batches WAIT for.
  [[nodiscard]] std::uint64_t fence_addr() const { return bus + kFenceOffset; }
  [[nodiscard]] std::uint64_t time_addr() const { return bus + kFenceOffset + 16; }
  [[nodiscard]] std::uint64_t word_addr() const { return bus + kFenceOffset + 24; }

  // Within its memory, bytes. The kernel's part is mapped into the space in user mode only.
  static constexpr std::uint64_t kSourceOffset = 0x10000, kSourceBytes = 0x8000;
  static constexpr std::uint64_t kDestinationOffset = 0x20000, kDestinationBytes = 0x4000;
  static constexpr std::uint64_t kRingOffset = 0x40000, kFenceOffset = 0x50000;
  static constexpr std::uint64_t kMappedBytes = 0x30000, kTablesOffset = 0x80000;
  static constexpr std::uint64_t kRefusedTableOffset = 0xe0000, kGoodTableOffset = 0xe1000;
  static constexpr unsigned kRingLog2 = 6;

  /// Where a trap is, in its memory and in its space; that of kTableBus is in a table of its own.
  static constexpr std::uint64_t trap_offset(Trap trap) {
    constexpr std::uint64_t kPage = 0x1000, kTraps = 0x100'0000, kOfOneTable = 0x20'0000;
    return trap == Trap::kTableBus ? kTraps + kOfOneTable
                                   : kTraps + kPage + 2 * kPage * static_cast<std::uint64_t>(trap);
  }
};

}  // namespace presil::testbench
