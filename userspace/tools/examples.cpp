// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "examples.hpp"

#include <algorithm>
#include <cstring>
#include <format>

namespace kestrel::run {
namespace {

/// Without dimensions of 1, which hold nothing.
nn::Shape squeezed(nn::Shape shape) {
  std::erase(shape, 1);
  return shape;
}

}  // namespace

Outcome<std::vector<Example>> examples_of(const Array& array, const nn::InputPort& input,
                                          const std::string& source, std::uint64_t first) {
  const nn::Shape wanted = squeezed(input.shape);
  std::int64_t count = 1;
  if (squeezed(array.shape) != wanted) {
    const bool has_more =
        !array.shape.empty() && squeezed({array.shape.begin() + 1, array.shape.end()}) == wanted;
    if (!has_more) {
      return std::unexpected(std::format("'{}': an array of {}, but input '{}' takes {}", source,
                                         nn::to_string(array.shape), input.name,
                                         nn::to_string(input.shape)));
    }
    count = array.shape[0];
  }
  if (count == 0) {
    return std::unexpected(
        std::format("'{}': an array of {} holds no input", source, nn::to_string(array.shape)));
  }
  if (count > kMostInputs) {
    return std::unexpected(std::format("'{}': an array of {} holds more than {} inputs", source,
                                       nn::to_string(array.shape), kMostInputs));
  }
  const nn::Shape picture = {28, 28};
  std::vector<Example> examples(static_cast<std::size_t>(count));
  const std::size_t bytes = array.bytes.size() / examples.size();
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const auto begin = array.bytes.begin() + static_cast<std::ptrdiff_t>(i * bytes);
    examples[i] = {.source = source,
                   .index = first + i,
                   .label = std::nullopt,
                   .type = array.type,
                   .bytes = {begin, begin + static_cast<std::ptrdiff_t>(bytes)},
                   .is_shown = array.type == ElementType::kUint8 && wanted == picture};
  }
  return examples;
}

Outcome<void> add_labels(std::vector<Example>& examples, const Array& labels,
                         const std::string& source) {
  if (labels.type != ElementType::kUint8 || labels.shape.size() != 1 ||
      labels.bytes.size() != examples.size()) {
    return std::unexpected(std::format("'{}': an array of {}, but a label is wanted for each of {}",
                                       source, nn::to_string(labels.shape), examples.size()));
  }
  for (std::size_t i = 0; i < examples.size(); ++i)
    examples[i].label = labels.bytes[i];
  return {};
}

Outcome<nn::Values> values_of(const Example& example, const nn::InputPort& input) {
  const auto refused = [&](const char* wanted) {
    return std::unexpected(std::format("'{}': elements are {}, but input '{}' takes {}",
                                       example.source, type_name(example.type), input.name,
                                       wanted));
  };
  const bool is_unsigned = input.quantisation.is_unsigned;
  const auto byte_type = is_unsigned ? ElementType::kUint8 : ElementType::kInt8;
  if (!input.is_real) {
    if (example.type != byte_type)
      return refused(type_name(byte_type));
    return example.bytes;
  }
  switch (example.type) {
    case ElementType::kFloat32: {
      std::vector<float> values(example.bytes.size() / sizeof(float));
      std::memcpy(values.data(), example.bytes.data(), values.size() * sizeof(float));
      return values;
    }
    case ElementType::kInt8:
      if (is_unsigned)
        return refused("float32 or uint8");
      return nn::dequantise(example.bytes, input.quantisation);
    case ElementType::kUint8:
      break;
  }
  std::vector<float> values(example.bytes.size());
  constexpr float kWhite = 255;
  std::ranges::transform(example.bytes, values.begin(),
                         [](std::uint8_t byte) { return static_cast<float>(byte) / kWhite; });
  return values;
}

}  // namespace kestrel::run
