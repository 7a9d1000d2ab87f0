// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Without an instruction counter, on several vCPUs: guest time is the host's.

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "support/bench.hpp"
#include "support/timed_device.hpp"

namespace presil::test {
namespace {

constexpr uint64_t kMicrosecondPs = 1'000'000;
constexpr uint64_t kQuantumPs = 50 * kMicrosecondPs;

struct FreeRunningBench : Bench {
  FreeRunningBench() : Bench(",free-running=1,quantum=50000") {
    machine.icount = false;
    machine.extra_args = {"-smp", "4"};
  }
};

TEST_CASE("free-running: a device that works is met, however slow it is", "[qemu][free-running]") {
  const auto pause = std::chrono::microseconds(GENERATE(0, 3000));
  CAPTURE(pause.count());
  FreeRunningBench bench;
  TimedDevice device;
  device.work_ps = 1500 * kMicrosecondPs;
  device.events_ps = {300 * kMicrosecondPs, 900 * kMicrosecondPs};
  device.attach(bench.peer);
  const auto advance = bench.peer.on_advance;
  bench.peer.on_advance = [&](Peer& peer, const presil_message& call) {
    std::this_thread::sleep_for(pause);
    return advance(peer, call);
  };
  bench.script.enable_msix(0, 1);
  bench.script.write(bar0(TimedDevice::kDoorbell), 4, 1);
  bench.script.wait_irq();
  bench.script.wait_irq();
  const size_t sent = bench.script.read(bar0(0), 4);
  const Outcome outcome = bench.run();

  CHECK(outcome.results[sent].value == 2);
  CHECK(outcome.counter("interrupts") == 2);
  // No call asks for more than a quantum, even when the guest has long been further.
  uint64_t before_ps = 0;
  for (const presil_message& call : bench.peer.calls()) {
    if (call.header.type == PRESIL_CALL_ADVANCE) {
      CHECK(call.header.time_ps >= before_ps);
      if (before_ps != 0) {
        CHECK(call.header.time_ps - before_ps <= kQuantumPs);
      }
    }
    before_ps = std::max(before_ps, call.header.time_ps);
  }
  CHECK(outcome.counter("advances") >= 900 / 50);
}

TEST_CASE("free-running: a read is answered, and charged to nobody", "[qemu][free-running]") {
  FreeRunningBench bench;
  bench.peer.on_read = [](Peer& peer, const presil_message& call) {
    return Reply{
        .time_ps = std::max(call.header.time_ps, peer.present_ps()) + 1000 * kMicrosecondPs,
        .data = 7};
  };
  size_t last = 0;
  for (int i = 0; i < 20; ++i) {
    last = bench.script.read(bar0(8), 4);
  }
  const Outcome outcome = bench.run();
  CHECK(outcome.results[last].value == 7);
  CHECK(outcome.counter("mmio_reads") == 20);
  CHECK(outcome.counter("stalls") == 0);
  CHECK(outcome.counter("timer_ticks") == 0);
}

}  // namespace
}  // namespace presil::test
