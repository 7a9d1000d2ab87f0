// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "progress_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

namespace presil::cli {

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressLine::update(const std::string& text) {
  if (!terminal_ || text == shown_) {
    return;
  }
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  std::cerr << "\r\x1b[K" << text.substr(0, known ? size.ws_col - 1u : 79u) << std::flush;
  shown_ = text;
}

void ProgressLine::clear() {
  if (!shown_.empty()) {
    std::cerr << "\r\x1b[K" << std::flush;
    shown_.clear();
  }
}

void ProgressLine::note(const std::string& text) {
  clear();
  std::cerr << "presil: " << text << "\n" << std::flush;
}

}  // namespace presil::cli
