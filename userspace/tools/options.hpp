// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What kestrel-copy is asked to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

/// The command line.
struct Options {
  enum class Action { kCopyFile, kCopyRandom, kShowInfo, kShowHelp };

  Action action = Action::kCopyFile;
  std::optional<std::string> device;   ///< Device node; none: the first kestrel there is.
  std::string file;                    ///< kCopyFile: what to copy.
  std::optional<std::string> dest;     ///< kCopyFile: where the copy goes; none: nowhere.
  std::uint64_t random_bytes = 0;      ///< kCopyRandom: how much to copy.
  std::uint64_t seed = 1;              ///< kCopyRandom: picks the data.
  std::size_t source_offset = 0;       ///< Start of the data in its buffer, bytes.
  std::size_t destination_offset = 0;  ///< Start of the copy in its buffer, bytes.
  std::uint64_t repeat = 1;            ///< How often everything is copied.
};

extern const char kHelp[];

/// Reads the command line. \returns the options, or a sentence that says what is wrong with it
std::expected<Options, std::string> parse_options(int argc, char** argv);
