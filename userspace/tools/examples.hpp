// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Examples: what a model is run with, one after another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "array.hpp"
#include "nn/host.hpp"
#include "nn/program.hpp"

namespace kestrel::run {

/// One input of the model, as it came from a file.
struct Example {
  std::string source;                  ///< the file, for people
  std::uint64_t index = 0;             ///< in the data set, or in the order of the command line
  std::optional<std::uint64_t> label;  ///< the class it is known to belong to
  ElementType type = ElementType::kUint8;
  std::vector<std::uint8_t> bytes;  ///< of its elements
  bool is_shown = false;            ///< 28 x 28 grey bytes
};

/// Cuts an array to examples: it has the input's shape, but for dimensions of 1, or one dimension
/// more in front, which is neither 0 nor above kMostInputs. They are numbered from `first` on.
///
/// \returns the examples, or a sentence that names source and input
Outcome<std::vector<Example>> examples_of(const Array& array, const nn::InputPort& input,
                                          const std::string& source, std::uint64_t first);

/// Gives the examples what they are, from an array with a number for each. \returns a sentence
/// when it is another array
Outcome<void> add_labels(std::vector<Example>& examples, const Array& labels,
                         const std::string& source);

/// An example as the session takes it. A real input takes float32 as it is, uint8 divided by 255,
/// which is what a picture means, and int8 as what its quantisation would have given; an input of
/// bytes takes its own type.
///
/// \returns the values, or a sentence that names source and input
Outcome<nn::Values> values_of(const Example& example, const nn::InputPort& input);

}  // namespace kestrel::run
