// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Buffer objects as a test sees them: mapped into the process, and passed on as dma-bufs.
#pragma once

#include <cstdint>
#include <span>

#include "raw_device.hpp"

/// A buffer mapped into the process. Ends the case if that fails.
class MappedBuffer {
 public:
  /// \param vm_id  that it is private to, or 0
  MappedBuffer(const RawDevice& device, std::uint64_t size_bytes, std::uint32_t vm_id = 0);
  MappedBuffer(const MappedBuffer&) = delete;
  MappedBuffer& operator=(const MappedBuffer&) = delete;
  ~MappedBuffer();

  std::uint32_t handle() const { return handle_; }
  std::span<std::uint8_t> bytes() const { return bytes_; }
  std::uint64_t size_bytes() const { return bytes_.size(); }

 private:
  std::uint32_t handle_;
  std::span<std::uint8_t> bytes_;
};

/// Maps a descriptor; ends the case if that fails.
class MappedFile {
 public:
  MappedFile(int fd, std::uint64_t size_bytes, std::uint64_t offset = 0);
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::span<std::uint8_t> bytes() const { return bytes_; }

 private:
  std::span<std::uint8_t> bytes_;
};

/// The offset at which a buffer can be mapped; ends the case if it has none.
std::uint64_t mmap_offset(const RawDevice& device, std::uint32_t handle);

/// \returns a dma-buf's descriptor, or -errno
int export_buffer(const RawDevice& device, std::uint32_t handle);
/// \returns 0 or -errno
int import_buffer(const RawDevice& device, int fd, std::uint32_t& handle);

/// Bytes that tell their places, and different seeds, apart.
void fill(std::span<std::uint8_t> bytes, unsigned seed);
/// Whether all bytes have one value.
bool all_are(std::span<const std::uint8_t> bytes, std::uint8_t value);
