// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/arena.hpp"

#include <random>

#include <catch2/catch_test_macros.hpp>

namespace kestrel::nn {
namespace {

TEST_CASE("buffers of different times share a place", "[userspace][nn]") {
  const auto plan = plan_arena({{100, 0, 1}, {60, 1, 2}, {100, 2, 3}}, 1);
  CHECK(plan.offsets[0] == plan.offsets[2]);
  CHECK(plan.size_bytes == 160);
  CHECK(plan.lower_bound_bytes == 160);
}

TEST_CASE("sizes are rounded up to the alignment", "[userspace][nn]") {
  const auto plan = plan_arena({{1, 0, 0}, {1, 0, 0}}, 256);
  CHECK(plan.size_bytes == 512);
  CHECK(plan.lower_bound_bytes == 512);
  CHECK(plan.offsets[0] % 256 == 0);
  CHECK(plan.offsets[1] % 256 == 0);
}

TEST_CASE("nothing takes no memory", "[userspace][nn]") {
  const auto plan = plan_arena({}, 256);
  CHECK(plan.size_bytes == 0);
  CHECK(plan.lower_bound_bytes == 0);
}

TEST_CASE("what lives at the same time does not overlap, and little is wasted", "[userspace][nn]") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::vector<Lifetime> buffers(1 + random() % 40);
    for (auto& buffer : buffers) {
      buffer.size_bytes = 1 + random() % 5000;
      buffer.first = random() % 30;
      buffer.last = buffer.first + random() % 6;
    }
    const auto plan = plan_arena(buffers, 64);
    for (std::size_t a = 0; a < buffers.size(); ++a) {
      CHECK(plan.offsets[a] + buffers[a].size_bytes <= plan.size_bytes);
      for (std::size_t b = 0; b < a; ++b) {
        const bool meet =
            buffers[a].first <= buffers[b].last && buffers[b].first <= buffers[a].last;
        const bool overlap = plan.offsets[a] < plan.offsets[b] + buffers[b].size_bytes &&
                             plan.offsets[b] < plan.offsets[a] + buffers[a].size_bytes;
        CHECK_FALSE((meet && overlap));
      }
    }
    CHECK(plan.size_bytes >= plan.lower_bound_bytes);
    CHECK(plan.size_bytes <= 2 * plan.lower_bound_bytes);
  }
}

}  // namespace
}  // namespace kestrel::nn
