// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "command_line.hpp"

#include <charconv>
#include <limits>

namespace {

/// What is wrong with the option that getopt_long() has just refused.
std::string refusal(char** argv, int answer, const option* long_options) {
  const auto short_option = [] { return std::string("-") + static_cast<char>(optopt); };
  // A long option is a word of its own, which it has gone past; a short one may stand in a group,
  // and its letter is kept.
  const std::string word = argv[optind - 1];
  if (answer == ':')
    return (word.starts_with("--") ? word : short_option()) + " wants a value; see --help";
  for (const option* known = long_options; known->name != nullptr; ++known) {
    if (optopt == known->val)
      return "'" + word + "': --" + known->name + " takes no value; see --help";
  }
  return "'" + (optopt == 0 ? word : short_option()) + "' is no option; see --help";
}

}  // namespace

std::expected<std::uint64_t, std::string> parse_number(std::string_view option,
                                                       std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::unexpected(std::string(option) + " wants a number, not '" + std::string(text) +
                           "'");
  }
  return value;
}

std::expected<void, std::string> parse_count(std::string_view option, std::string_view text,
                                             std::uint64_t minimum, std::uint64_t& value) {
  const auto number = parse_number(option, text);
  if (!number)
    return std::unexpected(number.error());
  if (*number < minimum) {
    return std::unexpected(std::string(option) + " " + std::string(text) + " is less than " +
                           std::to_string(minimum));
  }
  value = *number;
  return {};
}

std::expected<std::uint64_t, std::string> parse_seconds(std::string_view option,
                                                        std::string_view text) {
  constexpr std::uint64_t kNanoseconds = 1'000'000'000, kDecimals = 9;
  const std::size_t point = text.find('.');
  std::string decimals(point == text.npos ? "" : text.substr(point + 1));
  const bool has_decimals = point == text.npos || !decimals.empty();
  if (!has_decimals || decimals.size() > kDecimals)
    return std::unexpected(std::string(option) + " wants seconds, not '" + std::string(text) + "'");
  decimals.resize(kDecimals, '0');

  const auto whole = parse_number(option, text.substr(0, point));
  const auto part = parse_number(option, decimals);
  if (!whole || !part || *whole > std::numeric_limits<std::int64_t>::max() / kNanoseconds - 1)
    return std::unexpected(std::string(option) + " wants seconds, not '" + std::string(text) + "'");
  return *whole * kNanoseconds + *part;
}

std::expected<std::span<char*>, std::string> parse_command_line(int argc, char** argv,
                                                                const char* letters,
                                                                const option* long_options,
                                                                const ApplyOption& apply) {
  optind = 0;  // From the start, and not within a group that an earlier call left.
  for (;;) {
    const int found = getopt_long(argc, argv, letters, long_options, nullptr);
    if (found == -1)
      return std::span(argv + optind, static_cast<std::size_t>(argc - optind));
    if (found == ':' || found == '?')
      return std::unexpected(refusal(argv, found, long_options));
    const auto applied = apply(found, optarg != nullptr ? optarg : "");
    if (!applied)
      return std::unexpected(applied.error());
    if (!*applied)
      return std::span<char*>();
  }
}
