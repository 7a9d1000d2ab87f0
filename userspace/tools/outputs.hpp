// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Outputs: what a model made of the examples, and whether that is what was expected.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "array.hpp"
#include "examples.hpp"
#include "nn/host.hpp"

namespace kestrel::run {

/// The model's first output for one example.
struct OutputRow {
  std::uint64_t index = 0;        ///< the example's
  std::vector<std::uint8_t> raw;  ///< as the device left it, int8 or uint8
  std::vector<float> scores;      ///< after what the host does, in the order of `raw`
  std::size_t predicted = 0;      ///< the greatest score, the first of equal ones
};

/// \param raw     elements of the output before the host's steps
/// \param values  after them
OutputRow output_row(std::uint64_t index, std::vector<std::uint8_t> raw, const nn::Values& values,
                     bool is_unsigned);

/// Rows of raw elements as one array, examples x elements.
Array raw_array(const std::vector<OutputRow>& rows, bool is_unsigned);

/// How rows compare with what was expected.
struct Comparison {
  std::string file;
  std::uint64_t compared = 0, equal = 0;
  std::string first_difference;  ///< a sentence; empty when all are equal
};

/// Compares each row with the expected array's row of its index; where that ends nothing is
/// compared.
///
/// \returns a sentence when the array is another one, or has none of the rows
Outcome<Comparison> compare(const std::vector<OutputRow>& rows, bool is_unsigned,
                            const Array& expected, const std::string& file);

}  // namespace kestrel::run
