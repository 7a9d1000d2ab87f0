// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What a call costs on the link and in the harness, without QEMU.
//
// "link" is the round trip of an ADVANCE to the past, which simulates nothing. "link_and_rtl" is a
// register read through harness and RTL, and "rtl" what that took longer. "copy" is the harness at
// work, its DMA answered over the link.

#include <kestrel_regs.h>

#include <algorithm>
#include <iostream>

#include "samples.hpp"
#include "testbench/support/busy_cores.hpp"
#include "testbench/support/kestrel_host.hpp"
#include "testbench/support/link_peer.hpp"
#include "testbench/support/simulator_process.hpp"

namespace presil::bench {
namespace {

using Json = nlohmann::ordered_json;
using testbench::KestrelHost;
using testbench::LinkPeer;
using testbench::SimulatorProcess;

constexpr std::uint64_t kMicrosecondPs = 1'000'000;
constexpr std::uint64_t kSecondPs = 1'000'000'000'000;
constexpr std::size_t kMemoryBytes = 8u << 20;
constexpr std::uint32_t kCopyBytes = 2u << 20;

Json measure_calls(int count) {
  const SimulatorProcess simulator(PRESIL_SIMULATOR, PRESIL_DESCRIPTION);
  LinkPeer peer(simulator.socket());
  std::uint64_t now_ps = kMicrosecondPs;
  peer.config(now_ps, LinkPeer::kAllOn);

  Samples link, rtl, read;
  for (int i = 0; i < count; ++i) {
    auto begin = Clock::now();
    peer.advance(0);
    const auto link_ns = nanoseconds(Clock::now() - begin);

    begin = Clock::now();
    const auto completion = peer.read(now_ps, KESTREL_REG_ID);
    const auto read_ns = nanoseconds(Clock::now() - begin);
    link.add(link_ns);
    read.add(read_ns);
    rtl.add(read_ns - std::min(link_ns, read_ns));
    // The next one is the guest's next instruction, a microsecond on: the clock was stopped.
    now_ps = std::max(now_ps, completion.device_ps) + kMicrosecondPs;
  }
  peer.quit(now_ps);
  return {{"link", link.summary()}, {"rtl", rtl.summary()}, {"link_and_rtl", read.summary()}};
}

Json measure_copy() {
  const SimulatorProcess simulator(PRESIL_SIMULATOR, PRESIL_DESCRIPTION);
  LinkPeer peer(simulator.socket(), kMemoryBytes);
  KestrelHost host(peer);
  host.start();
  const auto cycles_before = peer.progress().rtl_cycles;
  const auto upcalls_before = peer.upcalls;
  host.copy(KestrelHost::kData, KestrelHost::kData + kCopyBytes, kCopyBytes);
  host.fence(1);
  const auto begin = Clock::now();
  host.ring();
  const bool done = host.idle_until(1, kSecondPs);
  const auto host_ns = nanoseconds(Clock::now() - begin);
  const auto cycles = peer.progress().rtl_cycles - cycles_before;
  const auto upcalls = peer.upcalls - upcalls_before;
  peer.quit(host.time_ps);
  return {{"done", done},
          {"bytes", kCopyBytes},
          {"rtl_cycles", cycles},
          {"upcalls", upcalls},
          {"host_ns", host_ns},
          {"host_ns_per_cycle", static_cast<double>(host_ns) / static_cast<double>(cycles)}};
}

}  // namespace
}  // namespace presil::bench

int main() {
  using namespace presil::bench;
  constexpr int kCalls = 20'000, kLoadedCalls = 3'000;
  nlohmann::ordered_json report;
  report["idle_cores"] = measure_calls(kCalls);
  {
    const presil::testbench::BusyCores busy;
    report["busy_cores"] = measure_calls(kLoadedCalls);
  }
  report["copy"] = measure_copy();
  std::cout << report.dump() << "\n";
  return 0;
}
