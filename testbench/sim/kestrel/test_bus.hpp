// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// TestBus: memory for a Device, with places that fail, and a log of what was accessed.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "sim/kestrel/bus.hpp"
#include "sim/kestrel/records.hpp"
#include "sim/kestrel/sizes.hpp"
#include "testbench/support/sparse_memory.hpp"

namespace presil::kestrel {

class TestBus final : public Bus {
 public:
  struct Access {
    bool is_write;
    std::uint64_t addr, bytes;
    std::uint32_t user;
    bool operator==(const Access&) const = default;
  };

  BusAnswer read(std::uint64_t addr, std::span<std::byte> data, std::uint32_t user) override {
    note({false, addr, data.size(), user});
    const std::uint32_t response = response_at(addr, data.size());
    if (response == kOkay)
      memory.read(addr, {reinterpret_cast<std::uint8_t*>(data.data()), data.size()});
    return {.response = response, .latency_ps = latency_ps};
  }

  BusAnswer write(std::uint64_t addr, std::span<const std::byte> data,
                  std::uint32_t user) override {
    note({true, addr, data.size(), user});
    const std::uint32_t response = response_at(addr, data.size());
    if (response == kOkay)
      memory.write(addr, {reinterpret_cast<const std::uint8_t*>(data.data()), data.size()});
    return {.response = response, .latency_ps = latency_ps};
  }

  /// Accesses that touch these addresses fail.
  void fail(std::uint64_t addr, std::uint64_t bytes, std::uint32_t response) {
    failing_.push_back({addr, bytes, response});
  }

  void put64(std::uint64_t addr, std::uint64_t value) {
    for (unsigned i = 0; i < 8; ++i)
      memory.at(addr + i) = static_cast<std::uint8_t>(value >> (8 * i));
  }
  void put(std::uint64_t addr, const Record& record) {
    memory.write(addr, {reinterpret_cast<const std::uint8_t*>(record.data()), record.size()});
  }

  testbench::SparseMemory memory;
  std::vector<Access> log;
  /// Accesses that crossed a multiple of kBlockBytes, which none may.
  unsigned illegal = 0;
  Picoseconds latency_ps = 500'000;

 private:
  struct Failing {
    std::uint64_t addr, bytes;
    std::uint32_t response;
  };

  void note(const Access& access) {
    illegal += access.addr % kBlockBytes + access.bytes > kBlockBytes || access.bytes == 0;
    log.push_back(access);
  }

  std::uint32_t response_at(std::uint64_t addr, std::uint64_t bytes) const {
    for (const Failing& failing : failing_) {
      if (addr < failing.addr + failing.bytes && failing.addr < addr + bytes)
        return failing.response;
    }
    return kOkay;
  }

  std::vector<Failing> failing_;
};

}  // namespace presil::kestrel
