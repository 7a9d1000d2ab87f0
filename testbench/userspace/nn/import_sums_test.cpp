// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Add, Mul, Relu, Clip and Concat in both forms: what becomes of them, and what is refused.

#include <variant>

#include <catch2/catch_test_macros.hpp>

#include "testbench/userspace/nn/onnx_builder.hpp"

namespace kestrel::nn {
namespace {

struct Binary {
  OnnxBuilder builder;

  Binary(const std::string& type, const std::vector<std::int64_t>& right) {
    builder.common().input("x", {1, 3, 4, 5}).output("y");
    std::int64_t count = 1;
    for (const std::int64_t size : right)
      count *= size;
    builder.constant<std::int8_t>("c", right,
                                  std::vector<std::int8_t>(static_cast<std::size_t>(count), 5));
    builder.node(type, {"x", "s", "z", "c", "s", "z", "s", "z"}, "y", "com.microsoft");
  }
};

TEST_CASE("constants are for all channels or for each", "[userspace][nn]") {
  for (const auto& shape : {std::vector<std::int64_t>{}, {1}, {3, 1, 1}, {1, 3, 1, 1}}) {
    const auto graph = Binary("QLinearAdd", shape).builder.load();
    REQUIRE(graph);
    const auto& work = std::get<Addition>(graph->operators[0].work);
    CHECK_FALSE(work.right);
    CHECK(work.constant.size() == (shape.size() > 1 ? 3 : 1));
  }
  CHECK(Binary("QLinearAdd", {4, 5}).builder.refusal() ==
        "node 'the_QLinearAdd' (QLinearAdd): a constant of 4x5 with a tensor of 1x3x4x5; only one "
        "number, or one for each channel, is supported");
  CHECK(Binary("QLinearAdd", {1, 1, 3, 1, 1}).builder.refusal() ==
        "node 'the_QLinearAdd' (QLinearAdd): a constant of 1x1x3x1x1 with a tensor of 1x3x4x5; "
        "only one number, or one for each channel, is supported");
}

TEST_CASE("a factor becomes part of the scale", "[userspace][nn]") {
  const auto graph = Binary("QLinearMul", {}).builder.load();
  REQUIRE(graph);
  // (5 - 3) * 0.5 * 0.5 / 0.5
  CHECK(std::get<Rescale>(graph->operators[0].work).output.scale == std::vector<float>{1.0f});
}

TEST_CASE("operands of different shapes are refused", "[userspace][nn]") {
  OnnxBuilder builder;
  builder.common().input("x", {1, 3, 4, 5}).input("v", {1, 3, 1, 1}).output("y");
  builder.node("QLinearAdd", {"x", "s", "z", "v", "s", "z", "s", "z"}, "y", "com.microsoft");
  CHECK(builder.refusal() ==
        "node 'the_QLinearAdd' (QLinearAdd): operands of 1x3x4x5 and 1x3x1x1; only tensors of one "
        "shape, or a constant, are supported");
}

TEST_CASE("two tensors are not multiplied one by one", "[userspace][nn]") {
  OnnxBuilder builder;
  builder.common().input("x", {1, 3}).input("v", {1, 3}).output("y");
  builder.node("QLinearMul", {"x", "s", "z", "v", "s", "z", "s", "z"}, "y", "com.microsoft");
  CHECK(builder.refusal() ==
        "node 'the_QLinearMul' (QLinearMul): only a tensor times a constant is supported");
}

/// x -> DQ -> a clipping node -> Q -> y, with scale 0.5 and zero point 3.
struct Clipped {
  OnnxBuilder builder;

  explicit Clipped(const std::string& type, const std::vector<std::string>& limits = {}) {
    builder.common().input("x", {1, 3, 4, 5}).output("y");
    builder.constant<float>("low", {}, {-1.2f});
    builder.constant<float>("high", {}, {6.0f});
    builder.node("DequantizeLinear", {"x", "s", "z"}, "xr");
    std::vector<std::string> inputs = {"xr"};
    inputs.insert(inputs.end(), limits.begin(), limits.end());
    builder.node(type, inputs, "c");
    builder.node("QuantizeLinear", {"c", "s", "z"}, "y");
  }
  [[nodiscard]] std::pair<int, int> limits() const {
    const auto graph = builder.load();
    REQUIRE(graph);
    const auto& output = std::get<Rescale>(graph->operators[0].work).output;
    return {output.min, output.max};
  }
};

TEST_CASE("limits of real numbers become limits of bytes", "[userspace][nn]") {
  CHECK(Clipped("Relu").limits() == std::pair{3, 127});
  CHECK(Clipped("Clip", {"low", "high"}).limits() == std::pair{1, 15});
  CHECK(Clipped("Clip", {"", "high"}).limits() == std::pair{-128, 15});
  CHECK(Clipped("Clip").limits() == std::pair{-128, 127});
  CHECK(Clipped("Clip", {"high", "low"}).builder.refusal() ==
        "node 'the_Clip' (Clip): its limits 6 and -1.2 are none");
}

TEST_CASE("joined tensors agree beside their axis", "[userspace][nn]") {
  OnnxBuilder builder;
  builder.common().input("a", {1, 3, 4, 4}).input("b", {1, 5, 4, 4}).output("y");
  auto& node =
      builder.node("QLinearConcat", {"s", "z", "a", "s", "z", "b", "s", "z"}, "y", "com.microsoft");
  CHECK(builder.refusal() == "node 'the_QLinearConcat' (QLinearConcat): it has no axis");
  OnnxBuilder::attribute(node, "axis", std::int64_t{-3});
  const auto graph = builder.load();
  REQUIRE(graph);
  CHECK(graph->outputs[0].shape == Shape{1, 8, 4, 4});
  CHECK(std::get<Concatenation>(graph->operators[0].work).axis == 1);
  node.mutable_attribute(0)->set_i(2);
  CHECK(builder.refusal() ==
        "node 'the_QLinearConcat' (QLinearConcat): inputs of 1x3x4x4 and 1x5x4x4 differ beside "
        "axis 2");
  node.mutable_input()->RemoveLast();
  CHECK(builder.refusal() ==
        "node 'the_QLinearConcat' (QLinearConcat): it has 7 inputs, not two and three for each "
        "tensor");
}

}  // namespace
}  // namespace kestrel::nn
