// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Signs of life between batches. How long anything takes is the host's affair: the cases only
/// count, and only what no host can change.

#include "sim/app/host_pace.hpp"

#include <time.h>

#include <catch2/catch_test_macros.hpp>

namespace presil {
namespace {

struct Bench {
  explicit Bench(double slow_factor)
      : pace(slow_factor, [this] { ++beats; }, [this] { ++checks; }) {}

  int beats = 0, checks = 0;
  HostPace pace;
};

/// Spends at least a millisecond of host time.
void spend_a_millisecond() {
  const timespec span = {.tv_sec = 0, .tv_nsec = 1'000'000};
  ::nanosleep(&span, nullptr);
}

TEST_CASE("without stretching every batch is one beat", "[sim][app]") {
  Bench bench(1);
  for (int batch = 1; batch <= 200; ++batch) {
    bench.pace.on_batch();
    CHECK(bench.beats == batch);
  }
}

TEST_CASE("making a pace and starting it again beat and check nothing", "[sim][app]") {
  Bench bench(10);
  bench.pace.restart();
  CHECK(bench.beats == 0);
  CHECK(bench.checks == 0);
}

TEST_CASE("the host is looked at soon, but not with every batch", "[sim][app]") {
  Bench bench(1);
  for (int batch = 0; batch < 63; ++batch)
    bench.pace.on_batch();
  CHECK(bench.checks == 0);
  bench.pace.on_batch();
  CHECK(bench.checks == 1);
}

TEST_CASE("a stretched run looks at the host after its first batch", "[sim][app]") {
  Bench bench(1.5);
  bench.pace.on_batch();
  CHECK(bench.checks == 1);
}

TEST_CASE("the heart beats all through a long stretch", "[sim][app]") {
  // A millisecond or more, 101 times as long: 100 ms or more of sleep, in parts of at most 20 ms.
  Bench bench(101);
  spend_a_millisecond();
  bench.pace.on_batch();
  CHECK(bench.beats >= 6);
}

TEST_CASE("the host is looked at all through a long stretch", "[sim][app]") {
  // 300 ms or more of sleep.
  Bench bench(301);
  spend_a_millisecond();
  bench.pace.on_batch();
  CHECK(bench.checks >= 2);
}

}  // namespace
}  // namespace presil
