// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel's front end: which record is next, decision by decision.

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "front_bench.hpp"

namespace presil::testbench {

namespace {

constexpr std::uint64_t kBuffer = 0x4000'0000;

const Record kSync = records::sync({});

/// What the scheduler should do, as its description says it.
class ReferenceScheduler {
 public:
  explicit ReferenceScheduler(unsigned last) : last_(last) {}
  unsigned decide(const std::vector<unsigned>& prio, const std::vector<bool>& ready) {
    const auto level = [&](unsigned queue) {
      return std::min(3u, prio[queue] + passes_[queue] / 4);
    };
    unsigned highest = 0;
    for (unsigned queue = 0; queue < 16; ++queue) {
      if (ready[queue]) {
        highest = std::max(highest, level(queue));
      }
    }
    unsigned pick = last_;
    do {
      pick = (pick + 1) % 16;
    } while (!ready[pick] || level(pick) != highest);
    for (unsigned queue = 0; queue < 16; ++queue) {
      passes_[queue] = std::min(15u, passes_[queue] + (ready[queue] ? 1 : 0));
    }
    passes_[pick] = 0;
    return last_ = pick;
  }

 private:
  unsigned last_;
  std::array<unsigned, 16> passes_{};
};

}  // namespace

TEST_CASE("front: priorities, turns and ageing", "[hw][front]") {
  const unsigned seed = GENERATE(range(1u, 13u));
  CAPTURE(seed);
  FrontBench bench({.seed = seed, .stall_percent = 0, .latency_cycles = 2, .counters_cycles = 1});
  std::mt19937 random(seed);
  std::vector<unsigned> prio(16);
  std::vector<std::uint32_t> left(16);
  for (unsigned queue = 0; queue < 16; ++queue) {
    // First one that starves among the highest, then all equal, then anything.
    const auto any = static_cast<unsigned>(random());
    prio[queue] = seed == 1 ? (queue == 9 ? 0 : 3) : seed == 2 ? 1 : any % 4;
    left[queue] = seed <= 2 ? 60 : 1 + any / 4 % 60;
    bench.set_up(queue, {.log2 = 7, .prio = prio[queue]});
  }
  // While a long record of queue 0 is in execution everybody gets ready.
  bench.fate = [](unsigned, const Record&) { return Fate{.cycles = 1000}; };
  bench.push(0, bench.call(kBuffer, {kSync}));
  bench.ring(0);
  REQUIRE(bench.until([&] { return bench.starts == 1; }));
  for (unsigned queue = 0; queue < 16; ++queue) {
    for (unsigned i = 0; i < left[queue]; ++i) {
      bench.push(queue, records::nop());
    }
    bench.ring(queue);
  }
  REQUIRE(bench.head(0) == 0);
  REQUIRE(bench.until_idle(200'000));

  ReferenceScheduler reference(0);
  std::array<unsigned, 16> waited{};
  for (std::size_t i = 1; i < bench.begun.size(); ++i) {
    std::vector<bool> ready(16);
    std::ranges::transform(left, ready.begin(), [](std::uint32_t count) { return count > 0; });
    const unsigned queue = reference.decide(prio, ready);
    INFO("decision " << i);
    REQUIRE(bench.begun[i] == queue);
    for (unsigned other = 0; other < 16; ++other) {
      waited[other] += ready[other] ? 1 : 0;
    }
    REQUIRE(waited[queue] - 1 <= 4 * (3 - prio[queue]) + 15);
    waited[queue] = 0;
    --left[queue];
  }
  CHECK(std::ranges::all_of(left, [](std::uint32_t count) { return count == 0; }));
}

}  // namespace presil::testbench
