// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Graph: a quantised network by itself, free of the file that it came from and of the device.
///
/// Shapes are logical, as in ONNX: images are N, C, H, W. Real numbers are scale * (q - zero).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace kestrel::nn {

using Shape = std::vector<std::int64_t>;

/// Number of elements; 1 for a scalar. The importer has made sure that it does not overflow.
std::int64_t element_count(const Shape& shape);
/// As "1x3x28x28".
std::string to_string(const Shape& shape);

/// Bytes, and what they mean.
struct Quantisation {
  float scale = 1;
  std::int32_t zero = 0;
  bool is_unsigned = false;  ///< uint8, else int8

  [[nodiscard]] std::int32_t min() const { return is_unsigned ? 0 : -128; }
  [[nodiscard]] std::int32_t max() const { return is_unsigned ? 255 : 127; }
  bool operator==(const Quantisation&) const = default;
};

using TensorId = std::size_t;

/// A tensor of bytes that an operator writes, or that comes from outside.
struct Tensor {
  std::string name;
  Shape shape;
  bool is_unsigned = false;
};

/// How an operator's numbers become bytes: what OUTPUT does, without its addresses.
struct Requantisation {
  /// Of each output channel, or one for all: as ONNX Runtime multiplies them out, in float32.
  std::vector<float> scale = {1};
  /// In units of the accumulator, of each channel or one for all.
  std::vector<std::int32_t> bias = {0};
  std::int32_t zero = 0;
  std::int32_t min = -128, max = 127;  ///< bytes; narrower than the type where a Relu or Clip is
  bool is_unsigned = false;
};

/// Windows of a convolution or pool, in pixels.
struct Window {
  std::int64_t kernel_h = 1, kernel_w = 1;
  std::int64_t stride_h = 1, stride_w = 1;
  std::int64_t dilation_h = 1, dilation_w = 1;
  std::int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
};

/// Conv. The requantisation's bias is ONNX's, to which sums of (x - input zero) * w are added.
struct Convolution {
  TensorId in, out;
  Quantisation in_quantisation;
  Window window;
  std::int64_t groups = 1;
  std::vector<std::int8_t> weights;  ///< [M][C / groups][kernel_h][kernel_w], zero point 0
  Requantisation output;
};

/// MatMul and Gemm: the last dimension of `in`, K, is contracted.
struct Product {
  TensorId in, out;
  Quantisation in_quantisation;
  std::int64_t depth = 0, columns = 0;
  std::vector<std::int8_t> weights;  ///< [K][N], zero point 0
  Requantisation output;
};

/// MaxPool, AveragePool, GlobalAveragePool.
struct Pool {
  TensorId in, out;
  bool is_max = false;
  bool counts_padding = false;  ///< average: the divisor is the kernel's size, else what is inside
  Window window;
  Quantisation in_quantisation, out_quantisation;
  std::int32_t min = -128, max = 127;
};

/// Bytes to bytes: Mul by a constant, Relu, Clip, and changes of quantisation.
/// q = round((x - zero) * scale) + output zero, within min .. max.
struct Rescale {
  TensorId in, out;
  Quantisation in_quantisation;  ///< its scale is already in the output's
  Requantisation output;         ///< scales of the channels, or one; no bias
};

/// Add of two tensors of one shape, or of a constant: for each channel a byte, or one for all.
/// q = round(x * scale x / scale + y * scale y / scale) + zero, zero points taken off.
struct Addition {
  TensorId left;
  std::optional<TensorId> right;
  TensorId out;
  Quantisation left_quantisation, right_quantisation, out_quantisation;
  std::vector<std::uint8_t> constant;  ///< bytes of `right_quantisation`, when there is no tensor
  std::int32_t min = -128, max = 127;
};

struct Concatenation {
  struct Input {
    TensorId tensor;
    Quantisation quantisation;
  };
  std::vector<Input> inputs;
  TensorId out;
  std::int64_t axis = 1;
  Quantisation out_quantisation;
  std::int32_t min = -128, max = 127;
};

/// Reshape, Flatten, Squeeze, Unsqueeze, Transpose: the same bytes under another shape.
struct Alias {
  TensorId in, out;
  std::vector<std::size_t> permutation;  ///< of a Transpose; else empty
};

/// One step of the network, under the name of its node in the file.
struct Operator {
  std::string node;  ///< for people
  std::string type;  ///< as in the file: "QLinearConv"
  std::variant<Convolution, Product, Pool, Rescale, Addition, Concatenation, Alias> work;
};

/// Where numbers come from: bytes as they are, or real numbers that the host quantises.
struct GraphInput {
  std::string name;
  Shape shape;
  std::optional<Quantisation> quantise;  ///< absent: bytes
  TensorId tensor = 0;
};

/// What the host does with a result, one step after another, in row-major order.
struct HostStep {
  enum class Kind : std::uint8_t { kDequantise, kSoftmax, kQuantise };
  Kind kind;
  std::string node;
  Quantisation quantisation;  ///< of kDequantise and kQuantise
  /// kSoftmax: exponentials are summed over `depth` elements that lie `stride` apart.
  std::int64_t depth = 1, stride = 1;
};

struct GraphOutput {
  std::string name;
  Shape shape;
  TensorId tensor = 0;
  bool is_unsigned = false;  ///< when bytes come out
  std::vector<HostStep> steps;
  [[nodiscard]] bool is_real() const {
    return !steps.empty() && steps.back().kind != HostStep::Kind::kQuantise;
  }
};

/// Operators stand in an order in which they can be executed.
struct Graph {
  std::vector<Tensor> tensors;
  std::vector<Operator> operators;
  std::vector<GraphInput> inputs;
  std::vector<GraphOutput> outputs;
};

}  // namespace kestrel::nn
