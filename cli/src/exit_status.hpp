// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// ExitStatus: what the presil command's own exit statuses mean.
#pragma once

namespace presil::cli {

/// Exit statuses that say something about presil. A run that went well ends with the guest
/// command's own status, which may be any number; `result` in the summary tells the two apart.
enum class ExitStatus : int {
  kSuccess = 0,
  kBadInput = 100,     ///< wrong option, missing file: one line says what to do
  kBuildFailed = 101,  ///< the build's own messages are above the line
  kHang = 102,         ///< nothing moved; stacks and last events are in the run's folder
  kTimeLimit = 103,    ///< the guest's clock reached --timeout
  kDeviceLost = 104,   ///< a simulator died, stopped answering, or broke a rule of the link
  kRtlFailure = 105,   ///< an RTL assertion, $fatal or $finish
  kGuestDied = 106,    ///< kernel panic, or powered off before the command ended
  kQemuFailed = 107,   ///< QEMU did not start, or crashed
  kInternal = 108,     ///< a fault of presil itself
  kInterrupted = 130,  ///< Ctrl-C or SIGTERM; everything it started was ended
};

}  // namespace presil::cli
