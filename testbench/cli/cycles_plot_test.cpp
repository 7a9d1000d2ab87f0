// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "cycles_plot.hpp"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace presil::cli {
namespace {

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST_CASE("steps of the scale are round, and at most six", "[cli][plot]") {
  CHECK(scale_step(1) == 1);
  CHECK(scale_step(6) == 1);
  CHECK(scale_step(7) == 2);
  CHECK(scale_step(12) == 2);
  CHECK(scale_step(13) == 2);
  CHECK(scale_step(14) == 5);
  CHECK(scale_step(30) == 5);
  CHECK(scale_step(34) == 5);
  CHECK(scale_step(35) == 10);
  CHECK(scale_step(12345) == 2000);
  for (std::uint64_t most = 1; most < 1'000'000; most = most * 5 / 4 + 1) {
    CAPTURE(most);
    CHECK(most / scale_step(most) <= 6);
    CHECK(most / scale_step(most) >= 1);
  }
}

TEST_CASE("a bar is as long as its cycles, and dark as far as they were busy", "[cli][plot]") {
  const std::vector<CyclesBar> bars{{"conv1", "Conv", 1000, 250}, {"dense", "Gemm", 500, 500}};
  const auto svg = cycles_plot(bars);
  // 540 units for the longest.
  CHECK(svg.find(R"(class="busy" x="230" y="40" width="135.0")") != std::string::npos);
  CHECK(svg.find(R"(class="rest" x="365.0" y="40" width="405.0")") != std::string::npos);
  CHECK(svg.find(R"(class="busy" x="230" y="70" width="270.0")") != std::string::npos);
  CHECK(svg.find(R"(class="rest" x="500.0" y="70" width="0.0")") != std::string::npos);
  CHECK(svg.find(">1,000</text>") != std::string::npos);
  CHECK(svg.find(">conv1 <tspan class=\"dim\">Conv</tspan>") != std::string::npos);
}

TEST_CASE("who does not see the plot is told of it", "[cli][plot]") {
  const std::vector<CyclesBar> bars{{"conv1", "Conv", 10, 1}, {"R&D", "Conv", 2000, 1}};
  const auto svg = cycles_plot(bars);
  CHECK(svg.find("role=\"img\"") != std::string::npos);
  CHECK(svg.find("2 layers; most cycles, 2,000, went to R&amp;D.") != std::string::npos);
}

TEST_CASE("names that are too long are cut, and none is markup", "[cli][plot]") {
  const std::vector<CyclesBar> bars{{"a_layer_with_a_name_that_is_too_long", "<b>", 10, 1}};
  const auto svg = cycles_plot(bars);
  CHECK(svg.find(">a_layer_with_a_name_tha... <") != std::string::npos);
  CHECK(svg.find("&lt;b&gt;") != std::string::npos);
}

TEST_CASE("no bars, bars of nothing, and bars beyond measure are drawn", "[cli][plot]") {
  CHECK(cycles_plot({}).find("No layers.") != std::string::npos);
  const std::vector<CyclesBar> nothing{{"conv1", "Conv", 0, 0}};
  CHECK(cycles_plot(nothing).find("nan") == std::string::npos);
  const std::vector<CyclesBar> endless{{"conv1", "Conv", ~std::uint64_t{0}, 0}};
  CHECK(occurrences(cycles_plot(endless), "class=\"grid\"") <= 7);
}

}  // namespace
}  // namespace presil::cli
