// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// The ring: fetch, order, FENCE, wrapping, enable and disable, counters.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "Vkestrel.h"
#include "kestrel_bench.hpp"
#include "kestrel_regs.h"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kFence = 0x5'0000'0040;
constexpr std::uint64_t kBuffer = 0x6'0000'0000;

}  // namespace

TEST_CASE("commands: NOP completes and moves RING_HEAD", "[hw][ring]") {
  KestrelBench bench;
  bench.start_ring();
  REQUIRE(bench.execute(Command::nop()));
  CHECK(bench.read32(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
  CHECK(bench.read32(KESTREL_REG_RING_HEAD) == 1);
  CHECK(bench.read32(KESTREL_REG_COUNT_COMMANDS) == 1);
  CHECK(bench.memory.beats_written() == 0);
}

TEST_CASE("commands: FENCE writes its 8 bytes and nothing else", "[hw][fence]") {
  const std::uint64_t addr = GENERATE(kFence, kFence + 8);
  CAPTURE(addr);
  KestrelBench bench;
  bench.memory.memory().write(kFence - 16, std::vector<std::uint8_t>(48, 0xee));
  bench.start_ring();
  REQUIRE(bench.execute(Command::fence(addr, 0x1122'3344'5566'7788)));
  std::vector<std::uint8_t> expected(48, 0xee);
  for (unsigned i = 0; i < 8; ++i) {
    expected[addr - kFence + 16 + i] = static_cast<std::uint8_t>(0x88 - 0x11 * i);
  }
  CHECK(bench.memory.memory().read(kFence - 16, 48) == expected);
  CHECK(bench.pulses(0).size() == 1);
  CHECK(bench.pulses(1).empty());
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == KESTREL_IRQ_STATUS_FENCE);
}

TEST_CASE("commands: a fence is visible only after all that was before it", "[hw][fence]") {
  const unsigned stall_percent = GENERATE(0u, 50u);
  KestrelBench bench({.stall_percent = stall_percent, .latency_cycles = 60, .seed = 5});
  SparseMemory& memory = bench.memory.memory();
  constexpr std::uint32_t kLength = 2000;
  memory.write(kBuffer, std::vector<std::uint8_t>(kLength, 0x5a));
  bench.start_ring();
  bench.push(Command::copy(kBuffer + 0x10001, kBuffer, kLength));
  bench.push(Command::fence(kFence, 1));
  bench.ring_doorbell();
  // The memory takes write data over only with the response, so this sees a fence that overtakes.
  while (memory.read64(kFence) == 0) {
    bench.cycle();
    REQUIRE(bench.now() < KestrelBench::kLimit);
  }
  CHECK(memory.read(kBuffer + 0x10001, kLength) == std::vector<std::uint8_t>(kLength, 0x5a));
  CHECK(bench.pulses(0).empty());  // The interrupt comes after the write's response.
  REQUIRE(bench.run_until([&] { return !bench.pulses(0).empty(); }));
}

TEST_CASE("commands: each sees the memory effects of the one before", "[hw][ring]") {
  const unsigned stall_percent = GENERATE(0u, 50u);
  KestrelBench bench({.stall_percent = stall_percent, .latency_cycles = 50, .seed = 9});
  SparseMemory& memory = bench.memory.memory();
  memory.write(kBuffer, std::vector<std::uint8_t>(512, 0x77));
  bench.start_ring();
  for (std::uint64_t i = 0; i < 8; ++i) {
    bench.push(Command::copy(kBuffer + (i + 1) * 0x1003, kBuffer + i * 0x1003, 512));
  }
  bench.ring_doorbell();
  REQUIRE(bench.wait_settled());
  CHECK(memory.read(kBuffer + 8 * 0x1003, 512) == std::vector<std::uint8_t>(512, 0x77));
}

TEST_CASE("commands: the ring wraps at its size", "[hw][ring]") {
  const unsigned log2_entries = GENERATE(1u, 2u, 5u);
  CAPTURE(log2_entries);
  KestrelBench bench({.stall_percent = 20, .seed = log2_entries});
  bench.start_ring(log2_entries);
  const std::uint64_t entries = 1u << log2_entries;
  std::uint64_t value = 0;
  for (unsigned lap = 0; lap < 5; ++lap) {
    for (std::uint64_t i = 0; i < entries; ++i) {
      bench.push(Command::fence(kFence + 8 * (value % 64), value + 1));
      ++value;
    }
    bench.ring_doorbell();
    REQUIRE(bench.wait_settled());
    REQUIRE(bench.read32(KESTREL_REG_RING_HEAD) == value);
    for (std::uint64_t i = value - entries; i < value; ++i) {
      CHECK(bench.memory.memory().read64(kFence + 8 * (i % 64)) == i + 1);
    }
  }
  CHECK(bench.pulses(0).size() == value);
  for (const AxiAccess& access : bench.memory.accesses()) {
    if (!access.write) {
      CHECK(access.request.addr >= KestrelBench::kRingBase);
      CHECK(access.request.addr < KestrelBench::kRingBase + entries * KESTREL_COMMAND_BYTES);
    }
  }
}

TEST_CASE("commands: the largest ring is reached to its last entry", "[hw][ring]") {
  KestrelBench bench;
  const std::uint32_t log2_entries =
      bench.read32(KESTREL_REG_CAPS0) & KESTREL_CAPS0_RING_LOG2_MAX_MASK;
  bench.start_ring(log2_entries);
  bench.memory.timing().latency_cycles = 0;
  const std::uint32_t entries = 1u << log2_entries;
  for (std::uint32_t i = 0; i + 1 < entries; ++i) {
    bench.push(Command::nop());
  }
  bench.push(Command::fence(kFence, 77));
  bench.ring_doorbell();
  REQUIRE(bench.run_until([&] { return !bench.pulses(0).empty(); }, 10 * entries));
  CHECK(bench.memory.memory().read64(kFence) == 77);
  CHECK(bench.read32(KESTREL_REG_RING_HEAD) == entries);
}

TEST_CASE("commands: nothing is fetched beyond the doorbell", "[hw][ring]") {
  KestrelBench bench;
  bench.start_ring();
  for (int i = 0; i < 6; ++i) {
    bench.push(Command::nop());
  }
  bench.write32(KESTREL_REG_DOORBELL, 3);
  REQUIRE(bench.wait_settled());
  bench.cycles(200);
  CHECK(bench.memory.accesses().size() == 3);
  CHECK(bench.read32(KESTREL_REG_RING_HEAD) == 3);
}

TEST_CASE("commands: nothing is fetched while not enabled", "[hw][ring]") {
  KestrelBench bench;
  bench.start_ring();
  bench.write32(KESTREL_REG_CONTROL, 0);
  bench.push(Command::nop());
  bench.ring_doorbell();
  bench.cycles(200);
  CHECK(bench.memory.accesses().empty());
  CHECK(bench.read32(KESTREL_REG_STATUS) == 0);  // A command is waiting: not idle.
  bench.write32(KESTREL_REG_CONTROL, KESTREL_CONTROL_ENABLE);
  REQUIRE(bench.wait_settled());
  CHECK(bench.read32(KESTREL_REG_RING_HEAD) == 1);
}

TEST_CASE("commands: disabled and enabled at any moment, each runs exactly once", "[hw][ring]") {
  const std::uint64_t seed = GENERATE(1u, 2u, 3u, 4u);
  CAPTURE(seed);
  for (unsigned delay = 0; delay < 60; ++delay) {
    CAPTURE(delay);
    KestrelBench bench({.stall_percent = seed == 1 ? 0u : 30u, .latency_cycles = 10, .seed = seed});
    bench.start_ring();
    for (std::uint64_t i = 0; i < 8; ++i) {
      bench.push(Command::fence(kFence + 8 * i, i + 1));
    }
    bench.ring_doorbell();
    bench.cycles(delay);
    bench.write32(KESTREL_REG_CONTROL, 0);
    // Shorter and longer than a fetch takes, so that stale data comes before and after.
    bench.cycles(delay % 7 * 5);
    bench.write32(KESTREL_REG_CONTROL, KESTREL_CONTROL_ENABLE);
    REQUIRE(bench.wait_settled());
    REQUIRE(bench.read32(KESTREL_REG_RING_HEAD) == 8);
    REQUIRE(bench.pulses(0).size() == 8);
    REQUIRE(bench.memory.memory().read64(kFence + 56) == 8);
  }
}

TEST_CASE("commands: a ring changed while disabled is read anew", "[hw][ring]") {
  KestrelBench bench({.latency_cycles = 100});
  bench.start_ring();
  bench.push(Command::copy(kBuffer + 0x8000, kBuffer, 4096));
  bench.push(Command::fence(kFence, 1));
  bench.ring_doorbell();
  bench.cycles(150);  // The copy runs, the fence has been fetched.
  bench.write32(KESTREL_REG_CONTROL, 0);
  bench.memory.memory().write32(KestrelBench::kRingBase + 64 + KESTREL_COMMAND_VALUE_LO, 2);
  REQUIRE(bench.run_until([&] { return bench.read32(KESTREL_REG_RING_HEAD) == 1; }));
  bench.cycles(300);
  CHECK(bench.memory.memory().read64(kFence) == 0);
  bench.write32(KESTREL_REG_CONTROL, KESTREL_CONTROL_ENABLE);
  REQUIRE(bench.wait_settled());
  CHECK(bench.memory.memory().read64(kFence) == 2);
}

TEST_CASE("commands: counters count commands, bytes and busy cycles", "[hw][counters]") {
  KestrelBench bench({.latency_cycles = 20});
  bench.start_ring();
  bench.push(Command::copy(kBuffer + 0x8000, kBuffer, 1000));
  bench.push(Command::nop());
  bench.push(Command::copy(kBuffer + 0x8000, kBuffer, 234));
  bench.push(Command::fence(kFence, 1));
  bench.ring_doorbell();
  REQUIRE(bench.wait_settled());
  CHECK(bench.read32(KESTREL_REG_COUNT_COMMANDS) == 4);
  CHECK(bench.read32(KESTREL_REG_COUNT_BYTES_LO) == 1234);
  CHECK(bench.read32(KESTREL_REG_COUNT_BYTES_HI) == 0);
  const std::uint32_t busy = bench.read32(KESTREL_REG_COUNT_BUSY_LO);
  CHECK(busy > 2 * 40 + 20);  // Two memory latencies a copy, one a fence.
  bench.cycles(100);
  CHECK(bench.read32(KESTREL_REG_COUNT_BUSY_LO) == busy);  // Idle cycles do not count.
  CHECK(bench.read32(KESTREL_REG_COUNT_BUSY_HI) == 0);
}

TEST_CASE("commands: two processes in a ring of 2 keep it full", "[hw][ring]") {
  // The producer rings for each command while the engine runs: doorbells meet every state.
  const std::uint64_t seed = GENERATE(1u, 2u, 3u);
  KestrelBench bench({.stall_percent = 30, .latency_cycles = 3, .seed = seed});
  bench.start_ring(1);
  std::uint32_t produced = 0;
  while (produced < 200) {
    if (produced - bench.read32(KESTREL_REG_RING_HEAD) < 2) {
      bench.push(Command::fence(kFence, ++produced));
      bench.ring_doorbell();
    }
  }
  REQUIRE(bench.wait_settled());
  CHECK(bench.memory.memory().read64(kFence) == 200);
  CHECK(bench.pulses(0).size() == 200);
}

}  // namespace presil::testbench
