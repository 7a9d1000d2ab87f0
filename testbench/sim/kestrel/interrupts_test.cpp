// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/interrupts.hpp"

#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace presil::kestrel {
namespace {

struct Bench {
  std::vector<std::uint32_t> raised;
  Interrupts interrupts{[this](std::uint32_t vector) { raised.push_back(vector); }};
};

TEST_CASE("a vector is raised when it is set while enabled", "[sim][kestrel]") {
  Bench bench;
  bench.interrupts.set(3);
  CHECK(bench.raised.empty());
  CHECK(bench.interrupts.status() == 8);
  bench.interrupts.write_enable(1u << 16);
  bench.interrupts.set(16);
  bench.interrupts.set(16);
  CHECK(bench.raised == std::vector<std::uint32_t>{16, 16});
  bench.interrupts.set(17);
  CHECK(bench.interrupts.status() == 0x1'0008);
}

TEST_CASE("a vector is raised when it is enabled while set, once", "[sim][kestrel]") {
  Bench bench;
  bench.interrupts.set(0);
  bench.interrupts.set(5);
  bench.interrupts.write_enable(0xffff'ffff);
  CHECK(bench.interrupts.enable() == 0x1'ffff);
  bench.interrupts.write_enable(0xffff'ffff);
  CHECK(bench.raised == std::vector<std::uint32_t>{0, 5});
  bench.interrupts.clear(1);
  CHECK(bench.interrupts.status() == 0x20);
}

TEST_CASE("a forced vector is like one that is set", "[sim][kestrel]") {
  Bench bench;
  bench.interrupts.write_enable(0xff);
  bench.interrupts.force(0xffff'ff01);
  CHECK(bench.interrupts.status() == 0x1'ff01);
  CHECK(bench.raised == std::vector<std::uint32_t>{0});
  bench.interrupts.reset();
  CHECK(bench.interrupts.status() == 0);
  CHECK(bench.interrupts.enable() == 0);
}

}  // namespace
}  // namespace presil::kestrel
