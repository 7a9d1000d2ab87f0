// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RtlMachine: runs programs of the neural-network runtime on kestrel's RTL, behind the link and
/// without a guest.
#pragma once

#include <kestrel_regs.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "nn/session.hpp"
#include "testbench/support/kestrel_host.hpp"
#include "testbench/support/link_peer.hpp"
#include "testbench/support/page_tables.hpp"
#include "testbench/support/simulator_process.hpp"

namespace kestrel::nn {

/// A simulator of its own, with the link's and the memory's latency as in a run. Programs see pages
/// of 4 KiB, each job ends with a fence and an interrupt, as with the driver.
class RtlMachine final : public Machine {
 public:
  /// What the device counted in one job: a buffer, and the fence behind it.
  struct Counts {
    std::uint64_t busy_ns = 0, compute_busy = 0, output_busy = 0, load_busy = 0, store_busy = 0,
                  compute_token = 0, load_token = 0, translation = 0, commands = 0, macs = 0;
  };

  RtlMachine() {
    host_.start();
    host_.write(KESTREL_REG_SPACE_ROOT_LO(1), tables_.root() & 0xffff'ffff);
    host_.write(KESTREL_REG_SPACE_ROOT_HI(1), tables_.root() >> 32);
    host_.write(KESTREL_REG_SPACE_CONFIG(1), KESTREL_SPACE_MODE_TABLE);
  }
  ~RtlMachine() override { peer_.quit(host_.time_ps); }

  Result<std::span<std::byte>> map(const Region& region) override {
    if (region.size_bytes > kMemoryEnd - next_)
      return std::unexpected(Error{std::format("{} bytes are more than the {} that are left",
                                               region.size_bytes, kMemoryEnd - next_)});
    const std::uint64_t bus = next_;
    next_ += region.size_bytes;
    for (std::uint64_t at = 0; at < region.size_bytes;
         at += presil::testbench::PageTables::kPageBytes)
      tables_.map(region.address + at, bus + at,
                  presil::testbench::PageTables::kRead | presil::testbench::PageTables::kWrite);
    return host_.at(bus, region.size_bytes);
  }

  Result<void> run(std::span<const CommandBuffer> buffers) override {
    for (const CommandBuffer& buffer : buffers) {
      const Counts before = is_counting ? take_counts() : Counts{};
      host_.push(presil::testbench::kestrel_call(buffer.address,
                                                 static_cast<std::uint32_t>(buffer.size_bytes)));
      host_.fence(++jobs_);
      host_.ring();
      const bool is_done = host_.idle_until(jobs_, host_.time_ps + kMostJobPs);
      if (!is_done || host_.fence_value() != jobs_)
        return std::unexpected(Error{std::format(
            "cause {:#x} at offset {:#x} of the buffer at {:#x}, address {:#x}",
            host_.read(KESTREL_REG_QUEUE_ERROR_CAUSE(0)),
            host_.read(KESTREL_REG_QUEUE_ERROR_OFFSET(0)), buffer.address,
            read64(KESTREL_REG_QUEUE_ERROR_ADDR_LO(0), KESTREL_REG_QUEUE_ERROR_ADDR_HI(0)))});
      if (is_counting)
        counts.push_back(difference(take_counts(), before));
    }
    return {};
  }

  bool is_counting = false;
  std::vector<Counts> counts;  ///< of all buffers that were run while counting

 private:
  using Host = presil::testbench::KestrelHost;
  using Peer = presil::testbench::LinkPeer;

  static constexpr std::size_t kMemoryBytes = 32u << 20;
  static constexpr std::uint64_t kMemoryEnd = Peer::kMemoryBase + kMemoryBytes;
  /// Far more than any job of the tests takes, so that one that hangs fails.
  static constexpr std::uint64_t kMostJobPs = 100'000'000'000;
  static constexpr std::uint64_t kTables = Host::kData, kTablesBytes = 1u << 20;

  static constexpr std::uint64_t Counts::* kCounts[] = {
      &Counts::busy_ns,    &Counts::compute_busy,  &Counts::output_busy, &Counts::load_busy,
      &Counts::store_busy, &Counts::compute_token, &Counts::load_token,  &Counts::translation,
      &Counts::commands,   &Counts::macs};

  static Counts difference(Counts after, const Counts& before) {
    for (const auto count : kCounts)
      after.*count -= before.*count;
    return after;
  }

  std::uint64_t read64(std::uint64_t low, std::uint64_t high) {
    const std::uint64_t value = host_.read(low);
    return value | std::uint64_t{host_.read(high)} << 32;
  }

  Counts take_counts() {
    host_.take_counters();
    Counts result;
    constexpr std::uint32_t kLow[] = {
        KESTREL_REG_COUNT_BUSY_NS_LO,     KESTREL_REG_COUNT_COMPUTE_BUSY_LO,
        KESTREL_REG_COUNT_OUTPUT_BUSY_LO, KESTREL_REG_COUNT_LOAD_BUSY_LO,
        KESTREL_REG_COUNT_STORE_BUSY_LO,  KESTREL_REG_COUNT_COMPUTE_TOKEN_LO,
        KESTREL_REG_COUNT_LOAD_TOKEN_LO,  KESTREL_REG_COUNT_TRANSLATION_LO,
        KESTREL_REG_COUNT_COMMANDS_LO,    KESTREL_REG_COUNT_MACS_LO};
    for (std::size_t i = 0; i < std::size(kLow); ++i)
      result.*kCounts[i] = read64(kLow[i], kLow[i] + 4);
    return result;
  }

  presil::testbench::SimulatorProcess simulator_{PRESIL_SIMULATOR, PRESIL_DESCRIPTION};
  Peer peer_{simulator_.socket(), kMemoryBytes};
  Host host_{peer_};
  presil::testbench::PageTables tables_{
      kTables,
      [this](std::uint64_t addr) {
        std::uint64_t value = 0;
        std::memcpy(&value, host_.at(addr, sizeof(value)).data(), sizeof(value));
        return value;
      },
      [this](std::uint64_t addr, std::uint64_t value) {
        std::memcpy(host_.at(addr, sizeof(value)).data(), &value, sizeof(value));
      }};
  std::uint64_t next_ = kTables + kTablesBytes;  // Bus address of memory that is free.
  std::size_t jobs_ = 0;
};

}  // namespace kestrel::nn
