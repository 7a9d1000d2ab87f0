// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// KestrelBench: the bare Verilated accelerator with a register bus, a memory and a clock.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "axi_memory.hpp"
#include "axil_driver.hpp"
#include "kestrel_regs.h"
#include "rtl_context.hpp"
#include "testbench/support/kestrel_records.hpp"

class Vkestrel;

namespace presil::testbench {

/// How a queue is set up; the rest of QUEUE_CONFIG is zero.
struct QueueSetup {
  std::uint32_t space = 1;
  std::uint32_t priority = 0;
  std::uint32_t vector = 0;
  std::uint32_t ring_log2 = 6;
  std::uint32_t budget_ns = 0;
  std::uint64_t status_addr = 0;
  std::uint32_t flags = 0;  ///< USER, STALL_FAULTS, WRITE_STATUS
};

/// Harness of the tests of the whole part. A breach of AXI, or a failed assertion of the RTL, fails
/// the test when the bench goes away.
///
/// It holds one ring for each queue, in memory at ring_base(); space 0 is set up as the kernel's.
class KestrelBench {
 public:
  static constexpr unsigned kQueues = 16;
  static constexpr unsigned kVectors = 17;
  static constexpr std::uint64_t kRingBase = 0x1'2345'6000;
  static constexpr std::uint64_t kRingStride = 0x10'0000;
  static constexpr std::uint64_t kLimit = 400'000;  ///< cycles that a wait may take

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
  /// What a driver does at probe: space 0 bypassed, all interrupts enabled.
  void start();

  std::uint32_t read32(std::uint32_t offset);
  void write32(std::uint32_t offset, std::uint32_t value, std::uint8_t strb = 0xf);
  std::uint64_t read64(std::uint32_t offset);
  void write64(std::uint32_t offset, std::uint64_t value);

  void set_space(unsigned space, std::uint32_t mode, std::uint64_t root = 0,
                 std::uint32_t pasid = 0);
  /// INVALIDATE of a whole space, waited for.
  void invalidate(unsigned space);

  [[nodiscard]] static std::uint64_t ring_base(unsigned queue) {
    return kRingBase + queue * kRingStride;
  }
  void start_queue(unsigned queue, const QueueSetup& setup = {});
  /// Puts a record into the ring's next entry; ring() tells the device.
  void push(unsigned queue, const KestrelRecord& record);
  void ring(unsigned queue);
  /// Writes commands to memory, for a CALL. \returns bytes.
  std::uint32_t write_commands(std::uint64_t addr, std::span<const KestrelRecord> commands);
  [[nodiscard]] std::uint32_t queue_status(unsigned queue);
  /// Waits until the queue has nothing to do, by reading QUEUE_STATUS: done, in error, parked or
  /// suspended. False if that does not come.
  bool settle(unsigned queue);
  /// push(), ring(), settle().
  bool execute(unsigned queue, const KestrelRecord& record);
  /// Writes QUEUE_CONTROL.RESET, waits until it is done.
  bool reset_queue(unsigned queue);
  /// Writes RESET.ENGINE, waits until it is done.
  bool reset_engine();
  /// COUNTER_SNAPSHOT of a queue, or of all with kQueues. By the order of the registers.
  std::array<std::uint64_t, 16> counters(unsigned index);

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
  std::array<std::vector<std::uint64_t>, kVectors> pulses_;
  std::uint64_t cycle_ = 0;
  struct Ring {
    std::uint32_t entries = 1, index = 0;
  };
  std::array<Ring, kQueues> rings_{};
};

}  // namespace presil::testbench
