// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Buffer: memory that the accelerator reaches, mapped into the process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "device.hpp"
#include "error.hpp"

namespace kestrel {

/// One GEM object and its mapping. Exactly one owner closes the handle.
///
/// Shape: a flat run of `size_bytes()` bytes, whole pages, zero at first.
/// Threads: not synchronised.
/// Source: drm/kestrel_accel.h, struct drm_kestrel_bo_create.
class Buffer {
 public:
  /// \param size_bytes  rounded up to whole pages
  /// \returns the buffer, or EINVAL: size_bytes is 0 or above the device's limit
  static Result<std::unique_ptr<Buffer>> create(std::shared_ptr<Device> device,
                                                std::size_t size_bytes);

  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer();

  std::span<std::byte> bytes() const { return {data_, size_bytes_}; }
  std::size_t size_bytes() const { return size_bytes_; }
  std::uint32_t handle() const { return handle_; }
  const Device& device() const { return *device_; }

 private:
  Buffer(std::shared_ptr<Device> device, std::uint32_t handle, std::size_t size_bytes);

  Result<void> map();

  std::shared_ptr<Device> device_;
  std::uint32_t handle_;
  std::size_t size_bytes_;
  std::byte* data_ = nullptr;
};

}  // namespace kestrel
