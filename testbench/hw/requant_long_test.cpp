// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel's requantisation against the machine's float, for as long as it takes to be sure.

#include <cstdint>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "requant_bench.hpp"
#include "requant_random.hpp"

namespace presil::testbench {

TEST_CASE("requant: 200 million random results", "[hw][requant][long]") {
  const std::uint64_t seed = GENERATE(range(100u, 104u));
  CAPTURE(seed);
  RequantBench bench(seed);
  RequantRandom random(seed);
  while (bench.compared < 50'000'000) {
    random.command(bench, 24);
  }
}

TEST_CASE("requant: every float32 in steps, as scale of a few numbers", "[hw][requant][long]") {
  // The steps are odd and without a pattern, so that all bits change.
  RequantBench bench(1);
  for (const std::uint32_t number :
       {1u, 3u, 0x00ff'ffffu, 0x0100'0001u, 0xffff'fffbu, 0x8000'0000u, 0x7fff'ffffu, 77u}) {
    bench.configure({.out_zero = 5, .min = 0, .max = 255}, {}, {});
    for (std::uint64_t scale = 0; scale < 0x1'0000'0000; scale += 16 * 4093) {
      std::array<RequantCase, RequantBench::kLanes> cases;
      for (unsigned i = 0; i < cases.size(); ++i) {
        cases[i] = {.number = number, .scale = static_cast<std::uint32_t>(scale + i * 4093)};
      }
      bench.set_lanes(cases);
      bench.send(cases);
      bench.drain();
    }
  }
}

}  // namespace presil::testbench
