// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel's array by itself, in several sizes, against matrices in C++.

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "Varray_bench.h"
#include "rtl_context.hpp"

namespace presil::testbench {
namespace {

struct Size {
  unsigned rows, columns, rows_per_stage;
};
constexpr std::array<Size, 4> kSizes{{{16, 16, 16}, {16, 16, 4}, {8, 8, 8}, {8, 16, 2}}};

/// What has to come out of one array.
struct Expected {
  std::uint8_t tag;
  std::uint64_t cycle;  // In which the tag is to be seen.
  std::vector<std::uint32_t> sums;
};

/// One array in C++: weights change and vectors are multiplied at the moment they are offered.
class Matrix {
 public:
  explicit Matrix(const Size& size) : size_(size) {}

  void load(const Varray_bench& pins) {
    auto& set = weights_[pins.load_set_i];
    for (unsigned row = 0; row < size_.rows; ++row) {
      for (unsigned column = 0; column < size_.columns; ++column) {
        const auto data = static_cast<std::int8_t>(pins.load_data_i[column / 4] >> column % 4 * 8);
        if (pins.load_identity_i) {
          set[row][column] = row == column;
        } else if (pins.load_diagonal_i) {
          set[row][column] = row == column ? data : 0;
        } else if (pins.load_row_i == row) {
          set[row][column] = data;
        }
      }
    }
  }
  [[nodiscard]] Expected multiply(const Varray_bench& pins, std::uint64_t cycle) const {
    Expected result{pins.tag_i, cycle + size_.rows / size_.rows_per_stage, {}};
    for (unsigned column = 0; column < size_.columns; ++column) {
      int sum = 0;
      for (unsigned row = 0; row < size_.rows; ++row) {
        const auto byte = static_cast<std::uint8_t>(pins.act_i[row / 4] >> row % 4 * 8);
        const int a = pins.unsigned_i ? byte : static_cast<std::int8_t>(byte);
        sum += a * weights_[pins.set_i][row][column];
      }
      result.sums.push_back(static_cast<std::uint32_t>(sum));
    }
    return result;
  }

 private:
  Size size_;
  std::array<std::array<std::array<int, 16>, 16>, 2> weights_{};
};

}  // namespace

TEST_CASE("array: gives exact sums with the weights of their moment, in every size",
          "[hw][array]") {
  const std::uint64_t seed = GENERATE(range(1u, 9u));
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  RtlContext context(seed);
  auto model = std::make_unique<Varray_bench>(&context);
  const auto clock = [&] {
    model->clk_i = 1;
    model->eval();
    model->clk_i = 0;
    model->eval();
  };
  model->clk_i = 0;
  model->clear_i = model->valid_i = model->load_i = 0;
  model->rst_ni = 0;
  context.begin(*model);
  clock();
  clock();
  model->rst_ni = 1;
  model->eval();

  std::vector<Matrix> matrices(kSizes.begin(), kSizes.end());
  std::array<std::deque<Expected>, kSizes.size()> expected;
  std::array<std::optional<Expected>, kSizes.size()> now;
  const unsigned valid_percent = seed % 2 == 0 ? 100 : 60;
  // Bytes of all values, or only the extremes, which give the largest sums.
  const auto word = [&, extremes = seed % 3 == 0]() -> std::uint32_t {
    const auto bits = static_cast<std::uint32_t>(random());
    if (!extremes) {
      return bits;
    }
    std::uint32_t value = 0;
    for (unsigned i = 0; i < 4; ++i) {
      constexpr std::uint32_t kExtremes[] = {0x80, 0x80, 0x7f, 0xff};
      value |= kExtremes[bits >> 2 * i & 3] << 8 * i;
    }
    return value;
  };

  std::uint64_t compared = 0;
  constexpr std::uint64_t kCycles = 4000;
  for (std::uint64_t cycle = 0; cycle < kCycles; ++cycle) {
    for (unsigned i = 0; i < kSizes.size(); ++i) {
      // What was announced in the cycle before is there.
      if (now[i]) {
        for (unsigned column = 0; column < kSizes[i].columns; ++column) {
          REQUIRE(model->sum_o[i][column] == now[i]->sums[column]);
        }
        ++compared;
        now[i].reset();
      }
      const bool ahead = model->ahead_valid_o >> i & 1;
      REQUIRE(ahead == (!expected[i].empty() && expected[i].front().cycle == cycle));
      if (ahead) {
        REQUIRE(model->ahead_tag_o[i] == expected[i].front().tag);
        now[i] = std::move(expected[i].front());
        expected[i].pop_front();
      }
    }

    // The first cycles fill both sets, since registers begin with anything.
    const bool filling = cycle < 32;
    model->clear_i = !filling && random() % 500 == 0;
    model->load_i = filling || random() % 2 == 0;
    const unsigned kind = filling ? 0 : random() % 24;
    model->load_diagonal_i = kind == 1;
    model->load_identity_i = kind == 2;
    model->load_set_i = static_cast<std::uint8_t>(filling ? cycle / 16 : random() % 2);
    model->load_row_i = filling ? cycle % 16 : random() % 16;
    model->valid_i = !filling && random() % 100 < valid_percent;
    model->set_i = random() % 2;
    model->unsigned_i = random() % 2;
    model->tag_i = static_cast<std::uint8_t>(random());
    for (unsigned i = 0; i < 4; ++i) {
      model->load_data_i[i] = word();
      model->act_i[i] = word();
    }
    for (unsigned i = 0; i < kSizes.size(); ++i) {
      if (model->load_i) {
        matrices[i].load(*model);
      }
      if (model->clear_i) {
        expected[i].clear();
      } else if (model->valid_i) {
        expected[i].push_back(matrices[i].multiply(*model, cycle));
      }
    }
    clock();
  }
  CHECK(compared > kCycles);
  context.finish(*model);
  CHECK(context.assertions_failed() == 0);
}

}  // namespace presil::testbench
