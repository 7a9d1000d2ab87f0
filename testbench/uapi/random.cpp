// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "random.hpp"

#include <sched.h>
#include <time.h>

#include <optional>

namespace {

std::optional<Random> yields;

}  // namespace

std::uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

void set_yields(std::uint64_t seed) {
  if (seed != 0) {
    yields.emplace(seed);
  } else {
    yields.reset();
  }
}

void maybe_yield() {
  if (!yields)
    return;
  switch (yields->below(8)) {
    case 0:
      sched_yield();
      break;
    case 1: {
      // Up to 200 us: as long as a small job takes, or an interrupt.
      const timespec span{.tv_sec = 0, .tv_nsec = static_cast<long>(yields->below(200'000))};
      nanosleep(&span, nullptr);
      break;
    }
    case 2:
      for (volatile std::uint64_t spins = yields->below(20'000); spins > 0; spins = spins - 1) {
      }
      break;
    default:
      break;
  }
}
