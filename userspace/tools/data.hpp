// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Where the data comes from and where the copy goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <expected>
#include <memory>
#include <span>
#include <string>

/// Data that is read from front to back.
class Input {
 public:
  virtual ~Input() = default;
  /// Fills the span, or less of it at the end. \returns bytes read, or a sentence
  virtual std::expected<std::size_t, std::string> read(std::span<std::byte> into) = 0;
};

/// A file.
class FileInput final : public Input {
 public:
  static std::expected<std::unique_ptr<Input>, std::string> open(const std::string& path);
  FileInput(const FileInput&) = delete;
  FileInput& operator=(const FileInput&) = delete;
  ~FileInput() override;
  std::expected<std::size_t, std::string> read(std::span<std::byte> into) override;

 private:
  FileInput(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {}

  std::FILE* file_;
  std::string path_;
};

/// Random bytes, the same ones for the same seed, as long as all pieces but the last are multiples
/// of 8 bytes.
class RandomInput final : public Input {
 public:
  RandomInput(std::uint64_t seed, std::uint64_t bytes) : state_(seed), left_bytes_(bytes) {}
  std::expected<std::size_t, std::string> read(std::span<std::byte> into) override;

 private:
  std::uint64_t next();

  std::uint64_t state_;
  std::uint64_t left_bytes_;
};

/// A file that is there only if it is complete.
class Output {
 public:
  static std::expected<std::unique_ptr<Output>, std::string> create(const std::string& path);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  /// Removes the file if it is a regular one and was not finished.
  ~Output();

  std::expected<void, std::string> write(std::span<const std::byte> bytes);
  /// Makes sure that everything has been written. Called once, last.
  std::expected<void, std::string> finish();

 private:
  Output(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {}

  std::FILE* file_;  // Null once finished.
  std::string path_;
};
