// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/call.hpp"

#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "testbench/sim/kestrel/record_builder.hpp"
#include "testbench/sim/kestrel/test_bus.hpp"

namespace presil::kestrel {
namespace {

constexpr std::uint32_t kSpace = 3;
constexpr std::uint64_t kBuffer = 0x1'0040;  // Not at the beginning of a block.
constexpr std::uint64_t kData = 0x2'0000;

struct Bench {
  Bench() { spaces[kSpace].mode = KESTREL_SPACE_MODE_BYPASS; }

  void begin(const std::vector<Record>& commands, bool stalls_faults = false) {
    for (std::size_t i = 0; i < commands.size(); ++i)
      bus.put(kBuffer + i * 64, commands[i]);
    call.emplace(CallParts{.spaces = spaces,
                           .scratchpad = scratchpad,
                           .accumulators = accumulators,
                           .counts = counts,
                           .clock_period_ps = 1000},
                 kBuffer, static_cast<std::uint32_t>(commands.size() * 64), kSpace, stalls_faults);
  }
  /// Until nothing is due.
  void run() {
    for (Picoseconds due_ps = now_ps; due_ps != kNever;) {
      now_ps = due_ps;
      due_ps = call->advance(now_ps);
    }
  }
  void run(const std::vector<Record>& commands) {
    begin(commands);
    run();
  }

