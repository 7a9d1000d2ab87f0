// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What kestrel-info shows of a device.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include <kestrel/kestrel.hpp>

/// One property and what the device says.
struct Fact {
  const char* key;    ///< In JSON: words and unit, joined by underscores.
  const char* label;  ///< In the table.
  const char* unit;   ///< In the table, or "".
  std::uint64_t value;
};

/// \returns all properties, in a fixed order, or a sentence
std::expected<std::vector<Fact>, std::string> facts_of(const kestrel::Device& device);

/// A line for each fact, after one with the node's path.
std::string as_table(const std::string& path, const std::vector<Fact>& facts);

/// One object: "path", and a number for each fact by its key.
std::string as_json(const std::string& path, const std::vector<Fact>& facts);
