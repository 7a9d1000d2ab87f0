// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What a register read costs in QEMU: a bare-metal guest reads in a loop, and a simulator that
// answers at once takes the time from one answer to the next call. That is QEMU's part (guest
// instructions, device, charging) and one crossing of the link each way.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>

#include "samples.hpp"
#include "support/machine.hpp"
#include "support/peer.hpp"
#include "testbench/support/busy_cores.hpp"

namespace presil::bench {
namespace {

constexpr uint64_t kReads = 20'000;
constexpr uint64_t kChargePs = 300'000;

/// \param charge_ps  how long each read takes by the device's clock; 0: nothing to charge
nlohmann::ordered_json measure(uint64_t charge_ps) {
  const test::TempFolder folder;
  test::Peer peer(folder / "sim");
  test::Machine machine(folder);
  machine.devices.push_back({folder / "sim", ""});
  machine.script.read_loop(BAR_ADDR(0, 0, 0), 4, kReads);

  Samples samples;
  std::optional<Clock::time_point> answered;
  peer.on_read = [&](test::Peer& self, const presil_message& call) {
    if (answered) {
      samples.add(nanoseconds(Clock::now() - *answered));
    }
    test::Reply reply;
    reply.time_ps = std::max(self.present_ps(), call.header.time_ps) + charge_ps;
    answered = Clock::now();
    return reply;
  };
  peer.start();
  machine.start();
  const auto outcome = machine.wait(std::chrono::minutes(2));
  peer.join();
  if (!outcome.done()) {
    std::cerr << "presil-bench-qemu: the guest did not finish: " << outcome.stderr_text << "\n";
    std::exit(1);
  }
  return samples.summary();
}

nlohmann::ordered_json measure_both() {
  return {{"qemu_uncharged", measure(0)}, {"qemu_charged", measure(kChargePs)}};
}

}  // namespace
}  // namespace presil::bench

int main() {
  using namespace presil::bench;
  nlohmann::ordered_json report;
  report["idle_cores"] = measure_both();
  {
    const presil::testbench::BusyCores busy;
    report["busy_cores"] = measure_both();
  }
  std::cout << report.dump() << "\n";
  return 0;
}
