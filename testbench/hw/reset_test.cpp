// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// Resets of a queue and of the engine at any moment: AXI rules hold, nothing lands later, and the
// part works afterwards. A bus that never answers; a hang.

#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "Vkestrel.h"
#include "kestrel_bench.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kCommands = 0x5'0000'0000, kSource = 0x6'0000'0000,
                        kDestination = 0x7'0000'0000, kFence = 0x8'0000'0040;

/// Everything at work: loads, sums, results, stores, twice over.
std::vector<KestrelRecord> busy_program() {
  std::vector<KestrelRecord> commands;
  for (std::uint32_t i = 0; i < 4; ++i) {
    commands.push_back(
        KestrelTransfer::run(kSource + i * 8192, i * 4096, 2048, {.signal_next = true}).load());
    commands.push_back(KestrelAccumulate{.tokens = {.wait_prev = true},
                                         .act = i * 256,
                                         .weight = i * 256,
                                         .acc = i * 64,
                                         .n = {64, 1},
                                         .s = {1, 0},
                                         .r = {4, 1, 1},
                                         .t = {16, 0, 0}}
                           .record());
    commands.push_back(KestrelOutput{.tokens = {.signal_next = true},
                                     .n = {64, 1},
                                     .src = i * 64,
                                     .dst = 8192 + i * 64,
                                     .ss = {1, 0},
                                     .ds = {1, 0},
                                     .scale = 0x1p-10f}
                           .record());
    commands.push_back(KestrelTransfer::run(kDestination + i * 1024 + 5, (8192 + i * 64) * 16, 1024,
                                            {.wait_prev = true})
                           .store());
  }
  return commands;
}

void prepare(KestrelBench& bench) {
  bench.start();
  bench.set_space(1, KESTREL_SPACE_MODE_BYPASS);
  bench.start_queue(0);
  bench.write_commands(kCommands, busy_program());
}

void submit(KestrelBench& bench, std::uint64_t fence) {
  bench.push(0, kestrel_call(kCommands, static_cast<std::uint32_t>(busy_program().size() *
                                                                   KESTREL_RECORD_BYTES)));
  bench.push(0, kestrel_fence(kFence, fence));
  bench.ring(0);
}

void check_works(KestrelBench& bench, std::uint64_t fence) {
  bench.set_space(0, KESTREL_SPACE_MODE_BYPASS);
  bench.set_space(1, KESTREL_SPACE_MODE_BYPASS);
  bench.start_queue(0);
  submit(bench, fence);
  REQUIRE(bench.settle(0));
  CHECK(bench.queue_status(0) == 0);
  CHECK(bench.memory.memory().read64(kFence) == fence);
}

TEST_CASE("reset: of a queue or of the engine, at any moment of a job", "[hw][reset]") {
  const bool whole_engine = GENERATE(false, true);
  const unsigned stall = GENERATE(0u, 30u);
  CAPTURE(whole_engine, stall);
  for (unsigned after = 0; after < 1500; after += 37) {
    CAPTURE(after);
    KestrelBench bench(
        {.stall_percent = stall, .latency_cycles = 60, .interleave = true, .seed = after + 1});
    prepare(bench);
    submit(bench, 1);
    bench.cycles(after);
    REQUIRE((whole_engine ? bench.reset_engine() : bench.reset_queue(0)));
    CHECK(bench.memory.reads_open() == 0);
    CHECK(bench.memory.writes_open() == 0);
    CHECK(bench.queue_status(0) == 0);
    CHECK(bench.read32(KESTREL_REG_QUEUE_HEAD(0)) == 0);
    CHECK(bench.read32(KESTREL_REG_QUEUE_CONFIG(0)) == 0);
    CHECK((bench.read32(KESTREL_REG_STATUS) & KESTREL_STATUS_RESETTING) == 0);
    const std::size_t accesses = bench.memory.accesses().size();
    bench.cycles(300);
    CHECK(bench.memory.accesses().size() == accesses);
    check_works(bench, 2);
  }
}

