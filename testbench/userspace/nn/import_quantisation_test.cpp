// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// QuantizeLinear and DequantizeLinear: borders of the network, and between operators.

#include <cmath>
#include <variant>

#include <catch2/catch_test_macros.hpp>

#include "testbench/userspace/nn/onnx_builder.hpp"

namespace kestrel::nn {
namespace {

using Proto = onnx::TensorProto;

/// float x -> Q -> DQ -> MaxPool -> Q -> DQ -> y.
struct Bordered {
  OnnxBuilder builder;

  Bordered() {
    builder.common().input("x", {1, 4, 6, 6}, Proto::FLOAT).output("y");
    builder.node("QuantizeLinear", {"x", "s", "z"}, "xq");
    builder.node("DequantizeLinear", {"xq", "s", "z"}, "xr");
    auto& pool = builder.node("MaxPool", {"xr"}, "p");
    OnnxBuilder::attribute(pool, "kernel_shape", {2, 2});
    builder.node("QuantizeLinear", {"p", "s", "z"}, "pq");
    builder.node("DequantizeLinear", {"pq", "s", "z"}, "y");
  }
  onnx::NodeProto& node(int index) { return *builder.graph().mutable_node(index); }
};

TEST_CASE("borders become work of the host", "[userspace][nn]") {
  const auto graph = Bordered().builder.load();
  REQUIRE(graph);
  CHECK(graph->inputs[0].quantise == Quantisation{.scale = 0.5f, .zero = 3});
  REQUIRE(graph->outputs[0].steps.size() == 1);
  CHECK(graph->outputs[0].steps[0].kind == HostStep::Kind::kDequantise);
  CHECK(graph->outputs[0].is_real());
  CHECK(graph->operators.size() == 1);
}

TEST_CASE("another quantisation between operators is an operator", "[userspace][nn]") {
  Bordered bordered;
  bordered.builder.constant<float>("s2", {}, {0.25f});
  bordered.builder.node("QuantizeLinear", {"y", "s2", "z"}, "w");
  bordered.builder.graph().mutable_output(0)->set_name("w");
  const auto graph = bordered.builder.load();
  REQUIRE(graph);
  REQUIRE(graph->operators.size() == 2);
  const auto& work = std::get<Rescale>(graph->operators[1].work);
  CHECK(work.output.scale == std::vector<float>{2.0f});
  CHECK(work.in_quantisation.zero == 3);
}

TEST_CASE("the same quantisation again is nothing", "[userspace][nn]") {
  Bordered bordered;
  bordered.builder.node("QuantizeLinear", {"y", "s", "z"}, "w");
  bordered.builder.graph().mutable_output(0)->set_name("w");
  const auto graph = bordered.builder.load();
  REQUIRE(graph);
  CHECK(graph->operators.size() == 1);
}

TEST_CASE("results that are never quantised are refused", "[userspace][nn]") {
  Bordered bordered;
  bordered.node(3).set_op_type("Relu");
  bordered.node(3).mutable_input()->DeleteSubrange(1, 2);
  CHECK(bordered.builder.refusal() ==
        "node 'the_DequantizeLinear' (DequantizeLinear): input 'pq' is not quantised");
  auto& nodes = *bordered.builder.graph().mutable_node();
  nodes.RemoveLast();
  bordered.builder.graph().mutable_output(0)->set_name("xq");
  CHECK(bordered.builder.refusal() ==
        "node 'the_MaxPool': its result 'pq' is not quantised; quantise the whole model");
}

TEST_CASE("a result that several use before it is quantised is refused", "[userspace][nn]") {
  Bordered bordered;
  bordered.builder.node("QuantizeLinear", {"p", "s", "z"}, "again");
  CHECK(bordered.builder.refusal() ==
        "node 'the_MaxPool' (MaxPool): its result 'p' is used 2 times before it is quantised");
}

TEST_CASE("scales and zero points are checked", "[userspace][nn]") {
  const auto refusal = [](const std::vector<float>& scale, const std::vector<std::int64_t>& dims) {
    Bordered bordered;
    bordered.builder.constant<float>("other", dims, scale);
    bordered.node(0).set_input(1, "other");
    return bordered.builder.refusal();
  };
  const std::string node = "node 'the_QuantizeLinear' (QuantizeLinear): scale 'other' ";
  CHECK(refusal({0.0f}, {}) == node + "has the value 0, not one above 0");
  CHECK(refusal({-1.0f}, {}) == node + "has the value -1, not one above 0");
  CHECK(refusal({INFINITY}, {}) == node + "has the value inf, not one above 0");
  CHECK(refusal({1, 2}, {2}) == node + "has 2 elements; tensors other than weights have one");
  CHECK(refusal({1, 2}, {2, 1}) == node + "is 2x1, not a number or a row of them");

  Bordered zeros;
  zeros.builder.constant<std::int8_t>("other", {2}, {0, 0});
  zeros.node(0).set_input(2, "other");
  CHECK(zeros.builder.refusal() ==
        "node 'the_QuantizeLinear' (QuantizeLinear): zero point 'other' has 2 elements, but the "
        "scale 1");
  Bordered types;
  types.builder.constant<std::uint8_t>("other", {}, {0});
  types.node(1).set_input(2, "other");
  CHECK(types.builder.refusal() ==
        "node 'the_DequantizeLinear' (DequantizeLinear): input 'xq' and its zero point are of "
        "different types");
  Bordered computed;
  computed.node(0).set_input(1, "x");
  CHECK(computed.builder.refusal() ==
        "node 'the_QuantizeLinear' (QuantizeLinear): input 'x' is no constant");
}

TEST_CASE("an input is quantised once", "[userspace][nn]") {
  Bordered bordered;
  bordered.builder.node("QuantizeLinear", {"x", "s", "z"}, "second");
  CHECK(bordered.builder.refusal() ==
        "node 'the_QuantizeLinear' (QuantizeLinear): input 'x' of the graph is quantised twice");
}

TEST_CASE("a Constant node is a constant", "[userspace][nn]") {
  Bordered bordered;
  auto& node = bordered.builder.node("Constant", {}, "unused");
  CHECK(bordered.builder.refusal() == "node 'the_Constant' (Constant): it has no tensor");
  auto& attribute = *node.add_attribute();
  attribute.set_name("value");
  attribute.mutable_t()->set_data_type(Proto::FLOAT);
  attribute.mutable_t()->add_float_data(1);
  CHECK(bordered.builder.refusal().empty());
  attribute.mutable_t()->set_data_type(Proto::DOUBLE);
  CHECK(bordered.builder.refusal() ==
        "node 'the_Constant' (Constant): constant '' is of type DOUBLE, which is not supported");
}

}  // namespace
}  // namespace kestrel::nn
