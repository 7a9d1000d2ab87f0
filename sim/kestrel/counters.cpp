// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/counters.hpp"

namespace presil::kestrel {

void Counters::add(std::uint32_t queue, const Counts& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    rows_[queue][i] += counts[i];
    rows_[kQueues][i] += counts[i];
  }
}

void Counters::snapshot(std::uint32_t index) {
  snapshot_ = index < rows_.size() ? rows_[index] : Counts{};
}

std::uint32_t Counters::read(std::size_t index) const {
  return static_cast<std::uint32_t>(snapshot_[index / 2] >> (index % 2 * 32));
}

}  // namespace presil::kestrel