  TestBus bus;
  Counts counts = {};
  AddressSpaces spaces{bus, counts};
  Scratchpad scratchpad;
  Accumulators accumulators;
  std::optional<Call> call;
  Picoseconds now_ps = 0;
};

Record load(std::uint64_t addr, std::uint32_t to, const TokenFields& tokens = {}) {
  return make_transfer(one_run(false, addr, to, 16), tokens);
}
Record store(std::uint64_t addr, std::uint32_t from, const TokenFields& tokens = {}) {
  return make_transfer(one_run(true, addr, from, 16), tokens);
}
Record sync(const TokenFields& tokens = {}) {
  return make_order(KESTREL_OPCODE_SYNC, tokens);
}
Record barrier() {
  return make_order(KESTREL_OPCODE_BARRIER);
}

TEST_CASE("commands are fetched in blocks and run to the end", "[sim][kestrel]") {
  Bench bench;
  std::vector<Record> commands(11, make_order(KESTREL_OPCODE_NOP));
  commands.push_back(sync());
  bench.run(commands);
  CHECK(bench.call->is_done());
  CHECK(bench.counts[kCommands] == 1);
  CHECK(bench.bus.log == std::vector<TestBus::Access>{{false, kBuffer, 192, 0},
                                                      {false, kBuffer + 192, 256, 0},
                                                      {false, kBuffer + 448, 256, 0},
                                                      {false, kBuffer + 704, 64, 0}});
}

TEST_CASE("tokens order a copy through the scratchpad", "[sim][kestrel]") {
  Bench bench;
  std::vector<Record> commands;
  // One buffer for eight words: every LOAD waits until the one before has been stored.
  for (std::uint32_t i = 0; i < 8; ++i) {
    for (unsigned b = 0; b < 16; ++b)
      bench.bus.memory.at(kData + 16 * i + b) = static_cast<std::uint8_t>(16 * i + b);
    commands.push_back(load(kData + 16 * i, 64, {.waits_next = i != 0, .signals_next = true}));
    commands.push_back(sync({.waits_prev = true, .signals_next = true}));
    commands.push_back(
        store(kData + 0x1000 + 16 * i, 64, {.waits_prev = true, .signals_prev = true}));
    commands.push_back(sync({.waits_next = true, .signals_prev = true}));
  }
  bench.run(commands);
  CHECK(bench.call->is_done());
  CHECK(bench.bus.memory.read(kData + 0x1000, 128) == bench.bus.memory.read(kData, 128));
  CHECK(bench.counts[kCommands] == 32);
  CHECK(bench.counts[kReadBytes] == 128);
  CHECK(bench.counts[kWriteBytes] == 128);
}

TEST_CASE("a barrier orders without tokens", "[sim][kestrel]") {
  Bench bench;
  bench.bus.put64(kData, 0x1234);
  bench.run({load(kData, 0), barrier(), store(kData + 0x100, 0), barrier(),
             load(kData + 0x100, 160), barrier(), store(kData + 0x200, 160)});
  CHECK(bench.call->is_done());
  CHECK(bench.bus.memory.read64(kData + 0x200) == 0x1234);
}

TEST_CASE("a command that is wrong is told after everything before it", "[sim][kestrel]") {
  Bench bench;
  bench.scratchpad.fill(0, 16, 0x55);
  SECTION("an opcode") {
    bench.run({store(kData, 0), make_order(99), store(kData + 16, 0)});
    CHECK(*bench.call->error() == Error{.failure = {.cause = KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE},
                                        .opcode = 99,
                                        .is_in_call = true,
                                        .index = 0,
                                        .offset = 64});
  }
  SECTION("a field") {
    bench.run({store(kData, 0), make_order(KESTREL_OPCODE_NOP, {.waits_prev = true})});
    CHECK(bench.call->error()->failure.cause == KESTREL_ERROR_CAUSE_ILLEGAL_FIELD);
  }
  SECTION("a privilege") {
    bench.run({store(kData, 0), make_control(KESTREL_OPCODE_FENCE)});
    CHECK(bench.call->error()->failure.cause == KESTREL_ERROR_CAUSE_PRIVILEGED);
    CHECK(bench.call->error()->opcode == KESTREL_OPCODE_FENCE);
  }
  CHECK(bench.bus.memory.read64(kData) == 0x5555'5555'5555'5555);
  CHECK(bench.bus.memory.read64(kData + 16) == 0);
  // Not before its response.
  CHECK(bench.now_ps >= 2 * bench.bus.latency_ps);
}

TEST_CASE("a command before it that fails is told instead", "[sim][kestrel]") {
  Bench bench;
  bench.bus.fail(kData, 16, kSlverr);
  bench.run({store(kData, 0), make_order(99)});
  CHECK(bench.call->error()->failure.cause == KESTREL_ERROR_CAUSE_WRITE_ERROR);
  CHECK(bench.call->error()->offset == 0);
}

TEST_CASE("of commands that fail at one time the first is told", "[sim][kestrel]") {
  Bench bench;
  bench.bus.fail(kData, 0x100, kSlverr);
  const auto failing = [](bool is_store) { return is_store ? store(kData, 0) : load(kData, 0); };
  for (const bool is_store : {false, true}) {
    bench.run({failing(is_store), failing(!is_store)});
    CHECK(bench.call->error()->offset == 0);
    CHECK(bench.call->error()->opcode == (is_store ? KESTREL_OPCODE_STORE : KESTREL_OPCODE_LOAD));
  }
}

TEST_CASE("commands that cannot be fetched are told in their turn", "[sim][kestrel]") {
  Bench bench;
  bench.scratchpad.fill(0, 16, 0x55);
  const std::vector<Record> commands(5, store(kData, 0));
  bench.bus.fail(kBuffer + 192, 64, kDecerr);
  bench.run(commands);
  CHECK(*bench.call->error() == Error{.failure = {.cause = KESTREL_ERROR_CAUSE_FETCH_ERROR,
                                                  .response = kDecerr,
                                                  .fault = KESTREL_FAULT_NONE,
                                                  .access = KESTREL_ACCESS_FETCH,
                                                  .addr = kBuffer + 192},
                                      .opcode = 0,
                                      .is_in_call = true,
                                      .index = 0,
                                      .offset = 192});
  CHECK(bench.bus.memory.read64(kData) == 0x5555'5555'5555'5555);
}

TEST_CASE("a fault of a fetch can stall", "[sim][kestrel]") {
  Bench bench;
  bench.spaces[kSpace].mode = KESTREL_SPACE_MODE_OFF;
  bench.begin({sync()}, true);
  bench.run();
  const auto stalled = bench.call->stalled();
  REQUIRE(stalled);
  CHECK(stalled->failure.cause == KESTREL_ERROR_CAUSE_TRANSLATION);
  CHECK(stalled->failure.fault == KESTREL_FAULT_SPACE_OFF);
  CHECK(stalled->failure.access == KESTREL_ACCESS_FETCH);
  CHECK(stalled->failure.addr == kBuffer);
  CHECK(stalled->opcode == 0);
  SECTION("retry") {
    bench.spaces[kSpace].mode = KESTREL_SPACE_MODE_BYPASS;
    bench.call->retry();
    bench.run();
    CHECK(bench.call->is_done());
  }
  SECTION("abort") {
    bench.call->abort();
    bench.run();
    REQUIRE(bench.call->error());
    CHECK(*bench.call->error() == *stalled);
  }
}

TEST_CASE("while one engine is stalled the others go on", "[sim][kestrel]") {
  Bench bench;
  bench.bus.put(kBuffer, load(kData, 0));
  // The buffer's page is there, the data's is not.
  constexpr std::uint64_t kRoot = 0x10'0000;
  bench.spaces[kSpace].write(0, KESTREL_SPACE_MODE_TABLE);
  bench.spaces[kSpace].write(8, kRoot);
  for (std::uint64_t level = 0; level < 3; ++level)
    bench.bus.put64(kRoot + level * 0x1000, (kRoot + (level + 1) * 0x1000) | 1);
  bench.bus.put64(kRoot + 0x3000 + (kBuffer >> 12) * 8, (kBuffer & ~0xfffull) | 0xb);
  bench.bus.put64(kRoot + 0x3000 + (0x3'0000 >> 12) * 8, 0x3'0000 | 0xd);
  bench.scratchpad.fill(16, 16, 0x66);
  bench.begin({load(kData, 0), store(0x3'0000, 16)}, true);
  bench.run();
  REQUIRE(bench.call->stalled());
  CHECK(bench.call->stalled()->failure.fault == KESTREL_FAULT_NOT_PRESENT);
  CHECK(bench.call->stalled()->opcode == KESTREL_OPCODE_LOAD);
  CHECK(bench.bus.memory.read64(0x3'0000) == 0x6666'6666'6666'6666);
  bench.bus.put64(kRoot + 0x3000 + (kData >> 12) * 8, kData | 0xb);
  bench.call->retry();
  bench.run();
  CHECK(bench.call->is_done());
}

TEST_CASE("commands that wait for each other hang quietly", "[sim][kestrel]") {
  Bench bench;
  bench.run(
      {load(kData, 0, {.waits_next = true}), sync({.waits_prev = true, .signals_prev = true})});
  CHECK_FALSE(bench.call->is_done());
  CHECK_FALSE(bench.call->error());
  CHECK_FALSE(bench.call->stalled());
}

TEST_CASE("five commands fit in front of an engine, the sixth blocks all others",
          "[sim][kestrel]") {
  // Compute waits for a token of the store, which comes after `count` more commands of compute.
  const auto completes = [](std::size_t count) {
    Bench bench;
    std::vector<Record> commands = {sync({.waits_next = true})};
    commands.insert(commands.end(), count, sync());
    commands.push_back(store(kData, 0, {.signals_prev = true}));
    bench.run(commands);
    return bench.call->is_done();
  };
  CHECK(completes(4));
  CHECK_FALSE(completes(5));
}

TEST_CASE("engines run beside each other", "[sim][kestrel]") {
  Bench bench;
  bench.bus.latency_ps = 0;
  const auto long_load = make_transfer(one_run(false, kData, 0, 0xff00));
  AccumulateFields fields;
  fields.mode = KESTREL_ACCUMULATE_MODE_SUM;
  fields.positions = {1000, 1};
  fields.reduction = {4, 1, 1};
  bench.run({long_load});
  const Picoseconds load_ps = bench.now_ps;
  bench.now_ps = 0;
  bench.run({make_accumulate(fields)});
  const Picoseconds accumulate_ps = bench.now_ps;
  CHECK(load_ps > 4'000'000);
  CHECK(accumulate_ps >= 4'000'000);
  bench.now_ps = 0;
  bench.run({long_load, make_accumulate(fields)});
  CHECK(bench.now_ps < (load_ps + accumulate_ps) * 6 / 10);
}

}  // namespace
}  // namespace presil::kestrel
