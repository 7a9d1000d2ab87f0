// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// KestrelBench: the bare Verilated accelerator with a register bus, a memory and a clock.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "axi_memory.hpp"
#include "axil_driver.hpp"
#include "rtl_context.hpp"

class Vkestrel;

namespace presil::testbench {

/// One ring entry. Fields as the command record has them; `extra` are its words from 0x20 on.
struct Command {
  std::uint32_t header = 0;
  std::uint32_t length = 0;
  std::uint64_t src = 0, dst = 0, value = 0;
  std::array<std::uint32_t, 8> extra{};

  static Command nop();
  static Command copy(std::uint64_t dst, std::uint64_t src, std::uint32_t length);
  static Command fence(std::uint64_t dst, std::uint64_t value);
};

/// Harness of the block tests. A breach of AXI, or a failed assertion of the RTL, fails the test
/// when the bench goes away.
class KestrelBench {
 public:
  static constexpr std::uint64_t kRingBase = 0x1'2345'6000;
  static constexpr std::uint64_t kLimit = 200'000;  ///< cycles that a wait may take

  explicit KestrelBench(const AxiTiming& timing = {});
  ~KestrelBench();
  KestrelBench(const KestrelBench&) = delete;
  KestrelBench& operator=(const KestrelBench&) = delete;

  /// Clocks once. `qreqn` is what the clock controller says.
  void cycle();
  void cycles(std::uint64_t count);
  /// Clocks until `done`; false when that did not come in `limit` cycles.
  bool run_until(const std::function<bool()>& done, std::uint64_t limit = kLimit);
  /// Hardware reset, asserted for some cycles.
  void reset();

  std::uint32_t read32(std::uint16_t offset);
  void write32(std::uint16_t offset, std::uint32_t value, std::uint8_t strb = 0xf);

  /// Programs and enables the ring, interrupts too. Its memory is filled by push().
  void start_ring(unsigned log2_entries = 6, std::uint64_t base = kRingBase);
  /// Puts a command into the ring's next entry; ring_doorbell() tells the device.
  void push(const Command& command);
  void ring_doorbell();
  /// push(), ring_doorbell(), and wait until the engine has done it or stopped.
  bool execute(const Command& command);
  /// Waits for STATUS.IDLE or STATUS.ERROR, by reading the register; false if neither comes.
  bool wait_settled();
  /// Writes RESET.SOFT and waits until STATUS.RESETTING is 0.
  bool soft_reset();

  [[nodiscard]] const std::vector<std::uint64_t>& pulses(unsigned vector) const {
    return pulses_.at(vector);
  }
  [[nodiscard]] std::uint64_t now() const { return cycle_; }

  AxiMemory memory;
  AxilDriver axil;
  std::uint64_t time_ns = 0;  ///< always-on time; advances by 1 each cycle
  bool qreqn = true;
  Vkestrel& model() { return *model_; }

 private:
  RtlContext context_;
  std::unique_ptr<Vkestrel> model_;
  AxiFromManager axi_pins_;
  AxilFromSubordinate axil_pins_;
  std::array<std::vector<std::uint64_t>, 2> pulses_;
  std::uint64_t cycle_ = 0;
  std::uint64_t ring_base_ = kRingBase;
  std::uint32_t ring_entries_ = 0, ring_index_ = 0;
};

}  // namespace presil::testbench
