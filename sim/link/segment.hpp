// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Segment: the shared memory that QEMU made, mapped and checked.
#pragma once

#include <presil_link.h>

#include <expected>
#include <string>
#include <utility>

#include "sim/base/unique_fd.hpp"

namespace presil {

/// Owns the mapping of one `presil_segment`. Move-only.
class Segment {
 public:
  /// Maps the segment behind `fd`.
  /// \returns the mapping, or in words what is wrong: not a sealed memfd, another size, magic or
  ///          version.
  static std::expected<Segment, std::string> map(const UniqueFd& fd);

  Segment(Segment&& other) noexcept
      : fd_(std::move(other.fd_)), memory_(std::exchange(other.memory_, nullptr)) {}
  Segment& operator=(Segment&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(memory_, other.memory_);
    return *this;
  }
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;
  ~Segment();

  presil_segment* operator->() const { return memory_; }

 private:
  Segment(UniqueFd fd, presil_segment* memory) : fd_(std::move(fd)), memory_(memory) {}

  // Kept open for whoever watches the run: /proc/<pid>/fd is where it finds the counters.
  UniqueFd fd_;
  presil_segment* memory_ = nullptr;
};

}  // namespace presil
