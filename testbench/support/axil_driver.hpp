// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// AxilDriver: an AXI4-Lite manager that does what a test tells it, access by access.
#pragma once

#include <cstdint>
#include <deque>
#include <random>
#include <vector>

#include "axi_signals.hpp"

namespace presil::testbench {

/// What came back of one access.
struct AxilResult {
  std::uint32_t data = 0;  ///< reads
  std::uint8_t resp = 0;   ///< 0 OKAY, 2 SLVERR, 3 DECERR
};

/// Issues queued accesses, reads and writes each in order. Call drive(), let the model settle,
/// sample() what it drives, then clock it: once each cycle.
///
/// With stalls, each valid and each ready comes late by a random number of cycles, so that address
/// and data of a write arrive in any order.
class AxilDriver {
 public:
  explicit AxilDriver(std::uint64_t seed) : random_(seed) {}

  void post_write(std::uint32_t addr, std::uint32_t data, std::uint8_t strb = 0xf);
  void post_read(std::uint32_t addr);

  const AxilToSubordinate& drive();
  void sample(const AxilFromSubordinate& pins);
  void reset();

  /// Nothing queued, nothing under way.
  [[nodiscard]] bool idle() const {
    return addresses_.empty() && data_.empty() && reads_.empty() && writes_open_ == 0 &&
           reads_open_ == 0;
  }
  /// Results of reads and of writes, in order; the caller clears them.
  std::vector<AxilResult> read_results, write_results;

  unsigned stall_percent = 0;

 private:
  struct Data {
    std::uint32_t data;
    std::uint8_t strb;
  };

  bool stall() { return stall_percent != 0 && random_() % 100 < stall_percent; }

  std::mt19937_64 random_;
  AxilToSubordinate pins_;
  std::deque<std::uint32_t> addresses_, reads_;
  std::deque<Data> data_;
  unsigned writes_open_ = 0, reads_open_ = 0;
};

}  // namespace presil::testbench
