// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Texts and numbers as HTML and SVG want them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace presil::cli {

/// Any text as content of an element or of an attribute in double quotes.
std::string html_text(std::string_view text);

/// "1,234,567".
std::string grouped(std::uint64_t number);

/// "12 bytes", "34.5 KiB", "6.7 MiB".
std::string bytes_words(std::uint64_t bytes);

/// "87.6 %", of a part from 0 to 1.
std::string percent_words(double part);

}  // namespace presil::cli
