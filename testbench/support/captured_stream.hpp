// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// CapturedStream: what a program writes to standard output or standard error, for a test to see.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace presil::testbench {

/// Leads a standard stream of this process elsewhere while it lives, by its descriptor, so that
/// all ways to write to it are caught, those of child processes included.
class CapturedStream {
 public:
  /// \param stream  STDOUT_FILENO or STDERR_FILENO.
  /// \param into    where it goes, not taken over; -1: into memory, for text().
  explicit CapturedStream(int stream, int into = -1) : stream_(stream) {
    std::fflush(nullptr);
    saved_ = dup(stream);
    memory_ = memfd_create("captured", MFD_CLOEXEC);
    if (saved_ < 0 || memory_ < 0 || dup2(into < 0 ? memory_ : into, stream) < 0) {
      throw std::runtime_error("a stream cannot be led elsewhere");
    }
  }
  ~CapturedStream() {
    std::fflush(nullptr);
    dup2(saved_, stream_);
    close(saved_);
    close(memory_);
  }
  CapturedStream(const CapturedStream&) = delete;
  CapturedStream& operator=(const CapturedStream&) = delete;

  /// All that was written so far.
  [[nodiscard]] std::string text() const {
    std::fflush(nullptr);
    std::string text;
    std::array<char, 4096> piece;
    for (ssize_t got = 0;
         (got = pread(memory_, piece.data(), piece.size(), static_cast<off_t>(text.size()))) > 0;) {
      text.append(piece.data(), static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  int stream_;
  int saved_ = -1;
  int memory_ = -1;
};

}  // namespace presil::testbench
