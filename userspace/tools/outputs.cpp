// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "outputs.hpp"

#include <algorithm>
#include <format>

namespace kestrel::run {
namespace {

int number(std::uint8_t byte, bool is_unsigned) {
  return is_unsigned ? byte : static_cast<std::int8_t>(byte);
}

}  // namespace

OutputRow output_row(std::uint64_t index, std::vector<std::uint8_t> raw, const nn::Values& values,
                     bool is_unsigned) {
  OutputRow row{.index = index, .raw = std::move(raw), .scores = {}, .predicted = 0};
  if (const auto* reals = std::get_if<std::vector<float>>(&values)) {
    row.scores = *reals;
  } else {
    for (const std::uint8_t byte : std::get<std::vector<std::uint8_t>>(values))
      row.scores.push_back(static_cast<float>(number(byte, is_unsigned)));
  }
  row.predicted =
      static_cast<std::size_t>(std::ranges::max_element(row.scores) - row.scores.begin());
  return row;
}

Array raw_array(const std::vector<OutputRow>& rows, bool is_unsigned) {
  Array array{is_unsigned ? ElementType::kUint8 : ElementType::kInt8,
              {static_cast<std::int64_t>(rows.size()),
               rows.empty() ? 0 : static_cast<std::int64_t>(rows.front().raw.size())},
              {}};
  for (const OutputRow& row : rows)
    array.bytes.insert(array.bytes.end(), row.raw.begin(), row.raw.end());
  return array;
}

Outcome<Comparison> compare(const std::vector<OutputRow>& rows, bool is_unsigned,
                            const Array& expected, const std::string& file) {
  const auto type = is_unsigned ? ElementType::kUint8 : ElementType::kInt8;
  const auto width = rows.empty() ? 0 : static_cast<std::int64_t>(rows.front().raw.size());
  if (expected.type != type || expected.shape.size() != 2 || expected.shape[1] != width) {
    return std::unexpected(std::format("'{}': {} of {}, but the outputs are {} of Nx{}", file,
                                       type_name(expected.type), nn::to_string(expected.shape),
                                       type_name(type), width));
  }
  Comparison result{.file = file, .compared = 0, .equal = 0, .first_difference = {}};
  for (const OutputRow& row : rows) {
    if (row.index >= static_cast<std::uint64_t>(expected.shape[0]))
      continue;
    ++result.compared;
    const auto wanted =
        expected.bytes.begin() + static_cast<std::ptrdiff_t>(row.index * row.raw.size());
    const auto [is, should] = std::mismatch(row.raw.begin(), row.raw.end(), wanted);
    if (is == row.raw.end()) {
      ++result.equal;
    } else if (result.first_difference.empty()) {
      result.first_difference =
          std::format("element {} of input {} is {}, not {}", is - row.raw.begin(), row.index,
                      number(*is, is_unsigned), number(*should, is_unsigned));
    }
  }
  if (result.compared == 0) {
    return std::unexpected(
        std::format("'{}': it has {} rows, none of these inputs'", file, expected.shape[0]));
  }
  return result;
}

}  // namespace kestrel::run
