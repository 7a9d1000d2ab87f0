// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/graph.hpp"

#include <catch2/catch_test_macros.hpp>

namespace kestrel::nn {
namespace {

TEST_CASE("shapes are counted and written", "[userspace][nn]") {
  CHECK(element_count({2, 3, 4}) == 24);
  CHECK(element_count({}) == 1);
  CHECK(to_string(Shape{1, 16, 28, 28}) == "1x16x28x28");
  CHECK(to_string(Shape{}) == "scalar");
}

TEST_CASE("a quantisation knows its type's range", "[userspace][nn]") {
  CHECK(Quantisation{.is_unsigned = false}.min() == -128);
  CHECK(Quantisation{.is_unsigned = false}.max() == 127);
  CHECK(Quantisation{.is_unsigned = true}.min() == 0);
  CHECK(Quantisation{.is_unsigned = true}.max() == 255);
}

TEST_CASE("an output is real until it is quantised", "[userspace][nn]") {
  using Kind = HostStep::Kind;
  GraphOutput output;
  CHECK_FALSE(output.is_real());
  output.steps.push_back({.kind = Kind::kDequantise, .node = "", .quantisation = {}});
  CHECK(output.is_real());
  output.steps.push_back({.kind = Kind::kQuantise, .node = "", .quantisation = {}});
  CHECK_FALSE(output.is_real());
}

}  // namespace
}  // namespace kestrel::nn
