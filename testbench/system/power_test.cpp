// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The system sleeps with jobs queued, and the device sleeps by itself without.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "kernel_reports.hpp"
#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

/// The machine's timer in place of the alarm clock would take the alarm's interrupt.
const std::vector<std::string> kOptions = {"--model", "functional", "--append", "hpet=disable"};

TEST_CASE("jobs that the system slept through end well, twenty times", "[system][power]") {
  const auto* how = GENERATE("freeze", "devices", "platform");
  CAPTURE(how);
  auto options = kOptions;
  options.insert(options.end(), {"--add", built("guest/bin/power-jobs"), "--add",
                                 built("guest/modules/rtc_wake.ko") + ":/rtc_wake.ko"});
  const auto run = presil_run(std::string("power-") + how, options,
                              std::string("insmod /rtc_wake.ko && power-jobs ") + how +
                                  " 20; echo jobs=$?; cat /sys/power/suspend_stats/success "
                                  "/sys/power/suspend_stats/fail; kestrel-copy --random 65536");
  CHECK(run.status == 0);
  CHECK_THAT(run.output, ContainsSubstring("round 20:") && ContainsSubstring("jobs=0\n20\n0\n") &&
                             ContainsSubstring("equal"));
  CHECK(kernel_reports(run.file("guest-console.log")) == "");
}

TEST_CASE("a device without jobs goes to sleep, and wakes up for one", "[system][power]") {
  const auto run = presil_run(
      "power-runtime", {"--model", "functional"},
      "status=/sys/bus/pci/devices/0000:01:00.0/power/runtime_status; usleep 300000; cat $status; "
      "kestrel-copy --random 4096; cat $status; usleep 300000; cat $status; "
      "kestrel-copy --random 4096");
  CHECK(run.status == 0);
  CHECK_THAT(run.output, ContainsSubstring("suspended\n"));
  CHECK(run.output.find("suspended\n") < run.output.find("equal"));
  CHECK(run.output.find("equal") < run.output.find("active\n"));
  CHECK(run.output.find("active\n") < run.output.rfind("suspended\n"));
  CHECK(run.output.rfind("suspended\n") < run.output.rfind("equal"));
}

}  // namespace
}  // namespace presil::system
