// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// ProbeBench: the probe accelerator in a simulator process, with QEMU's end of the link.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "testbench/support/link_peer.hpp"
#include "testbench/support/simulator_process.hpp"

namespace presil::testbench {

/// Registers of testbench/sim/probe/probe.sv.
enum ProbeRegister : std::uint64_t {
  kScratch = 0x000,
  kReads = 0x004,
  kWrites = 0x008,
  kIrq = 0x010,
  kIrqAfter = 0x014,
  kBusy = 0x018,
  kDeny = 0x01c,
  kFail = 0x020,
  kTime = 0x024,
  kHold = 0x028,
  kAddrLow = 0x030,
  kAddrHigh = 0x034,
  kShape = 0x038,
  kUser = 0x03c,
  kGo = 0x040,
  kStatus = 0x044,
  kUnreset = 0x048,
  kLazy = 0x04c,
  kWakeLow = 0x050,
  kWakeHigh = 0x054,
  kSlverr = 0x800,
  kDecerr = 0x804,
  kNever = 0x808,
  kHeld = 0x80c,
  kBuffer = 0x1000,
  kStrobes = 0x2000,
};

inline constexpr std::uint64_t kPeriodPs = 2500;
inline constexpr std::uint64_t kCompletionTimeoutPs = 100'000'000;
inline constexpr std::uint64_t kMicrosecond = 1'000'000;
inline constexpr std::uint64_t kBusBytes = 16;

struct ProbeBench {
  explicit ProbeBench(const std::vector<std::string>& arguments = {}, bool configured = true)
      : simulator(PRESIL_PROBE, PRESIL_PROBE_DESCRIPTION, arguments), peer(simulator.socket()) {
    if (configured)
      keep(peer.config(0, LinkPeer::kAllOn));
  }

  LinkPeer::Completion read(std::uint64_t offset, std::uint32_t size = 4) {
    return keep(peer.read(now, offset, size));
  }
  std::uint64_t value(std::uint64_t offset, std::uint32_t size = 4) {
    return read(offset, size).data;
  }
  LinkPeer::Completion write(std::uint64_t offset, std::uint64_t data, std::uint32_t size = 4) {
    return keep(peer.write(now, offset, data, size));
  }
  LinkPeer::Completion advance(std::uint64_t span_ps, bool stop_at_event = false) {
    return keep(peer.advance(now + span_ps, stop_at_event));
  }
  LinkPeer::Completion config(std::uint32_t flags, std::uint32_t power_state = 0) {
    return keep(peer.config(now, flags, 256, 512, power_state));
  }

  /// Shape of a burst, as register SHAPE takes it.
  static std::uint32_t shape(unsigned beats, unsigned size_log2, unsigned burst, unsigned id = 0,
                             bool data_first = false, bool last_early = false) {
    return (beats - 1) | size_log2 << 8 | burst << 11 | id << 16 |
           static_cast<unsigned>(data_first) << 20 | static_cast<unsigned>(last_early) << 21;
  }

  /// Starts a burst and waits until the probe says that it is over.
  /// \returns the worst response of its beats.
  unsigned burst(std::uint64_t addr, std::uint32_t shape, bool is_write) {
    write(kAddrLow, addr & 0xffff'ffff);
    write(kAddrHigh, addr >> 32);
    write(kShape, shape);
    write(kGo, is_write ? 2 : 1);
    for (int tries = 0; tries < 1000; ++tries) {
      const std::uint64_t status = value(kStatus);
      if ((status & 1) == 0)
        return status >> 1 & 3;
      advance(kMicrosecond);
    }
    throw LinkError("the burst does not end");
  }

  /// Ends the run in order. \returns the exit status.
  int quit() {
    peer.quit(now);
    return simulator.wait();
  }

  LinkPeer::Completion keep(const LinkPeer::Completion& completion) {
    now = std::max(now, completion.device_ps);
    return completion;
  }

  SimulatorProcess simulator;
  LinkPeer peer;
  std::uint64_t now = 0;  ///< the guest's time
};

/// The number behind a key of a summary.
inline std::uint64_t number_in(const std::string& json, const std::string& key) {
  const auto at = json.find('"' + key + "\": ");
  return at == std::string::npos ? ~0ull : std::stoull(json.substr(at + key.size() + 4));
}

}  // namespace presil::testbench
