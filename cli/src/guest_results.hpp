// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// GuestResults: tells the command's output from the exit record that /init writes after it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace presil::cli {

/// Splits the stream of the guest's second serial port.
///
/// The stream is the command's output, then "\x1epresil-exit: N\n". A command may print something
/// that looks like the record: the last one counts, and those before it are output.
class GuestResults {
 public:
  /// Takes the next piece of the stream, cut anywhere.
  ///
  /// \returns output that is certain not to be part of the exit record.
  std::string add(std::string_view piece);

  /// What is still held back and is not the exit record; for a stream that has ended.
  std::string rest() const;

  /// The command's exit status, once the stream ends in a record.
  [[nodiscard]] std::optional<int> exit_status() const;

 private:
  std::string held_;  // Begins with the record's first character, or is empty.
};

}  // namespace presil::cli
