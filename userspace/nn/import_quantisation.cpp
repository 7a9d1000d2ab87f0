// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include <algorithm>
#include <cmath>
#include <utility>

#include "nn/importer.hpp"

namespace kestrel::nn {

std::vector<float> Importer::scales(const Node& node, std::size_t index) const {
  const Constant& scale = constant(node, index);
  if (scale.shape().size() > 1)
    node.refuse_node("scale '{}' is {}, not a number or a row of them", node.input(index),
                     to_string(scale.shape()));
  for (const float number : scale.reals()) {
    if (!std::isfinite(number) || number <= 0)
      node.refuse_node("scale '{}' has the value {}, not one above 0", node.input(index), number);
  }
  return scale.reals();
}

std::vector<std::int32_t> Importer::zeros(const Node& node, std::size_t index,
                                          std::size_t count) const {
  if (!node.has_input(index))
    return std::vector<std::int32_t>(count, 0);
  const Constant& zero = constant(node, index);
  if (!zero.is_byte() && zero.type() != onnx::TensorProto::INT32)
    node.refuse_node("zero point '{}' is of type {}, which is not supported", node.input(index),
                     onnx_type_name(zero.type()));
  const auto values = zero.integers();
  if (values.size() != count)
    node.refuse_node("zero point '{}' has {} elements, but the scale {}", node.input(index),
                     values.size(), count);
  return {values.begin(), values.end()};
}

Quantisation Importer::quantisation(const Node& node, std::size_t scale, std::size_t zero) const {
  const auto numbers = scales(node, scale);
  if (numbers.size() != 1)
    node.refuse_node("scale '{}' has {} elements; tensors other than weights have one",
                     node.input(scale), numbers.size());
  Quantisation result{.scale = numbers[0], .zero = zeros(node, zero, 1)[0], .is_unsigned = true};
  if (node.has_input(zero)) {
    const Constant& point = constant(node, zero);
    if (!point.is_byte())
      node.refuse_node("zero point '{}' is of type {}, not INT8 or UINT8", node.input(zero),
                       onnx_type_name(point.type()));
    result.is_unsigned = point.type() == onnx::TensorProto::UINT8;
  }
  return result;
}

std::optional<Importer::Operand> Importer::bytes_operand(const Node& node, std::size_t index,
                                                         const Quantisation& quantisation) const {
  const Value& found = value(node, index);
  if (found.kind == Value::Kind::kConstant)
    return std::nullopt;
  if (found.kind != Value::Kind::kBytes)
    node.refuse_node("input '{}' is not quantised", node.input(index));
  if (graph_.tensors[found.tensor].is_unsigned != quantisation.is_unsigned)
    node.refuse_node("input '{}' and its zero point are of different types", node.input(index));
  return Operand{found.tensor, found.shape, quantisation};
}

std::optional<Importer::Operand> Importer::real_operand(const Node& node, std::size_t index) const {
  const Value& found = value(node, index);
  switch (found.kind) {
    case Value::Kind::kReal:
      return Operand{found.tensor, found.shape, found.quantisation};
    case Value::Kind::kQuantisedConstant:
      return std::nullopt;
    case Value::Kind::kHost:
      node.refuse_node("input '{}' comes from a Softmax, which only the end of a network may have",
                       node.input(index));
    default:
      node.refuse_node("input '{}' is not quantised; quantise the whole model", node.input(index));
  }
}

Importer::ConstantOperand Importer::bytes_constant(const Node& node, std::size_t index,
                                                   std::size_t scale, std::size_t zero,
                                                   std::int64_t axis) const {
  const Constant& found = constant(node, index);
  if (!found.is_byte())
    node.refuse_node("input '{}' is of type {}, not INT8 or UINT8", node.input(index),
                     onnx_type_name(found.type()));
  ConstantOperand operand{
      .constant = &found, .scales = scales(node, scale), .zeros = {}, .axis = axis};
  operand.zeros =
      zeros(node, zero,
            node.has_input(zero) ? constant(node, zero).integers().size() : operand.scales.size());
  if (node.has_input(zero) && constant(node, zero).type() != found.type())
    node.refuse_node("input '{}' and its zero point are of different types", node.input(index));
  if (operand.zeros.size() == 1)
    operand.zeros.resize(operand.scales.size(), operand.zeros[0]);
  if (operand.zeros.size() != operand.scales.size())
    node.refuse_node("input '{}' has {} scales, but {} zero points", node.input(index),
                     operand.scales.size(), operand.zeros.size());
  return operand;
}

Importer::ConstantOperand Importer::real_constant(const Node& node, std::size_t index) const {
  const Value& found = value(node, index);
  if (found.kind != Value::Kind::kQuantisedConstant)
    node.refuse_node("input '{}' is no quantised constant", node.input(index));
  if (!found.constant->is_byte())
    node.refuse_node("input '{}' is of type {}, not INT8 or UINT8", node.input(index),
                     onnx_type_name(found.constant->type()));
  return {found.constant, found.scales, found.zeros, found.axis};
}

void Importer::complete(const Node& node, const Shape& shape, const Quantisation& quantisation,
                        const Finish& finish) {
  Value result;
  result.kind = Value::Kind::kBytes;
  result.shape = shape;
  check_shape(shape, std::format("node '{}' ({}): its result", node.name(), node.type()));
  result.tensor = add_tensor(node.output(), shape, quantisation.is_unsigned);
  result.node = node.name();
  finish(result.tensor, quantisation, quantisation.min(), quantisation.max());
  define(node, std::move(result));
}

void Importer::suspend(const Node& node, const Shape& shape, Finish finish) {
  const auto uses = uses_.find(node.output());
  if (uses != uses_.end() && uses->second > 1)
    node.refuse_node("its result '{}' is used {} times before it is quantised", node.output(),
                     uses->second);
  Value result;
  result.kind = Value::Kind::kPending;
  result.shape = shape;
  result.node = node.name();
  result.finish = std::move(finish);
  define(node, std::move(result));
}

void Importer::import_quantize(const Node& node) {
  node.allow_attributes({"axis", "saturate"});
  const Quantisation wanted = quantisation(node, 1, 2);
  const Value& from = value(node, 0);
  Value result;
  result.kind = Value::Kind::kBytes;
  result.shape = from.shape;
  result.node = node.name();
  const auto clamped = [&](float real) {
    const double steps = std::nearbyint(static_cast<double>(real / wanted.scale)) + wanted.zero;
    return static_cast<std::int32_t>(
        std::clamp(steps, static_cast<double>(wanted.min()), static_cast<double>(wanted.max())));
  };
  switch (from.kind) {
    case Value::Kind::kPending: {
      result.tensor = add_tensor(node.output(), from.shape, wanted.is_unsigned);
      // Rounding keeps the order of numbers, so limits can be rounded by themselves.
      from.finish(result.tensor, wanted, clamped(from.low), clamped(from.high));
      values_.at(node.input(0)).finish = nullptr;
      break;
    }
    case Value::Kind::kReal:
      result.tensor = from.tensor;
      if (from.quantisation != wanted) {
        result.tensor = add_tensor(node.output(), from.shape, wanted.is_unsigned);
        Rescale work{.in = from.tensor,
                     .out = result.tensor,
                     .in_quantisation = from.quantisation,
                     .output = {.scale = {from.quantisation.scale / wanted.scale},
                                .zero = wanted.zero,
                                .min = wanted.min(),
                                .max = wanted.max(),
                                .is_unsigned = wanted.is_unsigned}};
        add_operator(node.name(), node.type(), std::move(work));
      }
      break;
    case Value::Kind::kRealInput: {
      GraphInput& input = graph_.inputs[from.input];
      if (input.quantise)
        node.refuse_node("input '{}' of the graph is quantised twice", input.name);
      input.quantise = wanted;
      result.tensor = input.tensor = add_tensor(node.output(), from.shape, wanted.is_unsigned);
      break;
    }
    case Value::Kind::kHost:
      if (from.steps.back().kind == HostStep::Kind::kQuantise)
        node.refuse_node("input '{}' is quantised already", node.input(0));
      result.kind = Value::Kind::kHost;
      result.tensor = from.tensor;
      result.steps = from.steps;
      result.steps.push_back(
          {.kind = HostStep::Kind::kQuantise, .node = node.name(), .quantisation = wanted});
      break;
    default:
      node.refuse_node("input '{}' is quantised already, or a constant", node.input(0));
  }
  define(node, std::move(result));
}

void Importer::import_dequantize(const Node& node) {
  node.allow_attributes({"axis"});
  const Value& from = value(node, 0);
  Value result;
  result.shape = from.shape;
  result.node = node.name();
  switch (from.kind) {
    case Value::Kind::kConstant: {
      result.kind = Value::Kind::kQuantisedConstant;
      result.constant = from.constant;
      result.scales = scales(node, 1);
      result.zeros = zeros(node, 2, result.scales.size());
      if (result.scales.size() > 1) {
        const std::size_t axis = checked_axis(node, node.integer("axis", 1), from.shape.size());
        result.axis = static_cast<std::int64_t>(axis);
        if (from.shape[axis] != static_cast<std::int64_t>(result.scales.size()))
          node.refuse_node("{} scales for the {} of axis {}", result.scales.size(),
                           from.shape[axis], axis);
      }
      break;
    }
    case Value::Kind::kBytes:
      result.kind = Value::Kind::kReal;
      result.tensor = from.tensor;
      result.quantisation = quantisation(node, 1, 2);
      if (!node.has_input(2))
        result.quantisation.is_unsigned = graph_.tensors[from.tensor].is_unsigned;
      if (graph_.tensors[from.tensor].is_unsigned != result.quantisation.is_unsigned)
        node.refuse_node("input '{}' and its zero point are of different types", node.input(0));
      break;
    case Value::Kind::kHost:
      if (from.steps.back().kind != HostStep::Kind::kQuantise)
        node.refuse_node("input '{}' is not quantised", node.input(0));
      result.kind = Value::Kind::kHost;
      result.tensor = from.tensor;
      result.steps = from.steps;
      result.steps.push_back({.kind = HostStep::Kind::kDequantise,
                              .node = node.name(),
                              .quantisation = quantisation(node, 1, 2)});
      break;
    default:
      node.refuse_node("input '{}' is not quantised", node.input(0));
  }
  define(node, std::move(result));
}

void Importer::import_constant(const Node& node) {
  node.allow_attributes({"value"});
  const auto* attribute = node.attribute("value");
  if (attribute == nullptr || !attribute->has_t())
    node.refuse_node("it has no tensor");
  Value result;
  result.kind = Value::Kind::kConstant;
  try {
    result.constant = &keep(Constant(attribute->t()));
  } catch (const Refusal& refusal) {
    node.refuse_node("{}", refusal.what());
  }
  result.shape = result.constant->shape();
  define(node, std::move(result));
}

}  // namespace kestrel::nn
