// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Registers: the global registers as values, and what a read of each gives.
#pragma once

#include <kestrel_regs.h>

#include <cstdint>

#include "sim/kestrel/interrupts.hpp"
#include "sim/kestrel/sizes.hpp"
#include "sim/kestrel/tlb.hpp"

namespace presil::kestrel {

/// What a read shows of the rest of the device.
struct DeviceStatus {
  bool is_idle = true;
  bool is_resetting = false, is_reset_stuck = false;
  std::uint32_t error_queues = 0;  ///< a bit a queue
  std::uint32_t active_queue = 0;  ///< the latest, if there is none
  bool is_active = false;
  std::uint64_t time_ns = 0;
};

/// What a write makes the device do.
enum class RegisterEffect : std::uint8_t { kNone, kReset, kInvalidate, kSnapshot, kFlip };

/// Registers below the counters. Invalidations and snapshots are over at once.
class Registers {
 public:
  /// \param interrupts  outlives this
  explicit Registers(Interrupts& interrupts) : interrupts_(interrupts) {}

  /// A read has effects: TIME_LO latches TIME_HI. What has no register reads 0.
  std::uint32_t read(std::uint32_t offset, const DeviceStatus& status);
  RegisterEffect write(std::uint32_t offset, std::uint32_t value);

  std::uint32_t error_vector() const { return error_vector_; }
  Invalidation invalidation() const;
  std::uint32_t snapshot_index() const { return snapshot_; }
  bool flips_accumulators() const { return (place_ & KESTREL_PARITY_PLACE_ACCUMULATORS) != 0; }
  std::uint32_t flip_place() const { return place_ & KESTREL_PARITY_PLACE_ADDR_MASK; }
  std::uint32_t flip_bit() const { return flip_; }

  /// RESET.ENGINE: SCRATCH and the registers of interrupts stay.
  void engine_reset();
  /// The reset pin.
  void reset();

 private:
  Interrupts& interrupts_;
  std::uint32_t scratch_ = 0;
  std::uint32_t error_vector_ = kQueues;
  std::uint32_t time_high_ = 0;
  std::uint64_t first_ = 0, last_ = 0;
  std::uint32_t invalidate_ = 0, snapshot_ = 0;
  std::uint32_t place_ = 0, flip_ = 0;
};

}  // namespace presil::kestrel
