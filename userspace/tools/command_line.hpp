// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What the command lines of the tools have in common.
#pragma once

#include <getopt.h>

#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>

/// Statuses that all tools end with.
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;

/// \param option  as it is called in the sentence
/// \returns the number, decimal and nothing else, or a sentence
std::expected<std::uint64_t, std::string> parse_number(std::string_view option,
                                                       std::string_view text);

/// The same, at least `minimum`, into `value`. \returns a sentence if it is wrong
std::expected<void, std::string> parse_count(std::string_view option, std::string_view text,
                                             std::uint64_t minimum, std::uint64_t& value);

/// Seconds, with up to nine decimals. \returns nanoseconds, or a sentence
std::expected<std::uint64_t, std::string> parse_seconds(std::string_view option,
                                                        std::string_view text);

/// What to do with one option. \returns whether to go on, or a sentence that says what is wrong
using ApplyOption = std::function<std::expected<bool, std::string>(int option, std::string_view)>;

/// Goes through the options of a command line.
///
/// \param long_options   for getopt_long(), ended by zeros; letters in `val`
/// \returns what follows them, nothing if `apply` ended it, or a sentence
std::expected<std::span<char*>, std::string> parse_command_line(int argc, char** argv,
                                                                const char* letters,
                                                                const option* long_options,
                                                                const ApplyOption& apply);
