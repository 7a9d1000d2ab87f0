// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// OnnxBuilder: makes ONNX files, right ones and wrong ones, without checking anything.
#pragma once

#include <onnx/onnx.pb.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/loader.hpp"

namespace kestrel::nn {

class OnnxBuilder {
 public:
  using Proto = onnx::TensorProto;
  using Dims = std::vector<std::int64_t>;
  using Names = std::vector<std::string>;

  /// A model of operator set 17 without nodes.
  OnnxBuilder() {
    model.set_ir_version(8);
    add_opset("", 17);
    add_opset("com.microsoft", 1);
    model.mutable_graph()->set_name("test");
  }

  void add_opset(const std::string& domain, std::int64_t version) {
    auto& opset = *model.add_opset_import();
    opset.set_domain(domain);
    opset.set_version(version);
  }

  OnnxBuilder& input(const std::string& name, const Dims& dims, int type = Proto::INT8) {
    put(*graph().add_input(), name, dims, type);
    return *this;
  }
  OnnxBuilder& output(const std::string& name) {
    graph().add_output()->set_name(name);
    return *this;
  }

  onnx::NodeProto& node(const std::string& type, const Names& inputs, const std::string& output,
                        const std::string& domain = "") {
    auto& node = *graph().add_node();
    node.set_name("the_" + type);
    node.set_op_type(type);
    node.set_domain(domain);
    for (const auto& name : inputs)
      node.add_input(name);
    node.add_output(output);
    return node;
  }

  static void attribute(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(value);
  }
  static void attribute(onnx::NodeProto& node, const std::string& name, const Dims& values) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INTS);
    attribute.mutable_ints()->Assign(values.begin(), values.end());
  }
  static void attribute(onnx::NodeProto& node, const std::string& name, float value) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::FLOAT);
    attribute.set_f(value);
  }
  static void text(onnx::NodeProto& node, const std::string& name, const std::string& value) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::STRING);
    attribute.set_s(value);
  }

  template <typename T>
  Proto& constant(const std::string& name, const Dims& dims, const std::vector<T>& values) {
    auto& tensor = *graph().add_initializer();
    tensor.set_name(name);
    tensor.mutable_dims()->Assign(dims.begin(), dims.end());
    tensor.set_data_type(type_of(T{}));
    tensor.set_raw_data(values.data(), values.size() * sizeof(T));
    return tensor;
  }
  /// Scale 0.5 as "s", zero point 3 as "z", int8.
  OnnxBuilder& common() {
    constant<float>("s", {}, {0.5f});
    constant<std::int8_t>("z", {}, {3});
    return *this;
  }

  onnx::GraphProto& graph() { return *model.mutable_graph(); }
  [[nodiscard]] std::string bytes() const { return model.SerializeAsString(); }
  [[nodiscard]] Result<Graph> load(const LoadOptions& options = {}) const {
    const std::string file = bytes();
    return load_model(std::as_bytes(std::span(file)), options);
  }
  /// The error of a model that must be refused; empty if it is not.
  [[nodiscard]] std::string refusal(const LoadOptions& options = {}) const {
    const auto graph = load(options);
    return graph ? "" : graph.error().text;
  }

  static void put(onnx::ValueInfoProto& info, const std::string& name, const Dims& dims, int type) {
    info.set_name(name);
    auto& tensor = *info.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(type);
    tensor.mutable_shape();
    for (const std::int64_t size : dims)
      tensor.mutable_shape()->add_dim()->set_dim_value(size);
  }

  onnx::ModelProto model;

 private:
  static int type_of(float) { return Proto::FLOAT; }
  static int type_of(std::int8_t) { return Proto::INT8; }
  static int type_of(std::uint8_t) { return Proto::UINT8; }
  static int type_of(std::int32_t) { return Proto::INT32; }
  static int type_of(std::int64_t) { return Proto::INT64; }
};

}  // namespace kestrel::nn
