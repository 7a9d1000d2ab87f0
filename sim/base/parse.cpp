// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/base/parse.hpp"

#include <charconv>
#include <system_error>
#include <utility>

namespace presil {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  const bool is_hex = text.starts_with("0x");
  if (is_hex)
    text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, is_hex ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::optional<Picoseconds> parse_time(std::string_view text) {
  // "s" ends all the others, so it comes last.
  constexpr std::pair<std::string_view, Picoseconds> kUnits[] = {
      {"ps", 1}, {"ns", 1000}, {"us", 1'000'000}, {"ms", 1'000'000'000}, {"s", 1'000'000'000'000}};
  for (const auto& [unit, picoseconds] : kUnits) {
    if (!text.ends_with(unit))
      continue;
    const auto number = parse_number(text.substr(0, text.size() - unit.size()));
    if (!number || *number > kLatestTime / picoseconds)
      return std::nullopt;
    return *number * picoseconds;
  }
  return std::nullopt;
}

}  // namespace presil
