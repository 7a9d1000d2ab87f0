// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Error: what ends the command with one line and an exit status.
#pragma once

#include <stdexcept>
#include <string>

#include "exit_status.hpp"

namespace presil::cli {

/// Something that the reader can put right: what() says what is wrong and what to do, in one line.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, ExitStatus status = ExitStatus::kBadInput)
      : std::runtime_error(message), status_(status) {}

  [[nodiscard]] ExitStatus status() const { return status_; }

 private:
  ExitStatus status_;
};

}  // namespace presil::cli
