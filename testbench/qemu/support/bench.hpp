// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// One device with its scripted simulator in one machine: what most cases need.

#pragma once

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "support/machine.hpp"
#include "support/peer.hpp"

namespace presil::test {

struct Bench {
  TempFolder folder;
  Peer peer{folder / "sim"};
  Machine machine{folder};
  Script& script = machine.script;

  explicit Bench(const std::string& device_options = "") {
    machine.devices.push_back({folder / "sim", device_options});
  }

  // Runs the script to its end, which the guest must reach.
  Outcome run() {
    peer.start();
    Outcome outcome = machine.run();
    peer.join();
    INFO("stderr: " << outcome.stderr_text);
    INFO("log: " << outcome.log);
    REQUIRE_FALSE(outcome.timed_out);
    REQUIRE(outcome.status == QEMU_STATUS(EXIT_DONE));
    REQUIRE(outcome.results.size() == script.ops().size());
    return outcome;
  }
};

inline uint64_t bar0(uint64_t offset) {
  return BAR_ADDR(0, 0, offset);
}

// The low `size_bytes` bytes of `value`.
inline uint64_t low_bytes(uint64_t value, uint64_t size_bytes) {
  return size_bytes == 8 ? value : value & ((uint64_t{1} << (8 * size_bytes)) - 1);
}

inline constexpr uint64_t kOnes = UINT64_MAX;
inline constexpr uint64_t kPsPerNs = 1000;

}  // namespace presil::test
