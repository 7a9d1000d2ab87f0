// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Device time and guest time: the quantum, running ahead of an idle guest, several devices.

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "support/bench.hpp"
#include "support/timed_device.hpp"

namespace presil::test {
namespace {

constexpr uint64_t kMicrosecondPs = 1'000'000;
constexpr uint64_t kDoorbell = TimedDevice::kDoorbell;

TEST_CASE("clock: a device that does not work costs no call and no tick", "[qemu][clock]") {
  Bench bench;
  bench.script.spin(1'000'000);
  bench.script.sleep(100'000'000);
  bench.script.read(bar0(0), 4);
  bench.script.sleep(100'000'000);
  const Outcome outcome = bench.run();
  CHECK(bench.peer.count(PRESIL_CALL_ADVANCE) == 0);
  CHECK(outcome.counter("timer_ticks") == 0);
  CHECK(outcome.counter("advances") == 0);
}

TEST_CASE("clock: a busy guest is met once a quantum", "[qemu][clock]") {
  const uint64_t quantum_ns = GENERATE(1000u, 10'000u, 50'000u);
  CAPTURE(quantum_ns);
  Bench bench(",quantum=" + std::to_string(quantum_ns));
  TimedDevice device;
  device.work_ps = 1000 * kMicrosecondPs;
  device.attach(bench.peer);
  bench.script.write(bar0(kDoorbell), 4, 1);
  bench.script.spin(2'000'000);
  const Outcome outcome = bench.run();

  const auto expected = static_cast<int64_t>(1'000'000 / quantum_ns);
  CHECK(outcome.counter("advances") >= expected);
  CHECK(outcome.counter("advances") <= expected + 1);
  // Busy throughout, so it was never looked at for being idle.
  CHECK(outcome.counter("timer_ticks") == outcome.counter("advances"));
  CHECK(outcome.counter("idle_probes") == 0);
  CHECK(device.stopped == 0);
}

TEST_CASE("clock: a busy guest gets an interrupt within a quantum", "[qemu][clock][msix]") {
  constexpr uint64_t kQuantumNs = 10'000;
  Bench bench(",quantum=10000");
  TimedDevice device;
  device.work_ps = 400 * kMicrosecondPs;
  for (uint64_t i = 1; i < 40; ++i) {
    device.events_ps.push_back(i * 9'777'777);
  }
  device.attach(bench.peer);
  bench.script.enable_msix(0, 1);
  bench.script.write(bar0(kDoorbell), 4, 1);
  bench.script.spin(500'000);
  const size_t taken = bench.script.count_irqs();
  const Outcome outcome = bench.run();

  CHECK(outcome.results[taken].value == device.events_ps.size());
  const auto delays_ns = outcome.log_values("msix", "delay_ns");
  REQUIRE(delays_ns.size() == device.events_ps.size());
  CHECK(*std::ranges::min_element(delays_ns) >= 0);
  CHECK(*std::ranges::max_element(delays_ns) <= static_cast<int64_t>(kQuantumNs));
}

TEST_CASE("clock: an idle guest gets an interrupt at its very time", "[qemu][clock][msix]") {
  Bench bench(",quantum=5000");
  TimedDevice device;
  device.work_ps = 3000 * kMicrosecondPs;
  // The first is for finding the guest idle; all are off any grid of slices and quanta.
  device.events_ps = {71'234'567, 777'777'001, 1'500'000'000, 2'999'999'999};
  device.attach(bench.peer);
  bench.script.enable_msix(0, 1);
  bench.script.write(bar0(kDoorbell), 4, 1);
  std::vector<size_t> waits;
  for (size_t i = 0; i < device.events_ps.size(); ++i) {
    waits.push_back(bench.script.wait_irq());
  }
  const Outcome outcome = bench.run();

  CHECK(outcome.log_values("msix", "delay_ns") == std::vector<int64_t>(4, 0));
  CHECK(device.stopped == 4);
  // From delivery to the handler's first look at the clock the guest executes the same few
  // instructions each time.
  REQUIRE(device.issued_ps.size() == 4);
  std::vector<uint64_t> entry_ns;
  for (size_t i = 0; i < 4; ++i) {
    entry_ns.push_back(outcome.results[waits[i]].t1 - (device.issued_ps[i] + 999) / kPsPerNs);
  }
  CAPTURE(entry_ns);
  CHECK(std::ranges::max(entry_ns) < 100);
  CHECK(std::ranges::count(entry_ns, entry_ns[0]) == 4);
  // 3 ms, mostly idle: slices of 100 us, not quanta of 5 us.
  CHECK(device.advanced < 120);
}

TEST_CASE("clock: running ahead never passes the guest's own timer", "[qemu][clock]") {
  Bench bench(",quantum=1000");
  TimedDevice device;
  device.work_ps = 5000 * kMicrosecondPs;
  device.attach(bench.peer);
  bench.script.write(bar0(kDoorbell), 4, 1);
  std::vector<size_t> reads;
  for (const uint64_t sleep_ns : {40'000u, 333'333u, 1'000'001u, 70'007u}) {
    bench.script.sleep(sleep_ns);
    reads.push_back(bench.script.read(bar0(0), 4));
  }
  const Outcome outcome = bench.run();

  // Each read met the device at the guest's time: it was not ahead, so it was not charged.
  CHECK(outcome.counter("stalls") == 0);
  for (const size_t read : reads) {
    CHECK(outcome.results[read].t1 - outcome.results[read].t0 < 50);
  }
}

TEST_CASE("clock: an interrupt and the guest's timer at the same time both arrive",
          "[qemu][clock][msix]") {
  Bench bench(",quantum=1000");
  TimedDevice device;
  device.work_ps = 2000 * kMicrosecondPs;
  for (uint64_t i = 1; i <= 200; ++i) {
    device.events_ps.push_back(i * 10 * kMicrosecondPs);
  }
  device.attach(bench.peer);
  bench.script.enable_msix(0, 1);
  bench.script.write(bar0(kDoorbell), 4, 1);
  for (int i = 0; i < 100; ++i) {
    bench.script.sleep(20'000);
  }
  bench.script.sleep(500'000);
  const size_t taken = bench.script.count_irqs();
  const Outcome outcome = bench.run();
  INFO(outcome.log << outcome.stderr_text);
  CHECK(outcome.results[taken].value == 200);
  const auto delays_ns = outcome.log_values("msix", "delay_ns");
  REQUIRE(delays_ns.size() == 200);
  CHECK(*std::ranges::min_element(delays_ns) >= 0);
  CHECK(*std::ranges::max_element(delays_ns) <= 1000);
}

TEST_CASE("clock: an event known ahead is delivered exactly, busy guest or not",
          "[qemu][clock][msix]") {
  const bool idle = GENERATE(false, true);
  CAPTURE(idle);
  Bench bench(",quantum=50000");
  constexpr uint64_t kEventPs = 123'456'000;
  uint64_t due_ps = PRESIL_LINK_NEVER;
  bench.peer.on_write = [&](Peer& peer, const presil_message&) {
    due_ps = peer.present_ps() + kEventPs;
    return Reply{.next_ps = due_ps};
  };
  bench.peer.on_advance = [&](Peer& peer, const presil_message& call) {
    if (call.header.time_ps >= due_ps) {
      peer.msix(due_ps, 0);
      due_ps = PRESIL_LINK_NEVER;
    }
    return Reply{.time_ps = call.header.time_ps, .next_ps = due_ps};
  };
  bench.script.enable_msix(0, 1);
  bench.script.write(bar0(0), 4, 1);
  if (idle) {
    bench.script.wait_irq();
  } else {
    bench.script.spin(200'000);
  }
  const Outcome outcome = bench.run();
  CHECK(outcome.log_values("msix", "delay_ns") == std::vector<int64_t>{0});
  CHECK(outcome.counter("advances") == 1);
}

TEST_CASE("clock: two devices keep step with the guest and with each other", "[qemu][clock][two]") {
  constexpr uint64_t kQuantumNs = 2000;
  TempFolder folder;
  Peer first(folder / "sim0"), second(folder / "sim1");
  TimedDevice slow, fast;
  slow.work_ps = 900 * kMicrosecondPs;
  slow.events_ps = {250'000'123, 800'000'000};
  fast.work_ps = 600 * kMicrosecondPs;
  fast.events_ps = {100'000'001, 300'000'000, 555'555'555};
  slow.attach(first);
  fast.attach(second);
  Machine machine(folder);
  machine.devices = {{folder / "sim0", ",quantum=2000"}, {folder / "sim1", ",quantum=2000"}};
  machine.script.enable_msix(0, 1);
  machine.script.enable_msix(1, 1);
  machine.script.write(BAR_ADDR(0, 0, kDoorbell), 4, 1);
  machine.script.write(BAR_ADDR(1, 0, kDoorbell), 4, 1);
  std::vector<size_t> waits;
  for (int i = 0; i < 5; ++i) {
    waits.push_back(machine.script.wait_irq());
  }
  first.start();
  second.start();
  const Outcome outcome = machine.run();
  first.join();
  second.join();
  INFO(outcome.stderr_text << outcome.log);
  REQUIRE(outcome.done());

  std::vector<uint64_t> order;
  for (const size_t wait : waits) {
    order.push_back(outcome.results[wait].value);
  }
  CHECK(order == std::vector<uint64_t>{8, 0, 8, 8, 0});
  for (const int64_t delay_ns : outcome.log_values("msix", "delay_ns")) {
    CHECK(delay_ns >= 0);
    CHECK(delay_ns <= static_cast<int64_t>(kQuantumNs));
  }
  CHECK(slow.stopped >= 2);
  CHECK(fast.stopped >= 3);
}

}  // namespace
}  // namespace presil::test
