// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RecordText: one record of the event log, put together without std::format.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace presil {

/// For records that are written every few clock cycles, where formatting would show in the
/// harness's speed. What does not fit any more is cut off.
class RecordText {
 public:
  RecordText& text(std::string_view piece) {
    end_ = std::ranges::copy(piece.substr(0, room()), end_).out;
    return *this;
  }

  RecordText& decimal(std::uint64_t value) {
    const auto [end, error] = std::to_chars(end_, end_ + room(), value);
    end_ = error == std::errc() ? end : end_;
    return *this;
  }

  /// With "0x" and no leading zeros.
  RecordText& hex(std::uint64_t value) {
    text("0x");
    const auto [end, error] = std::to_chars(end_, end_ + room(), value, 16);
    end_ = error == std::errc() ? end : end_;
    return *this;
  }

  /// All sixteen digits.
  RecordText& hex16(std::uint64_t value) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::array<char, 16> digits;
    for (std::size_t i = digits.size(); i-- > 0; value >>= 4)
      digits[i] = kDigits[value & 0xf];
    return text({digits.data(), digits.size()});
  }

  std::string_view view() const { return {buffer_.data(), end_}; }

 private:
  static constexpr std::size_t kBytes = 256;

  std::size_t room() const { return static_cast<std::size_t>(buffer_.data() + kBytes - end_); }

  std::array<char, kBytes> buffer_;
  char* end_ = buffer_.data();
};

}  // namespace presil
