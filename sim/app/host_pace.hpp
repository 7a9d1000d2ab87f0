// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// HostPace: a sign of life between batches, and host time stretched on request.
#pragma once

#include <cstdint>
#include <functional>

namespace presil {

/// Called once per batch of cycles.
class HostPace {
 public:
  /// \param slow_factor  host time between two calls is stretched by this; 1: not at all
  /// \param beat         called with every batch, and at least ten times a second while stretching
  /// \param check        called about ten times a second, also while stretching
  HostPace(double slow_factor, std::function<void()> beat, std::function<void()> check);

  void on_batch();

  /// Host time since the last batch was not spent simulating.
  void restart();

 private:
  void stretch(std::uint64_t since_ns);
  void check_if_due();

  const double slow_factor_;
  std::function<void()> beat_, check_;
  std::uint64_t batches_ = 0;
  std::uint64_t latest_ns_ = 0;
  std::uint64_t latest_check_ns_ = 0;
};

}  // namespace presil
