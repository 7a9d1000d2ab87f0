// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// KestrelHost: what a driver does with the reference accelerator, through a LinkPeer.
#pragma once

#include <kestrel_regs.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <span>

#include "testbench/support/link_peer.hpp"

namespace presil::testbench {

/// Owns a ring at the start of guest memory and keeps the guest's time. Commands are queued with
/// `copy` and `fence`, and started with `ring`.
class KestrelHost {
 public:
  static constexpr std::uint64_t kRing = LinkPeer::kMemoryBase;
  static constexpr std::uint32_t kRingLog2 = 6;
  /// Where fences write; not used by anything else.
  static constexpr std::uint64_t kFence = LinkPeer::kMemoryBase + 0x2000;
  /// Free for data from here on.
  static constexpr std::uint64_t kData = LinkPeer::kMemoryBase + 0x10000;

  explicit KestrelHost(LinkPeer& peer) : peer_(peer) {}

  /// As a probe does.
  void start() {
    keep(peer_.config(time_ps, LinkPeer::kAllOn));
    write(KESTREL_REG_RING_BASE_LO, static_cast<std::uint32_t>(kRing));
    write(KESTREL_REG_RING_BASE_HI, kRing >> 32);
    write(KESTREL_REG_RING_SIZE, kRingLog2);
    write(KESTREL_REG_IRQ_ENABLE, KESTREL_IRQ_ENABLE_FENCE | KESTREL_IRQ_ENABLE_ERROR);
    write(KESTREL_REG_CONTROL, KESTREL_CONTROL_ENABLE);
  }

  void copy(std::uint64_t from, std::uint64_t to, std::uint32_t bytes) {
    const std::uint32_t words[] = {KESTREL_OPCODE_COPY,
                                   bytes,
                                   static_cast<std::uint32_t>(from),
                                   static_cast<std::uint32_t>(from >> 32),
                                   static_cast<std::uint32_t>(to),
                                   static_cast<std::uint32_t>(to >> 32)};
    push(words);
  }

  void fence(std::uint64_t value) {
    const std::uint32_t words[] = {KESTREL_OPCODE_FENCE,
                                   0,
                                   0,
                                   0,
                                   static_cast<std::uint32_t>(kFence),
                                   static_cast<std::uint32_t>(kFence >> 32),
                                   static_cast<std::uint32_t>(value),
                                   static_cast<std::uint32_t>(value >> 32)};
    push(words);
  }

  void ring() { write(KESTREL_REG_DOORBELL, pushed_); }

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

  /// Guest memory behind a bus address.
  std::span<std::byte> at(std::uint64_t addr, std::size_t bytes) const {
    return peer_.memory().subspan(addr - LinkPeer::kMemoryBase, bytes);
  }

  void fill_random(std::uint64_t addr, std::size_t bytes, unsigned seed) {
    std::mt19937 random(seed);
    for (std::byte& byte : at(addr, bytes))
      byte = static_cast<std::byte>(random());
  }

  std::uint64_t time_ps = 0;  ///< the guest's

 private:
  void keep(const LinkPeer::Completion& completion) {
    time_ps = std::max(time_ps, completion.device_ps);
  }

  void push(std::span<const std::uint32_t> words) {
    const auto entry =
        at(kRing + (pushed_++ % (1u << kRingLog2)) * KESTREL_COMMAND_BYTES, KESTREL_COMMAND_BYTES);
    std::memset(entry.data(), 0, entry.size());
    std::memcpy(entry.data(), words.data(), words.size_bytes());
  }

  LinkPeer& peer_;
  std::uint32_t pushed_ = 0;
};

}  // namespace presil::testbench
