// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// DirectedQueue: the scene's subject, and how its queue comes into each state of the goals.
#pragma once

#include <span>

#include "directed_program.hpp"
#include "goals.hpp"
#include "lockstep.hpp"

namespace presil::testbench {

/// Compares both sides after each step.
class DirectedQueue {
 public:
  explicit DirectedQueue(Lockstep& lockstep)
      : lockstep_(lockstep),
        scene_(lockstep.scene()),
        random_(scene_.random),
        party_(scene_.subject) {}

  /// From a queue that was just set up. Afterwards it has nothing to do. What is aborted is so at
  /// the end of a batch: for that nothing is done here.
  void reach(State state);

 protected:
  static constexpr std::uint32_t kStalledStatus = KESTREL_QUEUE_STATUS_FAULT_STALLED |
                                                  KESTREL_QUEUE_STATUS_RUNNING |
                                                  KESTREL_QUEUE_STATUS_PENDING;

  void control(std::uint32_t bit);
  void ring();
  void set_config(std::uint32_t config);
  void set_ring_base(std::uint64_t addr);
  void set_status_addr(std::uint64_t addr);
  void call(std::span<const KestrelRecord> commands);
  void step() { lockstep_.finish(&party_); }
  void expect(std::uint32_t status);

  Lockstep& lockstep_;
  Scene& scene_;
  Random& random_;
  Party& party_;

 private:
  void suspend();
  void park();
  void unpark();
  void stall();
  void retry();
  void reset_pending();

  Trap stalled_at_ = Trap::kNotPresent;
};

}  // namespace presil::testbench
