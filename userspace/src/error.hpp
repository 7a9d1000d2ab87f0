// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Error: why something failed, for programs (an errno) and for people (a sentence).
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <expected>
#include <string>
#include <utility>

namespace kestrel::internal {

/// Why something failed.
struct Error {
  int code;          ///< errno, positive.
  std::string text;  ///< Lower case, no full stop.
};

template <typename T>
using Result = std::expected<T, Error>;

/// A failed Result.
///
/// \param code  errno, positive
/// \param what  what was tried: "opening /dev/accel/accel0"; the errno's text is appended
[[nodiscard]] inline std::unexpected<Error> failure(int code, const std::string& what) {
  return std::unexpected(Error{code, what + ": " + std::strerror(code)});
}

/// "0x1f000", as addresses are written in an error's text.
inline std::string hex(std::uint64_t value) {
  std::array<char, 16> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return "0x" + std::string(digits.data(), written.ptr);
}

}  // namespace kestrel::internal
