// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// A Device when something goes wrong: errors, stalled faults, budgets, resets.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "testbench/sim/kestrel/device_bench.hpp"

namespace presil::kestrel {
namespace {

constexpr std::uint32_t kErrorVector = 16;
constexpr std::uint64_t kData = DeviceBench::kData, kFences = DeviceBench::kFences;
using Vectors = std::vector<std::uint32_t>;

// ----------------------------------------------------------------------------------------- errors

TEST_CASE("a ring that is set up wrongly is told", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(2);
  SECTION("no size") {
    bench.write(KESTREL_REG_QUEUE_CONFIG(2), KESTREL_QUEUE_CONFIG_ENABLE);
  }
  SECTION("too large") {
    bench.write(KESTREL_REG_QUEUE_CONFIG(2), KESTREL_QUEUE_CONFIG_ENABLE | 17u << 24);
  }
  SECTION("misaligned") {
    bench.write(KESTREL_REG_QUEUE_RING_BASE_LO(2), 0x1000'0020);
  }
  bench.run(2, nop());
  CHECK(bench.error(2) == ring_error({.cause = KESTREL_ERROR_CAUSE_RING_CONFIG}));
  CHECK(bench.bus.log.empty());
  CHECK(bench.take_interrupts() == Vectors{kErrorVector});
  CHECK(bench.read(KESTREL_REG_ERROR_QUEUES) == 4);
}

TEST_CASE("a record that cannot be fetched is told", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(2);
  const std::uint64_t ring = DeviceBench::ring_of(2);
  SECTION("by the bus") {
    bench.bus.fail(ring, 64, kDecerr);
    bench.run(2, nop());
    CHECK(bench.error(2) == ring_error({.cause = KESTREL_ERROR_CAUSE_FETCH_ERROR,
                                        .response = kDecerr,
                                        .fault = 0,
                                        .access = KESTREL_ACCESS_FETCH,
                                        .addr = ring}));
  }
  SECTION("by its space") {
    bench.write(KESTREL_REG_SPACE_CONFIG(0), 0);
    bench.run(2, nop());
    CHECK(bench.error(2) == ring_error({.cause = KESTREL_ERROR_CAUSE_TRANSLATION,
                                        .response = 0,
                                        .fault = KESTREL_FAULT_SPACE_OFF,
                                        .access = KESTREL_ACCESS_FETCH,
                                        .addr = ring}));
  }
}

TEST_CASE("a record that is wrong is told with its opcode", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(2);
  bench.run(2, nop());
  SECTION("opcode") {
    bench.run(2, make_order(KESTREL_OPCODE_SYNC));
    CHECK(bench.error(2) ==
          ring_error({.cause = KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE}, KESTREL_OPCODE_SYNC, 1));
  }
  SECTION("field") {
    bench.run(2, fence(kFences + 4, 0));
    CHECK(bench.error(2) ==
          ring_error({.cause = KESTREL_ERROR_CAUSE_ILLEGAL_FIELD}, KESTREL_OPCODE_FENCE, 1));
  }
  SECTION("bus of a fence, a timestamp, a wait") {
    bench.bus.fail(kFences, 8, kSlverr);
    for (const std::uint32_t opcode :
         {KESTREL_OPCODE_FENCE, KESTREL_OPCODE_TIMESTAMP, KESTREL_OPCODE_WAIT}) {
      bench.control(2, KESTREL_QUEUE_CONTROL_RESET);
      bench.pushed[2] = 0;
      bench.start(2);
      bench.run(2, make_control(opcode, 0, kFences));
      CHECK(bench.error(2) ==
            ring_error({.cause = opcode == KESTREL_OPCODE_WAIT ? KESTREL_ERROR_CAUSE_READ_ERROR
                                                               : KESTREL_ERROR_CAUSE_WRITE_ERROR,
                        .response = kSlverr,
                        .fault = 0,
                        .access = KESTREL_ACCESS_CONTROL,
                        .addr = kFences},
                       opcode));
    }
  }
}

TEST_CASE("a command that fails is told with its place", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(9, 2);
  bench.map_space_2();
  Failure failure;
  std::uint32_t opcode = KESTREL_OPCODE_LOAD;
  Record failing = load(kData + 0x1234);
  SECTION("bus") {
    bench.bus.fail(kData, 0x10'0000, kSlverr);
    failure = {.cause = KESTREL_ERROR_CAUSE_READ_ERROR,
               .response = kSlverr,
               .fault = 0,
               .access = KESTREL_ACCESS_LOAD,
               .addr = kData + 0x1234};
  }
  SECTION("translation") {
    bench.map_big(kData, 0xb);
    failing = store(kData + 8);
    opcode = KESTREL_OPCODE_STORE;
    failure = {.cause = KESTREL_ERROR_CAUSE_TRANSLATION,
               .response = 0,
               .fault = KESTREL_FAULT_PERMISSION,
               .access = KESTREL_ACCESS_STORE,
               .addr = kData + 8};
  }
  SECTION("range") {
    failing = load(kData, kScratchpadBytes - 8);
    failure = {.cause = KESTREL_ERROR_CAUSE_OPERAND_RANGE};
  }
  SECTION("parity") {
    bench.write(KESTREL_REG_PARITY_PLACE, 7);
    bench.write(KESTREL_REG_PARITY_FLIP, 100 | KESTREL_PARITY_FLIP_GO);
    bench.push_call(9, {load(kData, 7 * 16)});
    failing = store(kData, 7 * 16);
    opcode = KESTREL_OPCODE_STORE;
    failure = {.cause = KESTREL_ERROR_CAUSE_PARITY};
  }
  SECTION("field") {
    failing = make_order(KESTREL_OPCODE_BARRIER, {.waits_prev = true});
    opcode = KESTREL_OPCODE_BARRIER;
    failure = {.cause = KESTREL_ERROR_CAUSE_ILLEGAL_FIELD};
  }
  const std::uint32_t index = bench.pushed[9];
  bench.run_call(9, {barrier(), barrier(), failing, hang()});
  CHECK(
      bench.error(9) ==
      Error{
          .failure = failure, .opcode = opcode, .is_in_call = true, .index = index, .offset = 128});
  CHECK(bench.head(9) == index);
  CHECK(bench.take_interrupts() == Vectors{kErrorVector});
  // Others go on, and so does this one after its reset.
  bench.start(1);
  bench.run(1, nop());
  CHECK(bench.head(1) == 1);
  bench.control(9, KESTREL_QUEUE_CONTROL_RESET);
  for (std::uint32_t offset = 0; offset < 0x80; offset += 4)
    CHECK(bench.read(KESTREL_REG_QUEUE_CONFIG(9) + offset) == 0);
  bench.pushed[9] = 0;
  bench.start(9);
  bench.run(9, nop());
  CHECK(bench.head(9) == 1);
}

TEST_CASE("a number that is no vector's raises nothing", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(0);
  bench.write(KESTREL_REG_QUEUE_CONFIG(0), DeviceBench::kOn | 31u << 16);
  bench.write(KESTREL_REG_ERROR_VECTOR, 17);
  bench.run(0, fence(kFences, 1));
  bench.run(0, make_order(99));
  CHECK(bench.head(0) == 1);
  CHECK(bench.status(0) == (KESTREL_QUEUE_STATUS_ERROR | KESTREL_QUEUE_STATUS_PENDING));
  CHECK(bench.take_interrupts().empty());
}

// ---------------------------------------------------------------------------- stalls and budgets

TEST_CASE("a fault stalls the queue until retry or abort", "[sim][kestrel]") {
  DeviceBench bench;
  bench.map_space_2();
  bench.start(4, 2, KESTREL_QUEUE_CONFIG_STALL_FAULTS);
  bench.start(5);
  bench.map_big(kData, 0);
  bench.push(5, nop());
  bench.run_call(4, {barrier(), load(kData + 64), barrier(), store(kData + 0x100)});
  const Error wanted = {.failure = {.cause = KESTREL_ERROR_CAUSE_TRANSLATION,
                                    .response = 0,
                                    .fault = KESTREL_FAULT_NOT_PRESENT,
                                    .access = KESTREL_ACCESS_LOAD,
                                    .addr = kData + 64},
                        .opcode = KESTREL_OPCODE_LOAD,
                        .is_in_call = true,
                        .index = 0,
                        .offset = 64};
  CHECK(bench.error(4) == wanted);
  CHECK(bench.status(4) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_RUNNING |
                            KESTREL_QUEUE_STATUS_FAULT_STALLED));
  CHECK(bench.read(KESTREL_REG_ERROR_QUEUES) == 1u << 4);
  CHECK(bench.take_interrupts() == Vectors{kErrorVector});
  // Nobody else runs meanwhile.
  bench.ring(5);
  bench.device.run_until_idle();
  CHECK(bench.head(5) == 0);

  bench.control(4, KESTREL_QUEUE_CONTROL_RETRY);
  CHECK(bench.error(4) == wanted);
  CHECK(bench.take_interrupts() == Vectors{kErrorVector});

  SECTION("retry") {
    bench.map_big(kData);
    bench.bus.put64(kData + 64, 0x77);
    bench.control(4, KESTREL_QUEUE_CONTROL_RETRY);
    CHECK(bench.head(4) == 1);
    CHECK(bench.status(4) == 0);
    CHECK(bench.bus.memory.read64(kData + 0x100) == 0x77);
    CHECK(bench.read(KESTREL_REG_QUEUE_ERROR_CAUSE(4)) == 0);
    CHECK(bench.take_interrupts().empty());
  }
  SECTION("abort") {
    bench.control(4, KESTREL_QUEUE_CONTROL_ABORT);
    CHECK(bench.error(4) == wanted);
    CHECK(bench.status(4) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_ERROR));
    CHECK(bench.take_interrupts() == Vectors{kErrorVector});
  }
  SECTION("reset") {
    bench.control(4, KESTREL_QUEUE_CONTROL_RESET);
    CHECK(bench.status(4) == 0);
    CHECK(bench.take_interrupts().empty());
  }
  CHECK(bench.head(5) == 1);
}

TEST_CASE("a budget ends what takes too long", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(4, 2, KESTREL_QUEUE_CONFIG_STALL_FAULTS);
  bench.map_space_2();
  bench.write(KESTREL_REG_QUEUE_BUDGET(4), 50'000);
  const Picoseconds begin_ps = bench.device.now_ps();
  Vectors vectors = {kErrorVector};
  SECTION("a hung command buffer") {
    bench.run_call(4, {hang()});
  }
  SECTION("a long command") {
    AccumulateFields fields;
    fields.mode = KESTREL_ACCUMULATE_MODE_SUM;
    fields.positions = {1, 1};
    fields.reduction = {0xffff, 0xffff, 0xffff};
    bench.run_call(4, {make_accumulate(fields)});
  }
  SECTION("a long transfer") {
    auto fields = one_run(false, 0, 0, 64);
    fields.height = 0;
    fields.loops[0].count = fields.loops[1].count = fields.loops[2].count = 0xffff;
    bench.run_call(4, {make_transfer(fields)});
  }
  SECTION("a stalled fault") {
    bench.map_big(kData, 0);
    bench.run_call(4, {load(kData)});
    vectors.push_back(kErrorVector);
  }
  CHECK(bench.error(4) == ring_error({.cause = KESTREL_ERROR_CAUSE_BUDGET}, KESTREL_OPCODE_CALL));
  CHECK(bench.status(4) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_ERROR));
  CHECK(bench.take_interrupts() == vectors);
  CHECK(bench.device.now_ps() - begin_ps == 50'000'000);
  CHECK(bench.count(4, kBusyNs) == 50'000);
}

TEST_CASE("a budget is for one record", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(4);
  bench.write(KESTREL_REG_QUEUE_BUDGET(4), 1500);
  for (int i = 0; i < 10; ++i)
    bench.run(4, nop());
  CHECK(bench.head(4) == 10);
  // Parked is complete as far as the budget is concerned.
  bench.run(4, wait_for(kFences, 1));
  bench.device.advance(bench.device.now_ps() + 1'000'000'000);
  CHECK((bench.status(4) & KESTREL_QUEUE_STATUS_PARKED) != 0);
  bench.bus.put64(kFences, 1);
  bench.ring(4);
  bench.device.run_until_idle();
  CHECK(bench.head(4) == 11);
}

TEST_CASE("a queue in error is told when the bus has answered", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(4);
  bench.bus.latency_ps = 300'000'000;
  bench.write(KESTREL_REG_QUEUE_BUDGET(4), 1000);
  bench.push(4, nop());
  bench.ring(4);
  CHECK(bench.device.advance(0) == 1'000'000);
  CHECK(bench.device.advance(1'000'000) == 300'000'000);
  CHECK((bench.status(4) & KESTREL_QUEUE_STATUS_ERROR) == 0);
  CHECK((bench.read(KESTREL_REG_STATUS) & KESTREL_STATUS_RESET_STUCK) == 0);
  bench.device.set_time(101'000'000);
  CHECK((bench.read(KESTREL_REG_STATUS) & KESTREL_STATUS_RESET_STUCK) != 0);
  bench.device.advance(300'000'000);
  CHECK((bench.status(4) & KESTREL_QUEUE_STATUS_ERROR) != 0);
  CHECK(bench.read(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
}

// ------------------------------------------------------------------------------------------ resets

TEST_CASE("a queue's reset stops its record", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(4);
  bench.run_call(4, {hang()});
  CHECK((bench.status(4) & KESTREL_QUEUE_STATUS_RUNNING) != 0);
  bench.start(5);
  bench.run(5, nop());
  CHECK(bench.head(5) == 0);
  bench.control(4, KESTREL_QUEUE_CONTROL_RESET);
  CHECK(bench.status(4) == 0);
  CHECK(bench.read(KESTREL_REG_QUEUE_CONFIG(4)) == 0);
  CHECK(bench.head(5) == 1);
  CHECK(bench.count(4, kCalls) == 0);
  CHECK(bench.count(kQueues, kCalls) == 1);
}

TEST_CASE("a reset waits for the bus", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(4);
  bench.bus.latency_ps = 300'000'000;
  bench.push(4, nop());
  bench.ring(4);
  bench.device.advance(0);
  const bool is_engine = GENERATE(false, true);
  is_engine ? bench.write(KESTREL_REG_RESET, KESTREL_RESET_ENGINE)
            : bench.write(KESTREL_REG_QUEUE_CONTROL(4), KESTREL_QUEUE_CONTROL_RESET);
  CHECK((bench.read(KESTREL_REG_STATUS) & KESTREL_STATUS_RESETTING) != 0);
  CHECK((bench.status(4) & KESTREL_QUEUE_STATUS_RESETTING) != 0);
  // Lost:
  bench.ring(4);
  CHECK(bench.device.advance(100'000'000) == 300'000'000);
  CHECK((bench.read(KESTREL_REG_STATUS) & KESTREL_STATUS_RESET_STUCK) != 0);
  bench.device.advance(300'000'000);
  CHECK(bench.read(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
  CHECK(bench.status(4) == 0);
  CHECK(bench.read(KESTREL_REG_SPACE_CONFIG(0)) == (is_engine ? 0u : KESTREL_SPACE_MODE_BYPASS));
}

TEST_CASE("a reset of the engine forgets all but SCRATCH and interrupts", "[sim][kestrel]") {
  DeviceBench bench;
  bench.start(4);
  bench.write(KESTREL_REG_SCRATCH, 0x1234);
  bench.write(KESTREL_REG_ERROR_VECTOR, 9);
  bench.run(4, fence(kFences, 1));
  bench.run_call(4, {load(kData)});
  bench.run_call(4, {hang()});
  bench.write(KESTREL_REG_PARITY_FLIP, KESTREL_PARITY_FLIP_GO);
  CHECK(bench.count(kQueues, kRecords) == 2);
  bench.write(KESTREL_REG_RESET, KESTREL_RESET_ENGINE);
  bench.device.run_until_idle();
  CHECK(bench.read(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
  CHECK(bench.read(KESTREL_REG_SCRATCH) == 0x1234);
  CHECK(bench.read(KESTREL_REG_ERROR_VECTOR) == 9);
  CHECK(bench.read(KESTREL_REG_IRQ_STATUS) == 1u << 4);
  CHECK(bench.read(KESTREL_REG_SPACE_CONFIG(1)) == 0);
  CHECK(bench.count(kQueues, kRecords) == 0);
  for (std::uint32_t offset = 0; offset < 0x80; offset += 4)
    CHECK(bench.read(KESTREL_REG_QUEUE_CONFIG(4) + offset) == 0);
  bench.set_up();
  bench.pushed[4] = 0;
  bench.start(4);
  bench.run_call(4, {load(kData), barrier(), store(kData)});
  CHECK(bench.head(4) == 1);
  bench.device.reset();
  CHECK(bench.read(KESTREL_REG_SCRATCH) == 0);
  CHECK(bench.read(KESTREL_REG_ERROR_VECTOR) == 16);
  CHECK(bench.head(4) == 0);
}

}  // namespace
}  // namespace presil::kestrel
