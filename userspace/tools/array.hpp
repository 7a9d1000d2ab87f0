// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Array: numbers with a shape, as files of pictures and tensors hold them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

namespace kestrel::run {

/// A value, or one line that says why there is none.
template <typename T>
using Outcome = std::expected<T, std::string>;

enum class ElementType : std::uint8_t { kUint8, kInt8, kFloat32 };

constexpr std::size_t element_bytes(ElementType type) {
  return type == ElementType::kFloat32 ? sizeof(float) : 1;
}

constexpr const char* type_name(ElementType type) {
  return type == ElementType::kFloat32 ? "float32" : type == ElementType::kInt8 ? "int8" : "uint8";
}

/// Elements in row-major order, little-endian.
struct Array {
  ElementType type = ElementType::kUint8;
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> bytes;
};

/// No file of more than these is taken, so that a wrong one exhausts nothing.
inline constexpr std::int64_t kMostArrayBytes = std::int64_t{256} << 20;
/// A model is not run with more inputs than these in one go.
inline constexpr std::int64_t kMostInputs = 1'000'000;

/// The bytes that a shape needs. \returns a sentence: a dimension is negative, or they are too many
constexpr Outcome<std::size_t> array_bytes(ElementType type,
                                           const std::vector<std::int64_t>& shape) {
  auto bytes = static_cast<std::int64_t>(element_bytes(type));
  for (const std::int64_t dimension : shape) {
    if (dimension < 0)
      return std::unexpected("a dimension of its shape is " + std::to_string(dimension));
    if (dimension > 0 && bytes > kMostArrayBytes / dimension)
      return std::unexpected("it holds more than " + std::to_string(kMostArrayBytes) + " bytes");
    bytes *= dimension;
  }
  return static_cast<std::size_t>(bytes);
}

}  // namespace kestrel::run
