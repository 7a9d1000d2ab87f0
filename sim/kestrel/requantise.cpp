// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/requantise.hpp"

#include <algorithm>
#include <cmath>

namespace presil::kestrel {
namespace {

constexpr double kFixLimit = (1 << 30) - 1;
constexpr int kFixBits = 16;

/// Integer nearest to a number, half to even, within limits; not a number gives the lower one.
double nearest(double number, double least, double most) {
  if (std::isnan(number))
    return least;
  // The rounding mode is the default: to nearest even.
  return std::clamp(std::nearbyint(number), least, most);
}

std::int64_t to_fix(float number) {
  // A power of two, so the product is exact in double.
  return static_cast<std::int64_t>(
      nearest(static_cast<double>(number) * (1 << kFixBits), -kFixLimit, kFixLimit));
}

}  // namespace

float scaled(std::int32_t value, float scale) {
  return static_cast<float>(value) * scale;
}

std::int32_t quantise(float product, const ResultRange& range) {
  return static_cast<std::int32_t>(nearest(static_cast<double>(product), range.min - range.zero,
                                           range.max - range.zero)) +
         range.zero;
}

std::int32_t quantise_sum(float product, float residual, const ResultRange& range) {
  const std::int64_t sum = to_fix(product) + to_fix(residual);
  constexpr std::int64_t kHalf = 1 << (kFixBits - 1);
  std::int64_t quotient = sum >> kFixBits;
  const std::int64_t rest = sum - (quotient << kFixBits);
  if (rest > kHalf || (rest == kHalf && quotient % 2 != 0))
    ++quotient;
  return static_cast<std::int32_t>(
             std::clamp<std::int64_t>(quotient, range.min - range.zero, range.max - range.zero)) +
         range.zero;
}

}  // namespace presil::kestrel
