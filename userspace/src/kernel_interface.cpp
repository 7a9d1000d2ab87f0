// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "kernel_interface.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

namespace kestrel::internal {
namespace {

class RunningKernel final : public KernelInterface {
 public:
  int open(const char* path) override {
    const int fd = ::open(path, O_RDWR | O_CLOEXEC);
    return fd >= 0 ? fd : -errno;
  }

  void close(int fd) override { ::close(fd); }

  int duplicate(int fd) override {
    const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return copy >= 0 ? copy : -errno;
  }

  std::int64_t size_bytes(int fd) override {
    const off_t end = ::lseek(fd, 0, SEEK_END);
    return end >= 0 ? end : -errno;
  }

  int ioctl(int fd, unsigned long request, void* argument) override {
    const int result = ::ioctl(fd, request, argument);
    return result >= 0 ? result : -errno;
  }

  int map(int fd, std::uint64_t offset, std::size_t size_bytes, void** address) override {
    void* const mapped = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                                static_cast<off_t>(offset));
    if (mapped == MAP_FAILED)
      return -errno;
    *address = mapped;
    return 0;
  }

  void unmap(void* address, std::size_t size_bytes) override { ::munmap(address, size_bytes); }

  std::int64_t now_ns() override {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
  }
};

}  // namespace

KernelInterface& running_kernel() {
  static RunningKernel kernel;
  return kernel;
}

}  // namespace kestrel::internal
