// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include <algorithm>
#include <cmath>
#include <utility>

#include "nn/importer.hpp"

namespace kestrel::nn {
namespace {

/// The dimension that the device holds in words: channels of an image, else the last.
std::size_t channel_axis(const Shape& shape) {
  return shape.size() == 4 ? 1 : shape.size() - 1;
}

}  // namespace

std::vector<std::int64_t> Importer::per_channel(const Node& node, const ConstantOperand& operand,
                                                const Shape& shape) const {
  const Shape& own = operand.constant->shape();
  const std::string misfit = std::format(
      "a constant of {} with a tensor of {}; only one number, or one for each channel, is "
      "supported",
      to_string(own), to_string(shape));
  if (operand.scales.size() != 1)
    node.refuse_node("a constant with several scales is not supported");
  if (shape.empty() || own.size() > shape.size())
    node.refuse_node("{}", misfit);
  for (std::size_t i = 0; i < own.size(); ++i) {
    const std::size_t at = shape.size() - own.size() + i;
    if (own[i] != 1 && (at != channel_axis(shape) || own[i] != shape[at]))
      node.refuse_node("{}", misfit);
  }
  return operand.constant->integers();
}

Importer::Result Importer::sum(const Node& node, const Operand& left, const Operand& right) {
  if (left.shape != right.shape)
    node.refuse_node(
        "operands of {} and {}; only tensors of one shape, or a constant, are "
        "supported",
        to_string(left.shape), to_string(right.shape));
  Addition work{.left = left.tensor,
                .right = right.tensor,
                .out = 0,
                .left_quantisation = left.quantisation,
                .right_quantisation = right.quantisation,
                .out_quantisation = {},
                .constant = {}};
  return {left.shape,
          [this, name = node.name(), type = node.type(), work](
              TensorId out, const Quantisation& to, std::int32_t min, std::int32_t max) mutable {
            work.out = out;
            work.out_quantisation = to;
            work.min = min;
            work.max = max;
            add_operator(name, type, std::move(work));
          }};
}

Importer::Result Importer::sum(const Node& node, const Operand& left,
                               const ConstantOperand& right) {
  Addition work{
      .left = left.tensor,
      .right = std::nullopt,
      .out = 0,
      .left_quantisation = left.quantisation,
      .right_quantisation = {.scale = right.scales[0],
                             .zero = right.zeros[0],
                             .is_unsigned = right.constant->type() == onnx::TensorProto::UINT8},
      .out_quantisation = {},
      .constant = {}};
  for (const std::int64_t value : per_channel(node, right, left.shape))
    work.constant.push_back(static_cast<std::uint8_t>(value));
  return {left.shape,
          [this, name = node.name(), type = node.type(), work](
              TensorId out, const Quantisation& to, std::int32_t min, std::int32_t max) mutable {
            work.out = out;
            work.out_quantisation = to;
            work.min = min;
            work.max = max;
            add_operator(name, type, std::move(work));
          }};
}

Importer::Result Importer::scaled(const Node& node, const Operand& in,
                                  const ConstantOperand& factor) {
  std::vector<float> factors;
  for (const std::int64_t value : per_channel(node, factor, in.shape))
    factors.push_back(static_cast<float>(value - factor.zeros[0]));
  Rescale work{.in = in.tensor, .out = 0, .in_quantisation = in.quantisation, .output = {}};
  return {
      in.shape, [this, name = node.name(), type = node.type(), work, factors = std::move(factors),
                 factor_scale = factor.scales[0]](TensorId out, const Quantisation& to,
                                                  std::int32_t min, std::int32_t max) mutable {
        work.out = out;
        work.output = {
            .scale = {}, .zero = to.zero, .min = min, .max = max, .is_unsigned = to.is_unsigned};
        for (const float value : factors)
          work.output.scale.push_back(value *
                                      (work.in_quantisation.scale * factor_scale / to.scale));
        add_operator(name, type, std::move(work));
      }};
}

void Importer::import_add(const Node& node) {
  node.allow_attributes({});
  auto left = real_operand(node, 0), right = real_operand(node, 1);
  if (!left && !right)
    node.refuse_node("both operands are constants");
  auto result = left && right ? sum(node, *left, *right)
                : left        ? sum(node, *left, real_constant(node, 1))
                              : sum(node, *right, real_constant(node, 0));
  suspend(node, result.shape, std::move(result.finish));
}

void Importer::import_qlinear_add(const Node& node) {
  node.allow_attributes({});
  const auto left = bytes_operand(node, 0, quantisation(node, 1, 2));
  const auto right = bytes_operand(node, 3, quantisation(node, 4, 5));
  if (!left && !right)
    node.refuse_node("both operands are constants");
  const auto result = left && right ? sum(node, *left, *right)
                      : left        ? sum(node, *left, bytes_constant(node, 3, 4, 5, 0))
                                    : sum(node, *right, bytes_constant(node, 0, 1, 2, 0));
  complete(node, result.shape, quantisation(node, 6, 7), result.finish);
}

void Importer::import_mul(const Node& node) {
  node.allow_attributes({});
  const auto left = real_operand(node, 0), right = real_operand(node, 1);
  if (left.has_value() == right.has_value())
    node.refuse_node("only a tensor times a constant is supported");
  auto result = left ? scaled(node, *left, real_constant(node, 1))
                     : scaled(node, *right, real_constant(node, 0));
  suspend(node, result.shape, std::move(result.finish));
}

void Importer::import_qlinear_mul(const Node& node) {
  node.allow_attributes({});
  const auto left = bytes_operand(node, 0, quantisation(node, 1, 2));
  const auto right = bytes_operand(node, 3, quantisation(node, 4, 5));
  if (left.has_value() == right.has_value())
    node.refuse_node("only a tensor times a constant is supported");
  const auto result = left ? scaled(node, *left, bytes_constant(node, 3, 4, 5, 0))
                           : scaled(node, *right, bytes_constant(node, 0, 1, 2, 0));
  complete(node, result.shape, quantisation(node, 6, 7), result.finish);
}

void Importer::clip_value(const Node& node, float low, float high) {
  if (std::isnan(low) || std::isnan(high) || low > high)
    node.refuse_node("its limits {} and {} are none", low, high);
  const Value from = value(node, 0);
  if (from.kind == Value::Kind::kPending) {
    if (!from.finish)
      node.refuse_node("input '{}' is quantised already", node.input(0));
    Value result = from;
    result.low = std::clamp(from.low, low, high);
    result.high = std::clamp(from.high, low, high);
    const auto uses = uses_.find(node.output());
    if (uses != uses_.end() && uses->second > 1)
      node.refuse_node("its result '{}' is used {} times before it is quantised", node.output(),
                       uses->second);
    values_.at(node.input(0)).finish = nullptr;
    define(node, std::move(result));
    return;
  }
  const auto in = real_operand(node, 0);
  if (!in)
    node.refuse_node("its input is a constant");
  suspend(node, in->shape,
          [this, name = node.name(), type = node.type(), in = *in](
              TensorId out, const Quantisation& to, std::int32_t min, std::int32_t max) {
            add_operator(name, type,
                         Rescale{.in = in.tensor,
                                 .out = out,
                                 .in_quantisation = in.quantisation,
                                 .output = {.scale = {in.quantisation.scale / to.scale},
                                            .zero = to.zero,
                                            .min = min,
                                            .max = max,
                                            .is_unsigned = to.is_unsigned}});
          });
  Value& result = values_.at(node.output());
  result.low = low;
  result.high = high;
}

void Importer::import_relu(const Node& node) {
  node.allow_attributes({});
  clip_value(node, 0, std::numeric_limits<float>::infinity());
}

void Importer::import_clip(const Node& node) {
  node.allow_attributes({"min", "max"});  // attributes up to operator set 10
  float low = node.real("min", -std::numeric_limits<float>::infinity());
  float high = node.real("max", std::numeric_limits<float>::infinity());
  for (const std::size_t index : {std::size_t{1}, std::size_t{2}}) {
    if (!node.has_input(index))
      continue;
    const Constant& limit = constant(node, index);
    if (limit.count() != 1)
      node.refuse_node("limit '{}' is no number", node.input(index));
    (index == 1 ? low : high) = limit.reals()[0];
  }
  clip_value(node, low, high);
}

Importer::Result Importer::concatenation(const Node& node, const std::vector<Operand>& inputs) {
  if (inputs.empty())
    node.refuse_node("it has no inputs");
  if (node.attribute("axis") == nullptr)
    node.refuse_node("it has no axis");
  Shape shape = inputs[0].shape;
  const std::size_t axis = checked_axis(node, node.integer("axis", 1), shape.size());
  shape[axis] = 0;
  Concatenation work{
      .inputs = {}, .out = 0, .axis = static_cast<std::int64_t>(axis), .out_quantisation = {}};
  for (const Operand& input : inputs) {
    Shape others = input.shape;
    if (others.size() == shape.size())
      others[axis] = shape[axis];
    if (others != shape)
      node.refuse_node("inputs of {} and {} differ beside axis {}", to_string(inputs[0].shape),
                       to_string(input.shape), axis);
    shape[axis] += input.shape[axis];
    check_shape(shape, "its result");
    work.inputs.push_back({input.tensor, input.quantisation});
  }
  return {shape,
          [this, name = node.name(), type = node.type(), work = std::move(work)](
              TensorId out, const Quantisation& to, std::int32_t min, std::int32_t max) mutable {
            work.out = out;
            work.out_quantisation = to;
            work.min = min;
            work.max = max;
            add_operator(name, type, std::move(work));
          }};
}

void Importer::import_concat(const Node& node) {
  node.allow_attributes({"axis"});
  std::vector<Operand> inputs;
  for (std::size_t i = 0; i < node.inputs(); ++i) {
    const auto operand = real_operand(node, i);
    if (!operand)
      node.refuse_node("input '{}' is a constant", node.input(i));
    inputs.push_back(*operand);
  }
  auto result = concatenation(node, inputs);
  suspend(node, result.shape, std::move(result.finish));
}

void Importer::import_qlinear_concat(const Node& node) {
  node.allow_attributes({"axis"});
  std::vector<Operand> inputs;
  if (node.inputs() % 3 != 2)
    node.refuse_node("it has {} inputs, not two and three for each tensor", node.inputs());
  for (std::size_t i = 2; i < node.inputs(); i += 3) {
    const auto operand = bytes_operand(node, i, quantisation(node, i + 1, i + 2));
    if (!operand)
      node.refuse_node("input '{}' is a constant", node.input(i));
    inputs.push_back(*operand);
  }
  const auto result = concatenation(node, inputs);
  complete(node, result.shape, quantisation(node, 0, 1), result.finish);
}

}  // namespace kestrel::nn
