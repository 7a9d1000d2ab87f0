// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel's requantisation, bit by bit, against the machine's float.

#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "requant_bench.hpp"
#include "requant_random.hpp"

namespace presil::testbench {
namespace {

/// Cells of a Markdown table's row, without blanks and backquotes.
std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> result;
  std::istringstream stream(line);
  std::string cell;
  std::getline(stream, cell, '|');  // In front of the first.
  while (std::getline(stream, cell, '|')) {
    std::erase_if(cell, [](char c) { return c == ' ' || c == '`'; });
    result.push_back(cell);
  }
  return result;
}

std::uint32_t value_of(const std::string& cell) {
  return static_cast<std::uint32_t>(std::stoll(cell, nullptr, 0));
}

}  // namespace

TEST_CASE("requant: the document's table of corner cases is true", "[hw][requant]") {
  // | number | bias | scale | zero, min, max | result | why |, and with two columns more
  // | residual | its scale | in front of the third from last.
  std::ifstream document(KESTREL_REQUANTISATION_MD);
  REQUIRE(document);
  RequantBench bench(1);
  unsigned rows = 0, with_residual = 0;
  for (std::string line; std::getline(document, line);) {
    const auto row = cells(line);
    if (row.size() < 6 || row[0].empty() ||
        row[0].find_first_not_of("-0123456789x") != row[0].npos || row[0].starts_with("---")) {
      continue;
    }
    CAPTURE(line);
    const bool residual = row.size() >= 8;
    RequantCase one{
        .number = value_of(row[0]), .bias = value_of(row[1]), .scale = value_of(row[2])};
    RequantConfig config{.residual = residual};
    if (residual) {
      one.residual = static_cast<std::uint8_t>(value_of(row[3]));
      config.res_scale = value_of(row[4]);
      ++with_residual;
    }
    const std::string& limits = row[residual ? 5 : 3];
    REQUIRE(std::sscanf(limits.c_str(), "%d,%d,%d", &config.out_zero, &config.min, &config.max) ==
            3);
    // The bench compares what comes out with the rendering; here the rendering with the document.
    CHECK(bench.result_of(config, {}, {.bytes = true}, one) == std::stoi(row[residual ? 6 : 4]));
    ++rows;
  }
  CHECK(rows - with_residual >= 30);
  CHECK(with_residual >= 10);
}

TEST_CASE("requant: a dense grid of accumulators, biases and scales", "[hw][requant]") {
  std::vector<std::uint32_t> numbers, scales;
  for (unsigned shift = 0; shift < 32; ++shift) {
    for (std::uint32_t around : {-1, 0, 1}) {
      numbers.push_back((1u << shift) + around);
      numbers.push_back(0 - ((1u << shift) + around));
    }
  }
  for (std::uint32_t n = 0x00ff'fffc; n < 0x0100'0010; ++n) {  // Where floats become sparse.
    numbers.push_back(n);
    numbers.push_back(0 - n);
  }
  // Every exponent, with mantissas at both ends and in the middle, and both signs.
  for (std::uint32_t exponent = 0; exponent < 256; ++exponent) {
    for (std::uint32_t mantissa : {0x000000u, 0x000001u, 0x3fffffu, 0x400000u, 0x7fffffu}) {
      scales.push_back(exponent << 23 | mantissa);
      scales.push_back(0x8000'0000 | exponent << 23 | mantissa);
    }
  }
  RequantBench bench(1);
  std::uint64_t expected = 0;
  for (const bool residual : {false, true}) {
    bench.configure({.residual = residual, .res_scale = 0x3eaa'aaab, .out_zero = 3}, {},
                    {.bytes = true});
    for (std::size_t first = 0; first < scales.size(); first += RequantBench::kLanes) {
      std::array<RequantCase, RequantBench::kLanes> cases;
      for (unsigned i = 0; i < cases.size(); ++i) {
        cases[i].scale = scales[first + i];
        cases[i].bias = i % 2 == 0 ? 0 : 0x7fff'fff0 + i;
      }
      bench.set_lanes(cases);
      for (const std::uint32_t number : numbers) {
        for (unsigned i = 0; i < cases.size(); ++i) {
          cases[i].number = number - cases[i].bias;
          cases[i].residual = static_cast<std::uint8_t>(number * 37 + i);
        }
        bench.send(cases);
      }
      bench.drain();
    }
    expected += scales.size() * numbers.size();
  }
  CHECK(bench.compared == expected);
}

TEST_CASE("requant: every byte, zero point and sign of source and residual", "[hw][requant]") {
  RequantBench bench(1);
  for (const bool is_unsigned : {false, true}) {
    for (int zero = is_unsigned ? 0 : -128; zero <= (is_unsigned ? 255 : 127); zero += 15) {
      bench.configure({.residual = true, .res_scale = 0xbf40'0000},
                      {.bytes = true, .is_unsigned = is_unsigned, .zero = zero},
                      {.bytes = true, .is_unsigned = !is_unsigned, .zero = zero & 0x7f});
      std::array<RequantCase, RequantBench::kLanes> cases;
      cases.fill({.bias = 0, .scale = 0x3f20'0000});
      bench.set_lanes(cases);
      for (unsigned byte = 0; byte < 256; ++byte) {
        for (unsigned i = 0; i < cases.size(); ++i) {
          cases[i].number = byte;
          cases[i].residual = static_cast<std::uint8_t>(byte * 7 + i * 16);
        }
        bench.send(cases);
      }
      bench.drain();
    }
  }
  CHECK(bench.compared == 2 * 18 * 256 * 16);
}

TEST_CASE("requant: random commands", "[hw][requant]") {
  // Take a failing seed back with PRESIL_SEED.
  const char* given = std::getenv("PRESIL_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 0) : 1;
  CAPTURE(seed);
  RequantBench bench(seed);
  RequantRandom random(seed);
  while (bench.compared < 10'000'000) {
    random.command(bench, 24);
  }
}

}  // namespace presil::testbench
