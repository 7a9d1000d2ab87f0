// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// The clock request: when the clock may stop, and that nothing is lost when it does.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "Vkestrel.h"
#include "kestrel_bench.hpp"
#include "kestrel_regs.h"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kFence = 0x5'0000'0040;
constexpr std::uint64_t kSource = 0x6'0000'0000;
constexpr std::uint64_t kDestination = 0x7'0000'0000;

/// Asks to stop; true when the device accepts, false when it denies (and is then left running).
bool ask_to_stop(KestrelBench& bench) {
  bench.qreqn = false;
  REQUIRE(bench.run_until([&] { return !bench.model().qacceptn_o || bench.model().qdeny_o; }, 4));
  if (!bench.model().qacceptn_o) {
    return true;
  }
  bench.qreqn = true;
  REQUIRE(bench.run_until([&] { return !bench.model().qdeny_o; }, 4));
  return false;
}

void wake(KestrelBench& bench) {
  bench.qreqn = true;
  REQUIRE(bench.run_until([&] { return bench.model().qacceptn_o && !bench.model().qdeny_o; }, 4));
}

}  // namespace

TEST_CASE("clock request: after reset the device runs and is quiescent", "[hw][clock]") {
  KestrelBench bench;
  bench.cycle();
  CHECK(bench.model().qacceptn_o);
  CHECK(!bench.model().qdeny_o);
  CHECK(!bench.model().qactive_o);
}

TEST_CASE("clock request: an idle device lets its clock stop, and keeps its state", "[hw][clock]") {
  KestrelBench bench;
  bench.start_ring();
  REQUIRE(bench.execute(Command::fence(kFence, 1)));
  REQUIRE(bench.run_until([&] { return !bench.model().qactive_o; }, 20));
  REQUIRE(ask_to_stop(bench));
  bench.time_ns += 1'000'000;  // The clock stands, time does not.
  wake(bench);
  CHECK(bench.read32(KESTREL_REG_TIME_LO) > 1'000'000);
  CHECK(bench.read32(KESTREL_REG_RING_HEAD) == 1);
  REQUIRE(bench.execute(Command::fence(kFence, 2)));
  CHECK(bench.memory.memory().read64(kFence) == 2);
}

TEST_CASE("clock request: an error state is quiescent too", "[hw][clock]") {
  KestrelBench bench;
  bench.start_ring();
  REQUIRE(bench.execute({.header = 0x55}));
  REQUIRE(bench.run_until([&] { return !bench.model().qactive_o; }, 20));
  REQUIRE(ask_to_stop(bench));
  wake(bench);
  CHECK(bench.read32(KESTREL_REG_STATUS) == KESTREL_STATUS_ERROR);
}

TEST_CASE("clock request: waiting commands do not keep a disabled engine awake", "[hw][clock]") {
  KestrelBench bench;
  bench.start_ring();
  bench.write32(KESTREL_REG_CONTROL, 0);
  bench.push(Command::nop());
  bench.ring_doorbell();
  REQUIRE(bench.run_until([&] { return !bench.model().qactive_o; }, 20));
  CHECK(ask_to_stop(bench));
}

TEST_CASE("clock request: while a job runs the clock is wanted, and a request is denied",
          "[hw][clock]") {
  KestrelBench bench({.latency_cycles = 200});
  bench.start_ring();
  bench.push(Command::copy(kDestination, kSource, 2000));
  bench.push(Command::fence(kFence, 1));
  bench.ring_doorbell();
  while (bench.pulses(0).empty()) {
    REQUIRE(bench.model().qactive_o);
    bench.cycle();
    REQUIRE(bench.now() < KestrelBench::kLimit);
  }
  bench.push(Command::copy(kDestination, kSource, 2000));
  bench.ring_doorbell();
  for (int i = 0; i < 20; ++i) {
    REQUIRE(!ask_to_stop(bench));
    bench.cycles(10);
  }
}

TEST_CASE("clock request: asked at any moment, no event and no register access is lost",
          "[hw][clock]") {
  const unsigned stall_percent = GENERATE(0u, 40u);
  for (unsigned delay = 0; delay < 150; ++delay) {
    CAPTURE(delay);
    KestrelBench bench({.stall_percent = stall_percent, .latency_cycles = 8, .seed = delay + 1});
    bench.start_ring();
    bench.push(Command::copy(kDestination, kSource, 100));
    bench.push(Command::fence(kFence, 1));
    bench.ring_doorbell();
    bench.cycles(delay);
    // A controller as silicon has it: stops whenever it may, and never looks at QACTIVE.
    while (!ask_to_stop(bench)) {
      REQUIRE(bench.now() < KestrelBench::kLimit);
    }
    // Stopped: all is done, and the interrupt has come out.
    CHECK(bench.pulses(0).size() == 1);
    CHECK(bench.memory.memory().read64(kFence) == 1);
    wake(bench);
    CHECK(bench.read32(KESTREL_REG_RING_HEAD) == 2);
  }
}

TEST_CASE("clock request: a register access keeps the clock until it is answered", "[hw][clock]") {
  for (unsigned delay = 0; delay < 8; ++delay) {
    CAPTURE(delay);
    KestrelBench bench({.stall_percent = 70, .seed = delay + 1});
    bench.axil.post_write(KESTREL_REG_SCRATCH, 0x1234);
    bench.axil.post_read(KESTREL_REG_ID);
    // Requests are driven from the next cycle on: the controller must see them before it asks.
    bench.axil.stall_percent = 0;
    bench.cycle();
    bench.axil.stall_percent = 70;
    bench.cycles(delay);
    while (!ask_to_stop(bench)) {
      REQUIRE(bench.now() < KestrelBench::kLimit);
    }
    CHECK(bench.axil.idle());
    wake(bench);
    CHECK(bench.read32(KESTREL_REG_SCRATCH) == 0x1234);
  }
}

}  // namespace presil::testbench
