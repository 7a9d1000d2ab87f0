// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Error: why something failed, for programs (an errno) and for people (a sentence).
#pragma once

#include <cstring>
#include <expected>
#include <string>
#include <utility>

namespace kestrel {

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

}  // namespace kestrel