TEST_CASE("reset: a bus that never answers is reported, and a hardware reset helps",
          "[hw][reset]") {
  const bool whole_engine = GENERATE(false, true);
  CAPTURE(whole_engine);
  KestrelBench bench;
  prepare(bench);
  submit(bench, 1);
  bench.cycles(150);
  bench.memory.timing().latency_cycles = 100'000'000;
  REQUIRE(bench.run_until([&] { return bench.memory.reads_open() > 0; }));
  if (whole_engine)
    bench.write32(KESTREL_REG_RESET, KESTREL_RESET_ENGINE);
  else
    bench.write32(KESTREL_REG_QUEUE_CONTROL(0), KESTREL_QUEUE_CONTROL_RESET);
  bench.cycles(50'000);
  CHECK((bench.read32(KESTREL_REG_STATUS) &
         (KESTREL_STATUS_RESETTING | KESTREL_STATUS_RESET_STUCK)) == KESTREL_STATUS_RESETTING);
  bench.cycles(60'000);
  CHECK((bench.read32(KESTREL_REG_STATUS) &
         (KESTREL_STATUS_RESETTING | KESTREL_STATUS_RESET_STUCK)) ==
        (KESTREL_STATUS_RESETTING | KESTREL_STATUS_RESET_STUCK));
  bench.reset();
  bench.memory.timing().latency_cycles = 8;
  CHECK((bench.read32(KESTREL_REG_STATUS) &
         (KESTREL_STATUS_RESETTING | KESTREL_STATUS_RESET_STUCK)) == 0);
  bench.start();
  check_works(bench, 5);
}

TEST_CASE("reset: a job that waits for a token for ever needs no clock, and its budget ends it",
          "[hw][reset][clock]") {
  constexpr std::uint32_t kBudget = 1'000'000;
  KestrelBench bench;
  bench.start();
  bench.set_space(1, KESTREL_SPACE_MODE_BYPASS);
  bench.start_queue(0, {.budget_ns = kBudget});
  const std::vector<KestrelRecord> commands = {kestrel_sync({.wait_prev = true})};
  bench.write_commands(kCommands, commands);
  bench.push(0, kestrel_call(kCommands, KESTREL_RECORD_BYTES));
  bench.ring(0);
  bench.cycles(1000);
  CHECK((bench.queue_status(0) & KESTREL_QUEUE_STATUS_RUNNING) != 0);
  bench.cycles(10);
  CHECK(bench.model().qactive_o == 0);

  // The clock controller asks; the part agrees; time goes on without a clock.
  bench.qreqn = false;
  REQUIRE(bench.run_until([&] { return bench.model().qacceptn_o == 0; }, 10));
  const std::uint64_t deadline = bench.model().wake_ns_o;
  CHECK(deadline > bench.time_ns);
  CHECK(deadline <= bench.time_ns + kBudget);
  bench.time_ns = deadline;
  bench.qreqn = true;
  REQUIRE(bench.run_until([&] { return bench.model().qacceptn_o != 0; }, 10));
  REQUIRE(bench.settle(0));
  CHECK(bench.queue_status(0) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_ERROR));
  CHECK((bench.read32(KESTREL_REG_QUEUE_ERROR_CAUSE(0)) & KESTREL_QUEUE_ERROR_CAUSE_CAUSE_MASK) ==
        KESTREL_ERROR_CAUSE_BUDGET);
  bench.cycles(20);
  CHECK(bench.model().wake_ns_o == ~std::uint64_t{0});
  REQUIRE(bench.reset_queue(0));
  bench.write_commands(kCommands, busy_program());
  check_works(bench, 3);
}

TEST_CASE("reset: an idle part needs no clock", "[hw][reset][clock]") {
  KestrelBench bench;
  prepare(bench);
  bench.cycles(1000);  // Counters are cleared after a reset.
  CHECK(bench.model().qactive_o == 0);
  submit(bench, 1);
  REQUIRE(bench.settle(0));
  bench.cycles(100);
  CHECK(bench.model().qactive_o == 0);
  // Without a clock edge: an access that is offered wakes the clock.
  auto& m = bench.model();
  for (auto* offer : {&m.s_axil_arvalid_i, &m.s_axil_awvalid_i, &m.s_axil_wvalid_i}) {
    *offer = 1;
    m.eval();
    CHECK(m.qactive_o == 1);
    *offer = 0;
    m.eval();
    CHECK(m.qactive_o == 0);
  }
}

}  // namespace
}  // namespace presil::testbench
