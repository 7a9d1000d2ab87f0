// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/onnx_model.hpp"

#include <array>
#include <bit>
#include <climits>
#include <cstring>

#include "nn/error.hpp"

namespace kestrel::nn {
namespace {

static_assert(std::endian::native == std::endian::little, "raw data are copied as they are");

template <typename To, typename Values>
void append_all(const Values& values, std::vector<std::uint8_t>& bytes) {
  for (const auto value : values) {
    const auto narrow = static_cast<To>(value);
    if (static_cast<std::int64_t>(narrow) != static_cast<std::int64_t>(value))
      refuse("has the number {}, which is none of its type", value);
    const auto raw = std::bit_cast<std::array<std::uint8_t, sizeof(To)>>(narrow);
    bytes.insert(bytes.end(), raw.begin(), raw.end());
  }
}

template <typename From>
std::vector<std::int64_t> widened(const std::vector<std::uint8_t>& bytes) {
  std::vector<std::int64_t> values(bytes.size() / sizeof(From));
  for (std::size_t i = 0; i < values.size(); ++i) {
    From value;
    std::memcpy(&value, &bytes[i * sizeof(From)], sizeof(From));
    values[i] = value;
  }
  return values;
}

void check_opsets(OnnxModel& model) {
  for (const auto& opset : model.proto.opset_import()) {
    const std::string domain = opset.domain() == "ai.onnx" ? "" : opset.domain();
    if (!model.opsets.emplace(domain, opset.version()).second)
      refuse("operator set '{}' is imported twice", opset.domain());
  }
  const auto own = model.opsets.find("");
  if (own == model.opsets.end())
    refuse("no version of the ONNX operator set is imported");
  if (own->second < kOpsetMin || own->second > kOpsetMax)
    refuse("operator set {} is not understood, only {} to {}; convert the model", own->second,
           kOpsetMin, kOpsetMax);
}

}  // namespace

std::string onnx_type_name(std::int32_t type) {
  if (!onnx::TensorProto::DataType_IsValid(type))
    return std::format("type {}", type);
  return onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(type));
}

void check_shape(const Shape& shape, std::string_view what) {
  if (shape.size() > OnnxLimits::kRank)
    refuse("{} has {} dimensions, more than {}", what, shape.size(), OnnxLimits::kRank);
  std::int64_t count = 1;
  for (const std::int64_t size : shape) {
    if (size < 1 || size > OnnxLimits::kDimension)
      refuse("{} has a dimension of {}, not 1 to {}", what, size, OnnxLimits::kDimension);
    count *= size;  // Both are at most 2^26.
    if (count > OnnxLimits::kElements)
      refuse("{} has more than {} elements", what, OnnxLimits::kElements);
  }
}

Constant::Constant(const onnx::TensorProto& tensor)
    : name_(tensor.name()), type_(tensor.data_type()) {
  using Proto = onnx::TensorProto;
  const std::string what = std::format("constant '{}'", name_);
  shape_.assign(tensor.dims().begin(), tensor.dims().end());
  // One without elements is legal, and of no use here.
  check_shape(shape_, what);
  if (tensor.data_location() == Proto::EXTERNAL || tensor.external_data_size() != 0)
    refuse("{}: its data lie in another file, which is not supported; save the model in one", what);
  if (tensor.has_segment())
    refuse("{}: segments are not supported", what);
  try {
    const bool is_raw = tensor.has_raw_data();
    const std::string& raw = tensor.raw_data();
    switch (type_) {
      case Proto::FLOAT:
        if (is_raw) {
          reals_.resize(raw.size() / sizeof(float));
          // Of nothing there is no address to copy to.
          if (!reals_.empty())
            std::memcpy(reals_.data(), raw.data(), reals_.size() * sizeof(float));
          if (raw.size() % sizeof(float) != 0)
            refuse("has {} bytes, no whole numbers", raw.size());
        } else {
          reals_.assign(tensor.float_data().begin(), tensor.float_data().end());
        }
        break;
      case Proto::INT8:
      case Proto::UINT8:
      case Proto::INT32:
      case Proto::INT64:
        if (is_raw)
          bytes_.assign(raw.begin(), raw.end());
        else if (type_ == Proto::INT8)
          append_all<std::int8_t>(tensor.int32_data(), bytes_);
        else if (type_ == Proto::UINT8)
          append_all<std::uint8_t>(tensor.int32_data(), bytes_);
        else if (type_ == Proto::INT32)
          append_all<std::int32_t>(tensor.int32_data(), bytes_);
        else
          append_all<std::int64_t>(tensor.int64_data(), bytes_);
        break;
      default:
        refuse("is of type {}, which is not supported", onnx_type_name(type_));
    }
    const auto wanted = static_cast<std::size_t>(count());
    const bool fits =
        type_ == Proto::FLOAT ? reals_.size() == wanted : bytes_.size() == wanted * element_bytes();
    if (!fits)
      refuse("has {} elements, but data of {}", wanted,
             type_ == Proto::FLOAT ? reals_.size() : bytes_.size() / element_bytes());
  } catch (const Refusal& refusal) {
    refuse("{} {}", what, refusal.what());
  }
}

std::size_t Constant::element_bytes() const {
  if (is_byte())
    return 1;
  return type_ == onnx::TensorProto::INT64 ? 8 : 4;
}

bool Constant::is_byte() const {
  return type_ == onnx::TensorProto::INT8 || type_ == onnx::TensorProto::UINT8;
}

std::vector<std::int64_t> Constant::integers() const {
  switch (type_) {
    case onnx::TensorProto::INT8:
      return widened<std::int8_t>(bytes_);
    case onnx::TensorProto::UINT8:
      return widened<std::uint8_t>(bytes_);
    case onnx::TensorProto::INT32:
      return widened<std::int32_t>(bytes_);
    case onnx::TensorProto::INT64:
      return widened<std::int64_t>(bytes_);
    default:
      refuse("constant '{}' is of type {}, not of integers", name_, onnx_type_name(type_));
  }
}

const std::vector<float>& Constant::reals() const {
  if (type_ != onnx::TensorProto::FLOAT)
    refuse("constant '{}' is of type {}, not FLOAT", name_, onnx_type_name(type_));
  return reals_;
}

OnnxModel parse_onnx(std::span<const std::byte> file) {
  if (file.empty())
    refuse("the model is empty");
  if (file.size() > OnnxLimits::kFileBytes || file.size() > INT_MAX)
    refuse("the model has {} bytes, more than {}", file.size(), OnnxLimits::kFileBytes);
  OnnxModel model;
  if (!model.proto.ParseFromArray(file.data(), static_cast<int>(file.size())))
    refuse("the model is no ONNX file, or damaged");
  if (!model.proto.has_graph())
    refuse("the model has no graph, or is no ONNX file");
  check_opsets(model);
  if (model.proto.functions_size() != 0 || model.proto.training_info_size() != 0)
    refuse("functions and training information are not supported");
  const auto& graph = model.proto.graph();
  if (graph.node_size() == 0)
    refuse("the graph has no nodes");
  if (graph.node_size() > OnnxLimits::kNodes)
    refuse("the graph has {} nodes, more than {}", graph.node_size(), OnnxLimits::kNodes);
  if (graph.sparse_initializer_size() != 0)
    refuse("sparse constants are not supported");
  return model;
}

}  // namespace kestrel::nn
