// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Performing bursts: from the lanes of a bus to runs of bytes in memory, and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/axi/subordinate_pins.hpp"

namespace presil::axi {

/// Memory behind a burst: contiguous runs of bytes.
class RunTarget {
 public:
  virtual ~RunTarget() = default;
  virtual Response read(const Address& burst, std::uint64_t addr, std::span<std::byte> data) = 0;
  virtual Response write(const Address& burst, std::uint64_t addr,
                         std::span<const std::byte> data) = 0;
  /// The accelerator broke a rule of AXI; the burst is answered SLVERR and not performed.
  virtual void broken_rule(const Address& burst, std::string_view rule) = 0;
};

/// Performs bursts on a target, and leaves response and data in the slot (not its ready time).
class BurstMemory {
 public:
  BurstMemory(RunTarget& target, std::size_t bus_bytes) : target_(target), bus_bytes_(bus_bytes) {}

  void read(BurstSlot& burst);

  /// Every run of bytes whose strobes are set is one write.
  void write(BurstSlot& burst);

 private:
  bool refuse(BurstSlot& burst, std::string_view rule);
  void add_to_run(BurstSlot& burst, std::uint64_t addr, const std::byte* data, std::size_t bytes);
  void end_run(BurstSlot& burst);

  RunTarget& target_;  // Outlives this.
  const std::size_t bus_bytes_;
  std::vector<std::byte> run_;
  std::uint64_t run_addr_ = 0;
};

}  // namespace presil::axi
