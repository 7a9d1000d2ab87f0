// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// LogFile: an append-only text file that survives the death of its writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "sim/base/unique_fd.hpp"

namespace presil {

/// Appends through a shared mapping, so what was written is in the file even after SIGKILL. Space
/// is reserved before it is mapped, so a full disk is a reported failure, never a SIGBUS. While
/// open, the file ends in zero bytes up to the reserved size; closing trims them, and so may a
/// reader of a file whose writer died.
///
/// Errors: opening throws Error; later failures stop the recording and are kept in `failure()`.
class LogFile {
 public:
  explicit LogFile(const std::filesystem::path& path);
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile();

  void append(std::string_view text);

  /// Trims the file to what was written. Later appends are dropped.
  void close();

  /// Why appending stopped; empty: it did not.
  const std::string& failure() const { return failure_; }

 private:
  bool make_room(std::size_t bytes);
  void unmap();

  UniqueFd fd_;
  std::string failure_;
  char* window_ = nullptr;
  std::uint64_t window_start_ = 0;  // Offset of the window in the file.
  std::uint64_t used_ = 0;          // Bytes of text in the file.
};

}  // namespace presil
