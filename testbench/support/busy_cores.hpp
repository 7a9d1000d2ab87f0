// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// BusyCores: the load beside a test or a measurement.
#pragma once

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace presil::testbench {

/// Keeps every core busy while it lives.
class BusyCores {
 public:
  BusyCores() {
    for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) {
      threads_.emplace_back([this] {
        while (!over_.load(std::memory_order_relaxed)) {
        }
      });
    }
  }
  ~BusyCores() {
    over_ = true;
    for (auto& thread : threads_) {
      thread.join();
    }
  }
  BusyCores(const BusyCores&) = delete;
  BusyCores& operator=(const BusyCores&) = delete;

 private:
  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

}  // namespace presil::testbench
