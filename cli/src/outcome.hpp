// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Outcome: what came of a run, as the supervisor saw it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "child.hpp"
#include "exit_status.hpp"
#include "link_progress.hpp"

namespace presil::cli {

/// How a run ended; the most serious of what happened.
enum class Result {
  kPassed,  ///< the command ended with status 0
  kFailed,  ///< the command ended with another status
  kInterrupted,
  kHang,
  kTimeLimit,
  kRtlFailure,
  kDeviceLost,
  kQemuFailed,
  kGuestDied,
};

/// "passed", "rtl-failure", ...: the summary's word.
const char* result_word(Result result);
/// presil's exit status, given the guest command's own.
int exit_status_of(Result result, int guest_status);

/// One device's end of the story.
struct DeviceOutcome {
  std::string name;
  std::size_t slot = 0;
  std::optional<ExitReport> simulator;  ///< absent: presil had to end it
  std::optional<LinkSample> last;       ///< counters as they stood at the end
  std::string lost;                     ///< why the device was lost; empty: it was not
};

struct Outcome {
  Result result = Result::kPassed;
  std::string reason;                  ///< one line, empty when all went well
  std::optional<int> guest_exit;       ///< the command's exit status
  bool complete = false;               ///< nothing is missing from the logs that the digest covers
  std::uint64_t console_guest_ns = 0;  ///< the guest kernel's own clock at its last word
  double boot_s = 0.0;                 ///< host seconds until the command started
  double run_s = 0.0;                  ///< host seconds from there to the end
  double qemu_cpu_s = 0.0;
  double simulators_cpu_s = 0.0;
  std::optional<ExitReport> qemu;
  std::vector<DeviceOutcome> devices;
};

}  // namespace presil::cli
