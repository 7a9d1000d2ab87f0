// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Pools in both forms: what becomes of them, and what is refused.

#include <variant>

#include <catch2/catch_test_macros.hpp>

#include "testbench/userspace/nn/onnx_builder.hpp"

namespace kestrel::nn {
namespace {

struct QLinearPool {
  OnnxBuilder builder;
  onnx::NodeProto* node;

  explicit QLinearPool(const std::string& type = "QLinearAveragePool") {
    builder.common().input("x", {1, 2, 6, 5}).output("y");
    builder.constant<float>("ys", {}, {0.25f});
    node = &builder.node(type, {"x", "s", "z", "ys", "z"}, "y", "com.microsoft");
    if (type == "QLinearAveragePool")
      OnnxBuilder::attribute(*node, "kernel_shape", {3, 2});
  }
};

TEST_CASE("an average knows both quantisations", "[userspace][nn]") {
  const auto graph = QLinearPool().builder.load();
  REQUIRE(graph);
  const auto& work = std::get<Pool>(graph->operators[0].work);
  CHECK_FALSE(work.is_max);
  CHECK_FALSE(work.counts_padding);
  CHECK(work.in_quantisation.scale == 0.5f);
  CHECK(work.out_quantisation.scale == 0.25f);
  CHECK(graph->outputs[0].shape == Shape{1, 2, 4, 4});
}

TEST_CASE("a global average has the window of its image", "[userspace][nn]") {
  const auto graph = QLinearPool("QLinearGlobalAveragePool").builder.load();
  REQUIRE(graph);
  const auto& work = std::get<Pool>(graph->operators[0].work);
  CHECK(work.window.kernel_h == 6);
  CHECK(work.window.kernel_w == 5);
  CHECK(graph->outputs[0].shape == Shape{1, 2, 1, 1});
}

TEST_CASE("a largest value of bytes keeps their quantisation", "[userspace][nn]") {
  OnnxBuilder builder;
  builder.input("x", {1, 2, 6, 5}, onnx::TensorProto::UINT8).output("y");
  OnnxBuilder::attribute(builder.node("MaxPool", {"x"}, "y"), "kernel_shape", {2, 2});
  const auto graph = builder.load();
  REQUIRE(graph);
  const auto& work = std::get<Pool>(graph->operators[0].work);
  CHECK(work.is_max);
  CHECK(work.in_quantisation == work.out_quantisation);
  CHECK(work.min == 0);
  CHECK(work.max == 255);
  CHECK(graph->outputs[0].is_unsigned);
}

TEST_CASE("pools that are others are refused", "[userspace][nn]") {
  QLinearPool last;
  OnnxBuilder::attribute(*last.node, "channels_last", std::int64_t{1});
  CHECK(last.builder.refusal() ==
        "node 'the_QLinearAveragePool' (QLinearAveragePool): channels_last is not supported");
  QLinearPool ceiling;
  OnnxBuilder::attribute(*ceiling.node, "ceil_mode", std::int64_t{1});
  OnnxBuilder::attribute(*ceiling.node, "count_include_pad", std::int64_t{1});
  CHECK(ceiling.builder.refusal() ==
        "node 'the_QLinearAveragePool' (QLinearAveragePool): ceil_mode with count_include_pad is "
        "not supported");
  OnnxBuilder real;
  real.input("x", {1, 2, 6, 5}).output("y");
  OnnxBuilder::attribute(real.node("AveragePool", {"x"}, "y"), "kernel_shape", {2, 2});
  CHECK(real.refusal() ==
        "node 'the_AveragePool' (AveragePool): input 'x' is not quantised; quantise the whole "
        "model");
  OnnxBuilder matrix;
  matrix.input("x", {6, 5}).output("y");
  OnnxBuilder::attribute(matrix.node("MaxPool", {"x"}, "y"), "kernel_shape", {2, 2});
  CHECK(matrix.refusal() ==
        "node 'the_MaxPool' (MaxPool): its input is 6x5; only images, N x C x H x W, are "
        "supported");
}

}  // namespace
}  // namespace kestrel::nn
