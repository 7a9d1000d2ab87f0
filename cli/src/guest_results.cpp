// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "guest_results.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace presil::cli {
namespace {

constexpr std::string_view kMark = "\x1epresil-exit: ";

/// Whether `text`, which begins with the mark's first character, may still become a whole record
/// with nothing after it.
bool may_be_record(std::string_view text) {
  const auto shared = std::min(text.size(), kMark.size());
  if (text.substr(0, shared) != kMark.substr(0, shared)) {
    return false;
  }
  const auto digits = text.substr(shared);
  const auto end = digits.find_first_not_of("0123456789");
  return end == std::string_view::npos || (end > 0 && digits.substr(end) == "\n");
}

}  // namespace

std::string GuestResults::add(std::string_view piece) {
  held_ += piece;
  std::size_t output = 0;
  for (;;) {
    output = held_.find(kMark[0], output);
    if (output == std::string::npos) {
      return std::exchange(held_, {});
    }
    if (may_be_record(std::string_view(held_).substr(output))) {
      std::string text = held_.substr(0, output);
      held_.erase(0, output);
      return text;
    }
    ++output;
  }
}

std::string GuestResults::rest() const {
  return exit_status() ? std::string() : held_;
}

std::optional<int> GuestResults::exit_status() const {
  if (held_.size() <= kMark.size() || !held_.ends_with('\n')) {
    return std::nullopt;
  }
  int status = 0;
  std::from_chars(held_.data() + kMark.size(), held_.data() + held_.size(), status);
  return status;
}

}  // namespace presil::cli
