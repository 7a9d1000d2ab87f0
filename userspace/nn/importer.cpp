// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/importer.hpp"

#include <algorithm>
#include <utility>

namespace kestrel::nn {

std::size_t checked_axis(const Node& node, std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count)
    node.refuse_node("axis {} is none of {} dimensions", axis, rank);
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

Result<Graph> load_model(std::span<const std::byte> file, const LoadOptions& options) {
  return guarded([&] {
    const OnnxModel model = parse_onnx(file);
    return Importer(model, options).run();
  });
}

Importer::Importer(const OnnxModel& model, const LoadOptions& options)
    : model_(model), options_(options) {}

Graph Importer::run() {
  const auto& graph = model_.proto.graph();
  for (const auto& node : graph.node()) {
    for (const auto& name : node.input())
      ++uses_[name];
  }
  for (const auto& output : graph.output())
    ++uses_[output.name()];
  import_constants();
  import_inputs();
  int number = 0;
  for (const auto& node : graph.node())
    import_node(Node(node, number++, model_.opsets.find("")->second));
  for (const auto& [name, value] : values_) {
    if (value.kind == Value::Kind::kPending && value.finish)
      refuse("node '{}': its result '{}' is not quantised; quantise the whole model", value.node,
             name);
  }
  import_outputs();
  if (graph_.operators.empty())
    refuse("the graph has nothing to compute");
  return std::move(graph_);
}

void Importer::import_constants() {
  for (const auto& tensor : model_.proto.graph().initializer()) {
    const Constant& constant = keep(Constant(tensor));
    Value value;
    value.kind = Value::Kind::kConstant;
    value.shape = constant.shape();
    value.constant = &constant;
    if (tensor.name().empty() || !values_.emplace(tensor.name(), std::move(value)).second)
      refuse("constant '{}' is defined twice, or has no name", tensor.name());
  }
}

const Constant& Importer::keep(Constant constant) {
  return constants_.emplace_back(std::move(constant));
}

void Importer::import_inputs() {
  for (const auto& info : model_.proto.graph().input()) {
    // Up to IR version 3 constants are inputs, too.
    if (values_.contains(info.name()))
      continue;
    const Shape shape = input_shape(info);
    const std::int32_t type = info.type().tensor_type().elem_type();
    Value value;
    value.shape = shape;
    if (type == onnx::TensorProto::FLOAT) {
      value.kind = Value::Kind::kRealInput;
      value.input = graph_.inputs.size();
      graph_.inputs.push_back({.name = info.name(), .shape = shape, .quantise = {}, .tensor = 0});
      // Until its QuantizeLinear is found.
      graph_.inputs.back().tensor = std::numeric_limits<TensorId>::max();
    } else if (type == onnx::TensorProto::INT8 || type == onnx::TensorProto::UINT8) {
      value.tensor = add_tensor(info.name(), shape, type == onnx::TensorProto::UINT8);
      graph_.inputs.push_back(
          {.name = info.name(), .shape = shape, .quantise = {}, .tensor = value.tensor});
    } else {
      refuse("input '{}' is of type {}, not FLOAT, INT8 or UINT8", info.name(),
             onnx_type_name(type));
    }
    if (!values_.emplace(info.name(), std::move(value)).second)
      refuse("input '{}' is defined twice", info.name());
  }
}

Shape Importer::input_shape(const onnx::ValueInfoProto& info) const {
  if (info.name().empty() || !info.type().has_tensor_type() ||
      !info.type().tensor_type().has_shape())
    refuse("input '{}' is no tensor of known shape", info.name());
  Shape shape;
  for (const auto& dimension : info.type().tensor_type().shape().dim()) {
    if (dimension.has_dim_value() && dimension.dim_value() > 0)
      shape.push_back(dimension.dim_value());
    else if (shape.empty() && options_.batch)
      shape.push_back(*options_.batch);
    else
      refuse("input '{}': dimension {} is dynamic ('{}'); fix it in the model{}", info.name(),
             shape.size(), dimension.dim_param(), shape.empty() ? ", or give a batch size" : "");
  }
  check_shape(shape, std::format("input '{}'", info.name()));
  return shape;
}

void Importer::import_node(const Node& node) {
  if (node.domain() != "" && node.domain() != "com.microsoft")
    node.refuse_node("operator set '{}' is not supported", node.domain());
  if (!model_.opsets.contains(node.domain()) && node.domain() != "")
    node.refuse_node("operator set '{}' is not imported", node.domain());
  for (const auto& attribute : node.proto().attribute()) {
    if (attribute.has_g() || attribute.graphs_size() != 0 || !attribute.ref_attr_name().empty())
      node.refuse_node("attribute '{}' is a graph or a reference, which is not supported",
                       attribute.name());
  }
  const std::string key =
      node.domain().empty() ? node.type() : std::format("{}.{}", node.domain(), node.type());
  const auto found = imports().find(key);
  if (found == imports().end())
    node.refuse_node("the operator is not supported");
  (this->*found->second)(node);
}

const std::map<std::string, Importer::Import>& Importer::imports() {
  static const std::map<std::string, Import> all = {
      {"Add", &Importer::import_add},
      {"AveragePool", &Importer::import_average_pool},
      {"Clip", &Importer::import_clip},
      {"Concat", &Importer::import_concat},
      {"Constant", &Importer::import_constant},
      {"Conv", &Importer::import_conv},
      {"DequantizeLinear", &Importer::import_dequantize},
      {"Flatten", &Importer::import_flatten},
      {"Gemm", &Importer::import_gemm},
      {"GlobalAveragePool", &Importer::import_global_average_pool},
      {"Identity", &Importer::import_identity},
      {"MatMul", &Importer::import_matmul},
      {"MaxPool", &Importer::import_max_pool},
      {"Mul", &Importer::import_mul},
      {"QLinearConv", &Importer::import_qlinear_conv},
      {"QLinearMatMul", &Importer::import_qlinear_matmul},
      {"QuantizeLinear", &Importer::import_quantize},
      {"Relu", &Importer::import_relu},
      {"Reshape", &Importer::import_reshape},
      {"Softmax", &Importer::import_softmax},
      {"Squeeze", &Importer::import_squeeze},
      {"Transpose", &Importer::import_transpose},
      {"Unsqueeze", &Importer::import_unsqueeze},
      {"com.microsoft.DequantizeLinear", &Importer::import_dequantize},
      {"com.microsoft.QGemm", &Importer::import_qgemm},
      {"com.microsoft.QLinearAdd", &Importer::import_qlinear_add},
      {"com.microsoft.QLinearAveragePool", &Importer::import_qlinear_average_pool},
      {"com.microsoft.QLinearConcat", &Importer::import_qlinear_concat},
      {"com.microsoft.QLinearConv", &Importer::import_qlinear_conv},
      {"com.microsoft.QLinearGlobalAveragePool", &Importer::import_qlinear_global_average_pool},
      {"com.microsoft.QLinearMul", &Importer::import_qlinear_mul},
      {"com.microsoft.QLinearSoftmax", &Importer::import_qlinear_softmax},
      {"com.microsoft.QuantizeLinear", &Importer::import_quantize}};
  return all;
}

const Importer::Value& Importer::value(const Node& node, std::size_t index) const {
  const std::string& name = node.input(index);
  const auto found = values_.find(name);
  if (found == values_.end())
    node.refuse_node("input '{}' comes from nowhere before it: it is missing, or in a cycle", name);
  return found->second;
}

void Importer::define(const Node& node, Value value) {
  check_shape(value.shape, std::format("node '{}' ({}): its result", node.name(), node.type()));
  if (!values_.emplace(node.output(), std::move(value)).second)
    node.refuse_node("its output '{}' is defined twice", node.output());
}

TensorId Importer::add_tensor(const std::string& name, const Shape& shape, bool is_unsigned) {
  graph_.tensors.push_back({name, shape, is_unsigned});
  return graph_.tensors.size() - 1;
}

const Constant& Importer::constant(const Node& node, std::size_t index) const {
  const Value& found = value(node, index);
  if (found.kind != Value::Kind::kConstant)
    node.refuse_node("input '{}' is no constant", node.input(index));
  return *found.constant;
}

void Importer::import_outputs() {
  for (const auto& info : model_.proto.graph().output()) {
    const auto found = values_.find(info.name());
    if (found == values_.end())
      refuse("output '{}' is computed by no node", info.name());
    const Value& value = found->second;
    GraphOutput output{.name = info.name(),
                       .shape = value.shape,
                       .tensor = value.tensor,
                       .is_unsigned = false,
                       .steps = value.steps};
    switch (value.kind) {
      case Value::Kind::kBytes:
        output.is_unsigned = graph_.tensors[value.tensor].is_unsigned;
        break;
      case Value::Kind::kReal:
        output.steps.push_back({.kind = HostStep::Kind::kDequantise,
                                .node = value.node,
                                .quantisation = value.quantisation});
        break;
      case Value::Kind::kHost:
        output.is_unsigned = value.steps.back().quantisation.is_unsigned;
        break;
      default:
        refuse("output '{}' is a constant, or an input as it is", info.name());
    }
    if (info.type().tensor_type().has_shape()) {
      const auto& shape = info.type().tensor_type().shape();
      const bool is_fixed = std::ranges::all_of(
          shape.dim(), [](const auto& dimension) { return dimension.dim_value() > 0; });
      Shape stated;
      for (const auto& dimension : shape.dim())
        stated.push_back(dimension.dim_value());
      if (is_fixed && stated != value.shape)
        refuse("output '{}' is {}, but the file says {}", info.name(), to_string(value.shape),
               to_string(stated));
    }
    graph_.outputs.push_back(std::move(output));
  }
  if (graph_.outputs.empty())
    refuse("the graph has no outputs");
  for (const auto& input : graph_.inputs) {
    if (input.tensor == std::numeric_limits<TensorId>::max())
      refuse("input '{}' is used by nothing", input.name);
  }
}

}  // namespace kestrel::nn
