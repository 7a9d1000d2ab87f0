// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel's front end: every way in which a record or a command can fail, and what is told of it.

#include <array>
#include <format>
#include <functional>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "front_bench.hpp"

namespace presil::testbench {

namespace {

constexpr std::uint64_t kBuffer = 0x4000'0000;
constexpr std::uint64_t kWord = 0x5000'0000;

const Record kSync = records::sync({});

Record with(Record record, unsigned word, std::uint32_t value) {
  record[word] = value;
  return record;
}

/// One record that fails as the second of its ring.
struct BadRecord {
  std::string name;
  Record record;
  ErrorRegisters expected;
  QueueSetup setup{};
  std::vector<BadRange> bad{};
};

/// Runs a good record and the bad one, and looks at everything that a failure changes.
void run(FrontBench& bench, const BadRecord& bad) {
  INFO(bad.name);
  const unsigned queue = 6;
  bench.set_up(queue, bad.setup);
  bench.set_up(7);
  bench.bad = bad.bad;
  bench.push(queue, records::nop());
  bench.push(queue, bad.record);
  bench.push(queue, records::nop());
  bench.push(7, records::nop());
  bench.ring(queue);
  REQUIRE(bench.until_idle());
  ErrorRegisters expected = bad.expected;
  expected.index = 1;
  CHECK(bench.error(queue) == expected);
  CHECK(bench.head(queue) == 1);
  CHECK(bench.status(queue) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_ERROR));
  CHECK(bench.model().error_queues_o == 1u << queue);
  CHECK(bench.vectors[FrontBench::kErrorVector] == 1);
  CHECK(bench.done == 1);
  CHECK(bench.ended == 2);

  // It stays so, whatever is written but a reset; others go on.
  bench.ring(queue);
  bench.control(queue, KESTREL_QUEUE_CONTROL_RESUME | KESTREL_QUEUE_CONTROL_RETRY);
  bench.ring(7);
  REQUIRE(bench.until_idle());
  CHECK(bench.head(7) == 1);
  CHECK(bench.error(queue) == expected);
  CHECK(bench.done == 2);

  bench.bad.clear();
  bench.control(queue, KESTREL_QUEUE_CONTROL_RESET);
  REQUIRE(bench.until_idle());
  CHECK(bench.status(queue) == 0);
  CHECK(bench.error(queue) == ErrorRegisters{});
  CHECK(bench.read(KESTREL_REG_QUEUE_CONFIG(queue)) == 0);
  CHECK(bench.model().error_queues_o == 0);
  CHECK(bench.cleared == std::vector<unsigned>{queue});
  bench.set_up(queue);
  bench.push(queue, bench.call(kBuffer, {kSync}));
  bench.ring(queue);
  REQUIRE(bench.until_idle());
  CHECK(bench.head(queue) == 1);
  CHECK(bench.vectors[FrontBench::kErrorVector] == 1);
}

}  // namespace

