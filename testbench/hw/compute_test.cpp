// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel's compute engine by itself: random commands against the rendering in C++,
// interrupted ones, and how long they take.

#include <bit>
#include <cstdint>
#include <cstring>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "compute_bench.hpp"

namespace presil::testbench {
namespace {

/// A number of -magnitude .. magnitude.
int around(ComputeBench& bench, int magnitude) {
  return static_cast<int>(bench.random() % (2 * static_cast<unsigned>(magnitude) + 1)) - magnitude;
}
std::uint32_t below(ComputeBench& bench, std::uint32_t limit) {
  return static_cast<std::uint32_t>(bench.random() % limit);
}

KestrelAccumulate random_accumulate(ComputeBench& bench) {
  KestrelAccumulate c;
  c.mode = below(bench, 4);
  c.act_unsigned = bench.random() % 2;
  c.keep = bench.random() % 3 == 0;
  c.n = {1 + below(bench, 9), 1 + below(bench, bench.random() % 4 == 0 ? 12 : 3)};
  if (bench.random() % 4 == 0) {
    c.n = {1, 1};  // Every pass meets the row of the one before.
  }
  c.r = {1 + below(bench, 4), 1 + below(bench, 3), 1 + below(bench, 3)};
  const bool far = bench.random() % 16 == 0;
  const int step = far ? 4000 : 40;
  c.s = {around(bench, step), around(bench, step)};
  c.t = {around(bench, step), around(bench, step), around(bench, step)};
  // Mostly so that everything is inside; now and then near an end.
  c.act = bench.random() % 16 == 0 ? below(bench, 65536) : 1000 + below(bench, 14000);
  c.weight = bench.random() % 16 == 0 ? 16384 - below(bench, 600) : below(bench, 15500);
  c.acc = bench.random() % 8 == 0 ? 1024 - below(bench, 60) : below(bench, 900);
  return c;
}

KestrelOutput random_output(ComputeBench& bench) {
  KestrelOutput c;
  c.src_scratchpad = bench.random() % 2;
  c.src_unsigned = bench.random() % 2;
  c.res = bench.random() % 2;
  c.res_unsigned = bench.random() % 2;
  c.out_unsigned = bench.random() % 2;
  c.per_channel = bench.random() % 2;
  c.n = {1 + below(bench, 12), 1 + below(bench, 5)};
  // In a narrow window results and sources meet.
  const bool narrow = bench.random() % 2;
  const std::uint32_t base = narrow ? 5000 : 0, span = narrow ? 20 : 16000;
  const auto word = [&] { return base + 200 + below(bench, span) % 15800; };
  const int step = bench.random() % 16 == 0 ? 3000 : 3;
  c.src = c.src_scratchpad ? word() : below(bench, 1024);
  c.dst = word();
  c.res_word = word();
  c.param_word = bench.random() % 16 == 0 ? 16370 + below(bench, 20) : 16000;
  c.ss = {around(bench, step), around(bench, step)};
  c.ds = {around(bench, step), around(bench, step)};
  c.rs = {around(bench, step), around(bench, step)};
  const auto byte = [&](bool is_unsigned) {
    return static_cast<int>(below(bench, 256)) - (is_unsigned ? 0 : 128);
  };
  c.out_zero = byte(c.out_unsigned);
  c.src_zero = c.src_scratchpad ? byte(c.src_unsigned) : 0;
  c.res_zero = byte(c.res_unsigned);
  c.min = byte(c.out_unsigned);
  c.max = byte(c.out_unsigned);
  if (c.min > c.max || bench.random() % 4 != 0) {
    c.min = c.out_unsigned ? 0 : -128;
    c.max = c.min + 255;
  }
  const auto scale = [&](double largest) {
    const double value = around(bench, 30000) / 30000.0 * largest;
    return bench.random() % 8 == 0
               ? std::bit_cast<float>(static_cast<std::uint32_t>(bench.random()))
               : static_cast<float>(value);
  };
  c.scale = scale(c.src_scratchpad ? 2.0 : 0.01);
  c.res_scale = scale(2.0);
  c.bias = around(bench, c.src_scratchpad ? 100 : 1'000'000);
  if (c.per_channel) {
    for (unsigned lane = 0; lane < 16; ++lane) {
      const std::int32_t bias = around(bench, 10'000);
      const float lane_scale = scale(c.src_scratchpad ? 0.1 : 0.01);
      if (c.param_word == 16000) {
        std::memcpy(&bench.words[16000 + lane / 4][lane % 4 * 4], &bias, 4);
        std::memcpy(&bench.words[16004 + lane / 4][lane % 4 * 4], &lane_scale, 4);
      }
    }
    bench.rendering.words = bench.words;
  }
  return c;
}

}  // namespace

TEST_CASE("compute: random commands do what the rendering does", "[hw][compute]") {
  const std::uint64_t seed = GENERATE(range(1u, 13u));
  CAPTURE(seed);
  constexpr unsigned kReady[] = {100, 80, 50, 25};
  ComputeBench bench(seed, kReady[seed % 4]);
  unsigned accumulates = 0, outputs = 0, ranges = 0;
  for (unsigned i = 0; i < 250; ++i) {
    if (bench.random() % 2 == 0) {
      const KestrelAccumulate c = random_accumulate(bench);
      const ComputeResult result = bench.run_both(c);
      ranges += result.cause != 0;
      ++accumulates;
      if (result.cause == 0) {
        const std::uint32_t rows = c.n[0] * c.n[1];
        CHECK(result.busy == std::uint64_t{rows} * c.r[0] * c.r[1] * c.r[2]);
        CHECK(result.macs16 == result.busy * (c.mode == KESTREL_ACCUMULATE_MODE_MATMUL ? 16 : 1));
        CHECK(result.output_busy == 0);
        // The first, the last, and one between.
        bench.check_row(c.acc);
        bench.check_row(c.acc + rows - 1);
        bench.check_row(c.acc + below(bench, rows));
      }
    } else if (bench.random() % 8 == 0) {
      CHECK(bench.run(kestrel_sync({})).cycles <= 2);
    } else {
      const ComputeResult result = bench.run_both(random_output(bench));
      ranges += result.cause != 0;
      ++outputs;
      CHECK(result.busy == 0);
      CHECK(result.output_busy > 0);
    }
  }
  CHECK(accumulates - ranges > 20);
  CHECK(outputs > 20);
  CHECK(ranges > 5);
  CHECK(ranges < 120);
}

TEST_CASE("compute: sums are modulo 2^32", "[hw][compute]") {
  ComputeBench bench(1);
  for (SpadWord& word : bench.words) {
    word.fill(0x80);
  }
  bench.rendering.words = bench.words;
  // The largest product, 2^14, 16 times a pass, 2^10 passes a command.
  KestrelAccumulate c = matmul(1, 1024);
  c.weight = 0;
  c.keep = true;
  for (unsigned i = 0; i < 9; ++i) {
    CHECK(bench.run_both(c).cause == 0);
  }
  CHECK(bench.rendering.rows[0][0] == (1u << 31) + (1u << 28));
  bench.check_row(0);
}

TEST_CASE("compute: MAX begins with the first activation, or with what is there", "[hw][compute]") {
  ComputeBench bench(1);
  for (unsigned i = 0; i < 4; ++i) {
    bench.words[i].fill(static_cast<std::uint8_t>(-10 - i));
  }
  bench.rendering.words = bench.words;
  KestrelAccumulate c;
  c.mode = KESTREL_ACCUMULATE_MODE_MAX;
  c.r = {4, 1, 1};
  c.t = {1, 0, 0};
  CHECK(bench.run_both(c).cause == 0);
  CHECK(static_cast<std::int32_t>(bench.rendering.rows[0][5]) == -10);
  bench.check_row(0);
  // Another row was wiped, and holds zeros.
  c.acc = 1;
  c.keep = true;
  CHECK(bench.run_both(c).cause == 0);
  CHECK(bench.rendering.rows[1][5] == 0);
  bench.check_row(1);
}

TEST_CASE("compute: a wipe makes every row zero", "[hw][compute]") {
  ComputeBench bench(1);
  KestrelAccumulate c = matmul(1024, 1);
  CHECK(bench.run_both(c).cause == 0);
  for (const unsigned row : {0u, 31u, 32u, 500u, 1023u}) {
    bench.check_row(row);
  }
  bench.wipe();
  for (const unsigned row : {0u, 31u, 32u, 500u, 1023u}) {
    bench.check_row(row);
  }
  c.keep = true;
  CHECK(bench.run_both(c).cause == 0);
  bench.check_row(700);
}

TEST_CASE("compute: cleared at any moment, it is at rest and works again", "[hw][compute]") {
  const std::uint64_t seed = GENERATE(range(1u, 7u));
  CAPTURE(seed);
  ComputeBench bench(seed, seed % 2 == 0 ? 100 : 50);
  for (unsigned i = 0; i < 60; ++i) {
    const KestrelRecord record =
        bench.random() % 2 == 0 ? random_accumulate(bench).record() : random_output(bench).record();
    bench.start(record);
    for (auto cycles = bench.random() % 120; cycles > 0 && !bench.pins().done_o; --cycles) {
      bench.cycle();
    }
    bench.recover();
    for (unsigned cycle = 0; cycle < 12; ++cycle) {
      bench.cycle();
      Vkestrel_compute& pins = bench.pins();
      REQUIRE(!(pins.ra_valid_o || pins.rb_valid_o || pins.wv_valid_o || pins.done_o));
      REQUIRE(!(pins.busy_o || pins.compute_busy_o || pins.output_active_o));
    }
    // Nothing of what was under way comes into the next one.
    bench.rendering.words = bench.words;
    const KestrelAccumulate c = matmul(1 + below(bench, 20), 1 + below(bench, 4));
    REQUIRE(bench.run_both(c).cause == 0);
    bench.check_row(below(bench, c.n[0]));
    KestrelOutput o;
    o.n = {c.n[0], 1};
    o.ss[0] = o.ds[0] = 1;
    o.scale = 0.001f;
    REQUIRE(bench.run_both(o).cause == 0);
  }
}

TEST_CASE("compute: a long MATMUL keeps the array busy", "[hw][compute]") {
  ComputeBench bench(1);
  // With passes as short as the loading of weights, and longer.
  for (const std::uint32_t positions : {16u, 17u, 64u, 256u}) {
    CAPTURE(positions);
    const ComputeResult result = bench.run_both(matmul(positions, 100));
    CHECK(result.busy == positions * 100);
    CHECK(static_cast<double>(result.busy) >= 0.97 * static_cast<double>(result.cycles));
  }
  // Shorter passes take as long as their weights.
  const ComputeResult result = bench.run_both(matmul(1, 100));
  CHECK(result.cycles < 100 * 16 + 32);
}

TEST_CASE("compute: DEPTHWISE, SUM and MAX take a position a cycle", "[hw][compute]") {
  ComputeBench bench(1);
  for (const std::uint32_t mode : {KESTREL_ACCUMULATE_MODE_DEPTHWISE, KESTREL_ACCUMULATE_MODE_SUM,
                                   KESTREL_ACCUMULATE_MODE_MAX}) {
    KestrelAccumulate c = matmul(49, 9);
    c.mode = mode;
    const ComputeResult result = bench.run_both(c);
    CHECK(result.busy == 49 * 9);
    CHECK(result.cycles < 49 * 9 + 16);
  }
}

TEST_CASE("compute: OUTPUT takes a row a cycle, and two with a residual", "[hw][compute]") {
  ComputeBench bench(1);
  KestrelOutput o;
  o.scale = 1.0f;
  o.n = {32, 32};
  o.ss = o.ds = o.rs = {1, 32};
  o.dst = 4096;
  CHECK(bench.run_both(o).cycles < 1024 + 20);
  o.src_scratchpad = true;
  CHECK(bench.run_both(o).cycles < 1024 + 20);
  o.res = true;
  o.res_word = 8192;
  CHECK(bench.run_both(o).cycles < 2048 + 20);
  SECTION("in place, too") {
    o.dst = o.src;
    CHECK(bench.run_both(o).cycles < 2048 + 20);
  }
}

TEST_CASE("compute: OUTPUT's positions see the results of those before", "[hw][compute]") {
  ComputeBench bench(1, GENERATE(100u, 30u));
  KestrelOutput o;
  o.scale = 0.75f;
  o.bias = 3;
  o.src_scratchpad = true;
  o.n = {200, 1};
  o.ss[0] = o.ds[0] = o.rs[0] = 1;
  o.src = 100;
  for (const std::uint32_t distance : {1u, 2u, 7u, 15u, 16u, 17u}) {
    CAPTURE(distance);
    o.dst = o.src + distance;
    o.res = false;
    CHECK(bench.run_both(o).cause == 0);
    o.res = true;
    o.res_scale = 0.5f;
    o.res_word = o.src + 300;
    o.dst = o.res_word + distance;
    CHECK(bench.run_both(o).cause == 0);
  }
}

}  // namespace presil::testbench
