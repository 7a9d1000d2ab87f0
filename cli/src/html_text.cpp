// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "html_text.hpp"

#include <format>

namespace presil::cli {

std::string html_text(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

std::string bytes_words(std::uint64_t bytes) {
  const auto number = static_cast<double>(bytes);
  if (bytes < 1024) {
    return std::format("{} bytes", bytes);
  }
  if (bytes < 1024 * 1024) {
    return std::format("{:.1f} KiB", number / 1024.0);
  }
  return std::format("{:.1f} MiB", number / (1024.0 * 1024.0));
}

std::string percent_words(double part) {
  return std::format("{:.1f} %", part * 100.0);
}

}  // namespace presil::cli
