// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// OUTPUT's arithmetic in C++, after the text in hw/kestrel/rdl/kestrel.rdl: with the machine's
/// float. To be compiled without contraction of a multiplication and an addition into one
/// operation.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace presil::testbench {

static_assert(sizeof(float) == 4);

/// What is the same for all numbers of a command.
struct RequantConfig {
  bool residual = false;
  std::uint32_t res_scale = 0;  // Bits of a float32.
  int out_zero = 0;
  int min = -128;
  int max = 127;
};

/// float32(number) * scale; the order and the roundings are those of the text.
inline float requant_product(std::int32_t number, std::uint32_t scale_bits) {
  const auto converted = static_cast<float>(number);
  return converted * std::bit_cast<float>(scale_bits);
}

/// Integer nearest to value * 65536, half to even, within +-(2^30 - 1).
inline std::int32_t requant_fix(float value) {
  constexpr double kLimit = 1073741823.0;
  if (std::isnan(value)) {
    return static_cast<std::int32_t>(-kLimit);
  }
  // Exact: the same float with another exponent, in a type that has room for it.
  const double rounded = std::nearbyint(static_cast<double>(value) * 65536.0);
  return static_cast<std::int32_t>(std::fmin(std::fmax(rounded, -kLimit), kLimit));
}

/// One lane. `number` is the accumulator, or a byte minus its zero point; `residual` a byte minus
/// its zero point. The result is the byte's value, negative or not.
inline int requantise(const RequantConfig& config, std::int32_t number, std::int32_t bias,
                      std::uint32_t scale, std::int32_t residual) {
  const auto sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(number) +
                                             static_cast<std::uint32_t>(bias));
  const float f = requant_product(sum, scale);
  const double low = config.min - config.out_zero;
  const double high = config.max - config.out_zero;
  double q = 0;
  if (config.residual) {
    const float g = requant_product(residual, config.res_scale);
    q = std::nearbyint((static_cast<double>(requant_fix(f)) + requant_fix(g)) / 65536.0);
  } else if (std::isnan(f)) {
    return config.min;
  } else {
    q = std::nearbyintf(f);
  }
  return static_cast<int>(std::fmin(std::fmax(q, low), high)) + config.out_zero;
}

}  // namespace presil::testbench
