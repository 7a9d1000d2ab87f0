// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/output.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "sim/kestrel/accumulate.hpp"

namespace presil::kestrel {
namespace {

struct Bench {
  explicit Bench(unsigned seed = 1) : random(seed) { fill(); }

  void fill() {
    for (std::uint32_t addr = 0; addr < kScratchpadBytes; ++addr)
      scratchpad.fill(addr, 1, static_cast<std::uint8_t>(random()));
    for (std::uint32_t row = 0; row < kAccumulatorRows; ++row)
      for (std::uint32_t lane = 0; lane < kLanes; ++lane)
        put_row(row, lane, static_cast<std::int32_t>(random()) >> random() % 32);
  }
  void put_row(std::uint32_t row, std::uint32_t lane, std::int32_t value) {
    std::array<std::uint8_t, 4> bytes;
    std::memcpy(bytes.data(), &value, 4);
    accumulators.write(row * 64 + lane * 4, bytes);
  }

  Failure run(const OutputFields& fields) {
    Output output(fields, scratchpad, accumulators, counts);
    for (;;) {
      const Slice slice = output.run();
      if (slice.failure || slice.is_done)
        return slice.failure;
    }
  }

  std::vector<std::uint8_t> bytes() const {
    std::vector<std::uint8_t> all(kScratchpadBytes);
    CHECK(scratchpad.read(0, all));
    return all;
  }

