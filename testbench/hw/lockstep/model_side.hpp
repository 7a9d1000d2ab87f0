// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// ModelSide: the functional model with a memory, as one side of a lockstep run.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "scene.hpp"
#include "sim/kestrel/device.hpp"

namespace presil::testbench {

/// The model on a memory that refuses the scene's pages.
class ModelSide final : private kestrel::Bus {
 public:
  ModelSide() : device_(*this, [this](std::uint32_t vector) { ++pulses_.at(vector); }) {
    side.memory = &memory_;
    side.write = [this](std::uint32_t offset, std::uint32_t value) {
      device_.write_register(offset, value);
    };
    side.read = [this](std::uint32_t offset) { return device_.read_register(offset); };
    side.settle = [this] { is_settled = device_.run_until_idle(kLimitPs); };
    side.time_ns = [this] { return device_.now_ps() / kPicosecondsPerNanosecond; };
  }

  Side side;
  bool is_settled = true;
  std::vector<RefusedPage> refused_pages;
  Picoseconds latency_ps = 0;  ///< of every answer
  [[nodiscard]] std::uint64_t pulses(unsigned vector) const { return pulses_.at(vector); }

 private:
  static constexpr Picoseconds kLimitPs = 1'000'000'000'000;
  static constexpr std::uint64_t kPage = 4096;

  [[nodiscard]] std::uint32_t response(std::uint64_t addr) const {
    for (const RefusedPage& page : refused_pages) {
      if (addr / kPage == page.addr / kPage)
        return page.response;
    }
    return kestrel::kOkay;
  }

  kestrel::BusAnswer read(std::uint64_t addr, std::span<std::byte> data,
                          std::uint32_t /*user*/) override {
    memory_.read(addr, {reinterpret_cast<std::uint8_t*>(data.data()), data.size()});
    return {.response = response(addr), .latency_ps = latency_ps};
  }
  kestrel::BusAnswer write(std::uint64_t addr, std::span<const std::byte> data,
                           std::uint32_t /*user*/) override {
    const std::uint32_t refused = response(addr);
    if (refused == kestrel::kOkay)
      memory_.write(addr, {reinterpret_cast<const std::uint8_t*>(data.data()), data.size()});
    return {.response = refused, .latency_ps = latency_ps};
  }

  SparseMemory memory_;
  std::array<std::uint64_t, 17> pulses_{};
  kestrel::Device device_;
};

}  // namespace presil::testbench
