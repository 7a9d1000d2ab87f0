// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// ClockGate: the clock controller's half of the shell's clock-request port.
#pragma once

#include <cstdint>

namespace presil {

/// What the accelerator drives.
struct ClockRequest {
  bool active;   ///< qactive_o: it has work of its own
  bool accepts;  ///< qacceptn_o, inverted: it agrees to be stopped
  bool denies;   ///< qdeny_o: it does not
};

/// Stops the clock of an idle accelerator, as silicon's clock controller does.
///
/// Every request is answered before it is withdrawn: the handshake of AMBA Low Power Interface
/// (IHI 0068), Q-Channel. `sample` is called with the pins as they are just before a clock edge,
/// and a clock that stops does so after that edge.
///
/// An accelerator that answers at once never learns by its timing that its clock was stopped: who
/// has something for it at an edge says so `kLeadEdges` before, and wakes a stopped clock so that
/// `kWakeEdges` edges come before that one.
class ClockGate {
 public:
  /// From `wake` to the first edge with traffic: one to raise qreqn_i, one to see it accepted.
  static constexpr std::uint64_t kWakeEdges = 2;
  /// From the edge at which a stop is decided to the first one with traffic again, if it is
  /// accepted (or denied) at once: request and answer, then `kWakeEdges`.
  static constexpr std::uint64_t kLeadEdges = 2 + kWakeEdges;

  /// qreqn_i for the coming edge.
  bool qreqn() const { return state_ != State::kRequested && state_ != State::kStopped; }

  bool is_clocked() const { return state_ != State::kStopped; }

  /// Accesses and answers may be driven onto the accelerator's pins.
  bool allows_traffic() const { return state_ == State::kRunning; }

  /// \param is_idle  the harness has nothing for the accelerator, and will have nothing within the
  ///                 next `kLeadEdges` edges.
  void sample(const ClockRequest& request, bool is_idle) {
    switch (state_) {
      case State::kRunning:
        if (is_idle && !request.active)
          state_ = State::kRequested;
        break;
      case State::kRequested:
        if (request.denies)
          state_ = State::kDenied;
        else if (request.accepts)
          state_ = is_idle ? State::kStopped : State::kWaking;
        break;
      case State::kDenied:
        if (!request.denies)
          state_ = State::kRunning;
        break;
      case State::kWaking:
        if (!request.accepts && !request.denies)
          state_ = State::kRunning;
        break;
      case State::kStopped:
        break;
    }
  }

  /// Starts a stopped clock.
  void wake() {
    if (state_ == State::kStopped)
      state_ = State::kWaking;
  }

  void reset() { state_ = State::kRunning; }

 private:
  enum class State { kRunning, kRequested, kDenied, kStopped, kWaking };

  State state_ = State::kRunning;
};

}  // namespace presil
