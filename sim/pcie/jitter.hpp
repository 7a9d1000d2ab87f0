// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Jitter: how much longer than usual something takes, drawn by a seed.
#pragma once

#include <cstdint>

#include "sim/base/picoseconds.hpp"
#include "sim/base/random.hpp"

namespace presil {

/// With a guest of one CPU and a fixed clock every run interleaves in the same way. A delay that a
/// seed decides shows other orders, and each of them again.
class Jitter {
 public:
  /// \param most_ps  0: never any delay, and nothing is drawn.
  /// \param seed     of the run
  /// \param stream   what is delayed, as for stream_seed()
  Jitter(Picoseconds most_ps, std::uint64_t seed, std::uint64_t stream)
      : most_ps_(most_ps), random_(stream_seed(seed, stream)) {}

  /// 0 to most_ps. Most are short, as they are in a real host: half of them are below a sixteenth.
  Picoseconds next() {
    if (most_ps_ == 0)
      return 0;
    const Picoseconds evenly = random_.next() % (most_ps_ + 1);
    return random_.chance(50) ? evenly / 16 : evenly;
  }

 private:
  Picoseconds most_ps_;
  Random random_;
};

}  // namespace presil
