// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// ProgressLine: what presil says on standard error while it works.
#pragma once

#include <string>

namespace presil::cli {

/// On a terminal one line that is rewritten; in a pipe plain lines, of the lasting kind only.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Replaces the line on a terminal; nothing in a pipe.
  void update(const std::string& text);
  /// Takes the line away, before somebody else writes to the terminal.
  void clear();
  /// A line that stays, after "presil: ".
  void note(const std::string& text);

  [[nodiscard]] bool terminal() const { return terminal_; }

 private:
  bool terminal_;
  std::string shown_;
};

}  // namespace presil::cli
