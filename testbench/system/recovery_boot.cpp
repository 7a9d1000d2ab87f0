// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "recovery_boot.hpp"

#include <algorithm>
#include <format>
#include <map>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "kernel_reports.hpp"
#include "ktap_report.hpp"
#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

/// More than a row takes, the kernel's recovery of the link included.
constexpr unsigned kRowSeconds = 10;
constexpr int kDeviceLost = 104;
constexpr auto kPatientWatchdog = "watchdog=300000";

/// The simulator's option for a fault that it makes.
const std::map<std::string, std::string>& simulator_faults() {
  static const std::map<std::string, std::string> kinds = {
      {"bus", "dma-error"},     {"interrupt", "drop-msix"}, {"nonfatal", "error-nonfatal"},
      {"fatal", "error-fatal"}, {"unplug", "close"},        {"death", "exit"},
  };
  return kinds;
}

bool ends_device(const std::string& fault) {
  return fault == "unplug" || fault == "death";
}

const RecoveryRow* expected_row(const std::string& load, const std::string& fault) {
  const auto& table = recovery_table();
  const auto row = std::ranges::find_if(
      table, [&](const RecoveryRow& each) { return each.load == load && each.fault == fault; });
  return row == table.end() ? nullptr : &*row;
}

/// What the command line of presil and that of the guest's program say of the rows.
struct Schedule {
  explicit Schedule(const RecoveryBoot& boot) : options(boot.options) {
    // The program gets at a register that the driver has mapped. A device that the watchdog takes
    // away on a busy machine would look like one that failed.
    options.insert(options.end(),
                   {"--append", "iomem=relaxed", "--add", built("guest/bin/kestrel-recovery"),
                    "--device-arg", kPatientWatchdog});
    unsigned strike_s = boot.first_strike_s;
    for (const auto& fault : boot.faults) {
      const auto kind = simulator_faults().find(fault);
      command += std::format(" {}/{}", boot.load, fault);
      if (kind == simulator_faults().end()) {
        continue;
      }
      command += std::format("@{}000", strike_s);
      for (unsigned i = 0; i < (fault == "bus" ? boot.bus_errors : 1); ++i) {
        options.insert(options.end(),
                       {"--fault", std::format("{}@time:{}s", kind->second, strike_s)});
      }
      strike_s += kRowSeconds;
    }
    command = std::format(
        "kestrel-recovery --stretch {}{}{}; echo recovery=$?; rmmod kestrel; echo rmmod=$?",
        boot.stretch, boot.compares ? "" : " --any-load", command);
    if (boot.looks_for_leaks) {
      command += "; " + kLookForLeaks;
    }
  }

  std::vector<std::string> options;
  std::string command;
};

void check_run(const RecoveryBoot& boot, const RunResult& run) {
  CHECK(run.guest_exit() == 0);
  CHECK_THAT(run.output, ContainsSubstring("recovery=0") && ContainsSubstring("rmmod=0") &&
                             !ContainsSubstring("unreferenced object"));
  CHECK(run.status == (std::ranges::any_of(boot.faults, ends_device) ? kDeviceLost : 0));
  CHECK(kernel_reports(run.file("guest-console.log")) == "");
}

}  // namespace

std::vector<std::string> faults_until(const std::string& last) {
  return {"hang", "mmu",       "illegal",  "parity", "reset",
          "bus",  "interrupt", "nonfatal", "fatal",  last};
}

std::vector<RecoveryRow> check_boot(const RecoveryBoot& boot) {
  const Schedule schedule(boot);
  const auto run = presil_run(boot.name, schedule.options, schedule.command);
  const auto report = read_ktap(run.output);
  INFO(run.output);
  CHECK(report.whole());
  REQUIRE(report.cases.size() == boot.faults.size());

  std::vector<RecoveryRow> rows;
  for (std::size_t i = 0; i < boot.faults.size(); ++i) {
    const RecoveryRow row = read_recovery_row(report.cases[i].name);
    const RecoveryRow* const expected = expected_row(boot.load, boot.faults[i]);
    REQUIRE(expected != nullptr);
    CHECK(report.cases[i].ok);
    if (boot.compares) {
      CHECK(show(row) == show(*expected));
    } else {
      CHECK(row.renewed == expected->renewed);
      CHECK(row.again == expected->again);
    }
    rows.push_back(row);
  }
  check_run(boot, run);
  return rows;
}

}  // namespace presil::system
