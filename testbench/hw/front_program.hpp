// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// ProgramChecker: in what order the engines may be given the commands of a command buffer.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "front_records.hpp"

namespace presil::testbench {

/// Load 0, compute 1, store 2; 3 for a command that no engine executes.
unsigned engine_of(const Record& command);

/// Follows one CALL from the outside, knowing only the commands and what the engines see: each
/// engine gets its commands in order, none before its tokens were signalled, and none before
/// everything in front of a BARRIER between them has completed. Methods return what is wrong, or
/// nothing.
class ProgramChecker {
 public:
  void begin(std::vector<Record> commands);
  void forget() { begin({}); }
  std::string start(unsigned engine, const Record& command);
  std::string complete(unsigned engine);
  /// The CALL has completed.
  [[nodiscard]] std::string end() const;

 private:
  std::vector<Record> commands_;
  std::vector<bool> completed_;
  std::array<std::size_t, 3> next_{};     // Command to look at next, by engine.
  std::array<std::size_t, 3> current_{};  // In execution.
  // Tokens signalled and not taken: for each engine those of the one before and of the one after.
  std::array<std::array<int, 2>, 3> tokens_{};
};

}  // namespace presil::testbench
