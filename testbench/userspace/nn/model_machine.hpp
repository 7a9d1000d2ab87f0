// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// ModelMachine: runs programs of the neural-network runtime on kestrel's functional model.
#pragma once

#include <kestrel_regs.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "nn/session.hpp"
#include "sim/kestrel/device.hpp"
#include "testbench/support/kestrel_queue.hpp"
#include "testbench/support/kestrel_records.hpp"

namespace kestrel::nn {

/// Memory is what was mapped and nothing else: an access beside it fails the run.
class ModelMachine final : public Machine,
                           private presil::kestrel::Bus,
                           private presil::testbench::KestrelPort {
 public:
  /// What the device counted in one buffer.
  struct Counts {
    std::uint64_t busy_ns = 0, compute_busy = 0, output_busy = 0, macs = 0, read_bytes = 0;
  };

  ModelMachine() : device_(*this, [](std::uint32_t) {}) {
    memory_[kRing].resize(kRingBytes);
    for (const std::uint32_t space : {0u, 1u})
      device_.write_register(KESTREL_REG_SPACE_CONFIG(space), KESTREL_SPACE_MODE_BYPASS);
    queue_.start();
  }

  Result<std::span<std::byte>> map(const Region& region) override {
    auto& memory = memory_[region.address];
    memory.resize(region.size_bytes);
    return std::span(memory);
  }

  Result<void> run(std::span<const CommandBuffer> buffers) override {
    for (const CommandBuffer& buffer : buffers) {
      const Counts before = take_counts();
      queue_.push(presil::testbench::kestrel_call(buffer.address,
                                                  static_cast<std::uint32_t>(buffer.size_bytes)));
      queue_.ring();
      device_.run_until_idle();
      if (device_.read_register(KESTREL_REG_QUEUE_HEAD(0)) != queue_.tail())
        return std::unexpected(Error{std::format(
            "cause {:#x} at offset {:#x} of the buffer at {:#x}, address {:#x}",
            device_.read_register(KESTREL_REG_QUEUE_ERROR_CAUSE(0)),
            device_.read_register(KESTREL_REG_QUEUE_ERROR_OFFSET(0)), buffer.address,
            device_.read_register(KESTREL_REG_QUEUE_ERROR_ADDR_LO(0)) |
                std::uint64_t{device_.read_register(KESTREL_REG_QUEUE_ERROR_ADDR_HI(0))} << 32)});
      const Counts after = take_counts();
      counts.push_back({.busy_ns = after.busy_ns - before.busy_ns,
                        .compute_busy = after.compute_busy - before.compute_busy,
                        .output_busy = after.output_busy - before.output_busy,
                        .macs = after.macs - before.macs,
                        .read_bytes = after.read_bytes - before.read_bytes});
    }
    return {};
  }

  std::vector<Counts> counts;  ///< of all buffers that were run

 private:
  static constexpr std::uint64_t kRing = 0x1000, kRingBytes = 4096;

  Counts take_counts() {
    device_.write_register(KESTREL_REG_COUNTER_SNAPSHOT, KESTREL_COUNTER_SNAPSHOT_GO);
    const auto count = [this](std::uint32_t low) {
      return device_.read_register(low) | std::uint64_t{device_.read_register(low + 4)} << 32;
    };
    return {.busy_ns = count(KESTREL_REG_COUNT_BUSY_NS_LO),
            .compute_busy = count(KESTREL_REG_COUNT_COMPUTE_BUSY_LO),
            .output_busy = count(KESTREL_REG_COUNT_OUTPUT_BUSY_LO),
            .macs = count(KESTREL_REG_COUNT_MACS_LO),
            .read_bytes = count(KESTREL_REG_COUNT_READ_BYTES_LO)};
  }

  std::span<std::byte> find(std::uint64_t address, std::size_t bytes) {
    auto at = memory_.upper_bound(address);
    if (at == memory_.begin())
      return {};
    --at;
    const std::uint64_t offset = address - at->first;
    if (offset > at->second.size() || bytes > at->second.size() - offset)
      return {};
    return std::span(at->second).subspan(offset, bytes);
  }

  static constexpr presil::kestrel::BusAnswer kOkay = {.response = 0, .latency_ps = 500'000};
  static constexpr presil::kestrel::BusAnswer kNobodyThere = {.response = 3, .latency_ps = 0};

  presil::kestrel::BusAnswer read(std::uint64_t address, std::span<std::byte> data,
                                  std::uint32_t) override {
    const auto from = find(address, data.size());
    if (from.size() != data.size())
      return kNobodyThere;
    std::ranges::copy(from, data.begin());
    return kOkay;
  }
  presil::kestrel::BusAnswer write(std::uint64_t address, std::span<const std::byte> data,
                                   std::uint32_t) override {
    const auto to = find(address, data.size());
    if (to.size() != data.size())
      return kNobodyThere;
    std::ranges::copy(data, to.begin());
    return kOkay;
  }

  void write_register(std::uint32_t offset, std::uint32_t value) override {
    device_.write_register(offset, value);
  }
  void write_memory(std::uint64_t address, std::span<const std::byte> bytes) override {
    write(address, bytes, 0);
  }

  std::map<std::uint64_t, std::vector<std::byte>> memory_;
  presil::kestrel::Device device_;
  presil::testbench::KestrelQueue queue_{*this, 0, {.ring = kRing, .ring_log2 = 6}};
};

}  // namespace kestrel::nn
