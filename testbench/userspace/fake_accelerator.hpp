// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// FakeAccelerator: kestrel's functional model with memory round it, driven as a driver does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "sim/kestrel/counters.hpp"
#include "sim/kestrel/device.hpp"
#include "testbench/support/page_tables.hpp"
#include "testbench/support/sparse_memory.hpp"

/// The hardware behind the fake kernel: what is submitted runs at once and to its end.
class FakeAccelerator {
 public:
  /// A command buffer, by its address in the queue's address space.
  struct Call {
    std::uint64_t va = 0;
    std::uint32_t size_bytes = 0;
  };

  /// How calls ended; the numbers are those of hw/kestrel/gen/kestrel_regs.h.
  struct Outcome {
    std::uint32_t cause = KESTREL_ERROR_CAUSE_NONE;
    std::uint32_t fault = 0, access = 0, opcode = 0;
    std::uint32_t call = 0;    ///< which of the calls, from 0
    std::uint32_t offset = 0;  ///< of the command in it, bytes
    std::uint64_t va = 0;
  };

  static constexpr std::uint64_t kPageBytes = 4096;
  static constexpr std::uint32_t kQueues = presil::kestrel::kQueues;
  /// Address space 0 is the kernel's.
  static constexpr std::uint32_t kSpaces = presil::kestrel::kSpaces - 1;
  /// A call that takes longer is ended.
  static constexpr std::uint32_t kBudgetNs = 500'000'000;

  FakeAccelerator();

  // Memory.

  /// Lets the device reach memory of the process, whole pages, until it is removed.
  /// \returns the bus address of its first byte
  std::uint64_t add_memory(std::span<std::byte> memory);
  void remove_memory(std::uint64_t bus_address);

  // Page tables.

  /// \returns a new, empty table
  std::size_t add_table();
  /// \param permissions  of PageTables::kRead and kWrite; 0: the page is not mapped any more
  void set_page(std::size_t table, std::uint64_t va, std::uint64_t bus_address,
                std::uint64_t permissions);

  // Address spaces and queues. Both are numbers of the hardware.

  /// Takes an address space for a table. \returns nothing if all are taken
  std::optional<std::uint32_t> take_space(std::size_t table);
  void release_space(std::uint32_t space);
  /// Forgets translations of a range, inclusive addresses.
  void invalidate(std::uint32_t space, std::uint64_t first, std::uint64_t last);

  std::optional<std::uint32_t> take_queue(std::uint32_t space, std::uint32_t priority);
  void release_queue(std::uint32_t queue);

  /// Runs calls one after another, then a fence. After a failure the queue takes no more.
  Outcome run(std::uint32_t queue, std::span<const Call> calls);

  /// In the order of the registers: of a queue since it was taken, or of all, since ever.
  presil::kestrel::Counts queue_counts(std::uint32_t queue);
  presil::kestrel::Counts device_counts() { return counts(kQueues); }

 private:
  /// Memory of the process where bus addresses are large, of its own below.
  class Memory final : public presil::kestrel::Bus {
   public:
    presil::kestrel::BusAnswer read(std::uint64_t addr, std::span<std::byte> data,
                                    std::uint32_t user) override;
    presil::kestrel::BusAnswer write(std::uint64_t addr, std::span<const std::byte> data,
                                     std::uint32_t user) override;

    presil::testbench::SparseMemory own;
    std::map<std::uint64_t, std::span<std::byte>> outside;  // By bus address.

   private:
    /// Empty: nobody is there.
    std::span<std::byte> find(std::uint64_t addr, std::size_t bytes) const;
  };

  std::uint32_t read(std::uint32_t offset) { return device_.read_register(offset); }
  void write(std::uint32_t offset, std::uint32_t value) { device_.write_register(offset, value); }
  void push(std::uint32_t queue, std::uint32_t opcode, std::uint32_t size, std::uint64_t addr,
            std::uint64_t value);
  presil::kestrel::Counts counts(std::uint32_t row);

  Memory memory_;
  presil::kestrel::Device device_;
  std::uint64_t next_memory_;
  std::vector<presil::testbench::PageTables> tables_;
  std::array<bool, kSpaces> is_space_taken_ = {};
  struct Queue {
    bool is_taken = false;
    std::uint32_t pushed = 0;
    presil::kestrel::Counts lost_counts = {};  // From before a failure, which resets them.
  };
  std::array<Queue, kQueues> queues_ = {};
};
