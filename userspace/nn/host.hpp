// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What the host computes at the borders of a network: real numbers to bytes and back, and Softmax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "nn/graph.hpp"
#include "nn/view.hpp"

namespace kestrel::nn {

/// Elements of a tensor in row-major order: real numbers, or bytes of int8 or uint8 as they are.
using Values = std::variant<std::vector<float>, std::vector<std::uint8_t>>;

/// As QuantizeLinear of ONNX: x / scale, rounded half to even, plus zero, within the type. What is
/// not a number gives the type's least value.
std::vector<std::uint8_t> quantise(std::span<const float> values, const Quantisation& quantisation);
/// As DequantizeLinear: (q - zero) * scale.
std::vector<float> dequantise(std::span<const std::uint8_t> bytes,
                              const Quantisation& quantisation);
/// In place: exp(x - largest) / sum of those, along a dimension of `depth` elements that lie
/// `stride` apart.
void softmax(std::span<float> values, std::int64_t depth, std::int64_t stride);

/// Takes the steps one after another.
Values take_steps(std::vector<std::uint8_t> bytes, std::span<const HostStep> steps);

/// Writes elements to where a view has them; bytes between them stay as they are.
void scatter(std::span<const std::uint8_t> bytes, const View& view, std::span<std::byte> memory);
/// Reads them back.
std::vector<std::uint8_t> gather(const View& view, std::span<const std::byte> memory);

}  // namespace kestrel::nn
