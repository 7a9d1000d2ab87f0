// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/counters.hpp"

#include <catch2/catch_test_macros.hpp>

namespace presil::kestrel {
namespace {

TEST_CASE("a snapshot shows a queue's row, or the sum", "[sim][kestrel]") {
  Counters counters;
  Counts counts = {};
  counts[kMacs] = 0xffff'ffff;
  counters.add(2, counts);
  counts[kTlbMisses] = 5;
  counters.add(3, counts);
  CHECK(counters.read(2 * kMacs) == 0);

  counters.snapshot(2);
  CHECK(counters.read(2 * kMacs) == 0xffff'ffff);
  CHECK(counters.read(2 * kTlbMisses) == 0);
  counters.snapshot(kQueues);
  CHECK(counters.read(2 * kMacs) == 0xffff'fffe);
  CHECK(counters.read(2 * kMacs + 1) == 1);
  CHECK(counters.read(2 * kTlbMisses) == 5);
  // What comes later is not in it.
  counters.add(2, counts);
  CHECK(counters.read(2 * kTlbMisses) == 5);
  counters.snapshot(kQueues + 1);
  CHECK(counters.read(2 * kMacs) == 0);
}

TEST_CASE("clearing a queue's row leaves the sum", "[sim][kestrel]") {
  Counters counters;
  Counts counts = {};
  counts[kRecords] = 1;
  counters.add(2, counts);
  counters.clear(2);
  counters.snapshot(2);
  CHECK(counters.read(0) == 0);
  counters.snapshot(kQueues);
  CHECK(counters.read(0) == 1);
}

}  // namespace
}  // namespace presil::kestrel
