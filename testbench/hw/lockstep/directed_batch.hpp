// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// DirectedBatch: brings about one cell of the goals.
#pragma once

#include "directed_queue.hpp"
#include "goals.hpp"
#include "lockstep.hpp"

namespace presil::testbench {

/// Puts the scene's subject into a state, has it execute something that ends as is wanted, compares
/// after each step, and fails if the cell was not met. Everybody else rests, but for the queue that
/// unparks.
class DirectedBatch : private DirectedQueue {
 public:
  DirectedBatch(Lockstep& lockstep, const Cell& cell) : DirectedQueue(lockstep), cell_(cell) {}

  void run();

 private:
  void set_up();
  [[nodiscard]] bool is_user();

  void execute_unread_record();
  void execute_record();
  void execute_unread_command();
  void execute_command();
  void push_control(std::uint64_t addr);
  void exceed_budget();
  void run_to_end();

  void set_mode(unsigned space, std::uint32_t mode);
  std::uint64_t trap_addr(std::uint64_t base);

  const Cell cell_;
  bool is_kernel_space_changed_ = false, is_own_space_changed_ = false;
};

}  // namespace presil::testbench
