// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/importer.hpp"

#include <catch2/catch_test_macros.hpp>

#include "testbench/userspace/nn/onnx_builder.hpp"

namespace kestrel::nn {
namespace {

using Proto = onnx::TensorProto;

/// x -> MaxPool -> y on bytes, the least that can be loaded.
OnnxBuilder smallest() {
  OnnxBuilder builder;
  builder.input("x", {1, 4, 6, 6}).output("y");
  auto& node = builder.node("MaxPool", {"x"}, "y");
  OnnxBuilder::attribute(node, "kernel_shape", {2, 2});
  return builder;
}

TEST_CASE("a graph has its inputs, operators and outputs", "[userspace][nn]") {
  const auto graph = smallest().load();
  REQUIRE(graph);
  REQUIRE(graph->inputs.size() == 1);
  CHECK(graph->inputs[0].shape == Shape{1, 4, 6, 6});
  CHECK_FALSE(graph->inputs[0].quantise);
  REQUIRE(graph->operators.size() == 1);
  CHECK(graph->operators[0].node == "the_MaxPool");
  CHECK(graph->operators[0].type == "MaxPool");
  REQUIRE(graph->outputs.size() == 1);
  CHECK(graph->outputs[0].shape == Shape{1, 4, 5, 5});
  CHECK(graph->outputs[0].steps.empty());
}

TEST_CASE("a dynamic batch is fixed when the caller says to what", "[userspace][nn]") {
  auto builder = smallest();
  auto& shape =
      *builder.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
  shape.mutable_dim(0)->set_dim_param("batch");
  CHECK(builder.refusal() ==
        "input 'x': dimension 0 is dynamic ('batch'); fix it in the model, or give a batch size");
  const auto graph = builder.load({.batch = 3});
  REQUIRE(graph);
  CHECK(graph->outputs[0].shape == Shape{3, 4, 5, 5});
  shape.mutable_dim(2)->set_dim_param("height");
  CHECK(builder.refusal({.batch = 1}) ==
        "input 'x': dimension 2 is dynamic ('height'); fix it in the model");
  shape.mutable_dim(2)->set_dim_value(1ll << 40);
  CHECK(builder.refusal({.batch = 1}) ==
        "input 'x' has a dimension of 1099511627776, not 1 to 16777216");
}

TEST_CASE("inputs of other types or without shape are refused", "[userspace][nn]") {
  auto builder = smallest();
  auto& type = *builder.graph().mutable_input(0)->mutable_type();
  type.mutable_tensor_type()->set_elem_type(Proto::INT64);
  CHECK(builder.refusal() == "input 'x' is of type INT64, not FLOAT, INT8 or UINT8");
  type.mutable_tensor_type()->clear_shape();
  CHECK(builder.refusal() == "input 'x' is no tensor of known shape");
  type.mutable_sequence_type();
  CHECK(builder.refusal() == "input 'x' is no tensor of known shape");
}

TEST_CASE("unknown operators are refused by node and name", "[userspace][nn]") {
  auto builder = smallest();
  builder.node("LSTM", {"y"}, "z");
  CHECK(builder.refusal() == "node 'the_LSTM' (LSTM): the operator is not supported");
  auto other = smallest();
  other.node("MaxPool", {"y"}, "z", "com.example");
  CHECK(other.refusal() ==
        "node 'the_MaxPool' (MaxPool): operator set 'com.example' is not supported");
}

TEST_CASE("a node with a graph of its own is refused", "[userspace][nn]") {
  auto builder = smallest();
  auto& attribute = *builder.graph().mutable_node(0)->add_attribute();
  attribute.set_name("body");
  attribute.mutable_g();
  CHECK(builder.refusal() ==
        "node 'the_MaxPool' (MaxPool): attribute 'body' is a graph or a reference, which is not "
        "supported");
}

TEST_CASE("cycles and what comes from nowhere are refused", "[userspace][nn]") {
  OnnxBuilder builder;
  builder.input("x", {1, 4, 6, 6}).output("y");
  auto& first = builder.node("MaxPool", {"y"}, "z");
  auto& second = builder.node("MaxPool", {"z"}, "y");
  for (auto* node : {&first, &second})
    OnnxBuilder::attribute(*node, "kernel_shape", {2, 2});
  CHECK(builder.refusal() ==
        "node 'the_MaxPool' (MaxPool): input 'y' comes from nowhere before it: it is missing, or "
        "in a cycle");
}

TEST_CASE("names are defined once", "[userspace][nn]") {
  auto builder = smallest();
  auto& again = builder.node("MaxPool", {"x"}, "y");
  OnnxBuilder::attribute(again, "kernel_shape", {2, 2});
  CHECK(builder.refusal() == "node 'the_MaxPool' (MaxPool): its output 'y' is defined twice");
  auto twice = smallest();
  twice.input("x", {1, 4, 6, 6});
  // The second is taken for a constant's, which older files list as inputs.
  CHECK(twice.refusal().empty());
  auto constants = smallest();
  constants.common().common();
  CHECK(constants.refusal() == "constant 's' is defined twice, or has no name");
}

TEST_CASE("outputs that nothing computes are refused", "[userspace][nn]") {
  auto builder = smallest();
  builder.output("q");
  CHECK(builder.refusal() == "output 'q' is computed by no node");
  auto none = smallest();
  none.graph().clear_output();
  CHECK(none.refusal() == "the graph has no outputs");
  auto constant = smallest();
  constant.common().output("s");
  CHECK(constant.refusal() == "output 's' is a constant, or an input as it is");
}

TEST_CASE("an output of another shape than the file says is refused", "[userspace][nn]") {
  auto builder = smallest();
  OnnxBuilder::put(*builder.graph().mutable_output(0), "y", {1, 4, 6, 6}, Proto::INT8);
  CHECK(builder.refusal() == "output 'y' is 1x4x5x5, but the file says 1x4x6x6");
}

TEST_CASE("an input of real numbers must be used", "[userspace][nn]") {
  auto builder = smallest();
  builder.input("r", {1}, Proto::FLOAT);
  CHECK(builder.refusal() == "input 'r' is used by nothing");
}

TEST_CASE("axes count from the end, too", "[userspace][nn]") {
  onnx::NodeProto proto;
  proto.set_op_type("Softmax");
  const Node node(proto, 0, 17);
  CHECK(checked_axis(node, -1, 4) == 3);
  CHECK(checked_axis(node, 0, 4) == 0);
  CHECK_THROWS_AS(checked_axis(node, 4, 4), Refusal);
  CHECK_THROWS_AS(checked_axis(node, -5, 4), Refusal);
}

TEST_CASE("a damaged file is refused wherever it is cut", "[userspace][nn]") {
  const std::string whole = smallest().bytes();
  for (std::size_t size = 0; size < whole.size(); ++size)
    (void)load_model(std::as_bytes(std::span(whole).first(size)));
  SUCCEED("nothing crashed");
}

}  // namespace
}  // namespace kestrel::nn
