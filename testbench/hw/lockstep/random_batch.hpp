// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RandomBatch: some random records for one queue alone, or for all at once.
#pragma once

#include "lockstep.hpp"

namespace presil::testbench {

/// Submits, lets both sides work, compares, and sets up again what failed.
///
/// Queues that compete may come in another order on either side. What several queues get at once is
/// therefore limited to what ends the same in any order:
///   - a program writes all that it reads on chip, and misses its memories only in ways that reach
///     nothing else on chip: a range at random might meet what the program before has left, or not;
///   - faults do not stall: the queue would hold the engines, and who had them before is open;
///   - nobody is suspended between records, since which one comes next is open.
/// A WAIT for another queue is no such thing: numbers only grow, and each FENCE has it look again,
/// so those that are fulfilled in the end are the same.
class RandomBatch {
 public:
  explicit RandomBatch(Lockstep& lockstep)
      : lockstep_(lockstep), scene_(lockstep.scene()), random_(scene_.random) {}

  void run();

 private:
  void submit(Party& party, bool is_alone);
  KestrelRecord ring_record(Party& party);
  KestrelRecord intact_ring_record(Party& party);
  KestrelRecord wait_for_somebody(const Party& party);
  void suspend_and_submit(Party& party);
  void end_stall(Party& party);
  void empty_chip();

  Lockstep& lockstep_;
  Scene& scene_;
  Random& random_;
};

}  // namespace presil::testbench
