// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Call: executes a command buffer.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "sim/kestrel/address_space.hpp"
#include "sim/kestrel/engine.hpp"
#include "sim/kestrel/parity_memory.hpp"
#include "sim/kestrel/records.hpp"

namespace presil::kestrel {

/// What the commands of a CALL work on; all of it outlives the Call.
struct CallParts {
  AddressSpaces& spaces;
  Scratchpad& scratchpad;
  Accumulators& accumulators;
  Counts& counts;
  Picoseconds clock_period_ps;
};

/// Fetches and checks commands in order and gives them to the engines, which run beside each other.
/// What is wrong with a command is told once everything before it has completed.
///
/// A command takes effect slice by slice, each at its beginning. So of commands that nothing orders
/// the effects come in some order that the hardware may not have.
class Call {
 public:
  /// \param size  bytes, a multiple of 64, not 0
  Call(const CallParts& parts, std::uint64_t addr, std::uint32_t size, std::uint32_t space,
       bool stalls_faults);
  // The engines know its tokens.
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  /// Does all that is due at `now_ps`. \returns when something is due next; kNever: nothing is,
  /// as it is done, has failed, is stalled, or its commands wait for each other.
  Picoseconds advance(Picoseconds now_ps);

  bool is_done() const { return is_done_; }
  /// Why it ended early. The index is left to whoever knows it.
  const std::optional<Error>& error() const { return error_; }
  /// The access that waits for `retry` or `abort`.
  std::optional<Error> stalled() const;
  void retry();
  void abort();

 private:
  struct Fetched {
    Record record;
    std::uint32_t offset;
  };

  bool fetch(Picoseconds now_ps);
  bool dispatch();
  bool are_engines_empty() const;
  bool take_error();
  Engine::Setup engine_setup() const;

  const CallParts parts_;
  const std::uint64_t addr_;
  const std::uint32_t size_, space_;
  const bool stalls_faults_;

  std::uint32_t asked_ = 0;     // Bytes fetched, or being fetched.
  std::deque<Fetched> coming_;  // On the bus,
  Picoseconds coming_ps_ = 0;   // until then.
  std::deque<Fetched> fetched_;
  std::optional<Error> fetch_error_;  // After all that is fetched.
  std::optional<Error> fetch_stalled_;

  bool is_at_barrier_ = false;
  std::optional<Error> refused_;  // Once the engines are empty.
  std::optional<Error> error_;
  bool is_done_ = false;

  Tokens load_to_compute_, compute_to_load_, compute_to_store_, store_to_compute_;
  Engine load_, store_, compute_;
};

}  // namespace presil::kestrel
