// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Numbers and times as users write them, and what is not one.

#include "sim/base/parse.hpp"

#include <string_view>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace presil {
namespace {

TEST_CASE("numbers are decimal, or hexadecimal behind 0x", "[sim][base]") {
  CHECK(parse_number("0") == 0u);
  CHECK(parse_number("120") == 120u);
  CHECK(parse_number("007") == 7u);
  CHECK(parse_number("0x4c") == 0x4cu);
  CHECK(parse_number("0xFf") == 0xffu);
}

TEST_CASE("a number may use all 64 bits and no more", "[sim][base]") {
  CHECK(parse_number("18446744073709551615") == UINT64_MAX);
  CHECK(parse_number("0xffffffffffffffff") == UINT64_MAX);
  CHECK(!parse_number("18446744073709551616"));
  CHECK(!parse_number("0x10000000000000000"));
}

TEST_CASE("what is not all of it a number is none", "[sim][base]") {
  const std::string_view text = GENERATE(
      as<std::string_view>(), "", " ", "0x", "x1", "1 ", " 1", "1,000", "1.0", "1e3", "-1", "+1",
      "--1", "4c", "0x4g", "0x-1", "0x0x1", "0X10", "one", std::string_view("1\0", 2));
  CAPTURE(text);
  CHECK(!parse_number(text));
}

TEST_CASE("every unit of time is worth its picoseconds", "[sim][base]") {
  CHECK(parse_time("7ps") == 7u);
  CHECK(parse_time("7ns") == 7'000u);
  CHECK(parse_time("7us") == 7'000'000u);
  CHECK(parse_time("7ms") == 7'000'000'000u);
  CHECK(parse_time("7s") == 7'000'000'000'000u);
  CHECK(parse_time("0s") == 0u);
  CHECK(parse_time("0x10ns") == 16'000u);
}

TEST_CASE("the latest time of the link is the latest that is taken", "[sim][base]") {
  CHECK(parse_time("4611686018427387904ps") == kLatestTime);
  CHECK(!parse_time("4611686018427387905ps"));
  CHECK(parse_time("4611686018427387ns") == 4'611'686'018'427'387'000u);
  CHECK(!parse_time("4611686018427388ns"));
  CHECK(parse_time("4611686s") == 4'611'686'000'000'000'000u);
  CHECK(!parse_time("4611687s"));
  // Its picoseconds would wrap to a small number.
  CHECK(!parse_time("18446744073710s"));
  CHECK(!parse_time("18446744073709551616ps"));
}

TEST_CASE("what is not a number with a unit is no time", "[sim][base]") {
  const std::string_view text =
      GENERATE(as<std::string_view>(), "", "s", "us", "120", "120 us", "120us ", "us120", "120m",
               "120Us", "120sec", "120usus", "-1ns", "1.5us", "0xs", "12h", "1ks");
  CAPTURE(text);
  CHECK(!parse_time(text));
}

}  // namespace
}  // namespace presil
