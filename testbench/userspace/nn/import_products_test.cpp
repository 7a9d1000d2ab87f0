// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Conv, Gemm and MatMul in both forms: what becomes of them, and what is refused. That they are
/// computed rightly is seen in operators_test.

#include <variant>

#include <catch2/catch_test_macros.hpp>

#include "testbench/userspace/nn/onnx_builder.hpp"

namespace kestrel::nn {
namespace {

struct QLinearConv {
  OnnxBuilder builder;
  onnx::NodeProto* node;

  QLinearConv() {
    builder.common().input("x", {1, 2, 5, 5}).output("y");
    builder.constant<std::int8_t>("w", {3, 2, 1, 1}, {1, 2, 3, 4, 5, 6});
    builder.constant<float>("ws", {3}, {1, 2, 4});
    builder.constant<std::int8_t>("wz", {3}, {0, 0, 0});
    builder.constant<std::int32_t>("b", {3}, {10, 20, 30});
    node = &builder.node("QLinearConv", {"x", "s", "z", "w", "ws", "wz", "s", "z", "b"}, "y");
  }
  [[nodiscard]] std::string refusal() const {
    const std::string text = builder.refusal();
    const std::string prefix = "node 'the_QLinearConv' (QLinearConv): ";
    return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
  }
};

TEST_CASE("a convolution has the scales that ONNX Runtime multiplies out", "[userspace][nn]") {
  const auto graph = QLinearConv().builder.load();
  REQUIRE(graph);
  const auto& work = std::get<Convolution>(graph->operators[0].work);
  CHECK(work.output.scale == std::vector<float>{1, 2, 4});
  CHECK(work.output.bias == std::vector<std::int32_t>{10, 20, 30});
  CHECK(work.output.zero == 3);
  CHECK(work.weights == std::vector<std::int8_t>{1, 2, 3, 4, 5, 6});
  CHECK(graph->outputs[0].shape == Shape{1, 3, 5, 5});
}

TEST_CASE("weights of uint8 around 128 are those of int8", "[userspace][nn]") {
  QLinearConv conv;
  conv.builder.constant<std::uint8_t>("w8", {3, 2, 1, 1}, {0, 255, 128, 129, 127, 1});
  conv.builder.constant<std::uint8_t>("wz8", {}, {128});
  conv.node->set_input(3, "w8");
  conv.node->set_input(5, "wz8");
  const auto graph = conv.builder.load();
  REQUIRE(graph);
  CHECK(std::get<Convolution>(graph->operators[0].work).weights ==
        std::vector<std::int8_t>{-128, 127, 0, 1, -1, -127});
}

TEST_CASE("weights that do not fit into int8 are refused", "[userspace][nn]") {
  QLinearConv conv;
  conv.builder.constant<std::int8_t>("other", {3}, {0, 0, -125});
  conv.node->set_input(5, "other");
  CHECK(conv.refusal() ==
        "weight 4 is 130 above its zero point, which is beyond int8; quantise the weights "
        "symmetrically");
}

TEST_CASE("shapes of weights are checked", "[userspace][nn]") {
  QLinearConv flat;
  flat.builder.constant<std::int8_t>("other", {3, 2, 1}, {1, 2, 3, 4, 5, 6});
  flat.node->set_input(3, "other");
  CHECK(flat.refusal() == "its weights are 3x2x1; only two-dimensional windows are supported");
  QLinearConv groups;
  OnnxBuilder::attribute(*groups.node, "group", std::int64_t{2});
  CHECK(groups.refusal() ==
        "2 groups do not divide 2 inputs and 3 outputs with weights of 3x2x1x1");
  QLinearConv none;
  OnnxBuilder::attribute(*none.node, "group", std::int64_t{0});
  CHECK(none.refusal() == "0 groups do not divide 2 inputs and 3 outputs with weights of 3x2x1x1");
  QLinearConv scales;
  scales.builder.constant<float>("other", {2}, {1, 2});
  scales.builder.constant<std::int8_t>("zeros", {2}, {0, 0});
  scales.node->set_input(4, "other");
  scales.node->set_input(5, "zeros");
  CHECK(scales.refusal() == "2 scales of weights along axis 0 for 3 outputs");
  QLinearConv bias;
  bias.builder.constant<std::int32_t>("other", {2}, {1, 2});
  bias.node->set_input(8, "other");
  CHECK(bias.refusal() == "bias has 2 elements for 3 outputs");
  QLinearConv type;
  type.builder.constant<float>("other", {3}, {1, 2, 3});
  type.node->set_input(8, "other");
  CHECK(type.refusal() == "bias 'other' is of type FLOAT, not INT32");
}

TEST_CASE("weights must be constant", "[userspace][nn]") {
  QLinearConv conv;
  conv.node->set_input(3, "x");
  CHECK(conv.refusal() == "input 'x' is no constant");
  QLinearConv swapped;
  swapped.node->set_input(0, "w");
  CHECK(swapped.refusal() == "its input is a constant");
}

/// QDQ: Gemm with a bias between DequantizeLinear and QuantizeLinear.
struct QdqGemm {
  OnnxBuilder builder;
  onnx::NodeProto* node;

