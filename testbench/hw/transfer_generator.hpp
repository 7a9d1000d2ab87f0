// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// TransferGenerator: random LOADs and STOREs of the kinds that networks have, and others.
#pragma once

#include <array>
#include <cstdint>
#include <random>

#include "transfer_model.hpp"

namespace presil::testbench {

/// Random transfers of several kinds.
class TransferGenerator {
 public:
  explicit TransferGenerator(std::uint64_t seed) : random_(seed) {}

  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(unsigned n) { return random_() % n == 0; }

  Transfer transfer(bool store) {
    Transfer t;
    t.pad = store ? 0 : static_cast<std::uint8_t>(random_());
    t.addr = one_in(4) ? random_() : one_in(8) ? 0 - random_() % 5000 : random_() % 100'000;
    switch (random_() % 4) {
      case 0:
        small(t);
        break;
      case 1:
        large(t);
        break;
      case 2:
        window(t);
        break;
      default:
        tile(t);
        break;
    }
    if (one_in(8)) {
      t.scratchpad = static_cast<std::uint32_t>(
          one_in(2) ? between(kScratchpadBytes - 3000, kScratchpadBytes - 1) : between(0, 3000));
    }
    return t;
  }

 private:
  std::int16_t s16(std::int64_t low, std::int64_t high) {
    return static_cast<std::int16_t>(between(low, high));
  }
  std::uint16_t u16(std::int64_t low, std::int64_t high) {
    return static_cast<std::uint16_t>(between(low, high));
  }
  /// Anything goes, in small.
  void small(Transfer& t) {
    t.pitch = static_cast<std::int32_t>(between(-300, 300));
    t.height = u16(0, 12);
    t.width = u16(0, 70);
    t.y0 = s16(-5, 12);
    t.x0 = s16(-40, 60);
    t.n = {u16(1, 40), u16(1, 6), u16(1, 4), u16(1, 3), u16(1, 3)};
    for (unsigned k = 0; k < 4; ++k) {
      t.xs[k] = s16(-20, 20);
      t.ys[k] = static_cast<std::int8_t>(between(-3, 3));
      t.ss[k] = static_cast<std::int32_t>(between(-200, 200));
    }
    t.scratchpad = static_cast<std::uint32_t>(between(8000, 200'000));
  }
  /// Long runs.
  void large(Transfer& t) {
    const unsigned alignment = one_in(3) ? 16 : 1;
    t.pitch = static_cast<std::int32_t>(between(-300'000, 300'000));
    t.height = u16(1, 65535);
    t.width = u16(1, 10000);
    t.y0 = s16(-1, 40);
    t.x0 = static_cast<std::int16_t>(between(-300, 1000) / alignment * alignment);
    t.n = {static_cast<std::uint16_t>(between(1, 200) * (alignment == 1 ? 13 : 16)), u16(1, 3),
           u16(1, 2), 1, 1};
    t.addr = t.addr / alignment * alignment;
    t.xs[0] = s16(-100, 100);
    t.xs[1] = s16(-32768, 32767);
    t.ys[0] = static_cast<std::int8_t>(between(-128, 127));
    t.ys[1] = 1;
    t.ss[0] = static_cast<std::int32_t>(one_in(2) ? t.n[0] : between(-2000, 2000));
    t.ss[1] = static_cast<std::int32_t>(between(0, 20'000));
    t.scratchpad = static_cast<std::uint32_t>(between(20'000, 200'000) / alignment * alignment);
  }
  /// Windows of a convolution out of an image of one channel, padded on all sides; as words of 16
  /// bytes of which the window fills the first.
  void window(Transfer& t) {
    const auto kernel = static_cast<std::uint16_t>(between(1, 5));
    const auto stride = static_cast<std::int16_t>(between(1, 2));
    t.height = u16(1, 8);
    t.width = u16(1, 12);
    t.pitch = t.width + static_cast<std::int32_t>(between(0, 9));
    t.y0 = t.x0 = static_cast<std::int16_t>(-(kernel / 2));
    t.n = {kernel, kernel, t.width, t.height, 1};
    t.ys = {1, 0, static_cast<std::int8_t>(stride), 0};
    t.xs = {0, stride, 0, 0};
    const std::int32_t bytes = (kernel * kernel + 15) / 16 * 16;
    t.ss = {kernel, bytes, bytes * t.width, 0};
    t.scratchpad = static_cast<std::uint32_t>(between(0, 15'000) * 16);
  }
  /// Rows of a tile of 16 channels.
  void tile(Transfer& t) {
    t.height = u16(1, 20);
    t.width = u16(1, 30);
    t.width = static_cast<std::uint16_t>(t.width * 16);
    t.pitch = t.width * static_cast<std::int32_t>(one_in(3) ? -1 : 1);
    t.y0 = s16(-2, 2);
    t.x0 = static_cast<std::int16_t>(between(-3, 3) * 16);
    t.n = {static_cast<std::uint16_t>(16 * between(1, 12)), u16(1, 12), u16(1, 3), 1, 1};
    t.ys[0] = 1;
    t.xs[1] = static_cast<std::int16_t>(t.n[0]);
    t.ss[0] = t.n[0];
    t.ss[1] = t.n[0] * t.n[1];
    t.addr = t.addr / 16 * 16;
    t.scratchpad = static_cast<std::uint32_t>(between(0, 10'000) * 16);
  }

  std::mt19937_64 random_;
};

}  // namespace presil::testbench
