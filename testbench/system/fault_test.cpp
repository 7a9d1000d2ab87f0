// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Nothing kills the guest, nothing is lost: law 4, for everything that can become of a simulator.

#include <csignal>
#include <thread>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

constexpr int kDeviceLost = 104;

/// A job, then whether the driver can still be removed, then a sign of life.
constexpr auto kJob =
    "echo go; kestrel-copy --random 2097152; echo copy=$?; rmmod kestrel; echo rmmod=$?; "
    "cat /proc/loadavg >/dev/null && echo alive";
/// The same after the device has been idle for some seconds of guest time.
constexpr auto kIdleThenJob =
    "sleep 2; echo go; kestrel-copy --random 4096; echo copy=$?; rmmod kestrel; echo rmmod=$?; "
    "cat /proc/loadavg >/dev/null && echo alive";
/// Idle, while the guest is busy for seconds of host time: the test strikes in between.
constexpr auto kBusyThenJob =
    "echo go; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; "
    "kestrel-copy --random 4096; echo copy=$?; rmmod kestrel; echo rmmod=$?; "
    "cat /proc/loadavg >/dev/null && echo alive";

/// The guest lives, its job failed, the driver could be removed; presil says so and where to look.
void check_lost(const RunResult& run, const std::string& says) {
  CHECK(run.result() == "device-lost");
  CHECK(run.status == kDeviceLost);
  CHECK(run.guest_exit() == 0);
  CHECK_THAT(run.output, ContainsSubstring("copy=1"));
  CHECK_THAT(run.output, ContainsSubstring("rmmod=0"));
  CHECK_THAT(run.output, ContainsSubstring("alive"));
  CHECK_THAT(run.messages, ContainsSubstring(says));
  CHECK_THAT(run.messages, ContainsSubstring((run.folder / "dev0/simulator.log").string()));
  CHECK(run.summary["digest_complete"] == false);
  for (const auto* bad : {"BUG:", "Oops", "Call Trace"}) {
    CAPTURE(bad);
    CHECK(run.file("guest-console.log").find(bad) == std::string::npos);
  }
}

struct LinkFault {
  const char* kind;
  const char* says;
};

TEST_CASE("a link that breaks with a job in flight ends the job, not the guest",
          "[system][fault]") {
  const auto fault = GENERATE(
      LinkFault{"close", "exit status 4"}, LinkFault{"nonsense", "broke a rule"},
      LinkFault{"truncate", "broke a rule"}, LinkFault{"exit", "the simulator ended with"});
  CAPTURE(fault.kind);
  check_lost(presil_run(std::string("fault-flight-") + fault.kind,
                        {"--fault", std::string(fault.kind) + "@dma:100"}, kJob),
             fault.says);
}

TEST_CASE("a link that breaks at the first word after idling ends the job, not the guest",
          "[system][fault]") {
  const auto fault = GENERATE(
      LinkFault{"close", "exit status 4"}, LinkFault{"nonsense", "broke a rule"},
      LinkFault{"truncate", "broke a rule"}, LinkFault{"exit", "the simulator ended with"});
  CAPTURE(fault.kind);
  check_lost(presil_run(std::string("fault-idle-") + fault.kind,
                        {"--fault", std::string(fault.kind) + "@time:3s"}, kIdleThenJob),
             fault.says);
}

TEST_CASE("a simulator that is killed looks like a device that is gone", "[system][fault]") {
  const bool in_flight = GENERATE(true, false);
  CAPTURE(in_flight);
  // Slowed, so that the job is still in flight when the signal comes.
  PresilRun run(in_flight ? "fault-flight-kill" : "fault-idle-kill",
                {"run", "--slow", in_flight ? "100" : "1", "--", in_flight ? kJob : kBusyThenJob});
  REQUIRE(run.wait_for("results.log", "go"));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const auto simulator = run.process("dev0");
  REQUIRE(simulator > 0);
  REQUIRE(kill(simulator, SIGKILL) == 0);
  check_lost(run.finish(), "signal 9");
}

TEST_CASE("a simulator that stops is given up by the watchdog, and may come back harmlessly",
          "[system][fault]") {
  const bool in_flight = GENERATE(true, false);
  CAPTURE(in_flight);
  PresilRun run(in_flight ? "fault-flight-stop" : "fault-idle-stop",
                {"run", "--slow", in_flight ? "100" : "1", "--device-arg", "watchdog=1000", "--",
                 in_flight ? kJob : kBusyThenJob});
  REQUIRE(run.wait_for("results.log", "go"));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const auto simulator = run.process("dev0");
  REQUIRE(simulator > 0);
  REQUIRE(kill(simulator, SIGSTOP) == 0);
  REQUIRE(run.wait_for("results.log", "copy="));
  kill(simulator, SIGCONT);
  check_lost(run.finish(), "dev0");
}

TEST_CASE("a simulator that hangs within a call is given up by the watchdog", "[system][fault]") {
  check_lost(presil_run("fault-flight-hang",
                        {"--fault", "hang@dma:100", "--device-arg", "watchdog=1000"}, kJob),
             "dev0");
}

TEST_CASE("a read that the accelerator never completes costs that read only", "[system][fault]") {
  SECTION("while idle: the driver does not bind, and binds when asked again") {
    const auto run = presil_run("fault-idle-silent", {"--fault", "silent-read@read:1"},
                                "ls /dev/accel 2>/dev/null; "
                                "echo 0000:01:00.0 >/sys/bus/pci/drivers/kestrel/bind && "
                                "kestrel-copy --random 4096");
    CHECK(run.status == 0);
    CHECK_THAT(run.output, ContainsSubstring("equal"));
    CHECK(run.output.find("accel0") == std::string::npos);
    CHECK_THAT(run.file("dev0/qemu.log"), ContainsSubstring("read-failed"));
  }
  SECTION("in flight: the guest lives, and the driver can be removed") {
    // The tenth read is the driver's first after probing, made while it is unbound from a job.
    const auto run =
        presil_run("fault-flight-silent", {"--fault", "silent-read@read:10"},
                   "kestrel-copy --random 4194304 --repeat 100 & usleep 30000; "
                   "echo 0000:01:00.0 >/sys/bus/pci/drivers/kestrel/unbind; wait $!; echo copy=$?; "
                   "rmmod kestrel; echo rmmod=$?; cat /proc/loadavg >/dev/null && echo alive");
    CHECK(run.guest_exit() == 0);
    CHECK_THAT(run.output, ContainsSubstring("copy=1"));
    CHECK_THAT(run.file("dev0/qemu.log"), ContainsSubstring("status=cto"));
    CHECK_THAT(run.output, ContainsSubstring("rmmod=0"));
    CHECK_THAT(run.output, ContainsSubstring("alive"));
  }
}

}  // namespace
}  // namespace presil::system
