// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What kestrel-run shows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "examples.hpp"
#include "outputs.hpp"
#include "profile.hpp"

namespace kestrel::run {

/// All that a run found out.
struct Report {
  std::string model_name, model_sha256;
  std::string device;                ///< one line for people
  std::vector<std::string> classes;  ///< a name for each element of the output
  const std::vector<Example>* examples = nullptr;
  std::vector<OutputRow> rows;  ///< one for each example
  bool is_unsigned = false;     ///< of the raw elements
  std::optional<Profile> profile;
  std::optional<Comparison> comparison;
};

/// Bytes in base64. Source: RFC 4648, clause 4.
std::string base64(const std::vector<std::uint8_t>& bytes);

/// Lines for people: an input each, the layers, what came of a comparison.
std::string as_table(const Report& report);

/// One JSON object in one line: model, device, classes, pictures, layers, comparison. Numbers of
/// layers are summed over all inputs. Pixels are there for 28 x 28 grey bytes only.
std::string as_json(const Report& report);

}  // namespace kestrel::run
