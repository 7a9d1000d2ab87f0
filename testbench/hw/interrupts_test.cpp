// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// Interrupts from their reasons to the pins: one vector a queue, one for all, none lost.

#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "Vkestrel.h"
#include "kestrel_bench.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kFence = 0x8'0000'0000;
constexpr std::uint32_t kAll = (1u << KestrelBench::kVectors) - 1;

TEST_CASE("interrupts: a vector for each queue and one for errors", "[hw][interrupts]") {
  KestrelBench bench({.stall_percent = 20, .seed = 3});
  bench.start();
  for (unsigned queue = 0; queue < KestrelBench::kQueues; ++queue) {
    bench.start_queue(queue, {.vector = queue});
    REQUIRE(bench.execute(queue, kestrel_fence(kFence + 8 * queue, 100 + queue)));
    CHECK(bench.memory.memory().read64(kFence + 8 * queue) == 100 + queue);
    bench.cycles(10);
    for (unsigned vector = 0; vector < KestrelBench::kVectors; ++vector)
      CHECK(bench.pulses(vector).size() == (vector <= queue ? 1 : 0));
  }
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == (kAll & ~(1u << 16)));
  bench.write32(KESTREL_REG_IRQ_STATUS, 0x00ff);
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == 0xff00);

  REQUIRE(bench.execute(5, KestrelRecord(KESTREL_OPCODE_LOAD)));
  bench.cycles(10);
  CHECK(bench.pulses(16).size() == 1);
  CHECK(bench.read32(KESTREL_REG_ERROR_QUEUES) == 1u << 5);
}

TEST_CASE("interrupts: one vector does for all", "[hw][interrupts]") {
  KestrelBench bench;
  bench.start();
  bench.write32(KESTREL_REG_ERROR_VECTOR, 0);
  for (unsigned queue = 0; queue < KestrelBench::kQueues; ++queue) {
    bench.start_queue(queue, {.vector = 0});
    bench.push(queue, kestrel_fence(kFence, queue));
    bench.push(queue, KestrelRecord(99));
  }
  for (unsigned queue = 0; queue < KestrelBench::kQueues; ++queue)
    bench.ring(queue);
  for (unsigned queue = 0; queue < KestrelBench::kQueues; ++queue)
    REQUIRE(bench.settle(queue));
  bench.cycles(10);
  CHECK(bench.pulses(0).size() == 2 * KestrelBench::kQueues);
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == 1);
  CHECK(bench.read32(KESTREL_REG_ERROR_QUEUES) == 0xffff);
}

TEST_CASE("interrupts: a vector that is none is raised by nothing", "[hw][interrupts]") {
  KestrelBench bench;
  bench.start();
  bench.write32(KESTREL_REG_ERROR_VECTOR, 31);
  bench.start_queue(0, {.vector = 17});
  bench.push(0, kestrel_fence(kFence, 1));
  REQUIRE(bench.execute(0, KestrelRecord(99)));
  bench.cycles(20);
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == 0);
  CHECK(bench.read32(KESTREL_REG_ERROR_QUEUES) == 1);
}

TEST_CASE("interrupts: forced, masked, and enabled while set", "[hw][interrupts]") {
  KestrelBench bench;
  const unsigned vector = GENERATE(0u, 7u, 16u);
  bench.write32(KESTREL_REG_IRQ_FORCE, 1u << vector);
  bench.cycles(5);
  CHECK(bench.pulses(vector).empty());
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == 1u << vector);
  bench.write32(KESTREL_REG_IRQ_ENABLE, kAll);
  bench.cycles(5);
  CHECK(bench.pulses(vector).size() == 1);
  bench.write32(KESTREL_REG_IRQ_FORCE, 1u << vector);
  bench.cycles(5);
  CHECK(bench.pulses(vector).size() == 2);
}

TEST_CASE("interrupts: the number is in memory, and the bit set, whatever clears meanwhile",
          "[hw][interrupts]") {
  // A clear that arrives in any cycle around the event: the message is never lost, and the bit is
  // lost only to a clear that comes after the event.
  for (unsigned delay = 0; delay < 40; ++delay) {
    CAPTURE(delay);
    KestrelBench bench;
    bench.start();
    bench.start_queue(2, {.vector = 2});
    bench.push(2, kestrel_fence(kFence, 7));
    bench.ring(2);
    bench.cycles(delay);
    bench.axil.post_write(KESTREL_REG_IRQ_STATUS, 1u << 2);
    std::uint64_t cleared = 0;
    REQUIRE(bench.run_until([&] {
      if (cleared == 0 && !bench.axil.write_results.empty())
        cleared = bench.now();
      return !bench.pulses(2).empty();
    }));
    const std::uint64_t raised = bench.now();
    CHECK(bench.memory.memory().read64(kFence) == 7);
    bench.cycles(40);
    CHECK(bench.pulses(2).size() == 1);
    // The pulse leaves, and the write's response arrives, a few cycles after what they tell of.
    constexpr std::uint64_t kSurelyBefore = 6;
    if (cleared != 0 && cleared + kSurelyBefore < raised)
      CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == 1u << 2);
  }
}

}  // namespace
}  // namespace presil::testbench
