// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Error: why a model cannot be loaded, compiled or run, as a sentence.
#pragma once

#include <expected>
#include <format>
#include <stdexcept>
#include <string>
#include <utility>

namespace kestrel::nn {

/// Why something failed: one line, lower case, no full stop, with names and numbers.
struct Error {
  std::string text;
};

template <typename T>
using Result = std::expected<T, Error>;

/// Thrown inside of the library to refuse a model, and turned into an Error by every public
/// function, so that it never reaches a caller.
class Refusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws a Refusal.
template <typename... Arguments>
[[noreturn]] void refuse(std::format_string<Arguments...> text, Arguments&&... arguments) {
  throw Refusal(std::format(text, std::forward<Arguments>(arguments)...));
}

/// Calls `function` and makes a Result of what it returns, or of the Refusal that it throws.
template <typename Function>
auto guarded(Function function) -> Result<decltype(function())> {
  try {
    return function();
  } catch (const Refusal& refusal) {
    return std::unexpected(Error{refusal.what()});
  } catch (const std::bad_alloc&) {
    return std::unexpected(Error{"out of memory"});
  }
}

}  // namespace kestrel::nn
