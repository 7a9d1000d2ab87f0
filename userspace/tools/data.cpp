// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "data.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace {

std::string failed(const char* what, const std::string& path) {
  return std::string(what) + " " + path + " failed: " + std::strerror(errno);
}

}  // namespace

std::expected<std::unique_ptr<Input>, std::string> FileInput::open(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr)
    return std::unexpected(failed("opening", path));
  return std::unique_ptr<Input>(new FileInput(file, path));
}

FileInput::~FileInput() {
  std::fclose(file_);
}

std::expected<std::size_t, std::string> FileInput::read(std::span<std::byte> into) {
  const std::size_t bytes = std::fread(into.data(), 1, into.size(), file_);
  if (std::ferror(file_) != 0)
    return std::unexpected(failed("reading", path_));
  return bytes;
}

std::expected<std::size_t, std::string> RandomInput::read(std::span<std::byte> into) {
  const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left_bytes_));
  for (std::size_t i = 0; i < bytes; i += sizeof(std::uint64_t)) {
    const std::uint64_t word = next();
    std::memcpy(&into[i], &word, std::min(sizeof(word), bytes - i));
  }
  left_bytes_ -= bytes;
  return bytes;
}

// SplitMix64, after Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators".
std::uint64_t RandomInput::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::expected<std::unique_ptr<Output>, std::string> Output::create(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr)
    return std::unexpected(failed("creating", path));
  return std::unique_ptr<Output>(new Output(file, path));
}

Output::~Output() {
  if (file_ == nullptr)
    return;
  struct stat status{};
  if (fstat(fileno(file_), &status) == 0 && S_ISREG(status.st_mode))
    unlink(path_.c_str());
  std::fclose(file_);
}

std::expected<void, std::string> Output::write(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
    return std::unexpected(failed("writing", path_));
  }
  return {};
}

std::expected<void, std::string> Output::finish() {
  if (std::fflush(file_) != 0)
    return std::unexpected(failed("writing", path_));
  std::fclose(std::exchange(file_, nullptr));
  return {};
}
