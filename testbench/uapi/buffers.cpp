// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "buffers.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>

#include "ktap.hpp"

namespace {

std::span<std::uint8_t> map_file(int fd, std::uint64_t size_bytes, std::uint64_t offset) {
  const auto size = static_cast<std::size_t>(size_bytes);
  void* const address =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, static_cast<off_t>(offset));
  REQUIRE(address != MAP_FAILED);
  return {static_cast<std::uint8_t*>(address), size};
}

}  // namespace

MappedBuffer::MappedBuffer(const RawDevice& device, std::uint64_t size_bytes, std::uint32_t vm_id)
    : handle_(device.make_buffer(size_bytes, vm_id)),
      bytes_(map_file(device.fd(), size_bytes, mmap_offset(device, handle_))) {}

MappedBuffer::~MappedBuffer() {
  munmap(bytes_.data(), bytes_.size());
}

MappedFile::MappedFile(int fd, std::uint64_t size_bytes, std::uint64_t offset)
    : bytes_(map_file(fd, size_bytes, offset)) {}

MappedFile::~MappedFile() {
  munmap(bytes_.data(), bytes_.size());
}

std::uint64_t mmap_offset(const RawDevice& device, std::uint32_t handle) {
  drm_kestrel_bo_mmap_offset args{};
  args.handle = handle;
  REQUIRE_EQ(device.call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, &args), 0);
  return args.offset;
}

int export_buffer(const RawDevice& device, std::uint32_t handle) {
  drm_prime_handle args{};
  args.handle = handle;
  args.flags = O_CLOEXEC | O_RDWR;
  const int result = device.call(DRM_IOCTL_PRIME_HANDLE_TO_FD, &args);
  return result < 0 ? result : args.fd;
}

int import_buffer(const RawDevice& device, int fd, std::uint32_t& handle) {
  drm_prime_handle args{};
  args.fd = fd;
  const int result = device.call(DRM_IOCTL_PRIME_FD_TO_HANDLE, &args);
  handle = args.handle;
  return result;
}

void fill(std::span<std::uint8_t> bytes, unsigned seed) {
  std::uint32_t state = seed * 2654435761u + 1;
  for (std::uint8_t& byte : bytes) {
    state = state * 1664525u + 1013904223u;  // Knuth's and Lewis' generator.
    byte = static_cast<std::uint8_t>(state >> 24);
  }
}

bool all_are(std::span<const std::uint8_t> bytes, std::uint8_t value) {
  return std::ranges::all_of(bytes, [value](std::uint8_t byte) { return byte == value; });
}
