// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// DeviceBench: what a driver does with a Device, over a TestBus.
#pragma once

#include <kestrel_regs.h>

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/kestrel/device.hpp"
#include "testbench/sim/kestrel/record_builder.hpp"
#include "testbench/sim/kestrel/test_bus.hpp"

namespace presil::kestrel {

inline Record load(std::uint64_t addr, std::uint32_t to = 0, std::uint32_t bytes = 16) {
  return make_transfer(one_run(false, addr, to, bytes));
}
inline Record store(std::uint64_t addr, std::uint32_t from = 0, std::uint32_t bytes = 16) {
  return make_transfer(one_run(true, addr, from, bytes));
}
inline Record barrier() {
  return make_order(KESTREL_OPCODE_BARRIER);
}
/// Waits for a token that never comes.
inline Record hang() {
  return make_order(KESTREL_OPCODE_SYNC, {.waits_prev = true});
}
inline Record nop() {
  return make_control(KESTREL_OPCODE_NOP);
}
inline Record fence(std::uint64_t addr, std::uint64_t value) {
  return make_control(KESTREL_OPCODE_FENCE, 0, addr, value);
}
inline Record wait_for(std::uint64_t addr, std::uint64_t value) {
  return make_control(KESTREL_OPCODE_WAIT, 0, addr, value);
}

/// An error of a ring record itself.
inline Error ring_error(Failure failure, std::uint32_t opcode = 0, std::uint32_t index = 0) {
  return {.failure = failure, .opcode = opcode, .is_in_call = false, .index = index, .offset = 0};
}

struct DeviceBench {
  static constexpr std::uint32_t kRingLog2 = 4, kEntries = 1u << kRingLog2;
  static constexpr std::uint64_t kRings = 0x100'0000, kStatusPage = 0x200'0000;
  static constexpr std::uint64_t kBuffers = 0x300'0000, kData = 0x400'0000;
  static constexpr std::uint64_t kFences = 0x500'0000;
  static constexpr std::uint32_t kOn =
      KESTREL_QUEUE_CONFIG_ENABLE | kRingLog2 << KESTREL_QUEUE_CONFIG_RING_LOG2_SHIFT;

  DeviceBench() { set_up(); }

  /// Spaces 0 and 1 without translation, all interrupts on.
  void set_up() {
    write(KESTREL_REG_IRQ_ENABLE, KESTREL_IRQ_ENABLE_VECTORS_MASK);
    write(KESTREL_REG_SPACE_CONFIG(0), KESTREL_SPACE_MODE_BYPASS);
    write(KESTREL_REG_SPACE_CONFIG(1), KESTREL_SPACE_MODE_BYPASS);
  }

