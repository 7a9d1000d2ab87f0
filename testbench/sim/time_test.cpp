// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Device time: stopping at events, stopping the clock, interrupts, and independence of batches.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "testbench/sim/probe_bench.hpp"

namespace presil::testbench {
namespace {

/// Lets the clock come to rest after the last access.
void settle(ProbeBench& bench) {
  for (int tries = 0; tries < 10; ++tries) {
    if (bench.advance(kMicrosecond).next_ps == PRESIL_LINK_NEVER)
      return;
  }
  FAIL("the clock does not stop");
}

void check_cycles(const ProbeBench& bench) {
  const auto& progress = bench.peer.progress();
  CHECK(progress.rtl_cycles + progress.rtl_cycles_skipped == progress.device_ps / kPeriodPs);
}

TEST_CASE("an ADVANCE reaches its time exactly, and one to the past does nothing", "[sim][time]") {
  ProbeBench bench;
  CHECK(bench.peer.advance(1'234'567).device_ps == 1'234'567);
  CHECK(bench.peer.advance(1'000'000).device_ps == 1'234'567);
  CHECK(bench.peer.read(1'000'000, kScratch).device_ps > 1'234'567);
  bench.now = 2 * kMicrosecond;
  CHECK(bench.quit() == 0);
}

TEST_CASE("an idle accelerator has its clock stopped, and costs nothing", "[sim][time]") {
  ProbeBench bench;
  settle(bench);
  const std::uint64_t cycles = bench.peer.progress().rtl_cycles;
  const auto idle = bench.advance(1'000'000 * kMicrosecond);
  CHECK(idle.next_ps == PRESIL_LINK_NEVER);
  CHECK(bench.peer.progress().rtl_cycles == cycles);
  check_cycles(bench);

  // Time went on meanwhile, and the accelerator can tell.
  const auto time = bench.read(kTime);
  const std::uint64_t read_ns = time.device_ps / 1000;
  CHECK(((read_ns - time.data) & 0xffff'ffff) < 300);
  CHECK(bench.peer.progress().rtl_cycles < cycles + 300);
  check_cycles(bench);
  CHECK(bench.quit() == 0);
  const std::string summary = bench.simulator.summary();
  CHECK(number_in(summary, "rtl_cycles") + number_in(summary, "rtl_cycles_skipped") ==
        number_in(summary, "device_ps") / kPeriodPs);
}

TEST_CASE("a posted write to a stopped accelerator says when it will arrive", "[sim][time]") {
  ProbeBench bench;
  settle(bench);
  const auto written = bench.write(kBusy, 400);
  CHECK(written.next_ps == written.device_ps + 150'000);
  const auto arrived = bench.advance(150'000);
  CHECK(arrived.next_ps == arrived.device_ps);
  // Busy for 400 cycles, and a few around.
  CHECK(bench.advance(400 * kPeriodPs).next_ps == bench.now);
  CHECK(bench.advance(20 * kPeriodPs).next_ps == PRESIL_LINK_NEVER);
  check_cycles(bench);
  CHECK(bench.quit() == 0);
}

TEST_CASE("an accelerator that denies keeps its clock", "[sim][time]") {
  ProbeBench bench;
  bench.write(kDeny, 1);
  const auto busy = bench.advance(100 * kMicrosecond);
  CHECK(busy.next_ps == busy.device_ps);
  CHECK(bench.peer.progress().rtl_cycles_skipped < 1000);
  check_cycles(bench);
  bench.write(kDeny, 0);
  settle(bench);
  CHECK(bench.quit() == 0);
}

TEST_CASE("STOP_AT_EVENT returns exactly at the event, before it", "[sim][time]") {
  const auto after = GENERATE(1u, 3u, 100u, 12'345u);
  // When does it come if nobody stops it?
  std::uint64_t due_ps = 0;
  {
    ProbeBench bench;
    bench.write(kIrqAfter, after);
    bench.advance(100 * kMicrosecond);
    REQUIRE(bench.peer.interrupts.size() == 1);
    due_ps = bench.peer.interrupts[0].time_ps;
    CHECK(bench.quit() == 0);
  }
  ProbeBench bench;
  bench.write(kIrqAfter, after);
  for (int again = 0; again < 3; ++again) {
    const auto stopped = bench.peer.advance(100 * kMicrosecond, true);
    CHECK(stopped.status == PRESIL_STATUS_STOPPED);
    CHECK(stopped.device_ps == due_ps);
    CHECK(stopped.next_ps == due_ps);
    CHECK(bench.peer.interrupts.empty());
  }
  CHECK(bench.peer.advance(due_ps - 1).device_ps == due_ps);
  REQUIRE(bench.peer.interrupts.size() == 1);
  CHECK(bench.peer.interrupts[0] == LinkPeer::Interrupt{due_ps, 0});
  const auto rest = bench.peer.advance(100 * kMicrosecond, true);
  CHECK(rest.status == PRESIL_STATUS_SUCCESS);
  CHECK(rest.next_ps == PRESIL_LINK_NEVER);
  check_cycles(bench);
  bench.now = rest.device_ps;
  CHECK(bench.quit() == 0);
}

TEST_CASE("STOP_AT_EVENT stops before an error message, and after a failed DMA", "[sim][time]") {
  ProbeBench bench;
  SECTION("error message") {
    bench.write(kSlverr, 0);
    const auto stopped = bench.advance(kMicrosecond, true);
    CHECK(stopped.status == PRESIL_STATUS_STOPPED);
    CHECK(bench.peer.errors.empty());
    bench.advance(0);
    REQUIRE(bench.peer.errors.size() == 1);
    CHECK(bench.peer.errors[0].time_ps == stopped.device_ps);
  }
  SECTION("failed DMA") {
    bench.write(kAddrLow, 0x1000);  // No memory there.
    bench.write(kShape, ProbeBench::shape(1, 4, 1));
    bench.write(kGo, 1);
    const auto upcalls = bench.peer.upcalls;
    const auto stopped = bench.advance(kMicrosecond, true);
    CHECK(stopped.status == PRESIL_STATUS_STOPPED);
    CHECK(stopped.next_ps == stopped.device_ps);
    CHECK(bench.peer.upcalls == upcalls + 1);
    CHECK(bench.advance(kMicrosecond, true).status == PRESIL_STATUS_SUCCESS);
  }
  CHECK(bench.quit() == 0);
}

TEST_CASE("an interrupt is served before the return of a read that was behind it", "[sim][msix]") {
  ProbeBench bench;
  bench.write(kIrq, 0b1010);
  bench.read(kScratch);
  REQUIRE(bench.peer.interrupts.size() == 2);
  CHECK(bench.peer.interrupts[0].vector == 1);
  CHECK(bench.peer.interrupts[1].vector == 3);
  CHECK(bench.peer.interrupts[0].time_ps < bench.peer.interrupts[1].time_ps);
  CHECK(bench.peer.interrupts[1].time_ps < bench.now);
  CHECK(bench.quit() == 0);
}

TEST_CASE("interrupts that the guest did not allow are dropped and recorded", "[sim][msix]") {
  ProbeBench bench;
  constexpr std::uint32_t kMemory = PRESIL_CONFIG_MEMORY_SPACE;
  bench.config(kMemory | PRESIL_CONFIG_BUS_MASTER);
  bench.write(kIrq, 1);
  bench.advance(kMicrosecond);
  bench.config(kMemory | PRESIL_CONFIG_MSIX_ENABLE);
  bench.write(kIrq, 2);
  bench.advance(kMicrosecond);
  bench.config(LinkPeer::kAllOn);
  bench.advance(kMicrosecond);
  CHECK(bench.peer.interrupts.empty());
  CHECK(bench.quit() == 0);
  CHECK(bench.simulator.events().contains("msix vector=0 disabled"));
  CHECK(bench.simulator.events().contains("msix vector=1 refused"));
}

TEST_CASE("latency is what the options say", "[sim][time]") {
  const auto span_ps = [](const std::vector<std::string>& arguments) {
    ProbeBench bench(arguments);
    bench.advance(kMicrosecond);
    const std::uint64_t start_ps = bench.now;
    const std::uint64_t end_ps = bench.read(kScratch).device_ps;
    CHECK(bench.quit() == 0);
    return end_ps - start_ps;
  };
  const std::uint64_t with_100 = span_ps({"--link-latency-ns", "100"});
  const std::uint64_t with_300 = span_ps({"--link-latency-ns", "300"});
  CHECK(with_300 == with_100 + 2 * 200'000);
  CHECK(with_100 > 200'000);
  CHECK(with_100 < 260'000);
}

TEST_CASE("jitter delays reads of memory and interrupts, as the seed says", "[sim][time]") {
  // When a read of 16 bytes had come back, and when the interrupt after it arrived.
  const auto times_ps = [](const std::string& most_ns, const std::string& seed) {
    ProbeBench bench({"--jitter-ns", most_ns, "--seed", seed});
    std::vector<std::uint64_t> times;
    for (unsigned i = 0; i < 20; ++i) {
      bench.write(kAddrLow, LinkPeer::kMemoryBase);
      bench.write(kShape, ProbeBench::shape(1, 4, 1));
      const std::uint64_t start_ps = bench.now;
      bench.write(kGo, 1);
      while (bench.value(kStatus) & 1)
        bench.advance(kMicrosecond / 100);
      times.push_back(bench.now - start_ps);
      const std::uint64_t raised_ps = bench.now;
      bench.write(kIrq, 1);
      bench.advance(20 * kMicrosecond, true);
      times.push_back(bench.now - raised_ps);
    }
    CHECK(bench.quit() == 0);
    return times;
  };
  const auto without = times_ps("0", "1"), first = times_ps("5000", "1");
  CHECK(times_ps("0", "2") == without);
  CHECK(times_ps("5000", "1") == first);
  CHECK(times_ps("5000", "2") != first);
  bool read_late = false, interrupt_late = false;
  for (std::size_t i = 0; i < first.size(); ++i) {
    CAPTURE(i);
    CHECK(first[i] + kMicrosecond >= without[i]);
    CHECK(first[i] <= without[i] + 6 * kMicrosecond);
    if (first[i] > without[i] + 2 * kMicrosecond)
      (i % 2 == 0 ? read_late : interrupt_late) = true;
  }
  CHECK(read_late);
  CHECK(interrupt_late);
}

/// A mixed load: register accesses in the middle of bursts, interrupts, stops, resets.
std::string events_of_a_mix(const std::vector<std::string>& arguments) {
  ProbeBench bench(arguments);
  for (unsigned round = 0; round < 30; ++round) {
    bench.write(kBuffer + round * 4, round * 0x0101'0101u);
    bench.write(kStrobes + round * 4, 0xffff);
    bench.write(kAddrLow, LinkPeer::kMemoryBase + round * 0x1000);
    bench.write(kShape, ProbeBench::shape(round + 1, 4, 1, round % 16, round % 3 == 0));
    bench.write(kIrqAfter, 7 * round);
    bench.write(kGo, round % 2 + 1);
    bench.advance(round * 12'345, round % 4 == 0);
    bench.read(kStatus, 8);
    bench.write(kIrq, round & 0xf);
    if (round % 10 == 9)
      bench.keep(bench.peer.reset(bench.now, PRESIL_RESET_FUNCTION));
    bench.advance(round * 1'001'001, round % 5 == 0);
    bench.read(round % 7 == 0 ? kSlverr : kBuffer);
  }
  bench.advance(100 * kMicrosecond);
  CHECK(bench.quit() == 0);
  const std::string events = bench.simulator.events();
  CHECK(std::ranges::count(events, '\n') > 300);
  return events;
}

TEST_CASE("batches, waves and pace change nothing in the event log", "[sim][determinism]") {
  const std::string stall = GENERATE("0", "30");
  const std::string expected = events_of_a_mix({"--stall", stall});
  const auto same_with = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--stall", stall});
    return events_of_a_mix(arguments) == expected;
  };
  CHECK(same_with({"--batch", "1"}));
  CHECK(same_with({"--batch", "16"}));
  CHECK(same_with({"--batch", "999"}));
  CHECK(same_with({"--slow", "2"}));
  CHECK(same_with({"--waves", "FOLDER/waves.fst"}));
  CHECK(same_with({"--waves", "FOLDER/waves.fst", "--waves-start", "msix:3", "--batch", "7"}));
  CHECK(
      same_with({"--waves", "FOLDER/waves.fst", "--waves-start", "50us", "--waves-stop", "60us"}));
}

TEST_CASE("registers without reset start at random, the same for the same seed", "[sim][reset]") {
  const auto start_value = [](const std::vector<std::string>& arguments) {
    ProbeBench bench(arguments);
    const std::uint64_t value = bench.value(kUnreset);
    CHECK(bench.quit() == 0);
    return value;
  };
  CHECK(start_value({}) == 0);
  const auto one = start_value({"--random-reset", "--seed", "1"});
  CHECK(one != 0);
  CHECK(start_value({"--random-reset", "--seed", "1"}) == one);
  CHECK(start_value({"--random-reset", "--seed", "2"}) != one);
}

}  // namespace
}  // namespace presil::testbench
