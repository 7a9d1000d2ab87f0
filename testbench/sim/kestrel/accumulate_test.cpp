// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/accumulate.hpp"

#include <cstring>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace presil::kestrel {
namespace {

struct Bench {
  explicit Bench(unsigned seed = 1) : random(seed) {
    for (std::uint32_t addr = 0; addr < kScratchpadBytes; ++addr)
      scratchpad.fill(addr, 1, static_cast<std::uint8_t>(random()));
    for (std::uint32_t addr = 0; addr < kAccumulatorRows * 64; ++addr)
      accumulators.fill(addr, 1, static_cast<std::uint8_t>(random()));
  }

  Failure run(const AccumulateFields& fields) {
    Accumulate accumulate(fields, scratchpad, accumulators, counts);
    for (;;) {
      const Slice slice = accumulate.run();
      if (slice.failure || slice.is_done)
        return slice.failure;
    }
  }

  std::vector<std::int32_t> rows() const {
    std::vector<std::uint8_t> bytes(kAccumulatorRows * 64);
    CHECK(accumulators.read(0, bytes));
    std::vector<std::int32_t> sums(kAccumulatorRows * kLanes);
    std::memcpy(sums.data(), bytes.data(), bytes.size());
    return sums;
  }

  std::mt19937 random;
  Scratchpad scratchpad;
  Accumulators accumulators;
  Counts counts = {};
};

/// The formula, in wide integers.
void reference(const AccumulateFields& f, const Scratchpad& scratchpad,
               std::vector<std::int32_t>& rows) {
  const auto activation = [&](std::uint32_t word, std::uint32_t lane) -> std::int64_t {
    const std::uint8_t byte = scratchpad.word(word)[lane];
    return f.is_unsigned ? byte : static_cast<std::int8_t>(byte);
  };
  const auto weight = [&](std::uint32_t word, std::uint32_t lane) -> std::int64_t {
    return static_cast<std::int8_t>(scratchpad.word(word)[lane]);
  };
  std::uint32_t k = 0;
  for (std::uint32_t r2 = 0; r2 < f.reduction[2]; ++r2)
    for (std::uint32_t r1 = 0; r1 < f.reduction[1]; ++r1)
      for (std::uint32_t r0 = 0; r0 < f.reduction[0]; ++r0, ++k)
        for (std::uint32_t n1 = 0; n1 < f.positions[1]; ++n1)
          for (std::uint32_t n0 = 0; n0 < f.positions[0]; ++n0) {
            const auto a = static_cast<std::uint32_t>(std::int64_t{f.activation} +
                                                      std::int64_t{n0} * f.position_strides[0] +
                                                      std::int64_t{n1} * f.position_strides[1] +
                                                      std::int64_t{r0} * f.reduction_strides[0] +
                                                      std::int64_t{r1} * f.reduction_strides[1] +
                                                      std::int64_t{r2} * f.reduction_strides[2]);
            for (std::uint32_t c = 0; c < kLanes; ++c) {
              auto& sum = rows[(f.row + n1 * f.positions[0] + n0) * kLanes + c];
              const bool is_first = k == 0 && !f.keeps;
              std::int64_t add = activation(a, c);
              if (f.mode == KESTREL_ACCUMULATE_MODE_DEPTHWISE)
                add *= weight(f.weight + k, c);
              if (f.mode == KESTREL_ACCUMULATE_MODE_MATMUL) {
                add = 0;
                for (std::uint32_t j = 0; j < kLanes; ++j)
                  add += activation(a, j) * weight(f.weight + 16 * k + j, c);
              }
              if (is_first)
                sum = static_cast<std::int32_t>(add);
              else if (f.mode == KESTREL_ACCUMULATE_MODE_MAX)
                sum = static_cast<std::int32_t>(std::max<std::int64_t>(sum, add));
              else
                sum = static_cast<std::int32_t>(sum + add);  // Modulo 2^32.
            }
          }
}

TEST_CASE("rows are what the formula says", "[sim][kestrel]") {
  Bench bench(7);
  auto& random = bench.random;
  const auto up_to = [&random](std::uint32_t most) {
    return static_cast<std::uint32_t>(random() % (most + 1));
  };
  const auto stride = [&] { return static_cast<std::int32_t>(up_to(100)) - 50; };
  for (int round = 0; round < 400; ++round) {
    CAPTURE(round);
    AccumulateFields f;
    f.mode = up_to(3);
    f.is_unsigned = up_to(1) != 0;
    f.keeps = up_to(1) != 0;
    f.activation = 4000 + up_to(8000);
    f.weight = up_to(10'000);
    f.positions = {1 + up_to(20), 1 + up_to(20)};
    f.row = up_to(kAccumulatorRows - f.positions[0] * f.positions[1]);
    f.position_strides = {stride(), stride()};
    f.reduction = {1 + up_to(3), 1 + up_to(3), 1 + up_to(3)};
    f.reduction_strides = {stride(), stride(), stride()};
    auto wanted = bench.rows();
    reference(f, bench.scratchpad, wanted);
    bench.counts = {};
    REQUIRE_FALSE(bench.run(f));
    REQUIRE(bench.rows() == wanted);
    const std::uint64_t positions = std::uint64_t{f.positions[0]} * f.positions[1] *
                                    f.reduction[0] * f.reduction[1] * f.reduction[2];
    CHECK(bench.counts[kMacs] == positions * (f.mode == KESTREL_ACCUMULATE_MODE_MATMUL ? 256 : 16));
    CHECK(bench.counts[kComputeBusy] == positions);
  }
}

AccumulateFields small(std::uint32_t mode) {
  AccumulateFields f;
  f.mode = mode;
  f.positions = {2, 2};
  f.reduction = {2, 1, 1};
  f.position_strides = {1, 2};
  return f;
}

TEST_CASE("the extremes of products are exact", "[sim][kestrel]") {
  Bench bench;
  bench.scratchpad.fill(0, 16, 0xff);
  bench.scratchpad.fill(16, 256, 0x80);
  AccumulateFields f = small(KESTREL_ACCUMULATE_MODE_MATMUL);
  f.positions = {1, 1};
  f.reduction = {1, 1, 1};
  f.weight = 1;
  f.is_unsigned = true;
  REQUIRE_FALSE(bench.run(f));
  CHECK(bench.rows()[3] == -255 * 128 * 16);
  f.is_unsigned = false;
  REQUIRE_FALSE(bench.run(f));
  CHECK(bench.rows()[3] == 128 * 16);
}

TEST_CASE("ACCUMULATE: what lies beyond the memories is out of range", "[sim][kestrel]") {
  const Failure range = {.cause = KESTREL_ERROR_CAUSE_OPERAND_RANGE};
  Bench bench;
  for (std::uint32_t mode = 0; mode < 4; ++mode) {
    CAPTURE(mode);
    const bool is_matmul = mode == KESTREL_ACCUMULATE_MODE_MATMUL;
    const bool has_weights = is_matmul || mode == KESTREL_ACCUMULATE_MODE_DEPTHWISE;
    auto f = small(mode);
    const std::uint32_t weights = is_matmul ? 32 : 2;
    f.weight = kScratchpadWords - weights;
    CHECK_FALSE(bench.run(f));
    f.weight += 1;
    CHECK(bench.run(f) == (has_weights ? range : Failure{}));
    f.weight = 0xffff;
    CHECK(bench.run(f) == (has_weights ? range : Failure{}));

    f = small(mode);
    f.activation = kScratchpadWords - 4;
    CHECK_FALSE(bench.run(f));
    f.activation += 1;
    CHECK(bench.run(f) == range);
    f = small(mode);
    f.activation = 3;
    f.position_strides = {-1, -2};
    CHECK_FALSE(bench.run(f));
    f.activation = 2;
    CHECK(bench.run(f) == range);

    f = small(mode);
    f.row = kAccumulatorRows - 4;
    CHECK_FALSE(bench.run(f));
    f.row += 1;
    CHECK(bench.run(f) == range);
  }
}

TEST_CASE("ACCUMULATE: wrong parity is found in what is read", "[sim][kestrel]") {
  const Failure parity = {.cause = KESTREL_ERROR_CAUSE_PARITY};
  Bench bench;
  auto f = small(KESTREL_ACCUMULATE_MODE_MATMUL);
  f.activation = 100;
  f.reduction = {1, 1, 1};
  SECTION("an activation") {
    bench.scratchpad.arm(103, 0);
    bench.scratchpad.fill(103 * 16, 16, 0);
    CHECK(bench.run(f) == parity);
    f.positions[0] = 1;
    CHECK_FALSE(bench.run(f));
  }
  SECTION("a weight") {
    bench.scratchpad.arm(15, 0);
    bench.scratchpad.fill(15 * 16, 16, 0);
    CHECK(bench.run(f) == parity);
    f.mode = KESTREL_ACCUMULATE_MODE_SUM;
    CHECK_FALSE(bench.run(f));
  }
  SECTION("a row, if it is not written anew") {
    bench.accumulators.arm(3, 511);
    CHECK_FALSE(bench.run(f));
    f.keeps = true;
    CHECK(bench.run(f) == parity);
    f.keeps = false;
    CHECK_FALSE(bench.run(f));
    f.keeps = true;
    CHECK_FALSE(bench.run(f));
  }
}

TEST_CASE("the largest reduction comes in slices", "[sim][kestrel]") {
  Bench bench;
  auto f = small(KESTREL_ACCUMULATE_MODE_MAX);
  f.reduction = {0xffff, 0xffff, 0xffff};
  Accumulate accumulate(f, bench.scratchpad, bench.accumulators, bench.counts);
  for (int i = 0; i < 10; ++i) {
    const Slice slice = accumulate.run();
    CHECK_FALSE(slice.is_done);
    CHECK(slice.cycles >= 4096);
    CHECK(slice.cycles <= 8192);
  }
}

}  // namespace
}  // namespace presil::kestrel
