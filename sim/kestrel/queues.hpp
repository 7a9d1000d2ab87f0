// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Queues: registers and state of the queues, and whose record is next.
#pragma once

#include <kestrel_regs.h>

#include <array>
#include <cstdint>
#include <optional>

#include "sim/kestrel/failure.hpp"
#include "sim/kestrel/sizes.hpp"

namespace presil::kestrel {

/// One queue; as it begins is as a reset leaves it.
struct Queue {
  std::uint32_t config = 0;
  std::uint64_t ring_base = 0;
  std::uint64_t status_addr = 0;
  std::uint32_t budget_ns = 0;
  std::uint32_t head = 0, tail = 0;
  bool is_parked = false, is_suspended = false;
  bool has_error = false, is_stalled = false;
  bool is_resetting = false;
  Error error;  ///< while has_error or is_stalled

  bool is_set(std::uint32_t config_bit) const { return (config & config_bit) != 0; }
  bool is_user() const { return is_set(KESTREL_QUEUE_CONFIG_USER); }
  std::uint32_t space() const {
    return (config & KESTREL_QUEUE_CONFIG_SPACE_MASK) >> KESTREL_QUEUE_CONFIG_SPACE_SHIFT;
  }
  std::uint32_t priority() const {
    return (config & KESTREL_QUEUE_CONFIG_PRIO_MASK) >> KESTREL_QUEUE_CONFIG_PRIO_SHIFT;
  }
  std::uint32_t vector() const {
    return (config & KESTREL_QUEUE_CONFIG_VECTOR_MASK) >> KESTREL_QUEUE_CONFIG_VECTOR_SHIFT;
  }
  std::uint32_t ring_log2() const {
    return (config & KESTREL_QUEUE_CONFIG_RING_LOG2_MASK) >> KESTREL_QUEUE_CONFIG_RING_LOG2_SHIFT;
  }

  /// Its next record may begin.
  bool is_ready() const {
    return is_set(KESTREL_QUEUE_CONFIG_ENABLE) && head != tail && !is_parked && !is_suspended &&
           !has_error && !is_resetting;
  }
};

class Queues {
 public:
  Queue& operator[](std::uint32_t queue) { return queues_[queue]; }
  const Queue& operator[](std::uint32_t queue) const { return queues_[queue]; }

  /// \param offset  of a register within the queue's own
  std::uint32_t read(std::uint32_t queue, std::uint32_t offset, bool is_running) const;
  /// All but CONTROL.
  void write(std::uint32_t queue, std::uint32_t offset, std::uint32_t value);

  void reset(std::uint32_t queue);

  /// A FENCE was written.
  void unpark();
  bool any_ready() const;
  std::uint32_t error_queues() const;

  /// Decides whose record is next, if any is ready: of the highest level the first after the one
  /// picked last. A level is the priority plus one for four decisions that passed the queue over.
  std::optional<std::uint32_t> pick();
  std::uint32_t picked_last() const { return picked_; }

 private:
  std::uint32_t level(std::uint32_t queue) const;

  std::array<Queue, kQueues> queues_ = {};
  std::array<std::uint32_t, kQueues> passes_ = {};
  std::uint32_t picked_ = 0;
};

}  // namespace presil::kestrel
