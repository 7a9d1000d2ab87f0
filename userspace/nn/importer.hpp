// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Importer: walks the nodes of an ONNX graph and builds a Graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nn/graph.hpp"
#include "nn/loader.hpp"
#include "nn/node.hpp"
#include "nn/onnx_model.hpp"

namespace kestrel::nn {

/// Everything throws Refusal. Used once, by one thread.
class Importer {
 public:
  /// \param model  outlives this
  Importer(const OnnxModel& model, const LoadOptions& options);

  Graph run();

 private:
  /// Adds the operator that computes `out`, now that its quantisation is known.
  using Finish = std::function<void(TensorId out, const Quantisation& quantisation,
                                    std::int32_t min, std::int32_t max)>;

  /// What a name of the ONNX graph stands for.
  struct Value {
    enum class Kind : std::uint8_t {
      kConstant,           ///< `constant`
      kBytes,              ///< `tensor`
      kReal,               ///< `tensor`, through `quantisation`
      kQuantisedConstant,  ///< `constant`, through `scales` and `zeros` along `axis`
      kPending,            ///< a result that waits for its QuantizeLinear
      kRealInput,          ///< graph input `input`, real numbers
      kHost                ///< `tensor`, through `steps`
    };

    Kind kind = Kind::kBytes;
    Shape shape;
    const Constant* constant = nullptr;
    TensorId tensor = 0;
    Quantisation quantisation;
    std::vector<float> scales;        // one, or one for each index of `axis`
    std::vector<std::int32_t> zeros;  // the same
    std::int64_t axis = 0;
    std::size_t input = 0;
    std::string node;  // that computes it
    Finish finish;
    float low = -std::numeric_limits<float>::infinity();
    float high = std::numeric_limits<float>::infinity();
    std::vector<HostStep> steps;
  };

  /// A tensor as an operand.
  struct Operand {
    TensorId tensor;
    Shape shape;
    Quantisation quantisation;
  };
  /// Constant bytes as an operand: weights, or what is added or multiplied.
  struct ConstantOperand {
    const Constant* constant;
    std::vector<float> scales;
    std::vector<std::int32_t> zeros;
    std::int64_t axis;
  };

  using Import = void (Importer::*)(const Node&);
  static const std::map<std::string, Import>& imports();

  // importer.cpp: names, inputs, outputs.
  void import_constants();
  void import_inputs();
  void import_outputs();
  void import_node(const Node& node);
  Shape input_shape(const onnx::ValueInfoProto& info) const;
  const Value& value(const Node& node, std::size_t index) const;
  void define(const Node& node, Value value);
  TensorId add_tensor(const std::string& name, const Shape& shape, bool is_unsigned);
  template <typename Work>
  void add_operator(const std::string& node, const std::string& type, Work work) {
    graph_.operators.push_back({node, type, std::move(work)});
  }
  const Constant& constant(const Node& node, std::size_t index) const;
  const Constant& keep(Constant constant);

  // import_quantisation.cpp: operands, and nodes that change the form of numbers.
  Quantisation quantisation(const Node& node, std::size_t scale, std::size_t zero) const;
  std::vector<float> scales(const Node& node, std::size_t index) const;
  std::vector<std::int32_t> zeros(const Node& node, std::size_t index, std::size_t count) const;
  /// \returns nothing if the input is a constant
  std::optional<Operand> bytes_operand(const Node& node, std::size_t index,
                                       const Quantisation& quantisation) const;
  std::optional<Operand> real_operand(const Node& node, std::size_t index) const;
  ConstantOperand bytes_constant(const Node& node, std::size_t index, std::size_t scale,
                                 std::size_t zero, std::int64_t axis) const;
  ConstantOperand real_constant(const Node& node, std::size_t index) const;
  /// An operator on bytes: its result has this quantisation.
  void complete(const Node& node, const Shape& shape, const Quantisation& quantisation,
                const Finish& finish);
  /// An operator on real numbers: its result waits for a QuantizeLinear.
  void suspend(const Node& node, const Shape& shape, Finish finish);
  void import_quantize(const Node& node);
  void import_dequantize(const Node& node);
  void import_constant(const Node& node);

  // import_products.cpp
  void import_qlinear_conv(const Node& node);
  void import_conv(const Node& node);
  void import_qlinear_matmul(const Node& node);
  void import_matmul(const Node& node);
  void import_qgemm(const Node& node);
  void import_gemm(const Node& node);
  struct Result {
    Shape shape;
    Finish finish;
  };
  Result convolution(const Node& node, const Operand& in, const ConstantOperand& weights,
                     std::vector<std::int32_t> bias);
  Result product(const Node& node, const Operand& in, const ConstantOperand& weights,
                 bool is_transposed, float alpha, std::vector<std::int32_t> bias);
  std::vector<std::int32_t> bytes_bias(const Node& node, std::size_t index) const;
  std::vector<std::int32_t> real_bias(const Node& node, std::size_t index, const Operand& in,
                                      const ConstantOperand& weights) const;

  // import_pools.cpp
  void import_max_pool(const Node& node);
  void import_average_pool(const Node& node);
  void import_global_average_pool(const Node& node);
  void import_qlinear_average_pool(const Node& node);
  void import_qlinear_global_average_pool(const Node& node);
  Result pool(const Node& node, const Operand& in, bool is_max, bool is_global);

  // import_sums.cpp
  void import_add(const Node& node);
  void import_qlinear_add(const Node& node);
  void import_mul(const Node& node);
  void import_qlinear_mul(const Node& node);
  void import_relu(const Node& node);
  void import_clip(const Node& node);
  void import_concat(const Node& node);
  void import_qlinear_concat(const Node& node);
  void clip_value(const Node& node, float low, float high);
  Result sum(const Node& node, const Operand& left, const Operand& right);
  Result sum(const Node& node, const Operand& left, const ConstantOperand& right);
  Result scaled(const Node& node, const Operand& in, const ConstantOperand& factor);
  Result concatenation(const Node& node, const std::vector<Operand>& inputs);
  /// The bytes of a constant for each channel of `shape`, or one for all.
  std::vector<std::int64_t> per_channel(const Node& node, const ConstantOperand& operand,
                                        const Shape& shape) const;

  // import_shapes.cpp
  void import_identity(const Node& node);
  void import_reshape(const Node& node);
  void import_flatten(const Node& node);
  void import_squeeze(const Node& node);
  void import_unsqueeze(const Node& node);
  void import_transpose(const Node& node);
  void import_softmax(const Node& node);
  void import_qlinear_softmax(const Node& node);
  void alias(const Node& node, const Shape& shape, std::vector<std::size_t> permutation = {});
  std::vector<std::int64_t> axes(const Node& node) const;
  HostStep softmax_step(const Node& node, const Shape& shape, std::int64_t opset) const;

  const OnnxModel& model_;
  const LoadOptions options_;
  Graph graph_;
  std::deque<Constant> constants_;  // never moves its elements
  std::map<std::string, Value> values_;
  std::map<std::string, int> uses_;  // how many nodes and outputs read a name
};

/// A dimension's index, from the end when it is negative. \throws Refusal  there is none
std::size_t checked_axis(const Node& node, std::int64_t axis, std::size_t rank);

}  // namespace kestrel::nn
