// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel's front end: translation faults that wait for software.

#include <array>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "front_bench.hpp"

namespace presil::testbench {

namespace {

constexpr std::uint64_t kBuffer = 0x4000'0000;

const Record kSync = records::sync({});

}  // namespace

TEST_CASE("front: faults of a CALL stall if so configured", "[hw][front]") {
  const unsigned who = GENERATE(0u, 1u, 2u);  // Fetch, load, store.
  const unsigned end = GENERATE(0u, 1u, 2u, 3u, 4u);
  CAPTURE(who, end);
  FrontBench bench({.seed = who * 5 + end + 1});
  bench.set_up(9, {.stall_faults = true, .space = 3, .budget = 5000});
  const std::vector<Record> commands{kSync, records::load({}), records::store({}),
                                     records::barrier(), kSync};
  bench.push(9, bench.call(kBuffer, commands));
  const ErrorRegisters stalled{
      .cause = KESTREL_ERROR_CAUSE_TRANSLATION,
      .resp = 3,
      .fault = KESTREL_FAULT_TABLE_BUS,
      .access = who,
      .opcode = std::array{0u, 16u, 17u}[who],
      .in_call = true,
      .offset = std::array{256u, 64u, 128u}[who],
      .addr = std::array<std::uint64_t, 3>{kBuffer + 256, 0x7000, 0x8000}[who]};
  if (who == 0) {
    bench.bad = {{.first = kBuffer + 256,
                  .last = kBuffer + 256,
                  .fault = KESTREL_FAULT_TABLE_BUS,
                  .resp = 3}};
  } else {
    bench.fate = [&](unsigned engine, const Record&) {
      return Fate{.cycles = 20,
                  .resp = stalled.resp,
                  .fault = stalled.fault,
                  .access = stalled.access,
                  .addr = stalled.addr,
                  .stalls = engine == (who == 1 ? 0 : 2)};
    };
  }
  bench.ring(9);
  const std::uint64_t begun = bench.time_ns;
  REQUIRE(bench.until([&] { return bench.model().error_queues_o != 0; }));
  bench.steps(300);
  CHECK(bench.error(9) == stalled);
  CHECK(bench.status(9) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_RUNNING |
                            KESTREL_QUEUE_STATUS_FAULT_STALLED));
  CHECK(bench.vectors[FrontBench::kErrorVector] == 1);
  CHECK(bench.model().error_queues_o == 1u << 9);
  // It waits without a clock.
  const unsigned edges = bench.edges;
  bench.steps(200);
  CHECK(bench.edges == edges);

  switch (end) {
    case 0:  // Repaired.
      bench.bad.clear();
      bench.control(9, KESTREL_QUEUE_CONTROL_RETRY);
      REQUIRE(bench.until_idle());
      CHECK(bench.head(9) == 1);
      CHECK(bench.status(9) == 0);
      CHECK(bench.vectors[FrontBench::kErrorVector] == 1);
      break;
    case 1:  // Not repaired, where that can be: stalls again, and is told again.
      bench.control(9, KESTREL_QUEUE_CONTROL_RETRY);
      if (who == 0) {
        REQUIRE(bench.until([&] { return bench.vectors[FrontBench::kErrorVector] == 2; }));
        bench.steps(10);
        CHECK(bench.error(9) == stalled);
        bench.bad.clear();
        bench.control(9, KESTREL_QUEUE_CONTROL_RETRY);
      }
      REQUIRE(bench.until_idle());
      CHECK(bench.head(9) == 1);
      break;
    case 2:
      bench.control(9, KESTREL_QUEUE_CONTROL_ABORT | KESTREL_QUEUE_CONTROL_RETRY);
      REQUIRE(bench.until_idle());
      CHECK(bench.error(9) == stalled);
      CHECK(bench.status(9) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_ERROR));
      CHECK(bench.vectors[FrontBench::kErrorVector] == 2);
      break;
    case 3:
      bench.control(9, KESTREL_QUEUE_CONTROL_RESET);
      REQUIRE(bench.until_idle());
      CHECK(bench.status(9) == 0);
      CHECK(bench.model().error_queues_o == 0);
      CHECK(bench.vectors[FrontBench::kErrorVector] == 1);
      break;
    default:
      REQUIRE(bench.until_idle());
      CHECK(bench.time_ns - begun > 5000);
      CHECK(bench.error(9) == ErrorRegisters{.cause = KESTREL_ERROR_CAUSE_BUDGET, .opcode = 1});
      CHECK(bench.vectors[FrontBench::kErrorVector] == 2);
  }
  // The front end is none the worse.
  bench.bad.clear();
  bench.fate = nullptr;
  bench.set_up(1, {.space = 3});
  bench.push(1, bench.call(kBuffer, commands));
  bench.ring(1);
  REQUIRE(bench.until_idle());
  CHECK(bench.head(1) == 1);
}

}  // namespace presil::testbench
