// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Profile: sums of what was counted, and shares of them.

#include "profile.hpp"

#include <set>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using kestrel::run::ArraySize;
using kestrel::run::kCounters;
using kestrel::run::LayerCounts;
using kestrel::run::Profile;
namespace nn = kestrel::nn;

namespace {

constexpr ArraySize kSize = {.clock_mhz = 500, .cells = 256};

/// A convolution of 25,600 operations, a pool, a product of 512.
/// \param distance  of their commands, bytes: 64 if they are side by side, and so run together
nn::Program program(std::uint64_t distance = 128) {
  nn::Program program;
  for (const auto& [node, type, operations, is_convolution] :
       {std::tuple{"first", "Conv", 25'600u, true},
        {"second", "MaxPool", 0u, false},
        {"third", "Gemm", 512u, false}}) {
    nn::Layer layer;
    layer.node = node;
    layer.type = type;
    layer.shape = "1x2";
    layer.address = distance * program.layers.size();
    layer.size_bytes = 64;
    layer.operations = operations;
    layer.is_convolution = is_convolution;
    program.layers.push_back(layer);
  }
  return program;
}

/// Counters that are `factor` times 1, 2, 3 ..., and a time.
kestrel_counters counters(std::uint64_t factor, std::uint64_t busy_ns) {
  kestrel_counters counters{};
  std::uint64_t number = 0;
  for (const auto counter : kCounters)
    counters.*counter = factor * ++number;
  counters.busy_ns = busy_ns;
  return counters;
}

}  // namespace

TEST_CASE("profile: Every counter is listed once", "[userspace][profile]") {
  kestrel_counters counters{};
  std::set<const std::uint64_t*> places;
  for (const auto counter : kCounters)
    places.insert(&(counters.*counter));
  CHECK(places.size() == sizeof(counters) / sizeof(std::uint64_t));
}

TEST_CASE("profile: It begins with the layers, and nothing counted", "[userspace][profile]") {
  const Profile profile(program(), kSize);
  REQUIRE(profile.layers().size() == 3);
  const LayerCounts& first = profile.layers()[0];
  CHECK(first.node == "first");
  CHECK(first.type == "Conv");
  CHECK(first.shape == "1x2");
  CHECK(first.is_convolution);
  CHECK(first.runs == 0);
  CHECK(first.operations == 0);
  CHECK(profile.utilisation(first) == 0);
  CHECK(profile.total(false).runs == 0);
}

TEST_CASE("profile: Runs add up", "[userspace][profile]") {
  Profile profile(program(), kSize);
  profile.add(std::vector{counters(1, 1000), counters(10, 200), counters(100, 2)});
  profile.add(std::vector{counters(2, 3000), counters(20, 600), counters(200, 6)});

  const LayerCounts& first = profile.layers()[0];
  CHECK(first.runs == 2);
  CHECK(first.cycles == 2000);  // 4000 ns at 500 MHz.
  CHECK(first.operations == 51'200);
  for (const auto counter : kCounters) {
    if (counter != &kestrel_counters::busy_ns)
      CHECK(first.counts.*counter == 3 * counters(1, 0).*counter);
  }
  CHECK(first.counts.busy_ns == 4000);
  // 51,200 of 2000 * 256.
  CHECK(profile.utilisation(first) == 0.1);
  CHECK(profile.utilisation(profile.layers()[1]) == 0);
}

TEST_CASE("profile: All layers, or the convolutions, as one", "[userspace][profile]") {
  Profile profile(program(), kSize);
  profile.add(std::vector{counters(1, 1000), counters(10, 200), counters(100, 2)});
  const LayerCounts all = profile.total(false);
  CHECK(all.runs == 1);
  CHECK(all.cycles == 500 + 100 + 1);
  CHECK(all.operations == 26'112);
  CHECK(all.counts.records == 111);
  CHECK(all.counts.busy_ns == 1202);
  const LayerCounts convolutions = profile.total(true);
  CHECK(convolutions.cycles == 500);
  CHECK(convolutions.operations == 25'600);
  CHECK(convolutions.counts.records == 1);
  CHECK(profile.utilisation(convolutions) == 0.2);
}

TEST_CASE("profile: Of layers that run together, each has what it adds", "[userspace][profile]") {
  Profile profile(program(64), kSize);
  profile.add(std::vector{counters(1, 1000), counters(10, 1200), counters(100, 1202)});
  CHECK(profile.layers()[0].cycles == 500);
  CHECK(profile.layers()[1].cycles == 100);
  CHECK(profile.layers()[2].cycles == 1);
  CHECK(profile.layers()[1].counts.records == 9);
  CHECK(profile.layers()[2].counts.records == 90);
  // All together are the job of all.
  const LayerCounts all = profile.total(false);
  CHECK(all.cycles == 601);
  CHECK(all.counts.records == 100);
  CHECK(all.counts.busy_ns == 1202);
}

TEST_CASE("profile: What a longer job counts less adds nothing", "[userspace][profile]") {
  Profile profile(program(64), kSize);
  profile.add(std::vector{counters(3, 1000), counters(1, 1200), counters(4, 1202)});
  CHECK(profile.layers()[1].cycles == 100);
  CHECK(profile.layers()[1].counts.records == 0);
  CHECK(profile.layers()[2].counts.records == 3);
}

TEST_CASE("profile: A run of other layers does no harm", "[userspace][profile]") {
  Profile profile(program(), kSize);
  profile.add({});
  profile.add(std::vector{counters(1, 1000)});
  profile.add(std::vector(5, counters(1, 1000)));
  CHECK(profile.layers()[0].runs == 2);
  CHECK(profile.layers()[2].runs == 1);
  CHECK(profile.total(false).runs == 2);
}
