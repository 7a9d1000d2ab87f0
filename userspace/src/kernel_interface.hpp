// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// KernelInterface: every system call of the library, so that tests can stand in for the kernel.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kestrel::internal {

/// The kernel as the library sees it. Failures are negative errnos; nothing is retried here.
///
/// Threads: every function can be called from any thread at any time.
class KernelInterface {
 public:
  virtual ~KernelInterface() = default;

  /// Opens for reading and writing. \returns a descriptor, or -errno of open()
  virtual int open(const char* path) = 0;
  virtual void close(int fd) = 0;
  /// Another descriptor of the same file, closed at exec(). \returns it, or -errno of fcntl()
  virtual int duplicate(int fd) = 0;
  /// Where the file ends. \returns bytes, or -errno of lseek()
  virtual std::int64_t size_bytes(int fd) = 0;
  /// \returns 0 or more, or -errno of ioctl()
  virtual int ioctl(int fd, unsigned long request, void* argument) = 0;
  /// Maps for reading and writing, shared. \returns 0, or -errno of mmap()
  virtual int map(int fd, std::uint64_t offset, std::size_t size_bytes, void** address) = 0;
  virtual void unmap(void* address, std::size_t size_bytes) = 0;
  /// CLOCK_MONOTONIC, nanoseconds.
  virtual std::int64_t now_ns() = 0;
};

/// The kernel that the process runs on.
KernelInterface& running_kernel();

}  // namespace kestrel::internal
