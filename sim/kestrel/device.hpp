// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Device: kestrel as software sees it, driven by register accesses and by time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "sim/kestrel/address_space.hpp"
#include "sim/kestrel/bus.hpp"
#include "sim/kestrel/call.hpp"
#include "sim/kestrel/counters.hpp"
#include "sim/kestrel/interrupts.hpp"
#include "sim/kestrel/parity_memory.hpp"
#include "sim/kestrel/queues.hpp"
#include "sim/kestrel/registers.hpp"

namespace presil::kestrel {

/// The functional model without a simulator round it.
///
/// Exact: registers, records, errors, interrupts, and every byte that is in memory when a record
/// has completed; what is counted of records, commands, bytes and multiplications. Where the
/// hardware leaves something open it may differ: the order of what no token orders, which of
/// several commands that fail is reported, and what a command that fails has written before.
///
/// Approximate: time, and what is counted of it: each slice of a command takes as many cycles as it
/// has beats, runs or positions, and as long as its answers from the bus. TLB misses are counted
/// without what the hardware reads ahead. INVALIDATE and COUNTER_SNAPSHOT are over at once.
///
/// To use it: write registers, then `advance` to the time that it returned last, again and again,
/// or `run_until_idle`. Time never runs backwards.
///
/// Threads: one.
/// Source: docs/programmers_guide.md, hw/kestrel/rdl/kestrel.rdl.
class Device {
 public:
  /// \param bus    outlives this
  /// \param raise  called for every interrupt, from within the other functions
  Device(Bus& bus, std::function<void(std::uint32_t vector)> raise,
         Picoseconds clock_period_ps = kPicosecondsPerNanosecond);

  /// As if the reset pin were pulled: everything under way is forgotten.
  void reset();

  /// Aligned offset in BAR 0. What is written takes effect by `advance`, unless it is done here.
  std::uint32_t read_register(std::uint32_t offset);
  void write_register(std::uint32_t offset, std::uint32_t value);

  /// Device time, for registers and budgets; `advance` sets it, too.
  void set_time(Picoseconds now_ps) { now_ps_ = now_ps; }
  Picoseconds now_ps() const { return now_ps_; }

  /// Does all that is due at `now_ps`.
  /// \returns when something is due next; kNever: not before a register is written.
  Picoseconds advance(Picoseconds now_ps);

  /// Lets time pass until nothing is due any more, which may mean that a queue is stalled or that
  /// its commands wait for each other.
  /// \returns false if something is still due after `limit_ps` more.
  bool run_until_idle(Picoseconds limit_ps = kNever);

  /// Nothing is in execution and nothing can be: STATUS.IDLE.
  bool is_idle() const;

 private:
  /// Where the record in execution has got to; each waits for `due_ps`.
  enum class Phase : std::uint8_t { kFetched, kCall, kWritten, kRead, kStatus, kStatusWritten };

  /// The record in execution.
  struct Active {
    Active(std::uint32_t number, Picoseconds now_ps) : queue(number), begin_ps(now_ps) {}

    std::uint32_t queue;
    Phase phase = Phase::kFetched;
    Record record = {};
    std::uint32_t opcode = 0;  // 0 before it was read
    Picoseconds begin_ps;
    Picoseconds due_ps = 0;
    Failure failure;         // Known, and to be told at `due_ps`.
    std::uint64_t word = 0;  // That a WAIT has read.
    bool was_rung = false;   // The queue's doorbell was written meanwhile.
    std::unique_ptr<Call> call;
  };

  /// Remembers when the last answer comes.
  class Watch final : public Bus {
   public:
    Watch(Bus& bus, const Picoseconds& now_ps) : bus_(bus), now_ps_(now_ps) {}
    BusAnswer read(std::uint64_t addr, std::span<std::byte> data, std::uint32_t user) override;
    BusAnswer write(std::uint64_t addr, std::span<const std::byte> data,
                    std::uint32_t user) override;
    Picoseconds answered_ps() const { return answered_ps_; }
    void reset() { answered_ps_ = 0; }

   private:
    BusAnswer note(BusAnswer answer);

    Bus& bus_;
    const Picoseconds& now_ps_;
    Picoseconds answered_ps_ = 0;
  };

  DeviceStatus status() const;
  void write_control(std::uint32_t queue, std::uint32_t value);
  void ring(std::uint32_t queue, std::uint32_t tail);
  void perform(RegisterEffect effect);

  // A record, step by step.
  void begin(std::uint32_t queue);
  /// \returns when something is due next; now or before: go on at once.
  Picoseconds step();
  void fetch();
  void execute();
  void begin_call(const ControlFields& fields);
  Picoseconds step_call();
  void write_word(std::uint64_t addr, std::uint64_t value, bool as_queue, Phase next);
  void wait_for(const Outcome& outcome, Phase next);
  void write_status();
  void complete();
  void park();
  void end();
  Picoseconds deadline_ps() const;

  // Stopping it.
  void fail(const Failure& failure);
  void fail(Error error);
  void stop();
  void end_stop();
  void engine_reset();

  Queue& queue() { return queues_[active_->queue]; }
  const Queue& queue() const { return queues_[active_->queue]; }
  std::uint64_t now_ns() const { return now_ps_ / kPicosecondsPerNanosecond; }
  void wipe();

  const Picoseconds clock_period_ps_;
  Picoseconds now_ps_ = 0;
  Watch bus_;
  Interrupts interrupts_;
  Registers registers_;
  Queues queues_;
  Counters counters_;
  Counts counts_ = {};  // Of the record in execution.
  AddressSpaces spaces_;
  Scratchpad scratchpad_;
  Accumulators accumulators_;
  std::optional<std::uint32_t> owner_;  // Address space whose data the memories on chip may hold.

  std::optional<Active> active_;
  Picoseconds next_begin_ps_ = 0;     // No record begins before.
  bool is_stopping_ = false;          // Until the bus has answered what is under way,
  Picoseconds stop_ps_ = 0;           // since then,
  Error stop_error_;                  // for this, or for a reset of the queue,
  bool is_engine_resetting_ = false;  // or of everything.
};

}  // namespace presil::kestrel
