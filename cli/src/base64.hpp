// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Base64, as RFC 4648 has it in clause 4: with padding, without line ends.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace presil::cli {

/// The text of any bytes; no bytes give no text.
std::string base64_text(std::span<const std::uint8_t> bytes);

/// The bytes of a text, or nothing if it is no base64: a length that is not a multiple of four, a
/// character that does not belong, white space too.
std::optional<std::vector<std::uint8_t>> base64_bytes(std::string_view text);

}  // namespace presil::cli
