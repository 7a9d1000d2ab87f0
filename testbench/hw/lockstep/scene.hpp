// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Scene: what both sides of a lockstep run find in memory, and what is told to both.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "party.hpp"
#include "random_program.hpp"
#include "sparse_memory.hpp"

namespace presil::testbench {

/// One of the two things that are compared: registers and a memory of its own.
struct Side {
  SparseMemory* memory = nullptr;
  std::function<void(std::uint32_t offset, std::uint32_t value)> write;
  std::function<std::uint32_t(std::uint32_t offset)> read;
  /// Lets it work until it has nothing to do, or waits for software.
  std::function<void()> settle;
  std::function<std::uint64_t()> time_ns;
};

/// A page of the bus that refuses reads and writes.
struct RefusedPage {
  std::uint64_t addr = 0;
  std::uint8_t response = 0;
};

/// A run of one seed: parties, their memory on both sides, what is submitted.
class Scene {
 public:
  Scene(std::uint64_t seed, Side& first, Side& second);

  /// Sets every party's space and queue up anew.
  void start();
  void start_party(Party& party);
  /// QUEUE_CONTROL.RESET, waited for; what was submitted is forgotten.
  void reset_party(Party& party);

  /// Pushes a record to the ring of `party`, on both sides.
  void push(Party& party, const KestrelRecord& record) { push(party, record, {}); }
  /// Writes commands to `addr`, bytes from where the party's memory begins, and pushes a CALL of
  /// them.
  void call(Party& party, std::uint64_t addr, std::span<const KestrelRecord> commands);
  void doorbell(const Party& party);
  void write_register(std::uint32_t offset, std::uint32_t value);
  void write64(std::uint64_t bus, std::uint64_t value);
  void both(const std::function<void(Side&)>& action) {
    action(first_);
    action(second_);
  }

  /// SPACE_CONFIG with the party's PASID; of space 0, the kernel's, too. The space is invalidated.
  void set_space(unsigned space, std::uint32_t mode);
  /// \param page  the whole space, or the page of this address
  void invalidate(unsigned space, const std::uint64_t* page = nullptr);
  /// Makes a trap of the party's space a page like any other, or a trap again, and invalidates it
  /// where what changed was valid before.
  void repair(const Party& party, Trap trap);
  void spring(const Party& party, Trap trap);

  std::vector<Party> parties;
  /// Takes part in directed batches only: mode TABLE, and what its queue is like changes.
  Party subject;
  Random random;
  std::uint32_t kernel_mode = 0;  ///< of space 0, unless a batch changes it for a while
  std::vector<RefusedPage> refused_pages;
  std::uint64_t records = 0, commands = 0;  ///< submitted
  bool is_verbose = false;                  ///< prints what is submitted

 private:
  void push(Party& party, const KestrelRecord& record, std::span<const KestrelRecord> commands);
  Party make_party(unsigned index, std::uint64_t seed);
  void fill_memory(const Party& party);
  void map(const Party& party);
  void map_traps(const Party& party);
  void map_kernel();
  void refuse_pages();
  void put(const Party& party, std::uint64_t va, unsigned level, std::uint64_t bits);

  Side& first_;
  Side& second_;
};

}  // namespace presil::testbench
