// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Registers: kestrel's registers as values, and what a read of each gives.
#pragma once

#include <kestrel_regs.h>

#include <cstdint>

#include "sim/kestrel/command.hpp"

namespace presil::kestrel {

/// State behind the registers; what the reset pin leaves is what it begins with.
struct Registers {
  static constexpr std::uint32_t kRingLog2Max = 16;
  static constexpr std::uint32_t kVectors = 2;

  // What software writes.
  std::uint32_t scratch = 0;
  std::uint32_t irq_enable = 0;
  std::uint64_t ring_base = 0;
  std::uint32_t ring_log2 = 0;
  std::uint32_t doorbell = 0;
  bool is_enabled = false;

  // What the engine tells.
  bool is_executing = false;
  bool has_error = false;
  bool is_resetting = false;
  std::uint32_t irq_status = 0;
  std::uint32_t head = 0;
  Failure failure;
  std::uint32_t failed_opcode = 0;
  std::uint32_t failed_index = 0;
  std::uint32_t commands = 0;
  std::uint64_t bytes = 0;
  std::uint64_t busy_cycles = 0;

  /// A read has effects: the low half of a 64-bit value latches the high one.
  /// \param offset  of a word; what has no register reads 0
  std::uint32_t read(std::uint32_t offset, std::uint64_t time_ns);

  /// What a soft reset returns to 0.
  void soft_reset();

  bool is_idle() const { return !is_executing && !has_error && !is_resetting && head == doorbell; }

 private:
  std::uint32_t time_high_ = 0, bytes_high_ = 0, busy_high_ = 0;
};

}  // namespace presil::kestrel
