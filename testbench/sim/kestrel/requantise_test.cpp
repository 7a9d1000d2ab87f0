// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/requantise.hpp"

#include <bit>
#include <limits>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace presil::kestrel {
namespace {

/// The same in integers only, as hardware would do it: a float is sign, exponent, fraction.
namespace integers {

struct Unpacked {
  bool is_negative = false, is_nan = false, is_infinite = false;
  std::uint64_t significand = 0;  // Times 2^exponent.
  int exponent = 0;
};

/// Divides by 2^shift, to nearest even.
std::uint64_t shift_right(std::uint64_t value, int shift) {
  if (shift <= 0)
    return value << -shift;
  if (shift > 63)
    return 0;
  const std::uint64_t rest = value & ((std::uint64_t{1} << shift) - 1);
  const std::uint64_t half = std::uint64_t{1} << (shift - 1);
  const std::uint64_t quotient = value >> shift;
  return quotient + (rest > half || (rest == half && quotient % 2 == 1) ? 1 : 0);
}

Unpacked unpack(std::uint32_t bits) {
  Unpacked u;
  u.is_negative = bits >> 31 != 0;
  const int exponent = static_cast<int>(bits >> 23 & 255);
  const std::uint64_t fraction = bits & 0x7f'ffff;
  u.is_nan = exponent == 255 && fraction != 0;
  u.is_infinite = exponent == 255 && fraction == 0;
  u.significand = exponent == 0 ? fraction : fraction | 0x80'0000;
  u.exponent = (exponent == 0 ? 1 : exponent) - 150;
  return u;
}

/// To 24 bits of significand; below 2^-126 to a multiple of 2^-149.
Unpacked round(Unpacked u) {
  int width = 64 - std::countl_zero(u.significand);
  int shift = width - 24;
  if (u.exponent + shift < -149)
    shift = -149 - u.exponent;
  u.significand = shift_right(u.significand, shift);
  u.exponent += shift;
  width = 64 - std::countl_zero(u.significand);
  if (width + u.exponent > 128)
    u.is_infinite = true;
  return u;
}

Unpacked product(std::int32_t value, std::uint32_t scale) {
  Unpacked v;
  v.is_negative = value < 0;
  v.significand = static_cast<std::uint64_t>(value < 0 ? -std::int64_t{value} : value);
  if (v.significand != 0)
    v = round(v);
  const Unpacked s = unpack(scale);
  Unpacked p;
  p.is_negative = v.is_negative != s.is_negative;
  p.is_nan = s.is_nan || (s.is_infinite && v.significand == 0);
  p.is_infinite = s.is_infinite;
  p.significand = v.significand * s.significand;
  p.exponent = v.exponent + s.exponent;
  return p.significand == 0 || p.is_infinite || p.is_nan ? p : round(p);
}

/// Nearest integer to u * 2^bits, within +-limit.
std::int64_t nearest(const Unpacked& u, int bits, std::int64_t limit) {
  if (u.is_nan)
    return -limit;
  std::int64_t magnitude = limit;
  const int exponent = u.exponent + bits;
  if (!u.is_infinite) {
    if (u.significand == 0)
      magnitude = 0;
    else if (64 - std::countl_zero(u.significand) + exponent <= 40)
      magnitude = std::min<std::int64_t>(
          limit, static_cast<std::int64_t>(shift_right(u.significand, -exponent)));
  }
  return u.is_negative ? -magnitude : magnitude;
}

std::int32_t clamp(std::int64_t q, const ResultRange& range) {
  if (q < range.min - range.zero)
    return range.min;
  return q > range.max - range.zero ? range.max : static_cast<std::int32_t>(q) + range.zero;
}

std::int32_t quantise(std::int32_t value, std::uint32_t scale, const ResultRange& range) {
  return clamp(nearest(product(value, scale), 0, std::int64_t{1} << 35), range);
}

std::int32_t quantise_sum(std::int32_t value, std::uint32_t scale, std::int32_t residual,
                          std::uint32_t residual_scale, const ResultRange& range) {
  constexpr std::int64_t kLimit = (1 << 30) - 1;
  const std::int64_t sum = nearest(product(value, scale), 16, kLimit) +
                           nearest(product(residual, residual_scale), 16, kLimit);
  const auto magnitude =
      static_cast<std::int64_t>(shift_right(static_cast<std::uint64_t>(sum < 0 ? -sum : sum), 16));
  return clamp(sum < 0 ? -magnitude : magnitude, range);
}

}  // namespace integers

const std::vector<ResultRange> kRanges = {{.min = -128, .max = 127, .zero = 0},
                                          {.min = 0, .max = 255, .zero = 128},
                                          {.min = -128, .max = 127, .zero = -128},
                                          {.min = 3, .max = 6, .zero = 5},
                                          {.min = 7, .max = 7, .zero = 255}};

/// Bit patterns of every exponent and sign, with telling fractions.
std::vector<std::uint32_t> scales() {
  std::vector<std::uint32_t> all;
  for (std::uint32_t top = 0; top < 512; ++top) {
    for (const std::uint32_t fraction :
         {0u, 1u, 2u, 0x3f'ffffu, 0x40'0000u, 0x40'0001u, 0x55'5555u, 0x7f'fffeu, 0x7f'ffffu})
      all.push_back(top << 23 | fraction);
  }
  return all;
}

std::vector<std::int32_t> values() {
  std::vector<std::int32_t> all = {0, std::numeric_limits<std::int32_t>::min()};
  for (int bit = 0; bit < 31; ++bit) {
    for (const std::int32_t near : {-1, 0, 1}) {
      const std::int32_t value =
          static_cast<std::int32_t>((std::int64_t{1} << bit) + near) & 0x7fff'ffff;
      all.push_back(value);
      all.push_back(-value);
    }
  }
  // Halfway cases of the rounding to 24 bits.
  for (const std::int32_t value : {0x100'0001, 0x100'0003, 0x3ff'fffe, 0x7fff'ffbf, 0x7fff'ffc0})
    all.insert(all.end(), {value, -value});
  return all;
}

TEST_CASE("requantisation is what integers give, for every kind of scale", "[sim][kestrel]") {
  for (const std::uint32_t scale : scales()) {
    for (const std::int32_t value : values()) {
      for (const auto& range : kRanges) {
        const std::int32_t wanted = integers::quantise(value, scale, range);
        const std::int32_t got = quantise(scaled(value, std::bit_cast<float>(scale)), range);
        if (got != wanted)
          FAIL("value " << value << " scale " << scale << " gives " << got << ", not " << wanted);
      }
    }
  }
}

TEST_CASE("requantisation is what integers give, at random", "[sim][kestrel]") {
  std::mt19937 random(4);
  for (int i = 0; i < 2'000'000; ++i) {
    // Products near the range of results are the interesting ones.
    const std::int32_t value = static_cast<std::int32_t>(random()) >> random() % 32;
    const auto scale = static_cast<std::uint32_t>(
        random() % 8 ? (90 + random() % 50) << 23 | (random() & 0x807f'ffff) : random());
    const std::int32_t residual = static_cast<std::int32_t>(random() % 511) - 255;
    const auto residual_scale = static_cast<std::uint32_t>(
        random() % 8 ? (110 + random() % 24) << 23 | (random() & 0x807f'ffff) : random());
    const auto& range = kRanges[i % 4];
    const float product = scaled(value, std::bit_cast<float>(scale));
    const float other = scaled(residual, std::bit_cast<float>(residual_scale));
    const std::int32_t alone = integers::quantise(value, scale, range);
    const std::int32_t both = integers::quantise_sum(value, scale, residual, residual_scale, range);
    if (quantise(product, range) != alone || quantise_sum(product, other, range) != both)
      FAIL("value " << value << " scale " << scale << " residual " << residual << " scale "
                    << residual_scale);
  }
}

TEST_CASE("halves go to the even neighbour", "[sim][kestrel]") {
  const ResultRange range = {.min = -128, .max = 127, .zero = 0};
  CHECK(quantise(scaled(1, 0.5f), range) == 0);
  CHECK(quantise(scaled(3, 0.5f), range) == 2);
  CHECK(quantise(scaled(-1, 0.5f), range) == 0);
  CHECK(quantise(scaled(-5, 0.5f), range) == -2);
  CHECK(quantise_sum(0.25f, 0.25f, range) == 0);
  CHECK(quantise_sum(0.75f, 0.75f, range) == 2);
  CHECK(quantise_sum(-0.75f, -0.75f, range) == -2);
  CHECK(quantise_sum(1.0f, 1.5f, range) == 2);
}

TEST_CASE("what is not a number gives the least result", "[sim][kestrel]") {
  const ResultRange range = {.min = -7, .max = 9, .zero = 1};
  const float infinite = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(quantise(scaled(0, infinite), range) == -7);
  CHECK(quantise(scaled(1, infinite), range) == 9);
  CHECK(quantise(scaled(-1, infinite), range) == -7);
  CHECK(quantise(scaled(1, nan), range) == -7);
  // With a residual it counts as -(2^30 - 1) and can be made up for.
  CHECK(quantise_sum(nan, 16'383.5f, range) == 1);
  CHECK(quantise_sum(infinite, -16'380.0f, range) == 5);
}

}  // namespace
}  // namespace presil::kestrel
