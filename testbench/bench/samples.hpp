// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Samples: host times of one kind, and what is said of them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include <nlohmann/json.hpp>

namespace presil::bench {

using Clock = std::chrono::steady_clock;

inline std::uint64_t nanoseconds(Clock::duration time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time).count());
}

/// Host times in nanoseconds.
class Samples {
 public:
  void add(std::uint64_t time_ns) { times_ns_.push_back(time_ns); }

  /// Median and 99th percentile. There must be a sample.
  [[nodiscard]] nlohmann::ordered_json summary() const {
    auto sorted = times_ns_;
    std::ranges::sort(sorted);
    return {{"median_ns", sorted[sorted.size() / 2]},
            {"p99_ns", sorted[sorted.size() * 99 / 100]},
            {"samples", sorted.size()}};
  }

 private:
  std::vector<std::uint64_t> times_ns_;
};

}  // namespace presil::bench
