// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Sha256: the hash that digests and cache names are made of.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace presil::cli {

/// A running SHA-256 (FIPS 180-4).
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  /// Adds a file's content. \throws Error  it cannot be read.
  void add_file(const std::filesystem::path& path);
  /// The hash so far, 64 lower-case hex digits; ends the object's use.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A run's digest: SHA-256 over the files in the order given, each preceded by its length, so that
/// no byte can move from one file to the next unseen.
///
/// \throws Error  a file cannot be read.
std::string digest_of_files(std::span<const std::filesystem::path> files);

}  // namespace presil::cli
