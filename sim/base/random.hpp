// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Random: a small seeded generator, the same on every machine and library.
#pragma once

#include <cstdint>

namespace presil {

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  /// True with a probability of `percent` in a hundred. Draws nothing at 0.
  bool chance(unsigned percent) { return percent != 0 && next() % 100 < percent; }

 private:
  std::uint64_t state_;
};

/// The seed of one of a run's random streams, of which there are at most 16: each has its own, so
/// that none shifts when another is used more.
inline std::uint64_t stream_seed(std::uint64_t seed, std::uint64_t stream) {
  return Random(seed * 16 + stream).next();
}

}  // namespace presil
