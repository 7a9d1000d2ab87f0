// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Guest time is device time: law 2.

#include <kestrel_regs.h>

#include <algorithm>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

constexpr std::uint64_t kMillisecondPs = 1'000'000'000;
constexpr std::uint64_t kDefaultLinkNs = 150;

bool is_doorbell(const Event& event) {
  return event.kind == "mmio-write" && event.number("offset") == KESTREL_REG_DOORBELL_TAIL(0);
}

TEST_CASE("a job of a millisecond runs the same on a simulator many times slower",
          "[system][time]") {
  // Stalls on the bus make one job of the driver last that long.
  const auto* command = "kestrel-copy --random 4194304";
  const std::vector<std::string> stalls = {"--sim-arg", "--stall=70"};
  auto slow = stalls;
  slow.insert(slow.end(), {"--slow", PRESIL_SLOW_FACTOR});
  const auto normal = presil_run("time-normal", stalls, command);
  const auto slowed = presil_run("time-slowed", slow, command);
  REQUIRE(normal.status == 0);
  REQUIRE(slowed.status == 0);
  CHECK_THAT(slowed.output, ContainsSubstring("equal"));
  CHECK(slowed.digest() == normal.digest());

  const auto events = normal.events();
  const auto doorbell = std::ranges::find_if(events, is_doorbell);
  const auto interrupt = std::ranges::find(events, std::string("msix"), &Event::kind);
  REQUIRE(doorbell != events.end());
  REQUIRE(interrupt != events.end());
  CHECK(interrupt->time_ps - doorbell->time_ps > kMillisecondPs);
  // The point of it: ten seconds of host time and more against a timeout of half a second.
  CHECK(slowed.summary["host_s"]["run"].get<double>() > 2.0);
}

/// Guest time from a doorbell that is lost to the driver's first word with the device after it.
std::uint64_t lost_doorbell_ps(const std::string& name, std::vector<std::string> options) {
  const auto good = presil_run(name + "-good", {}, "kestrel-copy --random 4096");
  REQUIRE(good.status == 0);
  std::uint64_t writes = 0, lost_at = 0;
  for (const auto& event : good.events()) {
    writes += event.kind == "mmio-write";
    if (is_doorbell(event)) {
      lost_at = event.time_ps;
      break;
    }
  }
  REQUIRE(lost_at != 0);

  options.insert(options.end(), {"--fault", "drop-write@write:" + std::to_string(writes)});
  const auto bad = presil_run(name, options, "kestrel-copy --random 4096");
  // Nobody is to blame: the device is reset, and the job, which had not begun, runs.
  CHECK(bad.guest_exit() == 0);
  for (const auto& event : bad.events()) {
    if (event.kind == "mmio-read" && event.time_ps > lost_at) {
      return event.time_ps - lost_at;
    }
  }
  FAIL("the driver never looked");
  return 0;
}

TEST_CASE("a lost doorbell is noticed at the same guest time, slowed or not", "[system][time]") {
  const auto normal = lost_doorbell_ps("doorbell-normal", {});
  const auto slowed = lost_doorbell_ps("doorbell-slowed", {"--slow", PRESIL_SLOW_FACTOR});
  CHECK(normal == slowed);
  // The driver's timeout, which the kernel's timers may round up.
  CHECK(normal >= 1000 * kMillisecondPs);
  CHECK(normal <= 1040 * kMillisecondPs);
}

TEST_CASE("a register read costs the guest what is modelled", "[system][time]") {
  constexpr auto kCommand =
      "rmmod kestrel; cd /sys/bus/pci/devices/0000:01:00.0 && echo 1 >enable && "
      "register-read-time resource0 1000";
  const auto cost = [&](const std::string& name, std::uint64_t link_ns) {
    const auto run = presil_run(name,
                                {"--add", built("guest/bin/register-read-time"), "--sim-arg",
                                 "--link-latency-ns=" + std::to_string(link_ns)},
                                kCommand);
    REQUIRE(run.status == 0);
    unsigned long least = 0, greatest = 0;
    REQUIRE(sscanf(run.output.c_str(), "least=%lu greatest=%lu", &least, &greatest) == 2);
    return least;
  };
  // The guest counts nanoseconds: one instruction each, and the TSC is the instruction counter.
  const auto usual = cost("read-usual", kDefaultLinkNs);
  const auto longer = cost("read-longer", 1000);
  CHECK(longer - usual == 2 * (1000 - kDefaultLinkNs));
  CHECK(usual >= 2 * kDefaultLinkNs);
  CHECK(usual <= 2 * kDefaultLinkNs + 100);
}

TEST_CASE("an interrupt reaches an idle guest at its time, a busy one within a quantum",
          "[system][time]") {
  constexpr std::uint64_t kQuantumNs = 5000;
  const auto delays = [&](const std::string& name, const std::string& command) {
    const auto run = presil_run(name, {"--quantum", "5us"}, command);
    REQUIRE(run.status == 0);
    std::vector<std::uint64_t> found;
    for (const auto& event : run.device_log()) {
      if (event.kind == "msix") {
        found.push_back(event.number("delay_ns"));
      }
    }
    REQUIRE_FALSE(found.empty());
    return found;
  };
  for (const auto delay : delays("interrupt-idle", "kestrel-copy --random 1048576")) {
    CHECK(delay == 0);
  }
  const auto busy = delays("interrupt-busy",
                           "while :; do :; done & kestrel-copy --random 1048576 --repeat 4; "
                           "status=$?; kill $!; exit $status");
  CHECK(std::ranges::max(busy) <= kQuantumNs);
  CHECK(std::ranges::max(busy) > 0);
}

}  // namespace
}  // namespace presil::system
