// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// KestrelQueue: the software end of one of kestrel's queues, whatever lies between.
#pragma once

#include <kestrel_regs.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "testbench/support/kestrel_records.hpp"

namespace presil::testbench {

/// The way to a kestrel: its registers, and memory that it reaches.
class KestrelPort {
 public:
  virtual ~KestrelPort() = default;
  virtual void write_register(std::uint32_t offset, std::uint32_t value) = 0;
  /// \param addr  bus address
  virtual void write_memory(std::uint64_t addr, std::span<const std::byte> bytes) = 0;
};

/// How a queue is set up; the members are those of QUEUE.CONFIG, and more of its registers.
struct KestrelQueueOptions {
  std::uint64_t ring = 0;  ///< of the ring's records
  std::uint32_t ring_log2 = 6;
  std::uint32_t space = 1;
  std::uint32_t priority = 0;
  std::uint32_t vector = 0;
  std::uint64_t status = 0;  ///< where HEAD is written, or 0
  std::uint32_t budget_ns = 0;
  bool user = false, stall_faults = false;
};

/// Writes records to a ring and tells the device. Does not look whether there is room.
class KestrelQueue {
 public:
  using Options = KestrelQueueOptions;

  KestrelQueue(KestrelPort& port, std::uint32_t number, const Options& options)
      : port_(port), number_(number), options_(options) {}

  /// After a reset of the device or of the queue: sets it up with an empty ring.
  void start() {
    tail_ = 0;
    write(KESTREL_REG_QUEUE_RING_BASE_LO(number_), KESTREL_REG_QUEUE_RING_BASE_HI(number_),
          options_.ring);
    write(KESTREL_REG_QUEUE_STATUS_ADDR_LO(number_), KESTREL_REG_QUEUE_STATUS_ADDR_HI(number_),
          options_.status);
    port_.write_register(KESTREL_REG_QUEUE_BUDGET(number_), options_.budget_ns);
    port_.write_register(KESTREL_REG_QUEUE_CONFIG(number_), config());
  }

  /// Writes one record, which the device does not see before `ring`.
  void push(const KestrelRecord& record) {
    const std::uint64_t entry = tail_++ % (1u << options_.ring_log2);
    port_.write_memory(options_.ring + entry * KESTREL_RECORD_BYTES,
                       std::as_bytes(std::span(record.words())));
  }

  /// Writes a command buffer to the bus address `to`, and a CALL of it.
  /// \param addr  of the same memory, in the queue's space
  void push_call(std::uint64_t to, std::uint64_t addr, std::span<const KestrelRecord> commands) {
    port_.write_memory(to, std::as_bytes(commands));
    push(kestrel_call(addr, static_cast<std::uint32_t>(commands.size_bytes())));
  }

  /// The doorbell.
  void ring() { port_.write_register(KESTREL_REG_DOORBELL_TAIL(number_), tail_); }

  /// Records pushed since the start.
  [[nodiscard]] std::uint32_t tail() const { return tail_; }
  [[nodiscard]] std::uint32_t number() const { return number_; }

 private:
  void write(std::uint32_t low, std::uint32_t high, std::uint64_t value) {
    port_.write_register(low, static_cast<std::uint32_t>(value));
    port_.write_register(high, static_cast<std::uint32_t>(value >> 32));
  }

  [[nodiscard]] std::uint32_t config() const {
    return KESTREL_QUEUE_CONFIG_ENABLE | (options_.user ? KESTREL_QUEUE_CONFIG_USER : 0) |
           (options_.stall_faults ? KESTREL_QUEUE_CONFIG_STALL_FAULTS : 0) |
           (options_.status != 0 ? KESTREL_QUEUE_CONFIG_WRITE_STATUS : 0) |
           options_.space << KESTREL_QUEUE_CONFIG_SPACE_SHIFT |
           options_.priority << KESTREL_QUEUE_CONFIG_PRIO_SHIFT |
           options_.vector << KESTREL_QUEUE_CONFIG_VECTOR_SHIFT |
           options_.ring_log2 << KESTREL_QUEUE_CONFIG_RING_LOG2_SHIFT;
  }

  KestrelPort& port_;  // Outlives this.
  const std::uint32_t number_;
  const Options options_;
  std::uint32_t tail_ = 0;
};

}  // namespace presil::testbench
