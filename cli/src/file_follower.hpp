// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// FileFollower: what was appended to a file since the last look.
#pragma once

#include <filesystem>
#include <string>

namespace presil::cli {

/// Reads a growing file piece by piece. The file need not exist yet.
class FileFollower {
 public:
  explicit FileFollower(std::filesystem::path path) : path_(std::move(path)) {}
  FileFollower(const FileFollower&) = delete;
  FileFollower& operator=(const FileFollower&) = delete;
  ~FileFollower();

  /// The bytes since the last call; empty when there are none.
  std::string read_new();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace presil::cli
