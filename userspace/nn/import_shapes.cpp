// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "nn/importer.hpp"

namespace kestrel::nn {

void Importer::alias(const Node& node, const Shape& shape, std::vector<std::size_t> permutation) {
  Value result = value(node, 0);
  check_shape(shape, std::format("node '{}' ({}): its result", node.name(), node.type()));
  if (element_count(shape) != element_count(result.shape))
    node.refuse_node("{} cannot become {}", to_string(result.shape), to_string(shape));
  switch (result.kind) {
    case Value::Kind::kBytes:
    case Value::Kind::kReal: {
      const TensorId from = result.tensor;
      result.tensor = add_tensor(node.output(), shape, graph_.tensors[from].is_unsigned);
      add_operator(node.name(), node.type(),
                   Alias{.in = from, .out = result.tensor, .permutation = std::move(permutation)});
      break;
    }
    case Value::Kind::kHost:
      // Row-major order stays what it is.
      if (!permutation.empty())
        node.refuse_node("its input comes from a Softmax, which is not moved");
      break;
    default:
      node.refuse_node("input '{}' is not quantised; quantise the whole model", node.input(0));
  }
  result.shape = shape;
  define(node, std::move(result));
}

void Importer::import_identity(const Node& node) {
  node.allow_attributes({});
  const Value& from = value(node, 0);
  if (from.kind == Value::Kind::kPending || from.kind == Value::Kind::kRealInput)
    node.refuse_node("input '{}' is not quantised; quantise the whole model", node.input(0));
  define(node, from);
}

void Importer::import_reshape(const Node& node) {
  node.allow_attributes({"allowzero"});
  const Shape from = value(node, 0).shape;
  Shape shape = constant(node, 1).integers();
  std::int64_t known = 1;
  std::size_t open = shape.size();
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0 && node.integer("allowzero", 0) == 0) {
      if (i >= from.size())
        node.refuse_node("dimension {} of its shape is 0, but its input has {}", i, from.size());
      shape[i] = from[i];
    }
    if (shape[i] == -1 && open == shape.size())
      open = i;
    else if (shape[i] < 1 || shape[i] > OnnxLimits::kElements / known)
      node.refuse_node("its shape has a dimension of {}", shape[i]);
    else
      known *= shape[i];
  }
  if (open != shape.size())
    shape[open] = element_count(from) / known;
  alias(node, shape);
}

void Importer::import_flatten(const Node& node) {
  node.allow_attributes({"axis"});
  const Shape from = value(node, 0).shape;
  const std::int64_t axis = node.integer("axis", 1);
  const std::size_t at = axis == static_cast<std::int64_t>(from.size())
                             ? from.size()
                             : checked_axis(node, axis, from.size());
  const auto middle = from.begin() + static_cast<std::ptrdiff_t>(at);
  alias(node,
        {element_count(Shape(from.begin(), middle)), element_count(Shape(middle, from.end()))});
}

std::vector<std::int64_t> Importer::axes(const Node& node) const {
  if (node.has_input(1))
    return constant(node, 1).integers();
  return node.integers("axes").value_or(std::vector<std::int64_t>{});
}

void Importer::import_squeeze(const Node& node) {
  node.allow_attributes({"axes"});
  const Shape from = value(node, 0).shape;
  std::vector<bool> is_dropped(from.size());
  const auto dropped = axes(node);
  for (const std::int64_t axis : dropped)
    is_dropped[checked_axis(node, axis, from.size())] = true;
  Shape shape;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (is_dropped[i] && from[i] != 1)
      node.refuse_node("dimension {} is {}, not 1", i, from[i]);
    if (!is_dropped[i] && (!dropped.empty() || from[i] != 1))
      shape.push_back(from[i]);
  }
  alias(node, shape);
}

void Importer::import_unsqueeze(const Node& node) {
  node.allow_attributes({"axes"});
  const Shape from = value(node, 0).shape;
  const auto added = axes(node);
  const std::size_t rank = from.size() + added.size();
  if (added.empty() || rank > OnnxLimits::kRank)
    node.refuse_node("{} axes for {} dimensions", added.size(), from.size());
  Shape shape(rank, 0);
  for (const std::int64_t axis : added)
    shape[checked_axis(node, axis, rank)] = 1;
  auto next = from.begin();
  for (auto& size : shape) {
    if (size == 1)
      continue;
    if (next == from.end())
      node.refuse_node("an axis is named twice");
    size = *next++;
  }
  if (next != from.end())
    node.refuse_node("an axis is named twice");
  alias(node, shape);
}

void Importer::import_transpose(const Node& node) {
  node.allow_attributes({"perm"});
  const Shape from = value(node, 0).shape;
  std::vector<std::size_t> permutation(from.size());
  std::iota(permutation.rbegin(), permutation.rend(), std::size_t{0});
  if (const auto given = node.integers("perm")) {
    permutation.clear();
    for (const std::int64_t axis : *given)
      permutation.push_back(checked_axis(node, axis, from.size()));
  }
  auto sorted = permutation;
  std::ranges::sort(sorted);
  if (sorted.size() != from.size() || std::ranges::adjacent_find(sorted) != sorted.end())
    node.refuse_node("its permutation is none of {} dimensions", from.size());
  Shape shape;
  std::ranges::transform(permutation, std::back_inserter(shape),
                         [&](std::size_t at) { return from[at]; });
  alias(node, shape, std::move(permutation));
}

HostStep Importer::softmax_step(const Node& node, const Shape& shape, std::int64_t opset) const {
  HostStep step{.kind = HostStep::Kind::kSoftmax, .node = node.name(), .quantisation = {}};
  const bool is_flat = opset < 13;  // Before it, all dimensions from the axis on were one.
  const std::size_t axis = checked_axis(node, node.integer("axis", is_flat ? 1 : -1), shape.size());
  for (std::size_t i = axis; i < shape.size(); ++i)
    (i == axis || is_flat ? step.depth : step.stride) *= shape[i];
  return step;
}

void Importer::import_softmax(const Node& node) {
  node.allow_attributes({"axis"});
  const Value from = value(node, 0);
  Value result = from;
  result.kind = Value::Kind::kHost;
  result.node = node.name();
  if (from.kind == Value::Kind::kReal)
    result.steps = {{.kind = HostStep::Kind::kDequantise,
                     .node = node.name(),
                     .quantisation = from.quantisation}};
  else if (from.kind != Value::Kind::kHost || from.steps.back().kind == HostStep::Kind::kQuantise)
    node.refuse_node("input '{}' is not the result of a DequantizeLinear", node.input(0));
  result.steps.push_back(softmax_step(node, from.shape, node.opset()));
  define(node, std::move(result));
}

void Importer::import_qlinear_softmax(const Node& node) {
  node.allow_attributes({"axis", "opset"});
  const auto in = bytes_operand(node, 0, quantisation(node, 1, 2));
  if (!in)
    node.refuse_node("its input is a constant");
  Value result;
  result.kind = Value::Kind::kHost;
  result.shape = in->shape;
  result.tensor = in->tensor;
  result.node = node.name();
  result.steps = {
      {.kind = HostStep::Kind::kDequantise, .node = node.name(), .quantisation = in->quantisation},
      softmax_step(node, in->shape, node.integer("opset", node.opset())),
      {.kind = HostStep::Kind::kQuantise,
       .node = node.name(),
       .quantisation = quantisation(node, 3, 4)}};
  define(node, std::move(result));
}

}  // namespace kestrel::nn
