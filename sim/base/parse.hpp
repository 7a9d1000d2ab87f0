// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Numbers and times as a user writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/base/picoseconds.hpp"

namespace presil {

/// A whole number, decimal or with 0x; nothing else around it.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// A whole number with a unit: ps, ns, us, ms or s. At most kLatestTime.
std::optional<Picoseconds> parse_time(std::string_view text);

}  // namespace presil
