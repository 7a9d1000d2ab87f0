// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel's compute engine by itself: what makes a command fail.

#include <cstdint>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "compute_bench.hpp"

namespace presil::testbench {

TEST_CASE("compute: each operand that lies outside is an error", "[hw][compute]") {
  ComputeBench bench(1, GENERATE(100u, 40u));
  KestrelAccumulate a = matmul(8, 2);
  KestrelOutput o;
  o.scale = 1.0f;
  const auto range = [&](const auto& command) {
    CHECK(bench.run_both(command).cause == KESTREL_ERROR_CAUSE_OPERAND_RANGE);
  };
  const auto fine = [&](const auto& command) { CHECK(bench.run_both(command).cause == 0); };

  SECTION("activation") {
    a.act = 16384 - 8;
    fine(a);
    a.act += 1;
    range(a);
    a.act = 65535;
    range(a);
  }
  SECTION("activation below zero") {
    a.act = 7;
    a.s[0] = -1;
    fine(a);
    a.act = 6;
    range(a);
  }
  SECTION("activation of a later pass") {
    a.t[0] = -1;
    a.act = 1;
    fine(a);
    a.act = 0;
    range(a);
  }
  SECTION("weights") {
    a.weight = 16384 - 32;
    fine(a);
    a.weight += 1;
    range(a);
    a.weight = 65535;
    range(a);
  }
  SECTION("weights of DEPTHWISE") {
    a.mode = KESTREL_ACCUMULATE_MODE_DEPTHWISE;
    a.weight = 16384 - 2;
    fine(a);
    a.weight += 1;
    range(a);
  }
  SECTION("SUM has no weights") {
    a.mode = KESTREL_ACCUMULATE_MODE_SUM;
    a.weight = 65535;
    fine(a);
  }
  SECTION("row of accumulators") {
    a.acc = 1024 - 8;
    fine(a);
    a.acc += 1;
    range(a);
    a.acc = 65535;
    range(a);
  }
  SECTION("source, accumulators") {
    o.src = 1023;
    fine(o);
    o.src = 1024;
    range(o);
  }
  SECTION("source, scratchpad") {
    o.src_scratchpad = true;
    o.src = 16383;
    fine(o);
    o.src = 16384;
    range(o);
  }
  SECTION("source below zero") {
    o.n = {2, 1};
    o.src = 1;
    o.ss[0] = -1;
    fine(o);
    o.src = 0;
    range(o);
  }
  SECTION("destination") {
    o.n = {1, 3};
    o.dst = 16381;
    o.ds[1] = 1;
    fine(o);
    o.dst += 1;
    range(o);
  }
  SECTION("residual") {
    o.res_word = 16384;
    fine(o);
    o.res = true;
    range(o);
    o.res_word = 16383;
    fine(o);
  }
  SECTION("parameters") {
    o.param_word = 16377;
    fine(o);
    o.per_channel = true;
    range(o);
    o.param_word = 16376;
    fine(o);
  }
}

TEST_CASE("compute: a word of the scratchpad with wrong parity is an error", "[hw][compute]") {
  ComputeBench bench(1, GENERATE(100u, 40u));
  KestrelAccumulate a = matmul(8, 2);
  KestrelOutput o;
  o.src_scratchpad = true;
  o.res = o.per_channel = true;
  o.n = {4, 1};
  o.src = 10;
  o.ss[0] = o.ds[0] = o.rs[0] = 1;
  o.dst = 20;
  o.res_word = 30;
  o.param_word = 40;
  const auto parity = [&](const auto& command, std::uint32_t word) {
    CAPTURE(word);
    bench.bad_word = word;
    CHECK(bench.run(command.record()).cause == KESTREL_ERROR_CAUSE_PARITY);
    bench.recover();
  };
  for (const std::uint32_t word : {0u, 7u, 8192u, 8223u}) {
    parity(a, word);
  }
  a.mode = KESTREL_ACCUMULATE_MODE_DEPTHWISE;
  parity(a, 8193);
  for (const std::uint32_t word : {10u, 13u, 30u, 33u, 40u, 47u}) {
    parity(o, word);
  }
  // Words that are only written, or not touched, do not matter.
  for (const std::uint32_t word : {8u, 20u, 23u, 48u}) {
    bench.bad_word = word;
    CHECK(bench.run_both(o).cause == 0);
    CHECK(bench.run_both(a).cause == 0);
  }
}

TEST_CASE("compute: a row of accumulators with wrong parity is an error, in any bit",
          "[hw][compute]") {
  ComputeBench bench(1);
  const KestrelAccumulate a = matmul(4, 1);
  KestrelAccumulate more = a;
  more.keep = true;
  KestrelOutput o;
  o.n = {4, 1};
  o.ss[0] = o.ds[0] = 1;
  for (std::uint16_t bit = 0; bit < 512; bit += 1 + bench.random() % 16) {
    CAPTURE(bit);
    const std::uint16_t row = bit % 4;
    // Seen by OUTPUT, by ACCUMULATE in a later command, and by a later pass of the same one.
    bench.flip(row, bit);
    CHECK(bench.run_both(a).cause == 0);
    CHECK(bench.run(o.record()).cause == KESTREL_ERROR_CAUSE_PARITY);
    bench.clear();
    CHECK(bench.run(more.record()).cause == KESTREL_ERROR_CAUSE_PARITY);
    bench.clear();
    // Once: the next write is right.
    CHECK(bench.run_both(a).cause == 0);
    bench.rendering.words = bench.words;
    CHECK(bench.run_both(o).cause == 0);
    bench.flip(row, bit);
    CHECK(bench.run(matmul(4, 2).record()).cause == KESTREL_ERROR_CAUSE_PARITY);
    bench.recover();
  }
  SECTION("it can be forgotten") {
    bench.flip(0, 0);
    bench.forget_flip();
    CHECK(bench.run_both(a).cause == 0);
    CHECK(bench.run_both(o).cause == 0);
  }
  SECTION("other rows do not matter") {
    bench.flip(4, 0);
    CHECK(bench.run_both(a).cause == 0);
    CHECK(bench.run_both(more).cause == 0);
    CHECK(bench.run_both(o).cause == 0);
  }
  SECTION("a wiped row is zero, whatever it was") {
    bench.flip(0, 0);
    CHECK(bench.run_both(a).cause == 0);
    bench.wipe();
    CHECK(bench.run_both(o).cause == 0);
    CHECK(bench.run_both(more).cause == 0);
  }
}

}  // namespace presil::testbench
