// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What kestrel-run is asked to do.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace kestrel::run {

/// The command line.
struct RunOptions {
  std::optional<std::string> device;  ///< node; none: the first kestrel there is
  std::string model;
  std::vector<std::string> inputs;    ///< files; or
  std::optional<std::string> images;  ///< a data set's, of which are taken
  std::uint64_t first = 0, count = 1;
  std::optional<std::string> labels;    ///< of the data set
  std::optional<std::string> classes;   ///< a file with their names
  std::optional<std::string> output;    ///< where the raw outputs go
  std::optional<std::string> expected;  ///< what they should be
  std::optional<std::string> cache;     ///< folder of compiled models
  bool wants_profile = false, wants_json = false, wants_help = false;
};

extern const char kRunHelp[];

/// Reads the command line. \returns the options, or a sentence that says what is wrong with it
std::expected<RunOptions, std::string> parse_run_options(int argc, char** argv);

}  // namespace kestrel::run
