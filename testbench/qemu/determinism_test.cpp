// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Equal inputs give an equal run: guest times, values, calls and their times, interrupts.

#include <atomic>
#include <chrono>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "support/bench.hpp"
#include "support/qmp.hpp"
#include "support/timed_device.hpp"

namespace presil::test {
namespace {

// All that a run shows, as text.
std::string run_once(const std::string& device_options, bool polled,
                     std::chrono::microseconds answer_delay) {
  Bench bench(",quantum=3000" + device_options);
  TimedDevice device;
  device.work_ps = 4'000'000'000;
  for (uint64_t i = 1; i <= 60; ++i) {
    device.events_ps.push_back(i * 61'234'567);
  }
  device.attach(bench.peer);
  const Peer::Handler read = bench.peer.on_read;
  bench.peer.on_read = [=](Peer& peer, const presil_message& call) {
    std::this_thread::sleep_for(answer_delay);
    Reply reply = read(peer, call);
    reply.time_ps = peer.present_ps() + 345'678;
    reply.next_ps = reply.next_ps == PRESIL_LINK_NEVER ? reply.next_ps : reply.time_ps;
    return reply;
  };
  bench.script.enable_msix(0, 1);
  bench.script.write(bar0(TimedDevice::kDoorbell), 4, 1);
  for (int i = 0; i < 50; ++i) {
    bench.script.wait_irq();
    bench.script.read(bar0(0), 4);
    bench.script.spin(static_cast<uint64_t>(i) * 313);
    if (i % 7 == 0) {
      bench.script.sleep(100'000 + static_cast<uint64_t>(i) * 999);
    }
  }
  bench.machine.extra_args = {"-qmp", Qmp::argument(bench.folder / "qmp")};

  bench.peer.start();
  bench.machine.start();
  std::atomic<bool> over = false;
  std::thread poller([&] {
    try {
      while (polled && !over) {
        Qmp qmp(bench.folder / "qmp", std::chrono::milliseconds(100));
        while (!over) {
          qmp.call("query-status");
        }
      }
    } catch (const std::exception&) {
      // QEMU has ended.
    }
  });
  const Outcome outcome = bench.machine.wait();
  over = true;
  poller.join();
  bench.peer.join();
  REQUIRE(outcome.done());

  std::string text;
  for (const result& r : outcome.results) {
    text +=
        std::to_string(r.value) + " " + std::to_string(r.t0) + " " + std::to_string(r.t1) + "\n";
  }
  for (const presil_message& call : bench.peer.calls()) {
    text += std::to_string(call.header.type) + " at " + std::to_string(call.header.time_ps) + "\n";
  }
  // The log's first line names the options; from QUIT on it has host times, and how far the guest
  // came after asking for its end.
  text += outcome.log.substr(
      outcome.log.find('\n'),
      outcome.log.rfind('\n', outcome.log.find(" quit ")) - outcome.log.find('\n'));
  return text;
}

// The first line in which two runs differ; empty if none does.
std::string first_difference(const std::string& one, const std::string& other) {
  std::istringstream ones(one), others(other);
  std::string a, b;
  for (int line = 1; std::getline(ones, a) && std::getline(others, b); ++line) {
    if (a != b) {
      return "line " + std::to_string(line) + ": '" + a + "' and '" + b + "'";
    }
  }
  return one.size() == other.size() ? "" : "one is longer";
}

TEST_CASE("determinism: a run is the same however fast the simulator and whoever polls",
          "[qemu][determinism]") {
  using std::chrono::microseconds;
  const std::string first = run_once("", false, microseconds(0));
  CHECK(first.size() > 2000);
  CHECK(first_difference(first, run_once("", false, microseconds(0))) == "");
  CHECK(first_difference(first, run_once(",spin=0", false, microseconds(500))) == "");
  CHECK(first_difference(first, run_once("", true, microseconds(100))) == "");
}

}  // namespace
}  // namespace presil::test
