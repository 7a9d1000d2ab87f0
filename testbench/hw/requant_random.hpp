// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Random numbers for kestrel's requantisation that are seldom far from where something happens.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>

#include "requant_bench.hpp"

namespace presil::testbench {

class RequantRandom {
 public:
  explicit RequantRandom(std::uint64_t seed) : random_(seed) {}

  /// Any bits, small numbers, and numbers at a power of two or half way between two floats.
  std::uint32_t number() {
    const std::uint64_t bits = random_();
    const unsigned shift = bits >> 32 & 31;
    auto value = static_cast<std::uint32_t>(bits);
    switch (bits >> 40 & 3) {
      case 0:
        break;
      case 1:
        value >>= shift;
        break;
      case 2:
        value = (1u << shift) + (bits & 7) - 4;
        break;
      default:
        // The lower bits are about one half of what float32 rounds to.
        value = (value & 0xffff'ff00u) + 0x80 + (bits & 3) - 2;
        value >>= shift % 9;
    }
    return bits >> 44 & 1 ? 0 - value : value;
  }

  /// Any float, one that brings `sum` near a byte, one that brings it near a half, special ones.
  std::uint32_t scale(std::uint32_t sum) {
    const std::uint64_t bits = random_();
    const double magnitude = std::fmax(std::fabs(static_cast<std::int32_t>(sum)), 1.0);
    switch (bits >> 60) {
      case 0:
        return static_cast<std::uint32_t>(bits);
      case 1: {
        constexpr std::uint32_t kSpecial[] = {0x0000'0000, 0x0000'0001, 0x007f'ffff, 0x0080'0000,
                                              0x3f80'0000, 0x3f00'0000, 0x7f7f'ffff, 0x7f80'0000,
                                              0x7f80'0001, 0x7fc0'0000, 0x7fff'ffff, 0x0080'0001,
                                              0x3780'0000, 0x3800'0000, 0x4e80'0000, 0x4f00'0000};
        return kSpecial[bits & 15] | static_cast<std::uint32_t>(bits & 0x8000'0000);
      }
      case 2:
      case 3:
      case 4:
      case 5: {
        // Near a half: one of the next floats to (n + 1/2) / sum.
        const double target = static_cast<double>(bits & 0x1ff) - 255.5;
        const auto near = std::bit_cast<std::uint32_t>(static_cast<float>(target / magnitude));
        return near + static_cast<std::uint32_t>(bits >> 16 & 3) - 1;
      }
      default: {
        const double target = static_cast<double>(bits & 0xffff) / 128.0 - 256.0;
        return std::bit_cast<std::uint32_t>(static_cast<float>(target / magnitude));
      }
    }
  }

  RequantSource source(bool bytes) {
    RequantSource source{.bytes = bytes, .is_unsigned = random_() % 2 == 0};
    if (bytes && random_() % 2 == 0) {
      source.zero = byte_value(source.is_unsigned);
    }
    return source;
  }
  RequantConfig config() {
    RequantConfig config{.residual = random_() % 2 == 0, .res_scale = scale(100)};
    const bool is_unsigned = random_() % 2 == 0;
    config.min = is_unsigned ? 0 : -128;
    config.max = config.min + 255;
    if (random_() % 2 == 0) {
      config.out_zero = byte_value(is_unsigned);
    } else if (is_unsigned) {
      config.out_zero = 128;
    }
    if (random_() % 4 == 0) {
      const int one = byte_value(is_unsigned), other = byte_value(is_unsigned);
      config.min = std::min(one, other);
      config.max = std::max(one, other);
    }
    return config;
  }
  std::uint64_t operator()() { return random_(); }

  /// A command: sixteen biases and scales, and some numbers to each of them.
  void command(RequantBench& bench, unsigned numbers) {
    const RequantSource main = source(random_() % 4 == 0);
    const RequantConfig configuration = config();
    bench.configure(configuration, main, source(true));
    std::array<RequantCase, RequantBench::kLanes> cases;
    std::array<std::uint32_t, RequantBench::kLanes> sums;
    for (unsigned i = 0; i < cases.size(); ++i) {
      cases[i].bias = random_() % 4 == 0 ? 0 : number();
      // Of a byte the sum is near the bias.
      sums[i] = main.bytes ? cases[i].bias + static_cast<std::uint32_t>(random_() % 256) : number();
      cases[i].scale = scale(sums[i]);
    }
    bench.set_lanes(cases);
    for (unsigned n = 0; n < numbers; ++n) {
      for (unsigned i = 0; i < cases.size(); ++i) {
        const std::uint64_t bits = random_();
        std::uint32_t sum = sums[i];
        if (n != 0) {
          sum = bits & 1 ? sums[i] + static_cast<std::uint32_t>(bits >> 8 & 15) - 8 : number();
        }
        cases[i].number = main.bytes ? static_cast<std::uint32_t>(bits >> 16) : sum - cases[i].bias;
        cases[i].residual = static_cast<std::uint8_t>(bits >> 48);
      }
      bench.send(cases);
      if (random_() % 8 == 0) {
        bench.idle();
      }
    }
    bench.drain();
  }

 private:
  int byte_value(bool is_unsigned) {
    const int value = static_cast<int>(random_() % 256);
    return is_unsigned ? value : value - 128;
  }

  std::mt19937_64 random_;
};

}  // namespace presil::testbench
