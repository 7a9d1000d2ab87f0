// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include <algorithm>
#include <cmath>
#include <utility>

#include "nn/importer.hpp"
#include "nn/windows.hpp"

namespace kestrel::nn {
namespace {

/// Weights less their zero points, which have to fit into int8 then: uint8 around 128 do.
///
/// \param inner  elements from one index of the scales' axis to the next
std::vector<std::int8_t> centred(const Node& node, const Constant& constant,
                                 const std::vector<std::int32_t>& zeros, std::int64_t inner) {
  const auto values = constant.integers();
  std::vector<std::int8_t> result(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t value =
        values[i] -
        zeros[static_cast<std::size_t>(static_cast<std::int64_t>(i) / inner) % zeros.size()];
    if (value < -128 || value > 127)
      node.refuse_node(
          "weight {} is {} above its zero point, which is beyond int8; quantise the "
          "weights symmetrically",
          i, value);
    result[i] = static_cast<std::int8_t>(value);
  }
  return result;
}

std::vector<float> output_scales(float in, const std::vector<float>& weights, float out) {
  std::vector<float> scales;
  for (const float weight : weights)
    scales.push_back(in * weight / out);
  return scales;
}

Requantisation requantisation(std::vector<float> scales, std::vector<std::int32_t> bias,
                              const Quantisation& out, std::int32_t min, std::int32_t max) {
  return {.scale = std::move(scales),
          .bias = std::move(bias),
          .zero = out.zero,
          .min = min,
          .max = max,
          .is_unsigned = out.is_unsigned};
}

}  // namespace

std::vector<std::int32_t> Importer::bytes_bias(const Node& node, std::size_t index) const {
  if (!node.has_input(index))
    return {0};
  const Constant& bias = constant(node, index);
  if (bias.type() != onnx::TensorProto::INT32)
    node.refuse_node("bias '{}' is of type {}, not INT32", node.input(index),
                     onnx_type_name(bias.type()));
  const auto values = bias.integers();
  return {values.begin(), values.end()};
}

std::vector<std::int32_t> Importer::real_bias(const Node& node, std::size_t index,
                                              const Operand& in,
                                              const ConstantOperand& weights) const {
  if (!node.has_input(index))
    return {0};
  const Value& bias = value(node, index);
  if (bias.kind != Value::Kind::kQuantisedConstant ||
      bias.constant->type() != onnx::TensorProto::INT32)
    node.refuse_node("bias '{}' is not quantised to INT32", node.input(index));
  // The integers are added to sums of products, so their scale has to be the products'.
  for (std::size_t i = 0; i < std::max(bias.scales.size(), weights.scales.size()); ++i) {
    const float product = in.quantisation.scale * weights.scales[i % weights.scales.size()];
    const float stated = bias.scales[i % bias.scales.size()];
    if (std::abs(stated - product) > 1e-3f * product || bias.zeros[i % bias.zeros.size()] != 0)
      node.refuse_node("bias '{}' has scale {}, not the products' {}, or a zero point",
                       node.input(index), stated, product);
  }
  const auto values = bias.constant->integers();
  return {values.begin(), values.end()};
}

Importer::Result Importer::convolution(const Node& node, const Operand& in,
                                       const ConstantOperand& weights,
                                       std::vector<std::int32_t> bias) {
  node.allow_attributes({"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"});
  const Shape& kernel = weights.constant->shape();
  if (kernel.size() != 4)
    node.refuse_node("its weights are {}; only two-dimensional windows are supported",
                     to_string(kernel));
  const Placement placement = read_window(node, in.shape, kernel[2], kernel[3], false);
  const std::int64_t groups = node.integer("group", 1);
  if (groups < 1 || kernel[0] % groups != 0 || in.shape[1] != kernel[1] * groups)
    node.refuse_node("{} groups do not divide {} inputs and {} outputs with weights of {}", groups,
                     in.shape[1], kernel[0], to_string(kernel));
  const auto outputs = static_cast<std::size_t>(kernel[0]);
  if (weights.scales.size() != 1 && (weights.scales.size() != outputs || weights.axis != 0))
    node.refuse_node("{} scales of weights along axis {} for {} outputs", weights.scales.size(),
                     weights.axis, outputs);
  if (bias.size() != 1 && bias.size() != outputs)
    node.refuse_node("bias has {} elements for {} outputs", bias.size(), outputs);
  Convolution work{
      .in = in.tensor,
      .out = 0,
      .in_quantisation = in.quantisation,
      .window = placement.window,
      .groups = groups,
      .weights = centred(node, *weights.constant, weights.zeros, kernel[1] * kernel[2] * kernel[3]),
      .output = {}};
  return {{in.shape[0], kernel[0], placement.out_h, placement.out_w},
          [this, name = node.name(), type = node.type(), work = std::move(work),
           weight_scales = weights.scales, bias = std::move(bias)](
              TensorId out, const Quantisation& to, std::int32_t min, std::int32_t max) mutable {
            work.out = out;
            work.output =
                requantisation(output_scales(work.in_quantisation.scale, weight_scales, to.scale),
                               std::move(bias), to, min, max);
            add_operator(name, type, std::move(work));
          }};
}

Importer::Result Importer::product(const Node& node, const Operand& in,
                                   const ConstantOperand& weights, bool is_transposed, float alpha,
                                   std::vector<std::int32_t> bias) {
  const Shape& matrix = weights.constant->shape();
  if (matrix.size() != 2 || in.shape.empty())
    node.refuse_node("a product of {} and {}; only a constant matrix on the right is supported",
                     to_string(in.shape), to_string(matrix));
  const std::int64_t depth = matrix[is_transposed ? 1 : 0];
  const std::int64_t columns = matrix[is_transposed ? 0 : 1];
  if (in.shape.back() != depth)
    node.refuse_node("a product of {} and {}: {} is not {}", to_string(in.shape), to_string(matrix),
                     in.shape.back(), depth);
  const std::int64_t axis = is_transposed ? 0 : 1;
  const auto count = static_cast<std::size_t>(columns);
  if (weights.scales.size() != 1 && (weights.scales.size() != count || weights.axis != axis))
    node.refuse_node("{} scales of weights along axis {} for {} columns", weights.scales.size(),
                     weights.axis, columns);
  if (bias.size() != 1 && bias.size() != count)
    node.refuse_node("bias has {} elements for {} columns", bias.size(), columns);
  auto values = centred(node, *weights.constant, weights.zeros, is_transposed ? depth : 1);
  if (is_transposed) {
    std::vector<std::int8_t> turned(values.size());
    for (std::int64_t n = 0; n < columns; ++n) {
      for (std::int64_t k = 0; k < depth; ++k)
        turned[static_cast<std::size_t>(k * columns + n)] =
            values[static_cast<std::size_t>(n * depth + k)];
    }
    values = std::move(turned);
  }
  Product work{.in = in.tensor,
               .out = 0,
               .in_quantisation = in.quantisation,
               .depth = depth,
               .columns = columns,
               .weights = std::move(values),
               .output = {}};
  Shape shape = in.shape;
  shape.back() = columns;
  return {std::move(shape),
          [this, name = node.name(), type = node.type(), work = std::move(work),
           weight_scales = weights.scales, alpha, bias = std::move(bias)](
              TensorId out, const Quantisation& to, std::int32_t min, std::int32_t max) mutable {
            work.out = out;
            work.output = requantisation(
                output_scales(alpha * work.in_quantisation.scale, weight_scales, to.scale),
                std::move(bias), to, min, max);
            add_operator(name, type, std::move(work));
          }};
}

void Importer::import_qlinear_conv(const Node& node) {
  const auto in = bytes_operand(node, 0, quantisation(node, 1, 2));
  if (!in)
    node.refuse_node("its input is a constant");
  if (node.integer("channels_last", 0) != 0)
    node.refuse_node("channels_last is not supported");
  const auto result = convolution(node, *in, bytes_constant(node, 3, 4, 5, 0), bytes_bias(node, 8));
  complete(node, result.shape, quantisation(node, 6, 7), result.finish);
}

void Importer::import_conv(const Node& node) {
  const auto in = real_operand(node, 0);
  if (!in)
    node.refuse_node("its input is a constant");
  const auto weights = real_constant(node, 1);
  auto result = convolution(node, *in, weights, real_bias(node, 2, *in, weights));
  suspend(node, result.shape, std::move(result.finish));
}

void Importer::import_qlinear_matmul(const Node& node) {
  node.allow_attributes({});
  const auto in = bytes_operand(node, 0, quantisation(node, 1, 2));
  if (!in)
    node.refuse_node("its left operand is a constant");
  const auto result = product(node, *in, bytes_constant(node, 3, 4, 5, 1), false, 1, {0});
  complete(node, result.shape, quantisation(node, 6, 7), result.finish);
}

void Importer::import_matmul(const Node& node) {
  node.allow_attributes({});
  const auto in = real_operand(node, 0);
  if (!in)
    node.refuse_node("its left operand is a constant");
  auto result = product(node, *in, real_constant(node, 1), false, 1, {0});
  suspend(node, result.shape, std::move(result.finish));
}

void Importer::import_qgemm(const Node& node) {
  node.allow_attributes({"alpha", "transA", "transB"});
  const auto in = bytes_operand(node, 0, quantisation(node, 1, 2));
  if (!in || in->shape.size() != 2 || node.integer("transA", 0) != 0)
    node.refuse_node("its left operand must be a matrix, no constant, not transposed");
  if (!node.has_input(7))
    node.refuse_node("its result is not quantised; quantise the whole model");
  const bool is_transposed = node.integer("transB", 0) != 0;
  const auto weights = bytes_constant(node, 3, 4, 5, is_transposed ? 0 : 1);
  const auto result =
      product(node, *in, weights, is_transposed, node.real("alpha", 1), bytes_bias(node, 6));
  complete(node, result.shape, quantisation(node, 7, 8), result.finish);
}

void Importer::import_gemm(const Node& node) {
  node.allow_attributes({"alpha", "beta", "transA", "transB"});
  const auto in = real_operand(node, 0);
  if (!in || in->shape.size() != 2 || node.integer("transA", 0) != 0)
    node.refuse_node("its left operand must be a matrix, no constant, not transposed");
  if (node.has_input(2) && node.real("beta", 1) != 1)
    node.refuse_node("beta of {} is not supported, only 1", node.real("beta", 1));
  const float alpha = node.real("alpha", 1);
  if (node.has_input(2) && alpha != 1)
    node.refuse_node("alpha of {} with a bias is not supported, only 1", alpha);
  const auto weights = real_constant(node, 1);
  auto result = product(node, *in, weights, node.integer("transB", 0) != 0, alpha,
                        real_bias(node, 2, *in, weights));
  suspend(node, result.shape, std::move(result.finish));
}

}  // namespace kestrel::nn
