// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// Interrupts: no event is lost, whenever software clears its status.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "Vkestrel.h"
#include "kestrel_bench.hpp"
#include "kestrel_regs.h"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kFence = 0x5'0000'0040;

}  // namespace

TEST_CASE("interrupts: a vector is raised only while enabled", "[hw][irq]") {
  KestrelBench bench;
  const unsigned vector = GENERATE(0u, 1u);
  bench.write32(KESTREL_REG_IRQ_FORCE, 1u << vector);
  bench.cycles(10);
  CHECK(bench.pulses(vector).empty());
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == 1u << vector);
  bench.write32(KESTREL_REG_IRQ_STATUS, 1u << vector);
  bench.write32(KESTREL_REG_IRQ_ENABLE, 1u << vector);
  bench.write32(KESTREL_REG_IRQ_FORCE, 3);
  bench.cycles(10);
  CHECK(bench.pulses(vector).size() == 1);
  CHECK(bench.pulses(1 - vector).empty());
}

TEST_CASE("interrupts: enabling a vector whose status is set raises it once", "[hw][irq]") {
  KestrelBench bench;
  const unsigned vector = GENERATE(0u, 1u);
  bench.write32(KESTREL_REG_IRQ_FORCE, 3);
  bench.write32(KESTREL_REG_IRQ_ENABLE, 1u << vector);
  bench.cycles(10);
  CHECK(bench.pulses(vector).size() == 1);
  CHECK(bench.pulses(1 - vector).empty());
  bench.write32(KESTREL_REG_IRQ_ENABLE, 1u << vector);  // Was enabled already.
  bench.cycles(10);
  CHECK(bench.pulses(vector).size() == 1);
  bench.write32(KESTREL_REG_IRQ_ENABLE, 0);
  bench.write32(KESTREL_REG_IRQ_ENABLE, 1u << vector);
  bench.cycles(10);
  CHECK(bench.pulses(vector).size() == 2);
}

TEST_CASE("interrupts: an event while the status is still set raises the vector again",
          "[hw][irq]") {
  KestrelBench bench;
  bench.write32(KESTREL_REG_IRQ_ENABLE, 3);
  for (std::size_t i = 1; i <= 5; ++i) {
    bench.write32(KESTREL_REG_IRQ_FORCE, KESTREL_IRQ_FORCE_FENCE);
    bench.cycles(4);
    CHECK(bench.pulses(0).size() == i);
  }
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == KESTREL_IRQ_STATUS_FENCE);
}

TEST_CASE("interrupts: a clear that meets an event loses neither bit nor vector", "[hw][irq]") {
  // Sweeps the write of IRQ_STATUS over the cycle in which the fence completes.
  bool hardware_won = false, cleared_after = false;
  for (unsigned delay = 0; delay < 80; ++delay) {
    CAPTURE(delay);
    KestrelBench bench({.latency_cycles = 10});
    bench.start_ring();
    REQUIRE(bench.execute(Command::fence(kFence, 1)));
    REQUIRE(bench.pulses(0).size() == 1);
    bench.push(Command::fence(kFence, 2));
    bench.axil.post_write(KESTREL_REG_DOORBELL, 2);
    bench.cycles(delay);
    bench.axil.post_write(KESTREL_REG_IRQ_STATUS, KESTREL_IRQ_STATUS_FENCE);
    REQUIRE(bench.run_until([&] { return bench.axil.idle() && bench.pulses(0).size() == 2; }));
    bench.cycles(10);
    CHECK(bench.pulses(0).size() == 2);
    // The vector came; the bit says so unless the clear came after the event.
    const bool set = bench.read32(KESTREL_REG_IRQ_STATUS) & KESTREL_IRQ_STATUS_FENCE;
    hardware_won |= set;
    cleared_after |= !set;
    CHECK(!(cleared_after && set));  // Once the clear is late, it stays late.
  }
  CHECK(hardware_won);
  CHECK(cleared_after);
}

TEST_CASE("interrupts: software's clear and hardware's set in one cycle leave the bit set",
          "[hw][irq]") {
  // IRQ_FORCE acts one cycle after its write, when the next write may clear the status.
  KestrelBench bench;
  bench.write32(KESTREL_REG_IRQ_ENABLE, 3);
  bench.write32(KESTREL_REG_IRQ_FORCE, 3);
  bench.axil.post_write(KESTREL_REG_IRQ_FORCE, 3);
  bench.axil.post_write(KESTREL_REG_IRQ_STATUS, 3);
  REQUIRE(bench.run_until([&] { return bench.axil.idle(); }));
  bench.cycles(4);
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == 3);
  CHECK(bench.pulses(0).size() == 2);
  CHECK(bench.pulses(1).size() == 2);
}

TEST_CASE("interrupts: pulses last one cycle", "[hw][irq]") {
  KestrelBench bench;
  bench.start_ring();
  for (std::uint64_t i = 0; i < 10; ++i) {
    REQUIRE(bench.execute(Command::fence(kFence, i)));
  }
  REQUIRE(bench.pulses(0).size() == 10);
  for (std::size_t i = 1; i < 10; ++i) {
    CHECK(bench.pulses(0)[i] > bench.pulses(0)[i - 1] + 1);
  }
}

}  // namespace presil::testbench
