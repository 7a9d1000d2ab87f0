// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What somebody at the monitor does: stop and continue, look, unplug, reset, save.

#include <atomic>
#include <chrono>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "support/bench.hpp"
#include "support/qmp.hpp"

namespace presil::test {
namespace {

using std::chrono::milliseconds;

struct MonitorBench : Bench {
  explicit MonitorBench(const std::string& options = "") : Bench(options) {
    machine.extra_args = {"-qmp", Qmp::argument(folder / "qmp")};
  }
  void start() {
    peer.start();
    machine.start();
  }
  Outcome finish() {
    Outcome outcome = machine.wait();
    peer.join();
    INFO("stderr: " << outcome.stderr_text);
    INFO("log: " << outcome.log);
    REQUIRE(outcome.done());
    REQUIRE(outcome.results.size() == script.ops().size());
    return outcome;
  }
};

// No wait of these tests takes longer, unless something hangs.
constexpr auto kLimit = std::chrono::seconds(10);

std::string hex(uint64_t value) {
  std::ostringstream text;
  text << "0x" << std::hex << value;
  return text.str();
}

// A device whose clock runs for ever.
void keep_working(Peer& peer) {
  peer.on_advance = [](Peer&, const presil_message& call) {
    return Reply{.time_ps = call.header.time_ps, .next_ps = call.header.time_ps};
  };
}

TEST_CASE("stall: a stop and continue in the middle does not cut it short",
          "[qemu][monitor][time]") {
  constexpr uint64_t kCostNs = 1'000'000;
  constexpr uint64_t kReads = 100;
  MonitorBench bench(",quantum=1000");
  keep_working(bench.peer);
  bench.peer.on_read = [](Peer&, const presil_message& call) {
    const uint64_t end_ps = call.header.time_ps + kCostNs * kPsPerNs;
    return Reply{.time_ps = end_ps, .next_ps = end_ps};
  };
  const size_t uncharged = bench.script.read_loop(BUFFER_ADDR, 4, 10);
  std::vector<size_t> loops;
  for (int i = 0; i < 3; ++i) {
    loops.push_back(bench.script.read_loop(bar0(0), 4, kReads));
  }
  bench.start();
  std::atomic<bool> over = false;
  std::thread monitor([&] {
    try {
      Qmp qmp(bench.folder / "qmp");
      while (!over) {
        qmp.call("stop");
        qmp.call("cont");
      }
    } catch (const std::exception&) {
      // QEMU has ended.
    }
  });
  const Outcome outcome = bench.machine.wait();
  over = true;
  monitor.join();
  bench.peer.join();
  INFO("status: " << outcome.status << " stderr: " << outcome.stderr_text);
  REQUIRE(outcome.done());
  for (const size_t loop : loops) {
    CHECK(outcome.results[loop].t0 == outcome.results[uncharged].t0 + kCostNs);
    CHECK(outcome.results[loop].t1 == outcome.results[uncharged].t0 + kCostNs);
  }
  CHECK(outcome.counter("stalls") == 3 * kReads);
  CHECK(outcome.counter("stalls_continued") > 0);
}

TEST_CASE("stall: a reset of the machine ends it at once", "[qemu][monitor][time]") {
  constexpr uint64_t kCostPs = 10'000'000'000'000;
  constexpr int kTicksStalled = 1000;
  MonitorBench bench;
  // A second device ticks each microsecond: ten million times for the monitor to get in.
  Peer other(bench.folder / "other");
  other.on_write = [](Peer& peer, const presil_message&) {
    return Reply{.next_ps = peer.present_ps()};
  };
  std::atomic<int> ticks = 0;
  other.on_advance = [&](Peer&, const presil_message& call) {
    ++ticks;
    return Reply{.time_ps = call.header.time_ps, .next_ps = call.header.time_ps};
  };
  bench.machine.devices.push_back({bench.folder / "other", ",quantum=1000"});
  bench.script.write(BAR_ADDR(1, 0, 0), 4, 1);
  bench.peer.on_read = [&](Peer& peer, const presil_message& call) -> Reply {
    if (peer.count(PRESIL_CALL_MMIO_READ) > 1) {
      throw HangUp{};  // The device is ten seconds ahead by now; this guest need not wait for it.
    }
    return {.time_ps = call.header.time_ps + kCostPs};
  };
  const size_t read = bench.script.read(bar0(0), 4);
  other.start();
  bench.start();
  Qmp qmp(bench.folder / "qmp");
  const auto limit = std::chrono::steady_clock::now() + kLimit;
  while (ticks < kTicksStalled && std::chrono::steady_clock::now() < limit) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  qmp.call("system_reset");
  const Outcome outcome = bench.finish();

  CHECK(outcome.results[read].value == 0xffff'ffff);
  // The guest began anew and set the device up within a millisecond, not after ten seconds.
  const auto calls = bench.peer.calls();
  size_t at = calls.size();
  for (size_t i = 1; i < calls.size(); ++i) {
    if (calls[i].header.type == PRESIL_CALL_RESET) {
      at = i;
    }
  }
  REQUIRE(at + 2 < calls.size());
  for (const size_t next : {at + 1, at + 2}) {
    CHECK(calls[next].header.type == PRESIL_CALL_CONFIG);
    CHECK(calls[next].header.time_ps - calls[at].header.time_ps < 1'000'000'000);
  }
}

TEST_CASE("monitor: looking at a BAR is answered while the guest runs, and costs it nothing",
          "[qemu][monitor]") {
  MonitorBench bench;
  bench.peer.on_read = [](Peer&, const presil_message& call) {
    return Reply{.time_ps = call.header.time_ps + 1000, .data = 0xc0ffee};
  };
  bench.script.poll(BUFFER_ADDR, 4, 1);
  bench.start();
  Qmp qmp(bench.folder / "qmp");
  // The guest has to have placed the BARs first.
  std::string text;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  do {
    text = qmp.human("xp /1wx " + hex(bar0(0)));
  } while (text.find("0x00c0ffee") == std::string::npos && std::chrono::steady_clock::now() < end);
  CHECK(text.find("0x00c0ffee") != std::string::npos);

  SECTION("while the guest is stopped nobody answers") {
    qmp.call("stop");
    const size_t before = bench.peer.count(PRESIL_CALL_MMIO_READ);
    CHECK(qmp.human("xp /1wx " + hex(bar0(0))).find("0xffffffff") != std::string::npos);
    CHECK(bench.peer.count(PRESIL_CALL_MMIO_READ) == before);
    qmp.call("cont");
  }
  qmp.call("quit");
  const Outcome outcome = bench.machine.wait();
  CHECK(outcome.status == 0);
  CHECK(outcome.counter("stalls") == 0);
  CHECK(bench.peer.calls().back().header.type == PRESIL_CALL_QUIT);
}

TEST_CASE("monitor: saving and migrating fail with a sentence", "[qemu][monitor]") {
  MonitorBench bench;
  bench.script.poll(BUFFER_ADDR, 4, 1);
  bench.start();
  Qmp qmp(bench.folder / "qmp");
  const auto answer = qmp.call("migrate", {{"uri", "exec:cat >/dev/null"}});
  REQUIRE(answer.contains("error"));
  CHECK(answer["error"]["desc"].get<std::string>().find("presil-pci cannot be saved or migrated") !=
        std::string::npos);
  CHECK(qmp.human("savevm x").find("presil-pci cannot be saved or migrated") != std::string::npos);
  qmp.call("quit");
  CHECK(bench.machine.wait().status == 0);
}

TEST_CASE("hot-plug: an unplugged device says QUIT, and its slot is empty",
          "[qemu][monitor][hotplug]") {
  MonitorBench bench;
  // Root port: slot control and status, as QEMU lays its capability out.
  constexpr uint32_t kSlotControl = 0x54 + 0x18;
  constexpr uint32_t kSlotStatus = 0x54 + 0x1a;
  constexpr uint16_t kIndicatorOn = 0x0100, kIndicatorOff = 0x0300, kPowerOff = 0x0400;
  bench.script.write(PORT_CONFIG_ADDR(0, kSlotControl), 2, kIndicatorOn);
  bench.script.read(bar0(0), 4);
  // No ACPI here: the port's own hot-plug.
  bench.machine.extra_args.insert(bench.machine.extra_args.end(),
                                  {"-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"});
  // The guest waits for the button (bit 0; bits 4 and 6: command done, card there), then switches
  // the slot off.
  bench.script.poll(PORT_CONFIG_ADDR(0, kSlotStatus), 1, 0x51);
  bench.script.write(PORT_CONFIG_ADDR(0, kSlotControl), 2, kIndicatorOff | kPowerOff);
  const size_t gone = bench.script.read(CONFIG_ADDR(0, 0), 4);
  bench.script.sleep(1'000'000);
  bench.peer.on_read = [](Peer& peer, const presil_message&) {
    return Reply{.next_ps = peer.present_ps()};
  };
  bench.peer.on_advance = [](Peer&, const presil_message& call) {
    return Reply{.time_ps = call.header.time_ps, .next_ps = call.header.time_ps};
  };
  bench.start();
  Qmp qmp(bench.folder / "qmp");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (bench.peer.count(PRESIL_CALL_MMIO_READ) == 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(2));
  }
  CHECK(qmp.call("device_del", {{"id", "dev0"}}).contains("return"));
  const Outcome outcome = bench.finish();
  CHECK(outcome.results[gone].value == 0xffff'ffff);
  CHECK(bench.peer.calls().back().header.type == PRESIL_CALL_QUIT);
  CHECK(outcome.stderr_text.empty());
}

}  // namespace
}  // namespace presil::test
