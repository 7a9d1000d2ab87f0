// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/rtl/wave_window.hpp"

#include "sim/base/parse.hpp"

namespace presil {

std::optional<WaveTrigger> WaveTrigger::parse(std::string_view text) {
  const auto with = [](Kind kind, std::optional<std::uint64_t> value) {
    return value ? std::optional(WaveTrigger{kind, *value}) : std::nullopt;
  };
  if (text.starts_with("msix:")) {
    const auto number = parse_number(text.substr(5));
    return with(Kind::kMsix, number == 0u ? std::nullopt : number);
  }
  if (text.starts_with("write:"))
    return with(Kind::kWrite, parse_number(text.substr(6)));
  return with(Kind::kTime, parse_time(text));
}

}  // namespace presil
