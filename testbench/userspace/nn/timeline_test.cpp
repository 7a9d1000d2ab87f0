// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/timeline.hpp"

#include <cstdint>
#include <optional>

#include <catch2/catch_test_macros.hpp>

namespace kestrel::nn {
namespace {

constexpr std::int64_t kRoundTrip = 525;

Transfer load(std::int64_t bytes) {
  Transfer result;
  result.counts[0] = bytes;
  return result;
}

Accumulate product(std::int64_t positions, std::int64_t passes) {
  Accumulate result;
  result.positions = {positions, 1};
  result.reduction = {passes, 1, 1};
  return result;
}

TEST_CASE("nothing takes no time", "[userspace][nn]") {
  CHECK(estimate_cycles({}) == 0);
}

TEST_CASE("a load takes a round trip, and more with more bytes", "[userspace][nn]") {
  const auto cycles = [](std::int64_t bytes) {
    Pipeline pipeline;
    pipeline.begin_step();
    pipeline.load({load(bytes)}, std::nullopt);
    return estimate_cycles(pipeline.items());
  };
  CHECK(cycles(16) > kRoundTrip);
  CHECK(cycles(16) < kRoundTrip + 64);
  // The link brings hardly a word in a cycle.
  CHECK(cycles(16016) - cycles(16) > 1000);
  CHECK(cycles(16016) - cycles(16) < 1250);
}

TEST_CASE("many short runs wait for requests to come back", "[userspace][nn]") {
  Transfer runs = load(3);
  runs.counts[1] = 1280;
  Pipeline pipeline;
  pipeline.begin_step();
  pipeline.load({runs}, std::nullopt);
  // 128 are under way at a time.
  CHECK(estimate_cycles(pipeline.items()) > 10 * kRoundTrip);
}

TEST_CASE("loads run beside computing, and computing waits for its loads", "[userspace][nn]") {
  Pipeline both;
  both.begin_step();
  both.load({load(16)}, std::nullopt);
  both.compute(product(100, 20));
  const std::int64_t one = estimate_cycles(both.items());
  CHECK(one > kRoundTrip + 2000);
  both.begin_step();
  both.load({load(16)}, std::nullopt);
  both.compute(product(100, 20));
  const std::int64_t two = estimate_cycles(both.items());
  CHECK(two > one + 2000);
  CHECK(two < one + 2100);
}

TEST_CASE("a pass takes no less than its weights", "[userspace][nn]") {
  const auto cycles = [](std::int64_t positions) {
    Pipeline pipeline;
    pipeline.begin_step();
    pipeline.compute(product(positions, 100));
    return estimate_cycles(pipeline.items());
  };
  CHECK(cycles(1) == cycles(16));
  CHECK(cycles(17) - cycles(16) == 100);
}

TEST_CASE("a step that writes what is being stored waits for the store", "[userspace][nn]") {
  const auto cycles = [](bool waits) {
    Pipeline pipeline;
    for (int step = 0; step < 2; ++step) {
      pipeline.begin_step();
      if (waits && step == 1)
        pipeline.wait_for_store(0);
      Output output;
      output.counts = {10, 1};
      pipeline.compute(output);
      Transfer store = load(16000);
      store.is_store = true;
      pipeline.store({store});
    }
    return estimate_cycles(pipeline.items());
  };
  CHECK(cycles(true) > cycles(false));
}

TEST_CASE("commands come a few at a time", "[userspace][nn]") {
  const auto cycles = [](int steps) {
    Pipeline pipeline;
    for (int step = 0; step < steps; ++step) {
      pipeline.begin_step();
      pipeline.compute(product(1, 1));
    }
    return estimate_cycles(pipeline.items());
  };
  // Seven behind the barrier are there at the start; four more come by each request.
  CHECK(cycles(7) < kRoundTrip);
  CHECK(cycles(8) > kRoundTrip);
  CHECK(cycles(64) > 6 * kRoundTrip);
}

}  // namespace
}  // namespace kestrel::nn
