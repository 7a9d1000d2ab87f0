// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/record/log_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <format>

#include "sim/base/error.hpp"

namespace presil {
namespace {

// Mapped and reserved at a time; a multiple of every page size.
constexpr std::size_t kWindowBytes = 1u << 20;

}  // namespace

LogFile::LogFile(const std::filesystem::path& path)
    : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
  if (!fd_)
    throw Error(ExitStatus::kConfiguration,
                std::format("event log {}: {}", path.string(), std::strerror(errno)));
  if (!make_room(0))
    throw Error(ExitStatus::kSystem, std::format("event log {}: {}", path.string(), failure_));
}

LogFile::~LogFile() {
  close();
}

bool LogFile::make_room(std::size_t bytes) {
  if (!fd_)
    return false;
  if (window_ && used_ + bytes <= window_start_ + kWindowBytes)
    return true;

  // Windows overlap by half: a record never straddles the end of its window.
  unmap();
  window_start_ = used_ / (kWindowBytes / 2) * (kWindowBytes / 2);
  int error = ::posix_fallocate(fd_.get(), static_cast<off_t>(window_start_), kWindowBytes);
  if (error == 0) {
    void* map = ::mmap(nullptr, kWindowBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(),
                       static_cast<off_t>(window_start_));
    if (map != MAP_FAILED) {
      window_ = static_cast<char*>(map);
      return true;
    }
    error = errno;
  }
  failure_ = std::strerror(error);
  close();
  return false;
}

void LogFile::append(std::string_view text) {
  if (!make_room(text.size()))
    return;
  std::memcpy(window_ + (used_ - window_start_), text.data(), text.size());
  used_ += text.size();
}

void LogFile::unmap() {
  if (window_)
    ::munmap(window_, kWindowBytes);
  window_ = nullptr;
}

void LogFile::close() {
  unmap();
  if (!fd_)
    return;
  if (::ftruncate(fd_.get(), static_cast<off_t>(used_)) != 0 && failure_.empty())
    failure_ = std::strerror(errno);
  fd_.reset();
}

}  // namespace presil