TEST_CASE("front: ring records that are wrong", "[hw][front]") {
  std::vector<BadRecord> cases;
  const auto add = [&](const std::string& name, const Record& record, unsigned cause,
                       bool user = false) {
    cases.push_back({name, record, {.cause = cause, .opcode = record[0] & 0xff}, {.user = user}});
  };
  for (const unsigned opcode : {5u, 15u, 16u, 17u, 18u, 19u, 20u, 21u, 22u, 255u}) {
    add(std::format("opcode {}", opcode), {opcode}, KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE);
    add(std::format("opcode {} and more", opcode), {opcode | 0x100, 5},
        KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE, true);
  }
  const Record call = records::call(kBuffer, 64), fence = records::fence(kWord, 1),
               wait = records::wait(kWord, 0), timestamp = records::timestamp(kWord);
  for (const Record& record : {fence, wait, timestamp}) {
    add("in user mode", record, KESTREL_ERROR_CAUSE_PRIVILEGED, true);
    add("in user mode, and more", with(record, 9, 1), KESTREL_ERROR_CAUSE_PRIVILEGED, true);
  }
  const unsigned field = KESTREL_ERROR_CAUSE_ILLEGAL_FIELD;
  for (const Record& record : {records::nop(), call, fence, wait, timestamp}) {
    for (unsigned word = 0; word < 16; ++word) {
      // A bit that no opcode has: above the opcode, or behind the named words.
      if (word == 0 || word >= 6) {
        add(std::format("word {}", word), with(record, word, record[word] | 0x100u << word), field);
      }
    }
  }
  for (unsigned word = 1; word <= 5; ++word) {
    add(std::format("NOP, word {}", word), with(records::nop(), word, 64), field);
  }
  add("CALL, value", with(call, 4, 1), field);
  add("CALL, value", with(call, 5, 1u << 31), field);
  add("CALL, size 0", with(call, 1, 0), field);
  for (unsigned bit = 0; bit < 6; ++bit) {
    add(std::format("CALL, size bit {}", bit), with(call, 1, 64 | 1u << bit), field);
    add(std::format("CALL, address bit {}", bit), with(call, 2, 1u << bit), field);
  }
  for (const Record& record : {fence, wait, timestamp}) {
    add("size", with(record, 1, 8), field);
    for (unsigned bit = 0; bit < 3; ++bit) {
      add(std::format("address bit {}", bit), with(record, 2, 0x5000'0000 | 1u << bit), field);
    }
  }
  add("TIMESTAMP, value", with(timestamp, 4, 1), field);
  add("TIMESTAMP, value", with(timestamp, 5, 1), field);

  for (std::size_t i = 0; i < cases.size(); ++i) {
    FrontBench bench({.seed = i + 1});
    run(bench, cases[i]);
    CHECK(bench.writes.empty());
    CHECK(bench.calls == 1);
  }
}

TEST_CASE("front: accesses of ring records that fail", "[hw][front]") {
  const std::uint64_t second = FrontBench::ring_base(6) + 64;
  const std::uint64_t page = FrontBench::status_page(6);
  const unsigned translation = KESTREL_ERROR_CAUSE_TRANSLATION;
  const unsigned control = KESTREL_ACCESS_CONTROL;
  const unsigned resp = GENERATE(2u, 3u);
  const unsigned fault = GENERATE(1u, 2u, 3u, 4u, 5u, 6u);
  const unsigned fault_resp = fault == KESTREL_FAULT_TABLE_BUS ? resp : 0;
  CAPTURE(resp, fault);
  const auto answers = [&](std::uint64_t addr) {
    return std::vector<BadRange>{{.first = addr, .last = addr + 7, .resp = resp}};
  };
  const auto refuses = [&](std::uint64_t addr) {
    return std::vector<BadRange>{
        {.first = addr, .last = addr + 7, .fault = fault, .resp = fault_resp}};
  };
  const auto failure = [&](unsigned cause, unsigned access, unsigned opcode, std::uint64_t addr) {
    return ErrorRegisters{.cause = cause,
                          .resp = cause == translation ? fault_resp : resp,
                          .fault = cause == translation ? fault : 0,
                          .access = access,
                          .opcode = opcode,
                          .addr = addr};
  };
  const Record nop = records::nop();
  const Record fence = records::fence(kWord + 8, 1), wait = records::wait(kWord + 8, 1),
               timestamp = records::timestamp(kWord);
  const std::vector<BadRecord> cases{
      {"fetch, first beat",
       nop,
       failure(KESTREL_ERROR_CAUSE_FETCH_ERROR, 0, 0, second),
       {},
       answers(second)},
      {"fetch, last beat",
       nop,
       failure(KESTREL_ERROR_CAUSE_FETCH_ERROR, 0, 0, second),
       {},
       answers(second + 48)},
      {"fetch", nop, failure(translation, 0, 0, second), {}, refuses(second)},
      {"fetch, user mode",
       nop,
       failure(translation, 0, 0, second),
       {.user = true, .stall_faults = true},
       refuses(second)},
      {"FENCE",
       fence,
       failure(KESTREL_ERROR_CAUSE_WRITE_ERROR, control, 2, kWord + 8),
       {},
       answers(kWord + 8)},
      {"FENCE", fence, failure(translation, control, 2, kWord + 8), {}, refuses(kWord + 8)},
      {"WAIT",
       wait,
       failure(KESTREL_ERROR_CAUSE_READ_ERROR, control, 3, kWord + 8),
       {},
       answers(kWord + 8)},
      {"WAIT",
       wait,
       failure(translation, control, 3, kWord + 8),
       {.stall_faults = true},
       refuses(kWord + 8)},
      {"TIMESTAMP",
       timestamp,
       failure(KESTREL_ERROR_CAUSE_WRITE_ERROR, control, 4, kWord),
       {},
       answers(kWord)},
      {"TIMESTAMP", timestamp, failure(translation, control, 4, kWord), {}, refuses(kWord)},
  };
  for (const BadRecord& bad : cases) {
    FrontBench bench({.seed = fault * 2 + resp});
    run(bench, bad);
  }

  // The status page fails with the first record already.
  for (const bool refused : {false, true}) {
    FrontBench bench({.seed = fault * 2 + resp});
    bench.set_up(6, {.user = refused, .stall_faults = true, .write_status = true, .vector = 3});
    bench.bad = refused ? refuses(page) : answers(page);
    bench.push(6, bench.call(kBuffer, {kSync}));
    bench.ring(6);
    REQUIRE(bench.until_idle());
    CHECK(bench.error(6) ==
          failure(refused ? translation : KESTREL_ERROR_CAUSE_WRITE_ERROR, control, 1, page));
    CHECK(bench.head(6) == 0);
    CHECK(bench.vectors[3] == 0);
    CHECK(bench.starts == 1);
  }
}

TEST_CASE("front: rings that are set up wrongly", "[hw][front]") {
  FrontBench bench;
  unsigned cause = KESTREL_ERROR_CAUSE_RING_CONFIG;
  bench.set_up(6, {.log2 = 3});
  SECTION("size 0") {
    bench.set_up(6, {.log2 = 0});
  }
  SECTION("size 17") {
    bench.set_up(6, {.log2 = 17});
  }
  SECTION("base") {
    bench.write(KESTREL_REG_QUEUE_RING_BASE_LO(6), 0x20);
  }
  SECTION("overrun") {
    cause = KESTREL_ERROR_CAUSE_RING_OVERRUN;
    bench.push(6, records::nop());
    bench.push(6, records::nop());
    for (unsigned i = 0; i < 7; ++i) {
      bench.push(6, records::nop());
    }
    // Seen with the first: nine are ahead of an entry that is read already.
  }
  SECTION("a tail behind the head") {
    cause = KESTREL_ERROR_CAUSE_RING_OVERRUN;
    bench.write(KESTREL_REG_DOORBELL_TAIL(6), 0xffff'ffff);
  }
  if (bench.tail(6) == 0 && cause == KESTREL_ERROR_CAUSE_RING_CONFIG) {
    bench.push(6, records::nop());
  }
  if (bench.tail(6) != 0) {
    bench.ring(6);
  }
  REQUIRE(bench.until_idle());
  CHECK(bench.error(6) == ErrorRegisters{.cause = cause});
  CHECK(bench.head(6) == 0);
  CHECK(bench.vectors[FrontBench::kErrorVector] == 1);
}

TEST_CASE("front: a ring may be full", "[hw][front]") {
  FrontBench bench;
  const unsigned log2 = GENERATE(1u, 3u);
  bench.set_up(6, {.log2 = log2});
  for (unsigned i = 0; i < 1u << log2; ++i) {
    bench.push(6, records::nop());
  }
  bench.ring(6);
  REQUIRE(bench.until_idle());
  CHECK(bench.head(6) == 1u << log2);
}

TEST_CASE("front: what is wrong with a command is told after everything before it", "[hw][front]") {
  FrontBench bench;
  bench.fate = [&](unsigned engine, const Record&) {
    return Fate{.cycles = engine == 0 ? 900u : 5u};
  };
  bench.set_up(2);
  const Record load = records::load({});
  bench.push(2, bench.call(kBuffer, {load, kSync, {99}, kSync}));
  SECTION("a command") {
    bench.ring(2);
    REQUIRE(bench.until_idle());
    CHECK(bench.error(2) == ErrorRegisters{.cause = KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE,
                                           .opcode = 99,
                                           .in_call = true,
                                           .offset = 128});
    CHECK(bench.starts == 2);
    CHECK(bench.time_ns > 1900);
  }
  SECTION("unless one of those fails") {
    bench.fate = [&](unsigned engine, const Record&) {
      return Fate{.cycles = engine == 0 ? 900u : 5u,
                  .cause = engine == 0 ? KESTREL_ERROR_CAUSE_READ_ERROR : 0,
                  .resp = 3,
                  .access = KESTREL_ACCESS_LOAD,
                  .addr = 0x1234};
    };
    bench.ring(2);
    REQUIRE(bench.until_idle());
    CHECK(bench.error(2) == ErrorRegisters{.cause = KESTREL_ERROR_CAUSE_READ_ERROR,
                                           .resp = 3,
                                           .access = KESTREL_ACCESS_LOAD,
                                           .opcode = KESTREL_OPCODE_LOAD,
                                           .in_call = true,
                                           .addr = 0x1234});
  }
}

TEST_CASE("front: command buffers that cannot be fetched", "[hw][front]") {
  // Buffers of every length, beginning everywhere in a block, of which one command fails.
  const unsigned first = GENERATE(0u, 1u, 2u, 3u);
  const bool refused = GENERATE(false, true);
  CAPTURE(first, refused);
  for (unsigned broken = 0; broken < 11; ++broken) {
    FrontBench bench({.seed = broken + 1});
    bench.set_up(2, {.space = 4});
    const std::uint64_t base = kBuffer + first * 64, addr = base + broken * 64;
    bench.bad = {{.first = addr + 16,
                  .last = addr + 16,
                  .fault = refused ? KESTREL_FAULT_NOT_PRESENT : KESTREL_FAULT_NONE,
                  .resp = refused ? 0u : 2u}};
    bench.push(2, bench.call(base, std::vector<Record>(11, kSync)));
    bench.ring(2);
    REQUIRE(bench.until_idle());
    const std::uint64_t burst = std::max(base, addr / 256 * 256);
    ErrorRegisters expected{.in_call = true, .addr = burst};
    if (refused) {
      expected.cause = KESTREL_ERROR_CAUSE_TRANSLATION;
      expected.fault = KESTREL_FAULT_NOT_PRESENT;
      expected.offset = static_cast<std::uint32_t>(burst - base);
    } else {
      expected.cause = KESTREL_ERROR_CAUSE_FETCH_ERROR;
      expected.resp = 2;
      expected.offset = broken * 64;
    }
    CHECK(bench.error(2) == expected);
    CHECK(bench.starts == expected.offset / 64);
  }
}

TEST_CASE("front: engines that fail", "[hw][front]") {
  const unsigned failing = GENERATE(1u, 2u, 3u, 4u, 5u, 6u, 7u);  // Bits: engines.
  CAPTURE(failing);
  FrontBench bench({.seed = failing});
  bench.set_up(2);
  const std::vector<Record> commands{records::store({}), kSync, records::load({})};
  bench.push(2, bench.call(kBuffer, commands));
  // All that fail do so in one cycle: the one of the lowest offset counts.
  bench.fate = [&](unsigned engine, const Record&) {
    Fate fate{.cycles = 1'000'000, .addr = 0x1000 + engine};
    if ((failing >> engine & 1) != 0) {
      fate.cause = std::array{5u, 9u, 6u}[engine];
      fate.resp = std::array{2u, 0u, 3u}[engine];
      fate.access = std::array{1u, 0u, 2u}[engine];
    }
    return fate;
  };
  bench.ring(2);
  REQUIRE(bench.until([&] { return bench.starts == 3; }));
  bench.fail_together();
  REQUIRE(bench.until_idle());
  const unsigned engine = (failing & 4) != 0 ? 2 : (failing & 2) != 0 ? 1 : 0;
  CHECK(bench.error(2) == ErrorRegisters{.cause = std::array{5u, 9u, 6u}[engine],
                                         .resp = std::array{2u, 0u, 3u}[engine],
                                         .access = std::array{1u, 0u, 2u}[engine],
                                         .opcode = std::array{16u, 20u, 17u}[engine],
                                         .in_call = true,
                                         .offset = (2 - engine) * 64,
                                         .addr = 0x1000 + engine});
  CHECK(bench.clears >= 2);
}

}  // namespace presil::testbench
