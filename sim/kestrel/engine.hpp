// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Engine: the commands in front of an engine, in order, and the tokens that they wait for.
#pragma once

#include <kestrel_regs.h>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>

#include "sim/base/picoseconds.hpp"
#include "sim/kestrel/counters.hpp"
#include "sim/kestrel/execution.hpp"
#include "sim/kestrel/failure.hpp"
#include "sim/kestrel/records.hpp"
#include "sim/kestrel/sizes.hpp"

namespace presil::kestrel {

/// Later than everything.
inline constexpr Picoseconds kNever = std::numeric_limits<Picoseconds>::max();

/// Tokens that one engine has signalled and the other has not taken yet: 0 to 255.
class Tokens {
 public:
  bool any() const { return count_ != 0; }
  bool has_room() const { return count_ != kMost; }
  void put() { ++count_; }
  void take() { --count_; }

 private:
  static constexpr std::uint32_t kMost = 255;
  std::uint32_t count_ = 0;
};

/// Runs its commands one after another. A command's tokens are taken together, once all are there;
/// those that it signals go each as soon as there is room.
class Engine {
 public:
  /// Counts that belong to an engine; kCounters: none.
  struct Setup {
    /// Tokens from and to the engine before and the one after; nullptr: there is none. They outlive
    /// this.
    Tokens *from_prev = nullptr, *from_next = nullptr, *to_prev = nullptr, *to_next = nullptr;
    std::function<std::unique_ptr<Execution>(const Record&)> make;
    Counter busy_counter = kCounters, token_counter = kCounters;
    Picoseconds clock_period_ps = kPicosecondsPerNanosecond;
    /// A translation fault holds the command instead of ending it.
    bool stalls_faults = false;
  };

  /// \param counts  outlives this
  Engine(Setup setup, Counts& counts) : setup_(std::move(setup)), counts_(counts) {}

  /// One more than kEngineCommands: one is in execution, or waits for its tokens.
  bool has_room() const { return commands_.size() <= kEngineCommands; }
  bool is_empty() const { return commands_.empty(); }
  void push(const Record& record, std::uint32_t offset);

  /// Does one thing that is due at `now_ps`. \returns whether there was one.
  bool advance(Picoseconds now_ps);
  /// When something is due next, as far as this engine knows.
  Picoseconds due_ps() const { return state_ == State::kRun ? due_ps_ : kNever; }

  /// The command that has failed, or is held; nothing: none.
  std::optional<Error> error() const;
  std::optional<Error> stalled() const;
  void retry();
  /// What is held fails.
  void abort();

 private:
  enum class State : std::uint8_t { kWait, kReady, kRun, kSignal, kStalled, kFailed };

  bool begin(Picoseconds now_ps);
  void run_slice(Picoseconds now_ps);
  void end_slice();
  bool signal();
  std::optional<Error> error_in(State state) const;

  const Setup setup_;
  Counts& counts_;
  struct Command {
    Record record;
    std::uint32_t offset;
  };
  std::deque<Command> commands_;
  State state_ = State::kWait;
  std::unique_ptr<Execution> execution_;
  Slice slice_;
  Picoseconds due_ps_ = 0;                 // End of the slice.
  Picoseconds answered_ps_ = 0;            // Latest answer of the command's slices.
  Picoseconds waiting_since_ps_ = kNever;  // For a token.
  TokenFields tokens_;                     // Of the command; which it is still to signal.
};

}  // namespace presil::kestrel
