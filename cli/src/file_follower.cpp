// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "file_follower.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

namespace presil::cli {

FileFollower::~FileFollower() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

std::string FileFollower::read_new() {
  if (descriptor_ < 0) {
    descriptor_ = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0) {
      return {};
    }
  }
  std::string text;
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const auto got = read(descriptor_, buffer.data(), buffer.size());
    if (got <= 0) {
      return text;
    }
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace presil::cli
