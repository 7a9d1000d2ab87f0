// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel's front end: budgets, resets of queues and of the engine at any moment, a bus that does
// not answer.

#include <algorithm>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "front_bench.hpp"

namespace presil::testbench {

namespace {

constexpr std::uint64_t kBuffer = 0x4000'0000;
constexpr std::uint64_t kWord = 0x5000'0000;
constexpr std::uint64_t kNever = ~std::uint64_t{0};
constexpr std::uint64_t kStuckNs = 100'000;

const Record kSync = records::sync({});

/// A queue and the whole front end work as after reset.
void check_works(FrontBench& bench, unsigned queue) {
  const std::size_t writes = bench.writes.size();
  bench.set_up(queue, {.space = 5, .vector = 1});
  bench.push(queue, bench.call(kBuffer, {records::load({}), records::barrier(), kSync}));
  bench.push(queue, records::fence(kWord, 77));
  bench.ring(queue);
  REQUIRE(bench.until_idle());
  REQUIRE(bench.head(queue) == 2);
  REQUIRE(bench.writes.size() == writes + 1);
  REQUIRE(bench.writes.back() == ControlWrite{queue, kWord, 77, 0, true});
}

/// Every register of the queue is as after reset.
void check_reset(FrontBench& bench, unsigned queue) {
  for (std::uint32_t word = 0; word < 0x80; word += 4) {
    INFO("register " << word);
    REQUIRE(bench.read(KESTREL_REG_QUEUE_CONFIG(queue) + word) == 0);
  }
}

}  // namespace

TEST_CASE("front: the budget ends a record, and wakes the clock for that", "[hw][front]") {
  const unsigned budget = GENERATE(1u, 500u, 5000u, 0xffff'ffffu);
  CAPTURE(budget);
  FrontBench bench;
  bench.fate = [](unsigned, const Record&) { return Fate{.cycles = 1'000'000'000}; };
  bench.set_up(8, {.budget = budget});
  bench.push(8, bench.call(kBuffer, {kSync}));
  CHECK(bench.model().wake_ns_o == kNever);
  bench.ring(8);
  REQUIRE(bench.until([&] { return !bench.begun.empty(); }));
  const std::uint64_t begun = bench.time_ns;
  REQUIRE(bench.until([&] { return bench.model().wake_ns_o != kNever; }));
  const std::uint64_t wake = bench.model().wake_ns_o;
  CHECK(wake >= begun + budget - 3);
  CHECK(wake <= begun + budget);
  if (budget > 1000) {
    bench.steps(900);
    REQUIRE(bench.starts == 1);
    // No clock until the time has come, then at once.
    const unsigned edges = bench.edges;
    bench.time_ns = wake - 100;
    bench.steps(99);
    CHECK(bench.edges == edges);
    CHECK(bench.model().wake_ns_o == wake);
    bench.step();
    CHECK(bench.edges == edges + 1);
  }
  REQUIRE(bench.until_idle());
  CHECK(bench.time_ns >= wake);
  const ErrorRegisters expected{.cause = KESTREL_ERROR_CAUSE_BUDGET,
                                .opcode = budget == 1 ? 0u : unsigned{KESTREL_OPCODE_CALL}};
  CHECK(bench.error(8) == expected);
  CHECK(bench.head(8) == 0);
  CHECK(bench.vectors[FrontBench::kErrorVector] == 1);
  CHECK(bench.model().wake_ns_o == kNever);
  bench.fate = nullptr;
  check_works(bench, 2);
}

TEST_CASE("front: a budget ends a record, or the record ends, but never both", "[hw][front]") {
  unsigned ended = 0;
  for (unsigned budget = 20; budget < 140; ++budget) {
    CAPTURE(budget);
    FrontBench bench({.seed = 7, .stall_percent = 0, .latency_cycles = 1});
    bench.fate = [](unsigned, const Record&) { return Fate{.cycles = 20}; };
    bench.set_up(5, {.write_status = true});
    bench.set_up(8, {.write_status = true, .vector = 2, .budget = budget});
    bench.push(5, bench.call(kBuffer, {kSync}));  // So that nothing needs a wipe.
    bench.ring(5);
    REQUIRE(bench.until_idle());
    bench.push(8, bench.call(kBuffer, {kSync}));
    bench.ring(8);
    REQUIRE(bench.until_idle());
    const std::uint32_t head = bench.head(8);
    const bool failed = bench.vectors[FrontBench::kErrorVector] == 1;
    ended += failed ? 1 : 0;
    REQUIRE(head == (failed ? 0 : 1));
    REQUIRE(bench.done == (failed ? 1 : 2));
    REQUIRE(bench.status(8) ==
            (failed ? KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_ERROR : 0u));
  }
  CHECK(ended > 10);
  CHECK(ended < 110);
}

TEST_CASE("front: a CALL that is stopped while the memories on chip are emptied leaves nothing",
          "[hw][front]") {
  for (unsigned delay = 0; delay < 300; delay += 3) {
    CAPTURE(delay);
    FrontBench bench({.seed = delay + 1});
    bench.set_up(1, {.space = 1});
    bench.set_up(2, {.space = 2});
    bench.push(1, bench.call(kBuffer, {kSync}));
    bench.ring(1);
    REQUIRE(bench.until_idle());
    bench.push(2, bench.call(kBuffer, {kSync}));
    bench.ring(2);
    bench.steps(delay);
    bench.control(2, KESTREL_QUEUE_CONTROL_RESET);
    // The bench looks whether what it finds is its own.
    bench.push(1, bench.call(kBuffer, {kSync}));
    bench.ring(1);
    REQUIRE(bench.until_idle());
    REQUIRE(bench.head(1) == 2);
  }
}

TEST_CASE("front: a budget that suffices, or none, and a WAIT that parks", "[hw][front]") {
  FrontBench bench;
  bench.set_up(8, {.budget = 2000});
  bench.set_up(9);
  bench.fate = [](unsigned, const Record&) { return Fate{.cycles = 1200}; };
  bench.push(8, bench.call(kBuffer, {kSync}));
  bench.push(8, bench.call(kBuffer, {kSync}));  // Each has its own.
  bench.push(8, records::wait(kWord, 1));
  bench.ring(8);
  REQUIRE(bench.until_idle());
  CHECK(bench.head(8) == 2);
  CHECK(bench.model().wake_ns_o == kNever);
  bench.steps(5000);
  CHECK(bench.status(8) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_PARKED));
  bench.fate = [](unsigned, const Record&) { return Fate{.cycles = 15'000}; };
  bench.push(9, bench.call(kBuffer, {kSync}));
  bench.push(9, records::fence(kWord, 1));
  bench.ring(9);
  REQUIRE(bench.until_idle());
  CHECK(bench.head(8) == 3);
  CHECK(bench.head(9) == 2);
  CHECK(bench.model().error_queues_o == 0);
}

TEST_CASE("front: a queue is reset in every state", "[hw][front]") {
  FrontBench bench;
  bench.set_up(4, {.vector = 3});
  bench.set_up(5);
  unsigned vectors = 0;

  SECTION("idle") {}
  SECTION("pending, not enabled") {
    bench.write(KESTREL_REG_QUEUE_CONFIG(4), 0);
    bench.push(4, records::nop());
    bench.ring(4);
  }
  SECTION("suspended") {
    bench.control(4, KESTREL_QUEUE_CONTROL_SUSPEND);
    bench.push(4, records::nop());
    bench.ring(4);
  }
  SECTION("parked") {
    bench.push(4, records::wait(kWord + 8, 1));
    bench.ring(4);
    REQUIRE(bench.until_idle());
    CHECK(bench.status(4) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_PARKED));
  }
  SECTION("in error") {
    bench.push(4, {99});
    bench.ring(4);
    REQUIRE(bench.until_idle());
    CHECK(bench.model().error_queues_o == 1u << 4);
    vectors = 1;
  }
  bench.control(4, KESTREL_QUEUE_CONTROL_RESET);
  CHECK(bench.model().resetting_o);
  REQUIRE(bench.until_idle(300));
  check_reset(bench, 4);
  CHECK(bench.clears == 0 + 2 * vectors);  // Only the error has stopped anything.
  CHECK(bench.cleared == std::vector<unsigned>{4});
  CHECK(bench.model().error_queues_o == 0);
  CHECK(bench.vectors[FrontBench::kErrorVector] == vectors);
  // Nothing of it has stayed, and the other queue never noticed.
  bench.push(5, records::nop());
  bench.ring(5);
  REQUIRE(bench.until_idle());
  CHECK(bench.head(5) == 1);
  check_works(bench, 4);
}

TEST_CASE("front: a queue is reset at every moment of its records", "[hw][front]") {
  const unsigned seed = GENERATE(range(1u, 4u));
  CAPTURE(seed);
  const KestrelTokens token{.signal_next = true};
  const std::vector<Record> commands{
      records::load({.tokens = token}), records::sync({.wait_prev = true, .signal_next = true}),
      records::store({.tokens = {.wait_prev = true}}), records::barrier(), kSync};
  for (unsigned delay = 0; delay < 420; delay += 1 + delay / 100) {
    CAPTURE(delay);
    FrontBench bench({.seed = seed * 1000 + delay, .stall_percent = 20 * (seed - 1)});
    bench.set_up(4, {.write_status = true, .space = 1, .vector = 3});
    bench.set_up(5);
    bench.write64(kWord, 3);
    bench.push(4, records::fence(kWord + 8, 1));
    bench.push(4, records::wait(kWord, 3));
    bench.push(4, bench.call(kBuffer, commands));
    bench.push(4, bench.call(kBuffer + 0x1000, {commands[0], commands[1]}));
    bench.push(4, records::fence(kWord + 8, 2));
    bench.ring(4);
    bench.steps(delay);
    bench.control(4, KESTREL_QUEUE_CONTROL_RESET);
    REQUIRE(bench.model().resetting_o);
    bench.ring(4);                            // Lost.
    bench.push(5, records::fence(kWord, 7));  // Not lost.
    bench.ring(5);
    REQUIRE(bench.until_idle());
    check_reset(bench, 4);
    REQUIRE(bench.cleared == std::vector<unsigned>{4});
    REQUIRE(bench.head(5) == 1);
    REQUIRE(bench.vectors[FrontBench::kErrorVector] == 0);
    REQUIRE(bench.begun.size() == bench.ended);
    // No write lands after the reset.
    const std::size_t writes = bench.writes.size();
    bench.steps(200);
    REQUIRE(bench.writes.size() == writes);
    check_works(bench, 4);
  }
}

TEST_CASE("front: several queues are reset at once", "[hw][front]") {
  FrontBench bench;
  bench.fate = [](unsigned, const Record&) { return Fate{.cycles = 1'000'000}; };
  for (unsigned queue = 0; queue < FrontBench::kQueues; ++queue) {
    bench.set_up(queue);
    bench.push(queue, bench.call(kBuffer, {kSync}));
  }
  bench.ring(7);
  REQUIRE(bench.until([&] { return bench.starts == 1; }));
  for (unsigned queue = 0; queue < FrontBench::kQueues; ++queue) {
    bench.ring(queue);
    bench.control(queue, KESTREL_QUEUE_CONTROL_RESET);
  }
  REQUIRE(bench.until_idle());
  std::vector<unsigned> cleared = bench.cleared;
  std::ranges::sort(cleared);
  CHECK(cleared == std::vector<unsigned>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  for (unsigned queue = 0; queue < FrontBench::kQueues; ++queue) {
    check_reset(bench, queue);
  }
  bench.fate = nullptr;
  check_works(bench, 7);
}

TEST_CASE("front: a reset of the queue takes over from an error", "[hw][front]") {
  // The bus answers late, so there is time between the failure and the end of the record.
  for (unsigned delay = 0; delay < 60; ++delay) {
    CAPTURE(delay);
    FrontBench bench({.seed = delay + 1, .latency_cycles = 200});
    bench.fate = [](unsigned, const Record&) { return Fate{.cause = KESTREL_ERROR_CAUSE_PARITY}; };
    bench.set_up(4);
    bench.push(4, bench.call(kBuffer, std::vector<Record>(20, kSync)));
    bench.ring(4);
    REQUIRE(bench.until([&] { return bench.clears != 0; }));
    bench.steps(delay);
    bench.control(4, KESTREL_QUEUE_CONTROL_RESET);
    REQUIRE(bench.until_idle());
    check_reset(bench, 4);
    REQUIRE(bench.model().error_queues_o == 0);
    bench.fate = nullptr;
    check_works(bench, 4);
  }
}

TEST_CASE("front: the engine is reset at every moment", "[hw][front]") {
  for (unsigned delay = 0; delay < 500; delay += 1 + delay / 100) {
    CAPTURE(delay);
    FrontBench bench({.seed = delay + 1});
    for (const unsigned queue : {0u, 7u, 15u}) {
      bench.set_up(queue, {.write_status = true, .space = queue, .vector = 3});
      bench.push(queue, records::fence(kWord + 8, 1));
      bench.push(queue, bench.call(kBuffer, {records::load({}), kSync}));
      bench.push(queue, queue == 7 ? Record{99} : records::wait(kWord, 1));
      bench.ring(queue);
    }
    bench.steps(delay);
    if (delay % 5 == 0) {
      bench.control(7, KESTREL_QUEUE_CONTROL_RESET);  // The greater one takes over.
    }
    bench.reset_engine();
    const std::size_t cleared = bench.cleared.size();
    REQUIRE(bench.model().resetting_o);
    REQUIRE(!bench.model().idle_o);
    bench.steps(delay % 7);
    REQUIRE(bench.model().resetting_o);
    bench.ring(7);  // Lost.
    if (delay % 3 == 0) {
      bench.reset_engine();  // Again, while it is under way.
    }
    REQUIRE(bench.until_idle());
    for (unsigned queue = 0; queue < FrontBench::kQueues; ++queue) {
      check_reset(bench, queue);
    }
    const std::size_t writes = bench.writes.size();
    bench.steps(200);
    REQUIRE(bench.writes.size() == writes);
    REQUIRE(bench.model().error_queues_o == 0);
    REQUIRE(bench.cleared.size() == cleared);
    check_works(bench, 15);
  }
}

TEST_CASE("front: a reset that waits for the bus says so, and ends when the bus answers",
          "[hw][front]") {
  const unsigned kind = GENERATE(0u, 1u, 2u);  // Queue, engine, error and then engine.
  CAPTURE(kind);
  FrontBench bench;
  bench.set_up(4, {.budget = kind == 2 ? 2000u : 0u});
  bench.set_up(5);
  bench.push(4, records::nop());
  bench.ring(4);
  REQUIRE(bench.until([&] { return bench.model().fetch_r_valid_i; }));
  bench.bus_dead = true;
  bench.steps(1000);
  REQUIRE(bench.status(4) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_RUNNING));
  if (kind == 0) {
    bench.control(4, KESTREL_QUEUE_CONTROL_RESET);
  } else if (kind == 1) {
    bench.reset_engine();
  }
  REQUIRE(bench.until([&] { return bench.model().engine_clear_o; }));
  const std::uint64_t since = bench.time_ns;
  if (kind == 2) {
    CHECK(!bench.model().resetting_o);
  }
  bench.steps(10);
  const std::uint64_t wake = bench.model().wake_ns_o;
  CHECK(wake >= since + kStuckNs - 2);
  CHECK(wake <= since + kStuckNs);
  const unsigned edges = bench.edges;
  bench.time_ns = wake - 50;
  bench.steps(49);
  CHECK(bench.edges == edges);
  CHECK(!bench.model().reset_stuck_o);
  bench.steps(2);
  CHECK(bench.model().reset_stuck_o);
  CHECK(bench.model().wake_ns_o == kNever);
  const unsigned stuck_edges = bench.edges;
  bench.steps(500);
  CHECK(bench.edges == stuck_edges);  // It does not keep the clock going.
  if (kind == 2) {
    bench.reset_engine();
    bench.steps(5);
    CHECK(bench.model().reset_stuck_o);
    CHECK(bench.model().wake_ns_o == kNever);
  }
  CHECK(bench.model().resetting_o);
  bench.bus_dead = false;
  REQUIRE(bench.until_idle());
  CHECK(!bench.model().reset_stuck_o);
  check_reset(bench, 4);
  CHECK(bench.vectors[FrontBench::kErrorVector] == 0);
  check_works(bench, 4);
}

}  // namespace presil::testbench
