// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// KestrelHost: what a driver does with the reference accelerator, through a LinkPeer.
#pragma once

#include <kestrel_regs.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>

#include "testbench/support/kestrel_program.hpp"
#include "testbench/support/kestrel_queue.hpp"
#include "testbench/support/kestrel_records.hpp"
#include "testbench/support/link_peer.hpp"

namespace presil::testbench {

/// Owns the start of guest memory, with a ring, fences and command buffers in it, and keeps the
/// guest's time. Work is queued with `call`, `copy` and `fence`, and started with `ring`.
///
/// Both address spaces in use are the bus: space 0 of rings and fences, space 1 of command buffers.
class KestrelHost : private KestrelPort {
 public:
  /// Where fences write; not used by anything else.
  static constexpr std::uint64_t kFence = LinkPeer::kMemoryBase + 0x2000;
  /// Free for data from here on.
  static constexpr std::uint64_t kData = LinkPeer::kMemoryBase + 0x10000;

  explicit KestrelHost(LinkPeer& peer)
      : peer_(peer), queue_(*this, kQueue, {.ring = kRing, .ring_log2 = 6, .vector = kVector}) {}

  /// As a probe does.
  void start() {
    keep(peer_.config(time_ps, LinkPeer::kAllOn));
    for (const std::uint32_t space : {0u, 1u})
      write(KESTREL_REG_SPACE_CONFIG(space), KESTREL_SPACE_MODE_BYPASS);
    write(KESTREL_REG_ERROR_VECTOR, kErrorVector);
    write(KESTREL_REG_IRQ_ENABLE, 1u << kVector | 1u << kErrorVector);
    queue_.start();
  }

  /// As a driver does after an error: an empty ring, and no command buffers.
  void restart_queue() {
    write(KESTREL_REG_QUEUE_CONTROL(kQueue), KESTREL_QUEUE_CONTROL_RESET);
    while ((read(KESTREL_REG_STATUS) & KESTREL_STATUS_RESETTING) != 0)
      time_ps += kPollPs;
    commands_ = kCommands;
    queue_.start();
  }

  /// Queues a command buffer, whose memory is not used again before `restart_queue`.
  void call(std::span<const KestrelRecord> commands) {
    queue_.push_call(commands_, commands_, commands);
    commands_ += commands.size_bytes();
  }

  void copy(std::uint64_t from, std::uint64_t to, std::uint64_t bytes) {
    call(kestrel_copy_commands(from, to, bytes));
  }

  void fence(std::uint64_t value) { push(kestrel_fence(kFence, value)); }

  /// Queues a record as it is.
  void push(const KestrelRecord& record) { queue_.push(record); }

  void ring() { queue_.ring(); }

  /// Lets the guest idle until `interrupts` MSI-X messages have come, as QEMU's clock does: ahead
  /// in slices up to the next event, which is then let through at its time.
  /// \returns whether they came by `deadline_ps`.
  bool idle_until(std::size_t interrupts, std::uint64_t deadline_ps) {
    constexpr std::uint64_t kSlicePs = 100'000'000;
    while (peer_.interrupts.size() < interrupts && time_ps < deadline_ps) {
      const auto ahead = peer_.advance(std::min(time_ps + kSlicePs, deadline_ps), true);
      keep(ahead);
      if (ahead.status == PRESIL_STATUS_STOPPED)
        keep(peer_.advance(time_ps));
    }
    return peer_.interrupts.size() >= interrupts;
  }

  std::uint64_t fence_value() const {
    std::uint64_t value = 0;
    std::memcpy(&value, at(kFence, sizeof(value)).data(), sizeof(value));
    return value;
  }

  std::uint32_t read(std::uint64_t offset) {
    const auto completion = peer_.read(time_ps, offset);
    keep(completion);
    return static_cast<std::uint32_t>(completion.data);
  }

  void write(std::uint64_t offset, std::uint64_t value) {
    keep(peer_.write(time_ps, offset, value & 0xffff'ffff));
  }

  /// Has the counters of the queue copied to where they can be read.
  void take_counters() {
    write(KESTREL_REG_COUNTER_SNAPSHOT, KESTREL_COUNTER_SNAPSHOT_GO | kQueue);
    while ((read(KESTREL_REG_STATUS) & KESTREL_STATUS_SNAPSHOT_BUSY) != 0)
      time_ps += kPollPs;
  }

  /// Guest memory behind a bus address.
  std::span<std::byte> at(std::uint64_t addr, std::size_t bytes) const {
    return peer_.memory().subspan(addr - LinkPeer::kMemoryBase, bytes);
  }

  void fill_random(std::uint64_t addr, std::size_t bytes, unsigned seed) {
    std::mt19937 random(seed);
    for (std::byte& byte : at(addr, bytes))
      byte = static_cast<std::byte>(random());
  }

  static constexpr std::uint32_t kQueue = 0, kVector = 0, kErrorVector = 1;

  std::uint64_t time_ps = 0;  ///< the guest's

 private:
  static constexpr std::uint64_t kRing = LinkPeer::kMemoryBase;
  static constexpr std::uint64_t kCommands = LinkPeer::kMemoryBase + 0x3000;
  static constexpr std::uint64_t kPollPs = 1'000'000;

  void write_register(std::uint32_t offset, std::uint32_t value) override { write(offset, value); }
  void write_memory(std::uint64_t addr, std::span<const std::byte> bytes) override {
    std::ranges::copy(bytes, at(addr, bytes.size()).begin());
  }

  void keep(const LinkPeer::Completion& completion) {
    time_ps = std::max(time_ps, completion.device_ps);
  }

  LinkPeer& peer_;
  KestrelQueue queue_;
  std::uint64_t commands_ = kCommands;
};

}  // namespace presil::testbench
