// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// LoadWorker: one process's part of a load.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "client.hpp"
#include "load_board.hpp"
#include "random.hpp"

class LoadWorker {
 public:
  /// Runs in a process of its own, after the fork.
  LoadWorker(LoadBoard& board, std::uint32_t process, std::uint64_t seed);

  /// Submits all jobs of its queues, each waiting for random jobs of any process, and waits for
  /// them. What is wrong is noted as a failure.
  void work();

 private:
  std::uint32_t row(std::uint32_t queue) const { return process_ * board_.size().queues + queue; }
  void submit(std::uint32_t queue, std::uint32_t number);
  LoadJob random_job();

  LoadBoard& board_;
  std::uint32_t process_;
  Random random_;
  Client client_;
  std::vector<std::uint32_t> queues_;
  std::vector<std::uint32_t> timelines_;  ///< of every row, in this file
  std::vector<std::uint32_t> binaries_;   ///< syncobjs of this process
  std::uint64_t slots_va_;
  MappedBuffer commands_;
  std::uint64_t commands_va_;
  std::uint64_t commands_used_ = 0;
};