  /// A queue whose ring, status page and vector have its number. More bits of CONFIG in `extra`.
  void start(std::uint32_t queue, std::uint32_t space = 1, std::uint32_t extra = 0) {
    write(KESTREL_REG_QUEUE_RING_BASE_LO(queue), static_cast<std::uint32_t>(ring_of(queue)));
    write(KESTREL_REG_QUEUE_STATUS_ADDR_LO(queue), static_cast<std::uint32_t>(status_of(queue)));
    write(KESTREL_REG_QUEUE_CONFIG(queue), kOn | extra | space << KESTREL_QUEUE_CONFIG_SPACE_SHIFT |
                                               queue << KESTREL_QUEUE_CONFIG_VECTOR_SHIFT);
  }
  static std::uint64_t ring_of(std::uint32_t queue) { return kRings + queue * 0x1'0000; }
  static std::uint64_t status_of(std::uint32_t queue) { return kStatusPage + queue * 8; }

  void push(std::uint32_t queue, const Record& record) {
    bus.put(ring_of(queue) + pushed[queue]++ % kEntries * KESTREL_RECORD_BYTES, record);
  }
  void ring(std::uint32_t queue) { write(KESTREL_REG_DOORBELL_TAIL(queue), pushed[queue]); }

  /// A CALL of commands that are put where no other call of the test has put them.
  void push_call(std::uint32_t queue, const std::vector<Record>& commands) {
    const std::uint64_t addr = next_buffer;
    for (const Record& command : commands) {
      bus.put(next_buffer, command);
      next_buffer += KESTREL_RECORD_BYTES;
    }
    push(queue, make_call(addr, commands.size()));
  }
  void push_fence(std::uint32_t queue, std::uint64_t addr, std::uint64_t value) {
    push(queue, make_control(KESTREL_OPCODE_FENCE, 0, addr, value));
  }

  /// One record, to the end of everything.
  void run(std::uint32_t queue, const Record& record) {
    push(queue, record);
    ring(queue);
    device.run_until_idle();
  }
  void run_call(std::uint32_t queue, const std::vector<Record>& commands) {
    push_call(queue, commands);
    ring(queue);
    device.run_until_idle();
  }

  std::uint32_t read(std::uint32_t offset) { return device.read_register(offset); }
  void write(std::uint32_t offset, std::uint32_t value) { device.write_register(offset, value); }
  void control(std::uint32_t queue, std::uint32_t bits) {
    write(KESTREL_REG_QUEUE_CONTROL(queue), bits);
    device.run_until_idle();
  }
  std::uint32_t status(std::uint32_t queue) { return read(KESTREL_REG_QUEUE_STATUS(queue)); }
  std::uint32_t head(std::uint32_t queue) { return read(KESTREL_REG_QUEUE_HEAD(queue)); }

  /// What the error registers say.
  Error error(std::uint32_t queue) {
    const std::uint32_t cause = read(KESTREL_REG_QUEUE_ERROR_CAUSE(queue));
    return {.failure = {.cause = cause & 0xff,
                        .response = cause >> 8 & 3,
                        .fault = cause >> 10 & 7,
                        .access = cause >> 13 & 3,
                        .addr = read(KESTREL_REG_QUEUE_ERROR_ADDR_LO(queue)) |
                                std::uint64_t{read(KESTREL_REG_QUEUE_ERROR_ADDR_HI(queue))} << 32},
            .opcode = cause >> 16 & 0xff,
            .is_in_call = (cause & KESTREL_QUEUE_ERROR_CAUSE_IN_CALL) != 0,
            .index = read(KESTREL_REG_QUEUE_ERROR_INDEX(queue)),
            .offset = read(KESTREL_REG_QUEUE_ERROR_OFFSET(queue))};
  }

  std::vector<std::uint32_t> take_interrupts() { return std::exchange(raised, {}); }

  std::uint64_t count(std::uint32_t row, Counter counter) {
    write(KESTREL_REG_COUNTER_SNAPSHOT, row | KESTREL_COUNTER_SNAPSHOT_GO);
    const std::uint32_t offset = KESTREL_REG_COUNT_RECORDS_LO + 8 * counter;
    return read(offset) | std::uint64_t{read(offset + 4)} << 32;
  }

  /// Space 2 by a page table that maps the 2 MiB round `kData`, and `kBuffers`, onto themselves.
  static constexpr std::uint64_t kTables = 0x10'0000;
  void map_space_2() {
    write(KESTREL_REG_SPACE_CONFIG(2), KESTREL_SPACE_MODE_TABLE);
    write(KESTREL_REG_SPACE_ROOT_LO(2), static_cast<std::uint32_t>(kTables));
    for (std::uint64_t level = 0; level < 2; ++level)
      bus.put64(kTables + level * 0x1000, (kTables + (level + 1) * 0x1000) | 1);
    map_big(kBuffers);
    map_big(kData);
  }
  void map_big(std::uint64_t addr, std::uint64_t bits = 0xf) {
    bus.put64(kTables + 0x2000 + (addr >> 21) * 8, addr | bits);
  }

  TestBus bus;
  std::vector<std::uint32_t> raised;
  Device device{bus, [this](std::uint32_t vector) { raised.push_back(vector); }};
  std::array<std::uint32_t, kQueues> pushed = {};
  std::uint64_t next_buffer = kBuffers;
};

}  // namespace presil::kestrel
