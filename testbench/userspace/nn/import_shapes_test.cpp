// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Reshape and its like, and Softmax: what becomes of them, and what is refused.

#include <variant>

#include <catch2/catch_test_macros.hpp>

#include "testbench/userspace/nn/onnx_builder.hpp"

namespace kestrel::nn {
namespace {

struct Shaped {
  OnnxBuilder builder;
  onnx::NodeProto* node;

  Shaped(const std::string& type, const std::vector<std::int64_t>& operand,
         const OnnxBuilder::Dims& input = {1, 4, 1, 6}) {
    builder.input("x", input).output("y");
    OnnxBuilder::Names names = {"x"};
    if (!operand.empty()) {
      builder.constant<std::int64_t>("o", {static_cast<std::int64_t>(operand.size())}, operand);
      names.emplace_back("o");
    }
    node = &builder.node(type, names, "y");
  }
  [[nodiscard]] Shape shape() const {
    const auto graph = builder.load();
    REQUIRE(graph);
    CHECK(std::holds_alternative<Alias>(graph->operators[0].work));
    return graph->outputs[0].shape;
  }
  [[nodiscard]] std::string refusal() const {
    const std::string text = builder.refusal();
    return text.substr(text.find("): ") + 3);
  }
};

TEST_CASE("shapes are worked out as ONNX says", "[userspace][nn]") {
  CHECK(Shaped("Reshape", {2, -1}).shape() == Shape{2, 12});
  CHECK(Shaped("Reshape", {0, 0, 6}).shape() == Shape{1, 4, 6});
  CHECK(Shaped("Flatten", {}).shape() == Shape{1, 24});
  CHECK(Shaped("Squeeze", {2}).shape() == Shape{1, 4, 6});
  CHECK(Shaped("Squeeze", {}).shape() == Shape{4, 6});
  CHECK(Shaped("Unsqueeze", {0, -1}, {4, 6}).shape() == Shape{1, 4, 6, 1});
  CHECK(Shaped("Transpose", {}).shape() == Shape{6, 1, 4, 1});
  Shaped turned("Transpose", {});
  OnnxBuilder::attribute(*turned.node, "perm", {0, 2, 3, 1});
  CHECK(turned.shape() == Shape{1, 1, 6, 4});
}

TEST_CASE("shapes that are none are refused", "[userspace][nn]") {
  CHECK(Shaped("Reshape", {5, -1}).refusal() == "1x4x1x6 cannot become 5x4");
  CHECK(Shaped("Reshape", {-1, -1}).refusal() == "its shape has a dimension of -1");
  CHECK(Shaped("Reshape", {1, 24, 1, 1, 0}).refusal() ==
        "dimension 4 of its shape is 0, but its input has 4");
  CHECK(Shaped("Reshape", {1ll << 62, 1ll << 62}).refusal() ==
        "its shape has a dimension of 4611686018427387904");
  CHECK(Shaped("Squeeze", {1}).refusal() == "dimension 1 is 4, not 1");
  CHECK(Shaped("Squeeze", {4}).refusal() == "axis 4 is none of 4 dimensions");
  CHECK(Shaped("Unsqueeze", {0, 0}, {4, 6}).refusal() == "an axis is named twice");
  Shaped turned("Transpose", {});
  OnnxBuilder::attribute(*turned.node, "perm", {0, 2, 2, 1});
  CHECK(turned.refusal() == "its permutation is none of 4 dimensions");
}

/// x -> MaxPool -> QLinearSoftmax or DequantizeLinear and Softmax -> y.
struct Ended {
  OnnxBuilder builder;
  onnx::NodeProto* node;

  explicit Ended(bool is_qlinear) {
    builder.common().input("x", {1, 10, 2, 2}).output("y");
    OnnxBuilder::attribute(builder.node("MaxPool", {"x"}, "p"), "kernel_shape", {2, 2});
    if (is_qlinear) {
      node = &builder.node("QLinearSoftmax", {"p", "s", "z", "s", "z"}, "y", "com.microsoft");
    } else {
      builder.node("DequantizeLinear", {"p", "s", "z"}, "r");
      node = &builder.node("Softmax", {"r"}, "y");
    }
  }
};

TEST_CASE("a softmax is the host's, and listed", "[userspace][nn]") {
  Ended real(false);
  OnnxBuilder::attribute(*real.node, "axis", std::int64_t{1});
  const auto graph = real.builder.load();
  REQUIRE(graph);
  const auto& steps = graph->outputs[0].steps;
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].kind == HostStep::Kind::kDequantise);
  CHECK(steps[1].kind == HostStep::Kind::kSoftmax);
  CHECK(steps[1].node == "the_Softmax");
  CHECK(steps[1].depth == 10);
  CHECK(steps[1].stride == 1);
  CHECK(graph->outputs[0].is_real());

  const auto quantised = Ended(true).builder.load();
  REQUIRE(quantised);
  CHECK(quantised->outputs[0].steps.size() == 3);
  CHECK_FALSE(quantised->outputs[0].is_real());
  CHECK_FALSE(quantised->outputs[0].is_unsigned);
}

TEST_CASE("up to operator set 12 a softmax is over all that follows", "[userspace][nn]") {
  Ended real(false);
  real.builder.model.mutable_opset_import(0)->set_version(12);
  OnnxBuilder::attribute(*real.node, "axis", std::int64_t{0});
  const auto graph = real.builder.load();
  REQUIRE(graph);
  CHECK(graph->outputs[0].steps[1].depth == 10);
  real.builder.model.mutable_opset_import(0)->set_version(13);
  CHECK(real.builder.load()->outputs[0].steps[1].depth == 1);
}

TEST_CASE("nothing comes after a softmax but the end", "[userspace][nn]") {
  Ended ended(false);
  ended.builder.node("Relu", {"y"}, "after");
  CHECK(ended.builder.refusal() ==
        "node 'the_Relu' (Relu): input 'y' comes from a Softmax, which only the end of a network "
        "may have");
}

}  // namespace
}  // namespace kestrel::nn
