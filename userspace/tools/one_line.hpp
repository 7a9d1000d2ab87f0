// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Text from files and of other processes, made fit for a terminal.
#pragma once

#include <algorithm>
#include <string>

/// The text with '?' in place of control characters, so that it stays in its line and changes
/// nothing there. Bytes above 0x7f stay as they are: UTF-8.
inline std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char character) { return character < 0x20 || character == 0x7f; }, '?');
  return text;
}
