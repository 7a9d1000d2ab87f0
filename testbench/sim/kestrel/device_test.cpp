// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/device.hpp"

#include <catch2/catch_test_macros.hpp>

#include "testbench/sim/kestrel/device_bench.hpp"

namespace presil::kestrel {
namespace {

constexpr std::uint32_t kErrorVector = 16;
constexpr std::uint64_t kData = DeviceBench::kData, kFences = DeviceBench::kFences;
using Vectors = std::vector<std::uint32_t>;

// ---------------------------------------------------------------------------------------- records

TEST_CASE("a fence writes its value and raises the queue's vector", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(5);
  bench.run(5, fence(kFences + 8, 0x1122'3344'5566'7788));
  CHECK(bench.bus.memory.read64(kFences + 8) == 0x1122'3344'5566'7788);
  CHECK(bench.take_interrupts() == Vectors{5});
  CHECK(bench.read(KESTREL_REG_IRQ_STATUS) == 1u << 5);
  CHECK(bench.head(5) == 1);
  CHECK(bench.status(5) == 0);
  CHECK(bench.read(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
  CHECK(bench.bus.log ==
        std::vector<TestBus::Access>{{false, DeviceBench::ring_of(5), 64, kUserPrivileged},
                                     {true, kFences + 8, 8, kUserPrivileged}});
}

TEST_CASE("the ring is a ring", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(0);
  for (std::uint32_t i = 0; i < 100; ++i)
    bench.run(0, fence(kFences, i));
  CHECK(bench.head(0) == 100);
  CHECK(bench.bus.memory.read64(kFences) == 99);
  // All entries at once, but not one more.
  for (std::uint32_t i = 0; i < 16; ++i)
    bench.push(0, nop());
  bench.ring(0);
  bench.device.run_until_idle();
  CHECK(bench.head(0) == 116);
  bench.pushed[0] += 17;
  bench.ring(0);
  bench.device.run_until_idle();
  CHECK(bench.error(0) == ring_error({.cause = KESTREL_ERROR_CAUSE_RING_OVERRUN}, 0, 116));
  CHECK(bench.status(0) == (KESTREL_QUEUE_STATUS_ERROR | KESTREL_QUEUE_STATUS_PENDING));
}

TEST_CASE("a timestamp is the time", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(0);
  bench.device.set_time(12'345'678'000'000);
  bench.device.advance(12'345'678'000'000);
  bench.run(0, make_control(KESTREL_OPCODE_TIMESTAMP, 0, kFences));
  const std::uint64_t time_ns = bench.bus.memory.read64(kFences);
  CHECK(time_ns >= 12'345'678'000);
  CHECK(time_ns <= 12'345'680'000);
  CHECK(bench.take_interrupts().empty());
}

TEST_CASE("the status page has the head", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(3, 1, KESTREL_QUEUE_CONFIG_WRITE_STATUS);
  bench.bus.put64(DeviceBench::status_of(3), ~std::uint64_t{0});
  bench.run(3, nop());
  CHECK(bench.bus.memory.read64(DeviceBench::status_of(3)) == 1);
  CHECK(bench.take_interrupts().empty());
  bench.bus.fail(DeviceBench::status_of(3), 8, kSlverr);
  bench.run(3, fence(kFences, 7));
  CHECK(bench.error(3) == ring_error({.cause = KESTREL_ERROR_CAUSE_WRITE_ERROR,
                                      .response = kSlverr,
                                      .fault = 0,
                                      .access = KESTREL_ACCESS_CONTROL,
                                      .addr = DeviceBench::status_of(3)},
                                     KESTREL_OPCODE_FENCE, 1));
  CHECK(bench.head(3) == 1);
  CHECK(bench.bus.memory.read64(kFences) == 7);
  CHECK(bench.take_interrupts() == Vectors{3, kErrorVector});
}

TEST_CASE("a wait is looked at again after fences and doorbells", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(0);
  bench.start(1);
  bench.run(0, wait_for(kFences, 5));
  CHECK(bench.status(0) == (KESTREL_QUEUE_STATUS_PARKED | KESTREL_QUEUE_STATUS_PENDING));
  CHECK(bench.read(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
  SECTION("a fence of another queue") {
    bench.run(1, fence(kFences, 4));
    CHECK(bench.status(0) == (KESTREL_QUEUE_STATUS_PARKED | KESTREL_QUEUE_STATUS_PENDING));
    bench.run(1, fence(kFences, 6));
  }
  SECTION("the doorbell") {
    bench.bus.put64(kFences, ~std::uint64_t{0});
    bench.run(1, nop());
    CHECK(bench.head(0) == 0);
    bench.ring(0);
    bench.device.run_until_idle();
  }
  CHECK(bench.status(0) == 0);
  CHECK(bench.head(0) == 1);
  CHECK(bench.count(0, kRecords) == 1);
}

TEST_CASE("a doorbell while the word is being read is not lost", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(0);
  bench.push(0, wait_for(kFences, 1));
  bench.ring(0);
  const Picoseconds fetched_ps = bench.device.advance(0);
  bench.device.advance(fetched_ps);
  CHECK(bench.bus.log.back().addr == kFences);
  bench.bus.put64(kFences, 1);
  bench.ring(0);
  bench.device.run_until_idle();
  CHECK(bench.head(0) == 1);
}

// ------------------------------------------------------------------------------------------ queues

TEST_CASE("the order of queues is by priority", "[sim][kestrel]") {
  DeviceBench bench;
  for (std::uint32_t queue = 0; queue < 4; ++queue) {
    bench.start(queue, 1, queue << KESTREL_QUEUE_CONFIG_PRIO_SHIFT);
    for (int i = 0; i < 2; ++i)
      bench.push(queue, fence(kFences, 0));
    bench.ring(queue);
  }
  bench.device.run_until_idle();
  // After four decisions queue 0 is as high as queue 1.
  CHECK(bench.take_interrupts() == Vectors{3, 3, 2, 2, 1, 0, 1, 0});
}

TEST_CASE("a suspended queue begins nothing", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(0);
  bench.push(0, nop());
  bench.push(0, nop());
  bench.ring(0);
  bench.device.advance(0);
  CHECK(bench.read(KESTREL_REG_ACTIVE) == KESTREL_ACTIVE_VALID);
  bench.write(KESTREL_REG_QUEUE_CONTROL(0), KESTREL_QUEUE_CONTROL_SUSPEND);
  CHECK(bench.status(0) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_RUNNING));
  bench.device.run_until_idle();
  CHECK(bench.head(0) == 1);
  CHECK(bench.status(0) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_SUSPENDED));
  bench.control(0, KESTREL_QUEUE_CONTROL_RESUME);
  CHECK(bench.head(0) == 2);
  CHECK(bench.status(0) == 0);
}

TEST_CASE("a queue that is disabled stops at the next record", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(0);
  bench.push(0, nop());
  bench.push(0, nop());
  bench.ring(0);
  bench.device.advance(0);
  bench.write(KESTREL_REG_QUEUE_CONFIG(0), DeviceBench::kOn & ~KESTREL_QUEUE_CONFIG_ENABLE);
  bench.device.run_until_idle();
  CHECK(bench.head(0) == 1);
}

TEST_CASE("user mode works in the queue's own space", "[sim][kestrel]") {
  DeviceBench bench;
  bench.write(KESTREL_REG_SPACE_CONFIG(4), 0x1234'5000 | KESTREL_SPACE_MODE_PASID);
  bench.start(6, 4, KESTREL_QUEUE_CONFIG_USER | KESTREL_QUEUE_CONFIG_WRITE_STATUS);
  bench.run_call(6, {barrier()});
  CHECK(bench.head(6) == 1);
  CHECK(bench.bus.memory.read64(DeviceBench::status_of(6)) == 1);
  CHECK(bench.take_interrupts() == Vectors{6});
  for (const auto& access : bench.bus.log)
    CHECK(access.user == (kUserPasidValid | 0x12345));
  bench.run(6, fence(kFences, 1));
  CHECK(bench.error(6) ==
        ring_error({.cause = KESTREL_ERROR_CAUSE_PRIVILEGED}, KESTREL_OPCODE_FENCE, 1));
}

// ------------------------------------------------------------------------------ memories on chip

TEST_CASE("the memories on chip are one space's", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(0, 1);
  bench.start(1, 1);
  bench.start(2, 0);
  const auto stored = [&bench](std::uint32_t queue) {
    bench.bus.put64(kData + 0x100, 0);
    bench.run_call(queue, {store(kData + 0x100)});
    return bench.bus.memory.read64(kData + 0x100);
  };
  bench.bus.put64(kData, 0x99);
  bench.run_call(0, {load(kData)});
  CHECK(stored(0) == 0x99);
  CHECK(stored(1) == 0x99);
  SECTION("another space") {
    CHECK(stored(2) == 0);
    CHECK(stored(0) == 0);
  }
  SECTION("a CALL that was stopped") {
    bench.run_call(1, {load(kData), barrier(), make_order(99)});
    CHECK(stored(0) == 0);
  }
  SECTION("a record that was none") {
    bench.run(1, make_order(99));
    CHECK(stored(0) == 0x99);
  }
  SECTION("an invalidation, but not one of a range") {
    bench.write(KESTREL_REG_INVALIDATE, 1 | KESTREL_INVALIDATE_RANGE | KESTREL_INVALIDATE_GO);
    CHECK(stored(0) == 0x99);
    bench.write(KESTREL_REG_INVALIDATE, 1 | KESTREL_INVALIDATE_GO);
    CHECK(stored(0) == 0);
  }
}

TEST_CASE("tokens do not outlive their CALL", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(0);
  bench.run_call(0, {make_transfer(one_run(false, kData, 0, 16), {.signals_next = true})});
  CHECK(bench.head(0) == 1);
  bench.run_call(0, {hang()});
  CHECK(bench.head(0) == 1);
  CHECK((bench.status(0) & KESTREL_QUEUE_STATUS_RUNNING) != 0);
}

// ---------------------------------------------------------------------------------------- counters

TEST_CASE("what is counted is exact", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(3);
  bench.start(4);
  AccumulateFields sums;
  sums.positions = {7, 3};
  sums.reduction = {2, 1, 1};
  AccumulateFields lanes = sums;
  lanes.mode = KESTREL_ACCUMULATE_MODE_MAX;
  bench.run_call(3, {load(kData + 8, 0, 100), make_accumulate(sums), make_accumulate(lanes),
                     barrier(), store(kData + 1, 0, 15), make_order(KESTREL_OPCODE_SYNC)});
  bench.run(3, nop());
  bench.run(4, nop());
  bench.run_call(4, {barrier(), make_order(99)});
  CHECK(bench.count(3, kRecords) == 2);
  CHECK(bench.count(3, kCalls) == 1);
  CHECK(bench.count(3, kCommands) == 5);
  CHECK(bench.count(3, kReadBytes) == 112);
  CHECK(bench.count(3, kWriteBytes) == 16);
  CHECK(bench.count(3, kMacs) == 42 * 256 + 42 * 16);
  CHECK(bench.count(4, kRecords) == 1);
  CHECK(bench.count(4, kCalls) == 1);
  CHECK(bench.count(kQueues, kRecords) == 3);
  CHECK(bench.count(kQueues, kCalls) == 2);
  CHECK(bench.count(kQueues, kCommands) == 5);
  CHECK(bench.count(kQueues, kBusyNs) == bench.count(3, kBusyNs) + bench.count(4, kBusyNs));
  CHECK(bench.count(17, kRecords) == 0);
}

TEST_CASE("what is counted of time is plausible", "[sim][kestrel]") {
  DeviceBench bench;
  bench.map_space_2();
  bench.start(3, 2);
  bench.run_call(3, {load(kData, 0, 0x8000)});
  CHECK(bench.count(3, kLoadBusy) >= 0x8000 / 16);
  CHECK(bench.count(3, kLoadBusy) <= 10'000);
  CHECK(bench.count(3, kTlbMisses) == 2);
  CHECK(bench.count(3, kTranslation) >= 2 * 3 * 500);
}

// --------------------------------------------------------------------------------------- registers

TEST_CASE("what has no register reads zero", "[sim][kestrel]") {
  DeviceBench bench;
  for (const std::uint32_t offset : {0x02cu, 0x058u, 0x180u, 0x1fcu, 0x204u, 0x300u, 0xffcu,
                                     0x1800u, 0xf'fffcu, 0x10'0000u, 0x10'0004u, 0x1f'fffcu}) {
    CAPTURE(offset);
    bench.write(offset, 0xffff'ffff);
    CHECK(bench.read(offset) == 0);
  }
  CHECK(bench.read(KESTREL_REG_QUEUE_TAIL(0)) == 0xffff'ffff);
  CHECK(bench.read(KESTREL_REG_QUEUE_TAIL(1)) == 0);
}

TEST_CASE("each queue has a doorbell", "[sim][kestrel]") {
  DeviceBench bench;
  for (std::uint32_t queue = 0; queue < kQueues; ++queue)
    bench.write(KESTREL_REG_DOORBELL_TAIL(queue), 100 + queue);
  for (std::uint32_t queue = 0; queue < kQueues; ++queue)
    CHECK(bench.read(KESTREL_REG_QUEUE_TAIL(queue)) == 100 + queue);
}

TEST_CASE("an invalidation makes a change of the table seen", "[sim][kestrel]") {
  DeviceBench bench;
  bench.map_space_2();
  bench.start(0, 2);
  bench.bus.put64(kData, 1);
  bench.run_call(0, {load(kData), barrier(), store(kData + 0x100)});
  bench.map_big(kData, 0);
  bench.write(KESTREL_REG_INVALIDATE, 3 | KESTREL_INVALIDATE_GO);
  bench.run_call(0, {load(kData)});
  CHECK(bench.head(0) == 2);
  bench.write(KESTREL_REG_INVALIDATE, 2 | KESTREL_INVALIDATE_GO);
  CHECK((bench.read(KESTREL_REG_STATUS) & KESTREL_STATUS_INVALIDATING) == 0);
  bench.run_call(0, {load(kData)});
  CHECK(bench.error(0).failure.fault == KESTREL_FAULT_NOT_PRESENT);
}

}  // namespace
}  // namespace presil::kestrel
