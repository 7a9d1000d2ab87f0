// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Random numbers that a seed repeats, and the yields that it puts between a test's calls.
#pragma once

#include <cstdint>

/// Numbers from a seed, the same on every machine.
///
/// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", 2014.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  /// All 64 bits are random.
  std::uint64_t next();
  /// One of 0 to `count` - 1; `count` is not 0.
  std::uint64_t below(std::uint64_t count) { return next() % count; }
  /// True once in `count` times.
  bool once_in(std::uint64_t count) { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

/// From now on maybe_yield() yields at places that `seed` chooses; with 0, as at first, nowhere.
void set_yields(std::uint64_t seed);

/// Lets others run, or time pass, or does nothing: so that other interleavings are tried. One
/// virtual processor and a fixed clock have the same one each time. For one thread.
void maybe_yield();
