// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// ACCUMULATE and OUTPUT in C++, after the text in hw/kestrel/rdl/kestrel.rdl, one position after
/// another.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "kestrel_records.hpp"
#include "requant_rendering.hpp"

namespace presil::testbench {

using SpadWord = std::array<std::uint8_t, 16>;

class ComputeRendering {
 public:
  static constexpr std::int64_t kWords = 16384, kRows = 1024;

  /// Carries a command out; false if it goes beyond a memory, and then it may be half done.
  [[nodiscard]] bool execute(const KestrelAccumulate& c) {
    std::int64_t k = 0;
    for (unsigned r2 = 0; r2 < c.r[2]; ++r2) {
      for (unsigned r1 = 0; r1 < c.r[1]; ++r1) {
        for (unsigned r0 = 0; r0 < c.r[0]; ++r0, ++k) {
          std::int64_t m = 0;
          for (unsigned n1 = 0; n1 < c.n[1]; ++n1) {
            for (unsigned n0 = 0; n0 < c.n[0]; ++n0, ++m) {
              const std::int64_t word =
                  wrapped(c.act + n0 * std::int64_t{c.s[0]} + n1 * std::int64_t{c.s[1]} +
                          r0 * std::int64_t{c.t[0]} + r1 * std::int64_t{c.t[1]} +
                          r2 * std::int64_t{c.t[2]});
              if (!has_word(word) || c.acc + m >= kRows || !accumulate(c, word, c.acc + m, k)) {
                return false;
              }
            }
          }
        }
      }
    }
    return true;
  }

  [[nodiscard]] bool execute(const KestrelOutput& c) {
    std::array<std::uint32_t, 16> bias, scale;
    bias.fill(static_cast<std::uint32_t>(c.bias));
    scale.fill(std::bit_cast<std::uint32_t>(c.scale));
    if (c.per_channel) {
      if (c.param_word + 8 > kWords) {
        return false;
      }
      for (unsigned lane = 0; lane < 16; ++lane) {
        bias[lane] = word32(c.param_word, lane);
        scale[lane] = word32(c.param_word + 4, lane);
      }
    }
    const RequantConfig config{.residual = c.res,
                               .res_scale = std::bit_cast<std::uint32_t>(c.res_scale),
                               .out_zero = c.out_zero,
                               .min = c.min,
                               .max = c.max};
    for (unsigned n1 = 0; n1 < c.n[1]; ++n1) {
      for (unsigned n0 = 0; n0 < c.n[0]; ++n0) {
        const auto place = [&](std::uint32_t base, const std::array<int, 2>& step) {
          return wrapped(base + n0 * std::int64_t{step[0]} + n1 * std::int64_t{step[1]});
        };
        const std::int64_t src = place(c.src, c.ss), dst = place(c.dst, c.ds);
        const std::int64_t res = place(c.res_word, c.rs);
        if (src < 0 || src >= (c.src_scratchpad ? kWords : kRows) || !has_word(dst) ||
            (c.res && !has_word(res))) {
          return false;
        }
        SpadWord result;
        for (unsigned lane = 0; lane < 16; ++lane) {
          const std::int32_t number = c.src_scratchpad
                                          ? byte(src, lane, c.src_unsigned) - c.src_zero
                                          : static_cast<std::int32_t>(rows[src][lane]);
          const std::int32_t residual = c.res ? byte(res, lane, c.res_unsigned) - c.res_zero : 0;
          result[lane] = static_cast<std::uint8_t>(requantise(
              config, number, static_cast<std::int32_t>(bias[lane]), scale[lane], residual));
        }
        words[dst] = result;
      }
    }
    return true;
  }

  std::vector<SpadWord> words = std::vector<SpadWord>(kWords);
  std::vector<std::array<std::uint32_t, 16>> rows =
      std::vector<std::array<std::uint32_t, 16>>(kRows);

 private:
  static std::int64_t wrapped(std::int64_t word) { return static_cast<std::int32_t>(word); }
  static bool has_word(std::int64_t word) { return word >= 0 && word < kWords; }
  [[nodiscard]] std::int32_t byte(std::int64_t word, unsigned lane, bool is_unsigned) const {
    const std::uint8_t value = words[word][lane];
    return is_unsigned ? value : static_cast<std::int8_t>(value);
  }
  /// The lane's of 16 numbers of 32 bits in four words.
  [[nodiscard]] std::uint32_t word32(std::int64_t word, unsigned lane) const {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < 4; ++i) {
      value |= std::uint32_t{words[word + lane / 4][lane % 4 * 4 + i]} << 8 * i;
    }
    return value;
  }

  bool accumulate(const KestrelAccumulate& c, std::int64_t word, std::int64_t row, std::int64_t k) {
    std::array<std::int32_t, 16> term{};
    for (unsigned column = 0; column < 16; ++column) {
      switch (c.mode) {
        case KESTREL_ACCUMULATE_MODE_MATMUL:
          for (unsigned j = 0; j < 16; ++j) {
            const std::int64_t weight = c.weight + 16 * k + j;
            if (!has_word(weight)) {
              return false;
            }
            term[column] += byte(word, j, c.act_unsigned) * byte(weight, column, false);
          }
          break;
        case KESTREL_ACCUMULATE_MODE_DEPTHWISE:
          if (!has_word(c.weight + k)) {
            return false;
          }
          term[column] = byte(word, column, c.act_unsigned) * byte(c.weight + k, column, false);
          break;
        default:
          term[column] = byte(word, column, c.act_unsigned);
      }
    }
    for (unsigned column = 0; column < 16; ++column) {
      std::uint32_t& value = rows[row][column];
      const auto now = static_cast<std::uint32_t>(term[column]);
      if (k == 0 && !c.keep) {
        value = now;
      } else if (c.mode == KESTREL_ACCUMULATE_MODE_MAX) {
        value = static_cast<std::int32_t>(value) > term[column] ? value : now;
      } else {
        value += now;
      }
    }
    return true;
  }
};

}  // namespace presil::testbench
