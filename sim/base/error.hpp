// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// How the simulator gives up: a closed list of categories, each with its exit status.
#pragma once

#include <stdexcept>
#include <string>

namespace presil {

/// Exit statuses of a simulator program; docs/debugging.md tells users what each means.
enum class ExitStatus : int {
  kQuit = 0,           ///< QEMU said QUIT and nothing failed
  kSystem = 1,         ///< the host refused something: disk full, no memory
  kConfiguration = 2,  ///< bad option, description or file
  kRtlEnded = 3,       ///< an assertion failed, or the RTL ended itself
  kLinkDown = 4,       ///< the peer died or broke the protocol
  kInternal = 5,       ///< a bug of the simulator
};

/// What ends a run with one line. Thrown outside SystemC processes only: inside one, a failure is
/// kept as state and the run is stopped (RunControl::stop).
class Error : public std::runtime_error {
 public:
  Error(ExitStatus status, const std::string& text) : std::runtime_error(text), status_(status) {}
  ExitStatus status() const { return status_; }

 private:
  ExitStatus status_;
};

}  // namespace presil
