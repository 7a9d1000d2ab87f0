// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// ProgramChecker, see the header.

#include "front_program.hpp"

#include <format>
#include <utility>

namespace presil::testbench {

unsigned engine_of(const Record& command) {
  switch (command[0] & 0xff) {
    case KESTREL_OPCODE_LOAD:
      return 0;
    case KESTREL_OPCODE_ACCUMULATE:
    case KESTREL_OPCODE_OUTPUT:
    case KESTREL_OPCODE_SYNC:
      return 1;
    case KESTREL_OPCODE_STORE:
      return 2;
    default:
      return 3;
  }
}

void ProgramChecker::begin(std::vector<Record> commands) {
  commands_ = std::move(commands);
  completed_.assign(commands_.size(), false);
  next_ = {};
  tokens_ = {};
}

std::string ProgramChecker::start(unsigned engine, const Record& command) {
  std::size_t& next = next_[engine];
  while (next < commands_.size() && engine_of(commands_[next]) != engine) {
    ++next;
  }
  if (next == commands_.size()) {
    return std::format("engine {} was given a command too many", engine);
  }
  const std::size_t index = next++;
  current_[engine] = index;
  if (commands_[index] != command) {
    return std::format("engine {} was not given command {}", engine, index);
  }
  if ((command[0] & KESTREL_ORDER_HEADER_WAIT_PREV) != 0 && --tokens_[engine][0] < 0) {
    return std::format("command {} began before its token of the engine before", index);
  }
  if ((command[0] & KESTREL_ORDER_HEADER_WAIT_NEXT) != 0 && --tokens_[engine][1] < 0) {
    return std::format("command {} began before its token of the engine after", index);
  }
  std::size_t barrier = index;
  while (barrier > 0 && (commands_[barrier][0] & 0xff) != KESTREL_OPCODE_BARRIER) {
    --barrier;
  }
  for (std::size_t before = 0; before < barrier; ++before) {
    if (engine_of(commands_[before]) != 3 && !completed_[before]) {
      return std::format("command {} began before {}, which is in front of a BARRIER", index,
                         before);
    }
  }
  return {};
}

std::string ProgramChecker::complete(unsigned engine) {
  const std::size_t index = current_[engine];
  if (index >= commands_.size() || completed_[index]) {
    return std::format("engine {} completed what it was not given", engine);
  }
  completed_[index] = true;
  if ((commands_[index][0] & KESTREL_ORDER_HEADER_SIGNAL_PREV) != 0 && engine > 0) {
    ++tokens_[engine - 1][1];
  }
  if ((commands_[index][0] & KESTREL_ORDER_HEADER_SIGNAL_NEXT) != 0 && engine < 2) {
    ++tokens_[engine + 1][0];
  }
  return {};
}

std::string ProgramChecker::end() const {
  for (std::size_t index = 0; index < commands_.size(); ++index) {
    if (engine_of(commands_[index]) != 3 && !completed_[index]) {
      return std::format("the CALL completed before command {}", index);
    }
  }
  return {};
}

}  // namespace presil::testbench
