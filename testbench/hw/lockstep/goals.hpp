// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Goals: what lockstep runs have to meet, as a cross of four dimensions with rules.
///
/// The cross is full: every opcode, ending in every way that it can, in every state of its queue
/// that allows this, without and with back-pressure. Left out of a dimension, as they are
/// independent of the rest: modes of address spaces, priorities, vectors, where in a page or a
/// buffer something goes wrong, and how much back-pressure; all of these are random.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace presil::testbench {

/// What is executed: records of a ring, then commands of a command buffer.
enum class Op : std::uint8_t {
  kRingUnread,  ///< a record that was not read
  kRingNop,
  kRingCall,
  kRingFence,
  kRingWait,
  kRingTimestamp,
  kRingUnknown,  ///< anything else in a ring
  kUnread,       ///< a command that was not read
  kNop,
  kLoad,
  kStore,
  kAccumulate,
  kOutput,
  kSync,
  kBarrier,
  kCall,  ///< this and the next three: where they are privileged
  kFence,
  kWait,
  kTimestamp,
  kUnknown,  ///< anything else in a command buffer
  kCount
};

/// How it ends: it completes, or with an error cause, of translations by fault.
enum class Outcome : std::uint8_t {
  kComplete,
  kIllegalOpcode,
  kIllegalField,
  kPrivileged,
  kFetchError,
  kReadError,
  kWriteError,
  kRingConfig,
  kRingOverrun,
  kOperandRange,
  kParity,
  kBudget,
  kSpaceOff,  ///< this and the following: faults of translations
  kNotPresent,
  kPermission,
  kNonCanonical,
  kTableBus,
  kTableFormat,
  kCount
};

/// What its queue has been through since it was set up: the latest that applies.
enum class State : std::uint8_t {
  kKernel,    ///< nothing; kernel mode
  kUser,      ///< nothing; user mode
  kResumed,   ///< it was suspended with records pending, and resumed
  kUnparked,  ///< a WAIT was parked, and went on
  kRetried,   ///< a fault stalled, and went on
  kAborted,   ///< a fault stalled, and was aborted
  kReset,     ///< it was reset with records pending, not for an error, and set up again
  kCount
};

/// The bus: without and with back-pressure.
enum class Stall : std::uint8_t { kWithout, kWith, kCount };

struct Cell {
  Op op = Op::kRingNop;
  Outcome outcome = Outcome::kComplete;
  State state = State::kKernel;
};

[[nodiscard]] std::string name(const Cell& cell);
[[nodiscard]] bool is_in_ring(Op op);
[[nodiscard]] bool is_translation(Outcome outcome);
/// Of opcodes as they stand in a ring, or in a command buffer.
[[nodiscard]] Op ring_op(std::uint32_t opcode);
[[nodiscard]] Op command_op(std::uint32_t opcode);
/// \param fault  KESTREL_FAULT_*, with KESTREL_ERROR_CAUSE_TRANSLATION
[[nodiscard]] Outcome outcome_of(std::uint32_t cause, std::uint32_t fault);
/// KESTREL_FAULT_* of an outcome that is one.
[[nodiscard]] std::uint32_t fault_of(Outcome outcome);

/// Why a cell cannot exist, or nullptr.
[[nodiscard]] const char* impossible(const Cell& cell);

/// Every cell that can exist, in the order of directed batches: first those with most of what the
/// cells before lack, be it a pair of opcode and outcome or of outcome and state.
[[nodiscard]] std::vector<Cell> possible_cells();

/// The full cross, each cell with how often it was met.
class Goals {
 public:
  void hit(const Cell& cell, Stall stall) { ++count(cell, stall); }
  [[nodiscard]] std::uint64_t met(const Cell& cell, Stall stall) const {
    return counts_[index(cell, stall)];
  }

  /// Names of cells that exist and were not met, of the whole cross.
  [[nodiscard]] std::vector<std::string> missing() const;
  /// Of its projections alone: opcode and outcome, outcome and state, either and stall.
  [[nodiscard]] std::vector<std::string> missing_pairs() const;
  /// Names of cells that were met though they cannot exist: a rule is wrong.
  [[nodiscard]] std::vector<std::string> surprising() const;
  /// Every cell that exists, a line each: how often it was met, and its name.
  [[nodiscard]] std::vector<std::string> listing() const;
  /// How many cells exist, stalls included.
  [[nodiscard]] static std::size_t size();

 private:
  static constexpr auto kOps = static_cast<std::size_t>(Op::kCount);
  static constexpr auto kOutcomes = static_cast<std::size_t>(Outcome::kCount);
  static constexpr auto kStates = static_cast<std::size_t>(State::kCount);
  static constexpr auto kStalls = static_cast<std::size_t>(Stall::kCount);

  static std::size_t index(const Cell& cell, Stall stall);
  std::uint64_t& count(const Cell& cell, Stall stall) { return counts_[index(cell, stall)]; }

  std::array<std::uint64_t, kOps * kOutcomes * kStates * kStalls> counts_ = {};
};

}  // namespace presil::testbench
