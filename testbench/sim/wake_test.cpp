// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// A stopped clock starts again by itself: for an answer to a DMA, and at the time that the
/// accelerator names. It does so in time: nothing comes later than with a clock that never stopped.

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "testbench/sim/probe_bench.hpp"

namespace presil::testbench {
namespace {

// LAZY: whether the clock may stop while the probe waits, and that it says when a burst is done.
constexpr std::uint32_t kEager = 2, kLazily = 3;

void check_cycles(const ProbeBench& bench) {
  const auto& progress = bench.peer.progress();
  CHECK(progress.rtl_cycles + progress.rtl_cycles_skipped == progress.device_ps / kPeriodPs);
}

void set_wake(ProbeBench& bench, std::uint64_t time_ns) {
  bench.write(kWakeHigh, time_ns >> 32);
  bench.write(kWakeLow, time_ns & 0xffff'ffff);
}

void start_burst(ProbeBench& bench, std::uint64_t offset, unsigned beats, bool is_write) {
  bench.write(kAddrLow, LinkPeer::kMemoryBase + offset);
  bench.write(kShape, ProbeBench::shape(beats, 4, 1));
  bench.write(kGo, is_write ? 2 : 1);
}

TEST_CASE("a stopped clock starts at the time that the accelerator names", "[sim][wake]") {
  // Nanoseconds after an edge: on edges of 2.5 ns, and between two of them.
  const unsigned phase = GENERATE(range(0u, 5u));
  const std::uint64_t wake_ns = 500'000 + phase;
  const auto run = [&](bool keeps_clock) {
    ProbeBench bench;
    bench.write(kDeny, keeps_clock);
    set_wake(bench, wake_ns);
    const auto set = bench.advance(kMicrosecond);
    const std::uint64_t cycles = bench.peer.progress().rtl_cycles;
    if (!keeps_clock) {
      // Nobody needs to call before: a few cycles earlier, that is.
      CHECK(set.next_ps <= wake_ns * 1000);
      CHECK(set.next_ps + 5 * kPeriodPs > wake_ns * 1000);
    }
    bench.advance(600 * kMicrosecond);
    REQUIRE(bench.peer.interrupts.size() == 1);
    CHECK(bench.peer.interrupts[0].vector == 1);
    if (!keeps_clock) {
      CHECK(bench.peer.progress().rtl_cycles < cycles + 30);
      CHECK(bench.advance(0).next_ps == PRESIL_LINK_NEVER);
    }
    check_cycles(bench);
    CHECK(bench.quit() == 0);
    return bench.peer.interrupts[0].time_ps;
  };
  const std::uint64_t time_ps = run(false);
  CHECK(time_ps == run(true));
  // The first edge at which the time is reached, and the register behind it.
  const std::uint64_t edge = (wake_ns * 1000 + kPeriodPs - 1) / kPeriodPs;
  CHECK(time_ps - edge * kPeriodPs <= 200'000);
}

TEST_CASE("a time to wake at that has passed, or is very near, is not missed", "[sim][wake]") {
  const unsigned ahead_ns = GENERATE(0u, 150u, 160u, 170u, 180u, 190u, 200u, 300u);
  CAPTURE(ahead_ns);
  std::vector<std::uint64_t> times;
  for (const unsigned deny : {0u, 1u}) {
    ProbeBench bench;
    bench.write(kDeny, deny);
    bench.advance(10 * kMicrosecond);
    set_wake(bench, bench.now / 1000 + ahead_ns);
    bench.advance(10 * kMicrosecond);
    REQUIRE(bench.peer.interrupts.size() == 1);
    CHECK(bench.peer.interrupts[0].vector == 1);
    times.push_back(bench.peer.interrupts[0].time_ps);
    check_cycles(bench);
    CHECK(bench.quit() == 0);
  }
  // The register write itself finds a stopped clock in one of the two: two edges.
  CHECK(times[0] - times[1] <= 3 * kPeriodPs);
}

TEST_CASE("all ones never wake, nor does a time beyond every run", "[sim][wake]") {
  const std::uint64_t wake_ns = GENERATE(~0ull, ~0ull - 1, ~0ull / 1000, ~0ull / 1000 + 1);
  ProbeBench bench;
  set_wake(bench, wake_ns);
  const auto idle = bench.advance(kMicrosecond);
  CHECK(idle.next_ps == PRESIL_LINK_NEVER);
  const std::uint64_t cycles = bench.peer.progress().rtl_cycles;
  bench.advance(1'000'000 * kMicrosecond);
  CHECK(bench.peer.progress().rtl_cycles == cycles);
  CHECK(bench.peer.interrupts.empty());
  check_cycles(bench);
  CHECK(bench.quit() == 0);
}

TEST_CASE("a reset takes a time to wake at back", "[sim][wake]") {
  ProbeBench bench;
  set_wake(bench, 500'000);
  bench.advance(kMicrosecond);
  bench.keep(bench.peer.reset(bench.now, PRESIL_RESET_FUNCTION));
  bench.config(LinkPeer::kAllOn);
  bench.advance(kMicrosecond);
  CHECK(bench.advance(1000 * kMicrosecond).next_ps == PRESIL_LINK_NEVER);
  CHECK(bench.peer.interrupts.empty());
  check_cycles(bench);
  CHECK(bench.quit() == 0);
}

TEST_CASE("who waits for answers on the bus costs nothing, and gets them in time", "[sim][wake]") {
  const bool is_write = GENERATE(false, true);
  const unsigned beats = GENERATE(1u, 9u, 64u);
  CAPTURE(is_write, beats);
  // From an answer that is there at once to one after 20 us.
  const std::string latency_ns = GENERATE("0", "7", "100", "1003", "20000");
  CAPTURE(latency_ns);
  std::vector<std::uint64_t> times, cycles;
  for (const std::uint32_t lazy : {kEager, kLazily}) {
    ProbeBench bench({"--link-latency-ns", latency_ns, "--host-latency-ns", latency_ns});
    bench.write(kLazy, lazy);
    bench.write(kStrobes, 0xffff);
    start_burst(bench, 0x40, beats, is_write);
    bench.advance(200 * kMicrosecond);
    REQUIRE(bench.peer.interrupts.size() == 1);
    CHECK(bench.peer.interrupts[0].vector == 2);
    times.push_back(bench.peer.interrupts[0].time_ps);
    cycles.push_back(bench.peer.progress().rtl_cycles);
    check_cycles(bench);
    CHECK(bench.quit() == 0);
  }
  CHECK(times[0] == times[1]);
  CHECK(cycles[1] <= cycles[0]);
  if (latency_ns == "20000" && !is_write)
    CHECK(cycles[1] < 1000);
}

TEST_CASE("registers answer as ever while the clock waits for the bus", "[sim][wake]") {
  ProbeBench bench({"--host-latency-ns", "20000"});
  bench.write(kLazy, kLazily);
  start_burst(bench, 0x40, 4, false);
  bench.advance(kMicrosecond);
  const std::uint64_t cycles = bench.peer.progress().rtl_cycles;
  for (unsigned i = 0; i < 8; ++i) {
    CHECK((bench.value(kStatus) & 1) == 1);
    bench.write(kScratch, i);
    CHECK(bench.value(kScratch) == i);
    check_cycles(bench);
  }
  CHECK(bench.peer.progress().rtl_cycles < cycles + 8 * 60);
  bench.advance(30 * kMicrosecond);
  CHECK((bench.value(kStatus) & 1) == 0);
  CHECK(bench.quit() == 0);
}

TEST_CASE("a reset while the clock waits for the bus drops the answer", "[sim][wake]") {
  ProbeBench bench({"--host-latency-ns", "20000"});
  bench.write(kLazy, kLazily);
  start_burst(bench, 0x40, 4, false);
  bench.advance(kMicrosecond);
  bench.keep(bench.peer.reset(bench.now, PRESIL_RESET_FUNCTION));
  bench.config(LinkPeer::kAllOn);
  bench.advance(kMicrosecond);
  CHECK(bench.advance(100 * kMicrosecond).next_ps == PRESIL_LINK_NEVER);
  CHECK(bench.peer.interrupts.empty());
  CHECK(bench.burst(LinkPeer::kMemoryBase, ProbeBench::shape(4, 4, 1), false) == 0);
  CHECK(bench.quit() == 0);
}

/// Bursts whose answers are waited for with a stopped clock, times to wake at in the middle of
/// them, and accesses that come when they come.
std::string events_of_a_mix(const std::vector<std::string>& arguments) {
  ProbeBench bench(arguments);
  bench.write(kLazy, kLazily);
  for (unsigned round = 0; round < 40; ++round) {
    bench.write(kStrobes + round * 4, 0xffff);
    set_wake(bench, bench.now / 1000 + round * 37);
    start_burst(bench, round * 0x100, round % 16 + 1, round % 2 == 0);
    bench.advance(round * 12'345, round % 4 == 0);
    if (round % 3 == 0)
      bench.read(kStatus);
    if (round % 5 == 1)
      bench.write(kBusy, round);
    if (round % 10 == 9) {
      bench.keep(bench.peer.reset(bench.now, PRESIL_RESET_FUNCTION));
      bench.config(LinkPeer::kAllOn);
      bench.write(kLazy, kLazily);
    }
    bench.advance(round * 101'001, round % 5 == 0);
    bench.advance(2 * kMicrosecond);
  }
  bench.advance(100 * kMicrosecond);
  check_cycles(bench);
  CHECK(bench.quit() == 0);
  const std::string events = bench.simulator.events();
  CHECK(std::ranges::count(events, '\n') > 300);
  return events;
}

TEST_CASE("batches, waves and pace do not change when a clock starts", "[sim][wake][determinism]") {
  const std::string stall = GENERATE("0", "30");
  const std::string latency = GENERATE("0", "300", "1500");
  const auto with = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--stall", stall, "--host-latency-ns", latency});
    return events_of_a_mix(arguments);
  };
  const std::string expected = with({});
  CHECK(with({"--batch", "1"}) == expected);
  CHECK(with({"--batch", "16"}) == expected);
  CHECK(with({"--batch", "999"}) == expected);
  CHECK(with({"--slow", "2"}) == expected);
  CHECK(with({"--waves", "FOLDER/waves.fst", "--batch", "7"}) == expected);
}

}  // namespace
}  // namespace presil::testbench
