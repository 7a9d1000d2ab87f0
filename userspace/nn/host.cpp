// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/host.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace kestrel::nn {

std::vector<std::uint8_t> quantise(std::span<const float> values,
                                   const Quantisation& quantisation) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(values.size());
  const auto low = static_cast<float>(quantisation.min() - quantisation.zero);
  const auto high = static_cast<float>(quantisation.max() - quantisation.zero);
  for (const float value : values) {
    const float steps = value / quantisation.scale;
    // The limits are integers, so it does not matter that they come before the rounding.
    const float inside = std::isnan(steps) ? low : std::clamp(steps, low, high);
    bytes.push_back(static_cast<std::uint8_t>(static_cast<std::int32_t>(std::nearbyint(inside)) +
                                              quantisation.zero));
  }
  return bytes;
}

std::vector<float> dequantise(std::span<const std::uint8_t> bytes,
                              const Quantisation& quantisation) {
  std::vector<float> values;
  values.reserve(bytes.size());
  for (const std::uint8_t byte : bytes) {
    const std::int32_t value = quantisation.is_unsigned ? byte : static_cast<std::int8_t>(byte);
    values.push_back(static_cast<float>(value - quantisation.zero) * quantisation.scale);
  }
  return values;
}

void softmax(std::span<float> values, std::int64_t depth, std::int64_t stride) {
  const auto step = static_cast<std::size_t>(stride);
  const auto block = static_cast<std::size_t>(depth) * step;
  for (std::size_t first = 0; first < values.size(); first += block) {
    for (std::size_t lane = 0; lane < step; ++lane) {
      const auto each = [&](auto function) {
        for (std::size_t i = lane; i < block; i += step)
          function(values[first + i]);
      };
      float largest = values[first + lane];
      each([&](float value) { largest = std::max(largest, value); });
      float sum = 0;
      each([&](float& value) { sum += value = std::exp(value - largest); });
      each([&](float& value) { value /= sum; });
    }
  }
}

Values take_steps(std::vector<std::uint8_t> bytes, std::span<const HostStep> steps) {
  Values values = std::move(bytes);
  for (const HostStep& step : steps) {
    switch (step.kind) {
      case HostStep::Kind::kDequantise:
        values = dequantise(std::get<std::vector<std::uint8_t>>(values), step.quantisation);
        break;
      case HostStep::Kind::kSoftmax:
        softmax(std::get<std::vector<float>>(values), step.depth, step.stride);
        break;
      case HostStep::Kind::kQuantise:
        values = quantise(std::get<std::vector<float>>(values), step.quantisation);
        break;
    }
  }
  return values;
}

void scatter(std::span<const std::uint8_t> bytes, const View& view, std::span<std::byte> memory) {
  const auto offsets = view.offsets();
  for (std::size_t i = 0; i < bytes.size(); ++i)
    memory[static_cast<std::size_t>(offsets[i])] = static_cast<std::byte>(bytes[i]);
}

std::vector<std::uint8_t> gather(const View& view, std::span<const std::byte> memory) {
  std::vector<std::uint8_t> bytes;
  for (const std::int64_t offset : view.offsets())
    bytes.push_back(static_cast<std::uint8_t>(memory[static_cast<std::size_t>(offset)]));
  return bytes;
}

}  // namespace kestrel::nn
