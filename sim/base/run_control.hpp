// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RunControl: the one place where device time is moved on and held.
#pragma once

#include <functional>

#include "sim/base/time.hpp"

namespace presil {

/// Moves device time for the calls of the link, and lets processes end a move early.
///
/// Processes that run ahead of SystemC's clock in batches stay below `horizon()`, so nothing that
/// falls due is ever overtaken.
///
/// Threads: one. `run_to` from outside SystemC processes, the rest from anywhere.
class RunControl {
 public:
  RunControl() = default;
  RunControl(const RunControl&) = delete;
  RunControl& operator=(const RunControl&) = delete;

  /// Lets every process run to its first wait. Once, when all modules are bound.
  void start();

  /// Serves everything that falls due up to and including `target_ps`, unless a process stops it.
  /// A target in the past serves what is due now.
  /// \returns whether the target was reached.
  bool run_to(Picoseconds target_ps);

  /// Ends the current move after this delta cycle, at the present device time.
  void stop();

  /// Ends the current move and every later one: the run is over.
  void stop_for_good() {
    over_ = true;
    stop();
  }
  bool over() const { return over_; }

  /// Set while the caller wants to be asked before an event is issued (ADVANCE with
  /// STOP_AT_EVENT): who is about to issue one calls `stop` and waits a delta cycle instead.
  void set_stop_at_event(bool on) { stop_at_event_ = on; }
  bool stop_at_event() const { return stop_at_event_; }

  /// First device time that a process must not run ahead to: the target, or what falls due earlier.
  Picoseconds horizon() const;

  /// Earliest device time at which a process acts by itself; UINT64_MAX: none does.
  static Picoseconds next_activity_ps();

  /// Called once per batch of cycles, to show life to whoever watches.
  std::function<void()> on_batch = [] {};

 private:
  Picoseconds target_ps_ = 0;
  bool stopped_ = false;
  bool stop_at_event_ = false;
  bool over_ = false;
};

}  // namespace presil
