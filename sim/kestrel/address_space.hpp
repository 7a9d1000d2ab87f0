// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// AddressSpaces: from the addresses of commands to the bus, by mode and by page table.
#pragma once

#include <kestrel_regs.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/kestrel/bus.hpp"
#include "sim/kestrel/counters.hpp"
#include "sim/kestrel/failure.hpp"
#include "sim/kestrel/sizes.hpp"
#include "sim/kestrel/tlb.hpp"

namespace presil::kestrel {

/// A row of the SPACE registers.
struct AddressSpace {
  std::uint32_t mode = KESTREL_SPACE_MODE_OFF;
  std::uint32_t pasid = 0;
  std::uint64_t root = 0;

  /// \param offset  of a register within the space's own
  std::uint32_t read(std::uint32_t offset) const;
  void write(std::uint32_t offset, std::uint32_t value);
};

/// Who accesses what.
struct Access {
  std::uint64_t addr = 0;
  std::uint32_t space = 0;
  bool is_privileged = false;
  std::uint32_t kind = KESTREL_ACCESS_FETCH;  ///< KESTREL_ACCESS_*
};

/// How an access ended, and how long it takes. A failure's address is that of the access.
struct Outcome {
  Failure failure;
  Picoseconds latency_ps = 0;
};

/// Bytes of the first burst of a range: none crosses a multiple of kBlockBytes.
inline std::uint64_t burst_bytes(std::uint64_t addr, std::uint64_t left) {
  const std::uint64_t room = kBlockBytes - addr % kBlockBytes;
  return left < room ? left : room;
}

/// Beats of a burst.
inline std::uint64_t burst_beats(std::uint64_t addr, std::uint64_t bytes) {
  return (addr % kBeatBytes + bytes + kBeatBytes - 1) / kBeatBytes;
}

/// Translates and performs bursts.
class AddressSpaces {
 public:
  /// Both outlive this. Misses of the TLB and the time of walks are counted in `counts`.
  AddressSpaces(Bus& bus, Counts& counts) : bus_(bus), counts_(counts) {}

  AddressSpace& operator[](std::uint32_t space) { return spaces_[space]; }
  const AddressSpace& operator[](std::uint32_t space) const { return spaces_[space]; }

  /// \param data  within one block; the bus reads whole beats
  Outcome read(const Access& access, std::span<std::byte> data);
  Outcome write(const Access& access, std::span<const std::byte> data);

  void invalidate(const Invalidation& what) { tlb_.invalidate(what); }
  /// All spaces off, no translation known.
  void clear();

 private:
  /// Where an access goes on the bus, if it does.
  struct Target {
    Failure failure;
    std::uint64_t addr = 0;
    std::uint32_t user = 0;
    Picoseconds latency_ps = 0;  // Of a walk.
  };

  Target translate(const Access& access, bool is_write);
  Target walk(const Access& access, std::uint64_t root, bool is_write);

  Bus& bus_;
  Counts& counts_;
  std::array<AddressSpace, kSpaces> spaces_ = {};
  Tlb tlb_;
};

}  // namespace presil::kestrel