  explicit QdqGemm(float bias_scale = 0.125f) {
    builder.common().input("x", {2, 3}).output("y");
    builder.constant<std::int8_t>("w", {3, 2}, {1, 2, 3, 4, 5, 6});
    builder.constant<float>("ws", {}, {0.25f});
    builder.constant<std::int32_t>("b", {2}, {7, 8});
    builder.constant<float>("bs", {}, {bias_scale});
    builder.constant<std::int8_t>("wz", {}, {0});
    builder.constant<std::int32_t>("bz", {}, {0});
    builder.node("DequantizeLinear", {"x", "s", "z"}, "xr");
    builder.node("DequantizeLinear", {"w", "ws", "wz"}, "wr");
    builder.node("DequantizeLinear", {"b", "bs", "bz"}, "br");
    node = &builder.node("Gemm", {"xr", "wr", "br"}, "g");
    builder.node("QuantizeLinear", {"g", "s", "z"}, "y");
  }
};

TEST_CASE("a product between real numbers becomes one on bytes", "[userspace][nn]") {
  const auto graph = QdqGemm().builder.load();
  REQUIRE(graph);
  REQUIRE(graph->operators.size() == 1);
  const auto& work = std::get<Product>(graph->operators[0].work);
  CHECK(work.depth == 3);
  CHECK(work.columns == 2);
  CHECK(work.output.scale == std::vector<float>{0.25f});
  CHECK(work.output.bias == std::vector<std::int32_t>{7, 8});
}

TEST_CASE("transposed weights are turned", "[userspace][nn]") {
  QdqGemm gemm;
  gemm.builder.graph().mutable_initializer(2)->set_dims(0, 2);
  gemm.builder.graph().mutable_initializer(2)->set_dims(1, 3);
  OnnxBuilder::attribute(*gemm.node, "transB", std::int64_t{1});
  const auto graph = gemm.builder.load();
  REQUIRE(graph);
  CHECK(std::get<Product>(graph->operators[0].work).weights ==
        std::vector<std::int8_t>{1, 4, 2, 5, 3, 6});
}

TEST_CASE("a bias has the scale of the products", "[userspace][nn]") {
  CHECK(QdqGemm(0.125f * 1.0001f).builder.refusal().empty());
  CHECK(QdqGemm(0.13f).builder.refusal() ==
        "node 'the_Gemm' (Gemm): bias 'br' has scale 0.13, not the products' 0.125, or a zero "
        "point");
}

TEST_CASE("a Gemm that is another is refused", "[userspace][nn]") {
  QdqGemm turned;
  OnnxBuilder::attribute(*turned.node, "transA", std::int64_t{1});
  CHECK(turned.builder.refusal() ==
        "node 'the_Gemm' (Gemm): its left operand must be a matrix, no constant, not transposed");
  QdqGemm alpha;
  OnnxBuilder::attribute(*alpha.node, "alpha", 0.5f);
  CHECK(alpha.builder.refusal() ==
        "node 'the_Gemm' (Gemm): alpha of 0.5 with a bias is not supported, only 1");
  QdqGemm beta;
  OnnxBuilder::attribute(*beta.node, "beta", 2.0f);
  CHECK(beta.builder.refusal() == "node 'the_Gemm' (Gemm): beta of 2 is not supported, only 1");
  QdqGemm depth;
  depth.builder.graph()
      .mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(1)
      ->set_dim_value(4);
  CHECK(depth.builder.refusal() == "node 'the_Gemm' (Gemm): a product of 2x4 and 3x2: 4 is not 3");
}

TEST_CASE("two tensors are not multiplied", "[userspace][nn]") {
  OnnxBuilder builder;
  builder.common().input("x", {2, 2}).input("v", {2, 2}).output("y");
  builder.node("QLinearMatMul", {"x", "s", "z", "v", "s", "z", "s", "z"}, "y");
  CHECK(builder.refusal() == "node 'the_QLinearMatMul' (QLinearMatMul): input 'v' is no constant");
}

}  // namespace
}  // namespace kestrel::nn
