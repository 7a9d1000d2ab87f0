// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel's front end: registers, and what each record does.

#include <algorithm>
#include <map>
#include <utility>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "front_bench.hpp"

namespace presil::testbench {

namespace {

constexpr std::uint64_t kBuffer = 0x4000'0000;
constexpr std::uint64_t kWord = 0x5000'0000;

const Record kSync = records::sync({});

/// Registers of a queue that hold what is written, and which bits they have.
constexpr std::pair<std::uint32_t, std::uint32_t> kStored[] = {
    {KESTREL_REG_QUEUE_CONFIG(0), 0x1f1f'03fe},  // Without ENABLE, so that nothing begins.
    {KESTREL_REG_QUEUE_RING_BASE_LO(0), 0xffff'ffff},
    {KESTREL_REG_QUEUE_RING_BASE_HI(0), 0xffff'ffff},
    {KESTREL_REG_QUEUE_STATUS_ADDR_LO(0), 0xffff'fff8},
    {KESTREL_REG_QUEUE_STATUS_ADDR_HI(0), 0xffff'ffff},
    {KESTREL_REG_QUEUE_BUDGET(0), 0xffff'ffff},
};

}  // namespace

TEST_CASE("front: registers hold what is written, each queue's its own", "[hw][front]") {
  FrontBench bench;
  std::mt19937 generator(1);
  const auto random = [&] { return static_cast<std::uint32_t>(generator()); };
  std::map<std::uint32_t, std::uint32_t> expected;
  const auto check = [&] {
    for (const auto& [addr, value] : expected) {
      INFO(std::hex << addr);
      REQUIRE(bench.read(addr) == value);
    }
  };
  for (unsigned queue = 0; queue < FrontBench::kQueues; ++queue) {
    for (std::uint32_t word = 0; word < 0x80; word += 4) {
      expected[KESTREL_REG_QUEUE_CONFIG(queue) + word] = 0;
    }
    expected[KESTREL_REG_DOORBELL_TAIL(queue)] = 0;
    expected[KESTREL_REG_DOORBELL_TAIL(queue) + 4] = 0;
  }
  check();
  const auto scribble = [&](unsigned writes) {
    for (; writes > 0; --writes) {
      const unsigned queue = random() % FrontBench::kQueues;
      const auto [base, mask] = kStored[random() % std::size(kStored)];
      const std::uint32_t addr = base + queue * 0x80, value = random();
      bench.write(addr, value & ~std::uint32_t{KESTREL_QUEUE_CONFIG_ENABLE});
      expected[addr] = value & mask & ~std::uint32_t{KESTREL_QUEUE_CONFIG_ENABLE};
      if (base != KESTREL_REG_QUEUE_CONFIG(0)) {
        bench.write(addr, value);
        expected[addr] = value & mask;
      }
      const std::uint32_t tail = random();
      bench.write(KESTREL_REG_DOORBELL_TAIL(queue), tail);
      bench.write(KESTREL_REG_DOORBELL_TAIL(queue) + 4, ~tail);  // Not a doorbell.
      expected[KESTREL_REG_QUEUE_TAIL(queue)] = tail;
      expected[KESTREL_REG_QUEUE_STATUS(queue)] = tail != 0 ? KESTREL_QUEUE_STATUS_PENDING : 0;
      // What cannot be written: STATUS to ERROR_ADDR, and what is none.
      bench.write(KESTREL_REG_QUEUE_STATUS(queue) + random() % 25 * 4, random());
    }
  };
  scribble(200);
  check();

  const unsigned reset = random() % FrontBench::kQueues;
  bench.control(reset, KESTREL_QUEUE_CONTROL_RESET);
  REQUIRE(bench.until_idle());
  for (std::uint32_t word = 0; word < 0x80; word += 4) {
    expected[KESTREL_REG_QUEUE_CONFIG(reset) + word] = 0;
  }
  check();
  CHECK(bench.cleared == std::vector<unsigned>{reset});
  scribble(100);
  check();

  bench.reset_engine();
  CHECK(bench.model().resetting_o);
  REQUIRE(bench.until_idle());
  for (auto& [addr, value] : expected) {
    value = 0;
  }
  check();
  scribble(100);
  check();
}

TEST_CASE("front: what each record does", "[hw][front]") {
  const std::uint64_t seed = GENERATE(range(1u, 9u));
  CAPTURE(seed);
  FrontBench bench({.seed = seed, .stall_percent = static_cast<unsigned>(seed % 3 * 30)});
  bench.set_up(3, {.vector = 7});

  SECTION("NOP") {
    bench.push(3, records::nop());
    bench.ring(3);
    REQUIRE(bench.until_idle());
    CHECK(bench.writes.empty());
  }
  SECTION("FENCE") {
    const std::uint64_t addr = kWord + seed % 4 * 8;
    bench.push(3, records::fence(addr, 0x1234'5678'9abc'def0));
    bench.ring(3);
    REQUIRE(bench.until_idle());
    CHECK(bench.writes == std::vector<ControlWrite>{{3, addr, 0x1234'5678'9abc'def0, 0, true}});
    CHECK(bench.vectors[7] == 1);
  }
  SECTION("TIMESTAMP") {
    const std::uint64_t before = bench.time_ns;
    bench.push(3, records::timestamp(kWord + 8));
    bench.ring(3);
    REQUIRE(bench.until_idle());
    REQUIRE(bench.writes.size() == 1);
    CHECK(bench.writes[0].addr == kWord + 8);
    CHECK(bench.writes[0].value > before);
    CHECK(bench.writes[0].value < bench.time_ns);
    CHECK(bench.writes[0].privileged);
  }
  SECTION("WAIT that is fulfilled") {
    const std::uint64_t value = seed % 2 == 0 ? 5 : 0x8000'0000'0000'0000;  // Unsigned.
    bench.write64(kWord + seed % 4 * 8, value + seed % 3);
    bench.push(3, records::wait(kWord + seed % 4 * 8, value));
    bench.ring(3);
    REQUIRE(bench.until_idle());
  }
  SECTION("CALL") {
    bench.push(
        3, bench.call(kBuffer, {records::load({}), records::accumulate({}), records::output({}),
                                records::nop(), kSync, records::store({}), records::barrier()}));
    bench.ring(3);
    REQUIRE(bench.until_idle());
    CHECK(bench.calls == 1);
    CHECK(bench.commands == 5);
    CHECK(bench.starts == 5);
  }
  CHECK(bench.head(3) == 1);
  CHECK(bench.status(3) == 0);
  CHECK(bench.done == 1);
  CHECK(bench.ended == 1);
  CHECK(bench.clears == 0);
  CHECK(bench.begun == std::vector<unsigned>{3});
  CHECK(bench.error(3) == ErrorRegisters{});
}

TEST_CASE("front: a ring wraps, and HEAD follows", "[hw][front]") {
  FrontBench bench;
  const unsigned log2 = GENERATE(1u, 2u, 16u);
  CAPTURE(log2);
  bench.set_up(5, {.log2 = log2, .vector = 31});  // No vector.
  for (std::uint64_t round = 0; round < 9; ++round) {
    bench.push(5, records::fence(kWord, 2 * round));
    bench.push(5, records::fence(kWord, 2 * round + 1));
    bench.ring(5);
    REQUIRE(bench.until_idle());
    CHECK(bench.head(5) == 2 * round + 2);
  }
  REQUIRE(bench.writes.size() == 18);
  for (unsigned i = 0; i < 18; ++i) {
    CHECK(bench.writes[i].value == i);
  }
  CHECK(std::ranges::all_of(bench.vectors, [](unsigned count) { return count == 0; }));
}

TEST_CASE("front: a WAIT parks, and is looked at again after a FENCE and a doorbell",
          "[hw][front]") {
  FrontBench bench;
  bench.set_up(1);
  bench.set_up(2);
  bench.push(1, records::wait(kWord, 10));
  bench.ring(1);
  REQUIRE(bench.until_idle());
  CHECK(bench.status(1) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_PARKED));
  CHECK(bench.head(1) == 0);
  CHECK(bench.done == 0);
  CHECK(bench.ended == 1);

  SECTION("a FENCE of another queue to it") {
    bench.push(2, records::fence(kWord, 10));
    bench.ring(2);
    REQUIRE(bench.until_idle());
    CHECK(bench.begun == std::vector<unsigned>{1, 2, 1});
    CHECK(bench.head(1) == 1);
  }
  SECTION("a FENCE to somewhere else: looked at in vain") {
    bench.push(2, records::fence(kWord + 8, 10));
    bench.ring(2);
    REQUIRE(bench.until_idle());
    CHECK(bench.begun == std::vector<unsigned>{1, 2, 1});
    CHECK(bench.status(1) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_PARKED));
  }
  SECTION("other records of another queue, and another's doorbell: not looked at") {
    bench.write64(kWord, 11);
    bench.push(2, records::nop());
    bench.push(2, records::timestamp(kWord + 8));
    bench.ring(2);
    REQUIRE(bench.until_idle());
    CHECK(bench.begun == std::vector<unsigned>{1, 2, 2});
  }
  SECTION("its doorbell, of the same number") {
    bench.write64(kWord, 11);
    bench.ring(1);
    REQUIRE(bench.until_idle());
    CHECK(bench.head(1) == 1);
    CHECK(bench.status(1) == 0);
  }
  SECTION("suspended meanwhile: only after RESUME") {
    bench.control(1, KESTREL_QUEUE_CONTROL_SUSPEND);
    bench.write64(kWord, 11);
    bench.ring(1);
    REQUIRE(bench.until_idle());
    CHECK(bench.status(1) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_SUSPENDED));
    bench.control(1, KESTREL_QUEUE_CONTROL_RESUME);
    REQUIRE(bench.until_idle());
    CHECK(bench.head(1) == 1);
  }
}

TEST_CASE("front: a doorbell at any moment of a WAIT is not lost", "[hw][front]") {
  for (unsigned delay = 0; delay < 80; ++delay) {
    CAPTURE(delay);
    FrontBench bench({.seed = delay + 1});
    bench.set_up(1);
    bench.push(1, records::wait(kWord, 10));
    bench.ring(1);
    bench.steps(delay);
    bench.write64(kWord, 10);
    bench.ring(1);
    REQUIRE(bench.until_idle());
    REQUIRE(bench.head(1) == 1);
  }
}

TEST_CASE("front: a WAIT compares without signs", "[hw][front]") {
  FrontBench bench;
  const std::uint64_t high = 0x8000'0000'0000'0000;
  const bool fulfilled = GENERATE(false, true);
  bench.set_up(1);
  bench.write64(kWord, fulfilled ? high : 1);
  bench.push(1, records::wait(kWord, fulfilled ? 1 : high));
  bench.ring(1);
  REQUIRE(bench.until_idle());
  CHECK(bench.head(1) == (fulfilled ? 1 : 0));
}

TEST_CASE("front: a doorbell at any moment of a record makes exactly what it says pending",
          "[hw][front]") {
  const unsigned more = GENERATE(0u, 1u);  // The same number again, or one more.
  const unsigned seed = GENERATE(range(1u, 4u));
  CAPTURE(more, seed);
  for (unsigned delay = 0; delay < 80; ++delay) {
    CAPTURE(delay);
    FrontBench bench({.seed = seed});
    bench.set_up(1);
    bench.push(1, records::nop());
    bench.ring(1);
    bench.steps(delay);
    if (more != 0) {
      bench.push(1, records::nop());
    }
    bench.ring(1);
    REQUIRE(bench.until_idle());
    REQUIRE(bench.done == 1 + more);
    REQUIRE(bench.head(1) == 1 + more);
    REQUIRE(bench.status(1) == 0);
  }
}

TEST_CASE("front: status page and user mode", "[hw][front]") {
  FrontBench bench;
  const bool user = GENERATE(false, true);
  CAPTURE(user);
  bench.set_up(4, {.user = user, .write_status = true, .space = 6, .vector = 2});
  bench.push(4, records::nop());
  bench.push(4, bench.call(kBuffer, {kSync}));
  bool ring_right = true;
  bench.every_cycle = [&] {
    const Vfront_bench& m = bench.model();
    if (m.fetch_valid_o && m.fetch_addr_o >= FrontBench::ring_base(0)) {
      ring_right = ring_right && m.fetch_privileged_o == !user && m.fetch_space_o == (user ? 6 : 0);
    } else if (m.fetch_valid_o) {
      ring_right = ring_right && !m.fetch_privileged_o && m.fetch_space_o == 6;
    }
  };
  bench.ring(4);
  REQUIRE(bench.until_idle());
  CHECK(ring_right);
  const std::uint64_t page = FrontBench::status_page(4);
  const unsigned space = user ? 6 : 0;
  CHECK(bench.writes ==
        std::vector<ControlWrite>{{4, page, 1, space, !user}, {4, page, 2, space, !user}});
  CHECK(bench.vectors[2] == (user ? 2 : 0));
  CHECK(bench.head(4) == 2);

  // A FENCE writes both, itself first; its vector is raised once.
  if (!user) {
    bench.writes.clear();
    bench.push(4, records::fence(kWord, 9));
    bench.ring(4);
    REQUIRE(bench.until_idle());
    CHECK(bench.writes == std::vector<ControlWrite>{{4, kWord, 9, 0, true}, {4, page, 3, 0, true}});
    CHECK(bench.vectors[2] == 1);
  }
}

TEST_CASE("front: user mode without a status page raises nothing", "[hw][front]") {
  FrontBench bench;
  bench.set_up(4, {.user = true, .space = 6, .vector = 2});
  bench.push(4, records::nop());
  bench.ring(4);
  REQUIRE(bench.until_idle());
  CHECK(bench.head(4) == 1);
  CHECK(bench.writes.empty());
  CHECK(bench.vectors[2] == 0);
}

TEST_CASE("front: SUSPEND, RESUME and ENABLE act between records", "[hw][front]") {
  FrontBench bench;
  bench.fate = [](unsigned, const Record&) { return Fate{.cycles = 500}; };
  bench.set_up(0);
  bench.push(0, bench.call(kBuffer, {kSync}));
  bench.push(0, records::nop());
  bench.ring(0);
  REQUIRE(bench.until([&] { return bench.starts == 1; }));
  CHECK(bench.status(0) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_RUNNING));
  CHECK(bench.model().active_valid_o);
  CHECK(bench.model().active_queue_o == 0);

  SECTION("SUSPEND") {
    bench.control(0, KESTREL_QUEUE_CONTROL_SUSPEND);
    CHECK(bench.status(0) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_RUNNING));
    REQUIRE(bench.until_idle());
    CHECK(bench.status(0) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_SUSPENDED));
    CHECK(bench.head(0) == 1);
    bench.control(0, KESTREL_QUEUE_CONTROL_RESUME);
    REQUIRE(bench.until_idle());
    CHECK(bench.status(0) == 0);
  }
  SECTION("ENABLE") {
    const std::uint32_t config = bench.read(KESTREL_REG_QUEUE_CONFIG(0));
    bench.write(KESTREL_REG_QUEUE_CONFIG(0), config & ~std::uint32_t{KESTREL_QUEUE_CONFIG_ENABLE});
    REQUIRE(bench.until_idle());
    CHECK(bench.status(0) == KESTREL_QUEUE_STATUS_PENDING);
    bench.write(KESTREL_REG_QUEUE_CONFIG(0), config);
    REQUIRE(bench.until_idle());
  }
  CHECK(bench.head(0) == 2);
}

TEST_CASE("front: memories on chip are emptied for another space, and after a CALL that failed",
          "[hw][front]") {
  FrontBench bench;
  bench.set_up(0, {.space = 1});
  bench.set_up(1, {.space = 1});
  bench.set_up(2, {.space = 2});
  const auto run = [&](unsigned queue) {
    const unsigned wipes = bench.wipes;
    bench.push(queue, bench.call(kBuffer, {kSync}));
    bench.ring(queue);
    REQUIRE(bench.until_idle());
    return bench.wipes - wipes;
  };
  CHECK(run(0) == 1);  // Nobody knows what was there.
  CHECK(run(0) == 0);
  CHECK(run(1) == 0);
  CHECK(run(2) == 1);
  CHECK(run(0) == 1);
  bench.fate = [](unsigned, const Record&) { return Fate{.cause = KESTREL_ERROR_CAUSE_PARITY}; };
  CHECK(run(0) == 0);
  CHECK(bench.model().error_queues_o == 1);
  bench.fate = nullptr;
  CHECK(run(1) == 1);

  const unsigned wipes = bench.wipes;
  bench.reset_engine();
  REQUIRE(bench.until_idle());
  CHECK(bench.wipes - wipes == 1);
  bench.set_up(1, {.space = 1});
  CHECK(run(1) == 0);  // The reset has done it.
}

TEST_CASE("front: an engine has one command and four that wait", "[hw][front]") {
  FrontBench bench;
  const unsigned engine = GENERATE(0u, 1u, 2u);
  CAPTURE(engine);
  bench.fate = [](unsigned, const Record&) { return Fate{.cycles = 2000}; };
  bench.set_up(0);
  const Record command = engine == 0 ? records::load({}) : engine == 1 ? kSync : records::store({});
  bench.push(0, bench.call(kBuffer, std::vector<Record>(20, command)));
  bench.ring(0);
  REQUIRE(bench.until([&] { return bench.starts == 1; }));
  bench.steps(1500);
  CHECK(bench.commands == 5);
  bench.fate = nullptr;
  REQUIRE(bench.until_idle());
  CHECK(bench.starts == 20);
}

TEST_CASE("front: a signal beyond 255 tokens waits", "[hw][front]") {
  FrontBench bench;
  bench.fate = [](unsigned, const Record&) { return Fate{.cycles = 1}; };
  bench.set_up(0);
  const Record load = records::load({.tokens = {.signal_next = true}});
  std::vector<Record> commands(257, load);
  commands.push_back(kSync);
  bench.push(0, bench.call(kBuffer, commands));
  bench.ring(0);
  // The 256th has completed but cannot signal, so the 257th does not begin.
  REQUIRE(bench.until([&] { return bench.starts == 257; }, 40'000));
  bench.steps(500);
  CHECK(bench.starts == 257);
  CHECK(bench.head(0) == 0);

  bench.control(0, KESTREL_QUEUE_CONTROL_RESET);
  REQUIRE(bench.until_idle());
  bench.set_up(0);
  // With somebody who takes them it goes on.
  commands.insert(commands.begin() + 256, 256, records::sync({.wait_prev = true}));
  commands.push_back(records::sync({.wait_prev = true}));
  bench.push(0, bench.call(kBuffer, commands));
  bench.ring(0);
  REQUIRE(bench.until_idle(100'000));
  CHECK(bench.head(0) == 1);
}

}  // namespace presil::testbench
