// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// OnnxModel: an ONNX file as protobuf messages, checked as far as that goes without operators.
#pragma once

#include <onnx/onnx.pb.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nn/graph.hpp"

namespace kestrel::nn {

/// What a file may ask for, so that a hostile one exhausts nothing.
struct OnnxLimits {
  static constexpr std::size_t kFileBytes = std::size_t{256} << 20;
  static constexpr int kNodes = 1 << 16;
  static constexpr std::size_t kRank = 8;
  static constexpr std::int64_t kDimension = std::int64_t{1} << 24;
  static constexpr std::int64_t kElements = std::int64_t{1} << 26;
};

/// The versions of the operator sets that are understood.
inline constexpr std::int64_t kOpsetMin = 10, kOpsetMax = 22;

/// A tensor of constants, in row-major order.
class Constant {
 public:
  /// \throws Refusal  its type is none of int8, uint8, int32, int64, float; its data lie in another
  ///     file, or are not as many as its shape says
  explicit Constant(const onnx::TensorProto& tensor);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::int32_t type() const { return type_; }
  [[nodiscard]] bool is_byte() const;
  [[nodiscard]] std::int64_t count() const { return element_count(shape_); }
  /// Of every type but float. \throws Refusal
  [[nodiscard]] std::vector<std::int64_t> integers() const;
  /// Of float. \throws Refusal
  [[nodiscard]] const std::vector<float>& reals() const;

 private:
  [[nodiscard]] std::size_t element_bytes() const;

  std::string name_;
  Shape shape_;
  std::int32_t type_;
  std::vector<std::uint8_t> bytes_;  // of integers, little-endian
  std::vector<float> reals_;
};

struct OnnxModel {
  onnx::ModelProto proto;
  /// Version of each imported operator set; ONNX's own is "".
  std::map<std::string, std::int64_t, std::less<>> opsets;
};

/// \throws Refusal  the file is too large, damaged, of a version that is not understood, without a
///     graph, or has nodes with graphs of their own, functions or training
OnnxModel parse_onnx(std::span<const std::byte> file);

/// Checks that dimensions and their product are within the limits.
/// \throws Refusal  naming `what`
void check_shape(const Shape& shape, std::string_view what);

/// "FLOAT", "INT8", ...
std::string onnx_type_name(std::int32_t type);

}  // namespace kestrel::nn
