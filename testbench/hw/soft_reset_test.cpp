// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// RESET.SOFT at any moment: the bus is left in order, the engine comes back clean.

#include <random>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "Vkestrel.h"
#include "kestrel_bench.hpp"
#include "kestrel_regs.h"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kFence = 0x5'0000'0040;
constexpr std::uint64_t kSource = 0x6'0000'0000;
constexpr std::uint64_t kDestination = 0x7'0000'0000;

void check_clean(KestrelBench& bench) {
  CHECK(bench.memory.reads_open() == 0);
  CHECK(bench.memory.writes_open() == 0);
  CHECK(bench.read32(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
  for (const int offset :
       {KESTREL_REG_CONTROL, KESTREL_REG_DOORBELL, KESTREL_REG_RING_HEAD, KESTREL_REG_ERROR_CAUSE,
        KESTREL_REG_ERROR_INDEX, KESTREL_REG_ERROR_ADDR_LO, KESTREL_REG_ERROR_ADDR_HI,
        KESTREL_REG_IRQ_STATUS, KESTREL_REG_COUNT_COMMANDS, KESTREL_REG_COUNT_BYTES_LO,
        KESTREL_REG_COUNT_BUSY_LO}) {
    CAPTURE(offset);
    CHECK(bench.read32(static_cast<std::uint16_t>(offset)) == 0);
  }
}

}  // namespace

TEST_CASE("soft reset: at any moment of a job, and the next job is right", "[hw][reset]") {
  const std::uint64_t seed = GENERATE(range(1u, 9u));
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  KestrelBench bench({.stall_percent = seed % 2 == 0 ? 40u : 0u,
                      .latency_cycles = static_cast<unsigned>(random() % 60),
                      .interleave = true,
                      .seed = seed});
  SparseMemory& memory = bench.memory.memory();
  memory.write(kSource, std::vector<std::uint8_t>(3000, static_cast<std::uint8_t>(seed)));
  for (unsigned round = 0; round < 60; ++round) {
    const unsigned delay = static_cast<unsigned>(random() % 700);
    CAPTURE(round, delay);
    bench.start_ring();
    bench.push(Command::copy(kDestination + 3, kSource, 3000));
    bench.push(Command::fence(kFence, round));
    bench.push(Command::copy(kDestination + 0x4000, kSource + 7, 1500));
    bench.ring_doorbell();
    bench.cycles(delay);
    REQUIRE(bench.soft_reset());
    check_clean(bench);

    bench.start_ring();
    memory.write(kDestination, std::vector<std::uint8_t>(400));
    bench.push(Command::copy(kDestination + 1, kSource + 2, 300));
    bench.push(Command::fence(kFence + 8, round + 1));
    bench.ring_doorbell();
    REQUIRE(bench.wait_settled());
    REQUIRE(bench.read32(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
    REQUIRE(memory.read64(kFence + 8) == round + 1);
    REQUIRE(memory.read(kDestination + 1, 300) ==
            std::vector<std::uint8_t>(300, static_cast<std::uint8_t>(seed)));
    REQUIRE(memory.read(kDestination + 301, 1)[0] == 0);
    REQUIRE(bench.soft_reset());
  }
}

TEST_CASE("soft reset: keeps SCRATCH, IRQ_ENABLE and the ring's place", "[hw][reset]") {
  KestrelBench bench;
  bench.start_ring(7, 0x12'3456'7840);
  bench.write32(KESTREL_REG_SCRATCH, 0xdead'beef);
  REQUIRE(bench.execute(Command::nop()));
  REQUIRE(bench.soft_reset());
  CHECK(bench.read32(KESTREL_REG_SCRATCH) == 0xdead'beef);
  CHECK(bench.read32(KESTREL_REG_IRQ_ENABLE) == 3);
  CHECK(bench.read32(KESTREL_REG_RING_BASE_LO) == 0x3456'7840);
  CHECK(bench.read32(KESTREL_REG_RING_BASE_HI) == 0x12);
  CHECK(bench.read32(KESTREL_REG_RING_SIZE) == 7);
}

TEST_CASE("soft reset: RESETTING shows as long as the bus is not quiet", "[hw][reset]") {
  KestrelBench bench({.latency_cycles = 1000});
  bench.start_ring();
  bench.push(Command::copy(kDestination, kSource, 4096));
  bench.ring_doorbell();
  REQUIRE(bench.run_until([&] { return bench.memory.reads_open() > 5; }));
  bench.write32(KESTREL_REG_RESET, KESTREL_RESET_SOFT);
  while ((bench.read32(KESTREL_REG_STATUS) & KESTREL_STATUS_RESETTING) != 0) {
    REQUIRE(bench.now() < KestrelBench::kLimit);
  }
  check_clean(bench);
  CHECK(bench.memory.beats_written() == 0);
  CHECK(bench.pulses(0).empty());
  CHECK(bench.pulses(1).empty());
}

TEST_CASE("soft reset: writes while it lasts do not slip in", "[hw][reset]") {
  KestrelBench bench({.latency_cycles = 500});
  bench.start_ring();
  bench.push(Command::copy(kDestination, kSource, 4096));
  bench.ring_doorbell();
  REQUIRE(bench.run_until([&] { return bench.memory.reads_open() > 5; }));
  bench.write32(KESTREL_REG_RESET, KESTREL_RESET_SOFT);
  bench.write32(KESTREL_REG_DOORBELL, 9);
  bench.write32(KESTREL_REG_CONTROL, KESTREL_CONTROL_ENABLE);
  bench.write32(KESTREL_REG_IRQ_FORCE, 3);
  REQUIRE((bench.read32(KESTREL_REG_STATUS) & KESTREL_STATUS_RESETTING) != 0);
  bench.write32(KESTREL_REG_RESET, KESTREL_RESET_SOFT);  // Again: nothing new.
  REQUIRE(bench.soft_reset());
  check_clean(bench);
  CHECK(bench.pulses(0).empty());
  CHECK(bench.pulses(1).empty());
}

TEST_CASE("soft reset: takes over from an error that is stopping the engine", "[hw][reset]") {
  for (unsigned delay = 0; delay < 120; ++delay) {
    CAPTURE(delay);
    KestrelBench bench({.latency_cycles = 30});
    bench.start_ring();
    bench.memory.add_fault(kSource, kSource + 1, 2, true, false);
    bench.push(Command::copy(kDestination, kSource, 4096));
    bench.ring_doorbell();
    bench.cycles(delay);
    REQUIRE(bench.soft_reset());
    check_clean(bench);
  }
}

TEST_CASE("soft reset: of an idle device ends at once", "[hw][reset]") {
  KestrelBench bench;
  REQUIRE(bench.soft_reset());
  CHECK(bench.now() < 40);
  check_clean(bench);
}

}  // namespace presil::testbench
