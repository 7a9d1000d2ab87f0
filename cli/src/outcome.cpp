// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "outcome.hpp"

namespace presil::cli {

const char* result_word(Result result) {
  switch (result) {
    case Result::kPassed:
      return "passed";
    case Result::kFailed:
      return "failed";
    case Result::kInterrupted:
      return "interrupted";
    case Result::kHang:
      return "hang";
    case Result::kTimeLimit:
      return "time-limit";
    case Result::kRtlFailure:
      return "rtl-failure";
    case Result::kDeviceLost:
      return "device-lost";
    case Result::kQemuFailed:
      return "qemu-failed";
    case Result::kGuestDied:
      return "guest-died";
  }
  return "unknown";
}

int exit_status_of(Result result, int guest_status) {
  const auto status = [&] {
    switch (result) {
      case Result::kPassed:
        return ExitStatus::kSuccess;
      case Result::kFailed:
        return static_cast<ExitStatus>(guest_status);
      case Result::kInterrupted:
        return ExitStatus::kInterrupted;
      case Result::kHang:
        return ExitStatus::kHang;
      case Result::kTimeLimit:
        return ExitStatus::kTimeLimit;
      case Result::kRtlFailure:
        return ExitStatus::kRtlFailure;
      case Result::kDeviceLost:
        return ExitStatus::kDeviceLost;
      case Result::kQemuFailed:
        return ExitStatus::kQemuFailed;
      case Result::kGuestDied:
        return ExitStatus::kGuestDied;
    }
    return ExitStatus::kInternal;
  }();
  return static_cast<int>(status);
}

}  // namespace presil::cli