  std::mt19937 random;
  Scratchpad scratchpad;
  Accumulators accumulators;
  Counts counts = {};
};

std::int32_t load32(const std::vector<std::uint8_t>& bytes, std::size_t addr) {
  std::int32_t value = 0;
  std::memcpy(&value, &bytes[addr], 4);
  return value;
}

/// The formula; what rounds is tested elsewhere.
void reference(const OutputFields& f, const Accumulators& accumulators,
               std::vector<std::uint8_t>& bytes) {
  const auto before = bytes;
  const ResultRange range = {.min = f.min, .max = f.max, .zero = f.zero};
  for (std::uint32_t n1 = 0; n1 < f.positions[1]; ++n1)
    for (std::uint32_t n0 = 0; n0 < f.positions[0]; ++n0) {
      const auto place = [&](const OutputFields::Place& p) {
        return static_cast<std::size_t>(std::int64_t{p.first} + std::int64_t{n0} * p.strides[0] +
                                        std::int64_t{n1} * p.strides[1]);
      };
      const auto byte = [&](const OutputFields::Place& p, std::uint32_t lane, bool is_unsigned) {
        const std::uint8_t b = bytes[place(p) * 16 + lane];
        return is_unsigned ? std::int32_t{b} : static_cast<std::int8_t>(b);
      };
      std::array<std::uint8_t, 16> results;
      for (std::uint32_t lane = 0; lane < 16; ++lane) {
        std::int32_t v = 0;
        if (f.from_scratchpad)
          v = byte(f.source, lane, f.is_source_unsigned) - f.source_zero;
        else
          std::memcpy(&v, accumulators.word(static_cast<std::uint32_t>(place(f.source))) + 4 * lane,
                      4);
        std::int32_t bias = f.bias;
        float scale = f.scale;
        if (f.is_per_channel) {
          bias = load32(before, f.parameters * 16 + 4 * lane);
          scale = std::bit_cast<float>(load32(before, f.parameters * 16 + 64 + 4 * lane));
        }
        const float product = scaled(static_cast<std::int32_t>(std::int64_t{v} + bias), scale);
        std::int32_t q = quantise(product, range);
        if (f.has_residual) {
          const std::int32_t r = byte(f.residual, lane, f.is_residual_unsigned) - f.residual_zero;
          q = quantise_sum(product, scaled(r, f.residual_scale), range);
        }
        results[lane] = static_cast<std::uint8_t>(q);
      }
      std::memcpy(&bytes[place(f.destination) * 16], results.data(), 16);
    }
}

TEST_CASE("results are what the formula says", "[sim][kestrel]") {
  Bench bench(11);
  auto& random = bench.random;
  const auto up_to = [&random](std::uint32_t most) {
    return static_cast<std::uint32_t>(random() % (most + 1));
  };
  const auto chance = [&random] { return random() % 2 != 0; };
  const auto stride = [&] { return static_cast<std::int32_t>(up_to(20)) - 10; };
  const auto byte = [&](bool is_unsigned) {
    return static_cast<std::int32_t>(up_to(255)) - (is_unsigned ? 0 : 128);
  };
  for (int round = 0; round < 300; ++round) {
    CAPTURE(round);
    OutputFields f;
    f.from_scratchpad = chance();
    f.is_source_unsigned = chance();
    f.has_residual = chance();
    f.is_residual_unsigned = chance();
    f.is_unsigned = chance();
    f.is_per_channel = chance();
    f.positions = {1 + up_to(9), 1 + up_to(9)};
    f.source = {.first = 300 + up_to(500), .strides = {stride(), stride()}};
    f.destination = {.first = 5000 + up_to(500), .strides = {stride(), stride()}};
    f.residual = {.first = 8000 + up_to(500), .strides = {stride(), stride()}};
    f.parameters = 10'000 + up_to(6000);
    f.zero = byte(f.is_unsigned);
    f.source_zero = f.from_scratchpad ? byte(f.is_source_unsigned) : 0;
    f.residual_zero = byte(f.is_residual_unsigned);
    f.min = byte(f.is_unsigned);
    f.max = byte(f.is_unsigned);
    if (f.max < f.min)
      std::swap(f.min, f.max);
    f.scale = std::ldexp(static_cast<float>(random() % 1000) - 500, -static_cast<int>(up_to(30)));
    f.residual_scale =
        std::ldexp(static_cast<float>(random() % 1000), -static_cast<int>(up_to(15)));
    f.bias = static_cast<std::int32_t>(random()) >> up_to(31);
    auto wanted = bench.bytes();
    reference(f, bench.accumulators, wanted);
    REQUIRE_FALSE(bench.run(f));
    REQUIRE(bench.bytes() == wanted);
  }
}

OutputFields plain() {
  OutputFields f;
  f.positions = {4, 1};
  f.source.strides = f.destination.strides = f.residual.strides = {1, 0};
  f.min = -128;
  f.max = 127;
  f.scale = 1;
  return f;
}

TEST_CASE("OUTPUT: what lies beyond the memories is out of range", "[sim][kestrel]") {
  const Failure range = {.cause = KESTREL_ERROR_CAUSE_OPERAND_RANGE};
  Bench bench;
  auto f = plain();
  f.source.first = kAccumulatorRows - 4;
  CHECK_FALSE(bench.run(f));
  ++f.source.first;
  CHECK(bench.run(f) == range);
  f.from_scratchpad = true;
  CHECK_FALSE(bench.run(f));
  f.source.first = kScratchpadWords - 3;
  CHECK(bench.run(f) == range);

  f = plain();
  f.destination.first = kScratchpadWords - 4;
  CHECK_FALSE(bench.run(f));
  ++f.destination.first;
  CHECK(bench.run(f) == range);
  f.destination = {.first = 2, .strides = {-1, 0}};
  CHECK(bench.run(f) == range);

  f = plain();
  f.residual.first = kScratchpadWords - 3;
  CHECK_FALSE(bench.run(f));
  f.has_residual = true;
  CHECK(bench.run(f) == range);
  --f.residual.first;
  CHECK_FALSE(bench.run(f));

  f = plain();
  f.parameters = kScratchpadWords - 7;
  CHECK_FALSE(bench.run(f));
  f.is_per_channel = true;
  CHECK(bench.run(f) == range);
  --f.parameters;
  CHECK_FALSE(bench.run(f));
}

TEST_CASE("OUTPUT: wrong parity is found in what is read", "[sim][kestrel]") {
  const Failure parity = {.cause = KESTREL_ERROR_CAUSE_PARITY};
  Bench bench;
  auto f = plain();
  f.destination.first = 1000;
  f.residual.first = 100;
  f.parameters = 200;
  SECTION("a row") {
    bench.accumulators.arm(3, 0);
    bench.put_row(3, 0, 0);
    CHECK(bench.run(f) == parity);
    f.from_scratchpad = true;
    CHECK_FALSE(bench.run(f));
  }
  SECTION("words") {
    for (const std::uint32_t word : {2u, 103u, 207u}) {
      bench.scratchpad.arm(word, 127);
      bench.scratchpad.fill(word * 16, 16, 0);
    }
    CHECK_FALSE(bench.run(f));
    f.from_scratchpad = true;
    CHECK(bench.run(f) == parity);
    f.from_scratchpad = false;
    f.has_residual = true;
    CHECK(bench.run(f) == parity);
    f.has_residual = false;
    f.is_per_channel = true;
    CHECK(bench.run(f) == parity);
  }
}

TEST_CASE("OUTPUT: a long command comes in slices", "[sim][kestrel]") {
  Bench bench;
  auto f = plain();
  f.source.strides = f.destination.strides = {0, 0};
  f.positions = {0xffff, 0xffff};
  Output output(f, bench.scratchpad, bench.accumulators, bench.counts);
  for (int i = 0; i < 4; ++i) {
    const Slice slice = output.run();
    CHECK_FALSE(slice.is_done);
    CHECK(slice.cycles <= 4200);
  }
}

}  // namespace
}  // namespace presil::kestrel
