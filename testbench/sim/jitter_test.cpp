// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/pcie/jitter.hpp"

#include <algorithm>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace presil {
namespace {

std::vector<Picoseconds> draws(Picoseconds most_ps, std::uint64_t seed, std::uint64_t stream) {
  Jitter jitter(most_ps, seed, stream);
  std::vector<Picoseconds> all(1000);
  std::ranges::generate(all, [&] { return jitter.next(); });
  return all;
}

TEST_CASE("without jitter nothing is delayed", "[sim][pcie]") {
  CHECK(draws(0, 1, 8) == std::vector<Picoseconds>(1000));
}

TEST_CASE("delays are within the bound, and most of them short", "[sim][pcie]") {
  const auto all = draws(1600, 1, 8);
  CHECK(std::ranges::max(all) <= 1600);
  CHECK(std::ranges::max(all) > 1500);
  const auto small = std::ranges::count_if(all, [](Picoseconds delay) { return delay <= 100; });
  CHECK(small > 450);
  CHECK(small < 600);
}

TEST_CASE("the same seed and stream give the same delays, others give others", "[sim][pcie]") {
  CHECK(draws(1'000'000, 7, 8) == draws(1'000'000, 7, 8));
  CHECK(draws(1'000'000, 7, 8) != draws(1'000'000, 8, 8));
  CHECK(draws(1'000'000, 7, 8) != draws(1'000'000, 7, 9));
}

}  // namespace
}  // namespace presil
