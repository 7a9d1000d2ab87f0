// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// RTL that fails, ends the run or falls silent, under the real driver: law 4, for an accelerator in
// the middle of its bring-up.

#include <algorithm>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

constexpr int kRtlFailure = 105;
constexpr auto kLifeSigns =
    "; rmmod kestrel; echo rmmod=$?; cat /proc/loadavg >/dev/null && echo alive";

/// When the fault strikes, and what the guest does meanwhile.
struct Moment {
  const char* name;
  std::vector<std::string> plusargs;
  std::string command;
};

/// The hundredth request to memory is one of the copy.
const Moment kInFlight = {"flight",
                          {"+fault_on=dma", "+fault_after=100"},
                          std::string("kestrel-copy --random 2097152; echo job=$?") + kLifeSigns};

/// Probing reads nine times. The tenth read comes when the driver puts the idle device to sleep;
/// the job, after it was unbound and bound again, shows whether the device still lives.
const Moment kIdle = {
    "idle",
    {"+fault_on=read", "+fault_after=10"},
    std::string("sleep 2; cd /sys/bus/pci/drivers/kestrel; echo 0000:01:00.0 >unbind; "
                "echo 0000:01:00.0 >bind; kestrel-copy --random 4096; echo job=$?") +
        kLifeSigns};

/// The driver is unbound while a job runs: the first read after probing is its.
const Moment kReadInFlight = {
    "flight",
    {"+fault_on=read", "+fault_after=10"},
    std::string("kestrel-copy --random 4194304 --repeat 100 & usleep 30000; "
                "echo 0000:01:00.0 >/sys/bus/pci/drivers/kestrel/unbind; wait $!; echo job=$?") +
        kLifeSigns};

RunResult run_faulty(const std::string& fault, const Moment& moment) {
  std::vector<std::string> options = {"--accel", "kestrel-faulty", "--plusarg", "+fault=" + fault};
  for (const auto& plusarg : moment.plusargs) {
    options.insert(options.end(), {"--plusarg", plusarg});
  }
  return presil_run("rtl-" + fault + "-" + moment.name, options, moment.command);
}

/// Whatever became of the device: the guest lives, and the driver could be removed.
void check_guest(const RunResult& run) {
  CHECK(run.guest_exit() == 0);
  CHECK_THAT(run.output, ContainsSubstring("rmmod=0"));
  CHECK_THAT(run.output, ContainsSubstring("alive"));
  for (const auto* bad : {"BUG:", "Oops", "Call Trace"}) {
    CAPTURE(bad);
    CHECK(run.file("guest-console.log").find(bad) == std::string::npos);
  }
}

/// presil says what the RTL did, with its place in the source, and where the log is.
void check_told(const RunResult& run, const std::string& what) {
  CHECK(run.result() == "rtl-failure");
  CHECK(run.status == kRtlFailure);
  CHECK_THAT(run.messages, ContainsSubstring(what));
  CHECK_THAT(run.messages, ContainsSubstring((run.folder / "dev0/simulator.log").string()));
}

TEST_CASE("a failed RTL assertion fails the run, and the run goes on", "[system][fault]") {
  const auto moment = GENERATE(kInFlight, kIdle);
  CAPTURE(moment.name);
  const auto run = run_faulty("assert", moment);
  check_guest(run);
  check_told(run, "1 RTL assertions failed");
  CHECK_THAT(run.output, ContainsSubstring("job=0"));
  CHECK(run.summary["digest_complete"] == true);
  CHECK_THAT(run.file("dev0/events.log"),
             ContainsSubstring("rtl-assert kestrel_faulty.sv:") &&
                 ContainsSubstring("the assertion fails that +fault=assert asked for"));
}

TEST_CASE("$finish and $fatal look like a device that is gone", "[system][fault]") {
  struct End {
    const char* fault;
    const char* says;
  };
  const auto end = GENERATE(End{"finish", "$finish at kestrel_faulty.sv:"},
                            End{"fatal", "the end that +fault=fatal asked for"});
  const auto moment = GENERATE(kInFlight, kIdle);
  CAPTURE(end.fault, moment.name);
  const auto run = run_faulty(end.fault, moment);
  check_guest(run);
  check_told(run, end.says);
  CHECK_THAT(run.output, ContainsSubstring("job=1"));
  CHECK_THAT(run.file("dev0/events.log"), ContainsSubstring(std::string("rtl-") + end.fault));
}

TEST_CASE("RTL that answers no read any more costs the device, not the guest", "[system][fault]") {
  const auto moment = GENERATE(kReadInFlight, kIdle);
  CAPTURE(moment.name);
  const auto run = run_faulty("hang-read", moment);
  check_guest(run);
  CHECK_THAT(run.output, ContainsSubstring("job=1"));
  CHECK(run.status == 0);  // The device is there and its link is up: a matter for the driver.
  const auto events = run.events();
  CHECK(std::ranges::count(events, std::string("completion-timeout"), &Event::kind) > 0);
  CHECK_THAT(run.file("dev0/qemu.log"), ContainsSubstring("status=cto"));
}

}  // namespace
}  // namespace presil::system
