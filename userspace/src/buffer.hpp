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

namespace kestrel::internal {

class Vm;

/// One GEM object and its mapping. Exactly one owner closes the handle.
///
/// Shape: a flat run of `size_bytes()` bytes, whole pages; zero at first unless imported.
/// Threads: not synchronised.
/// Source: drm/kestrel_accel.h, struct drm_kestrel_bo_create.
class Buffer {
 public:
  /// \param size_bytes  rounded up to whole pages
  /// \returns the buffer, or EINVAL: size_bytes is 0 or above the device's limit
  static Result<std::unique_ptr<Buffer>> create(std::shared_ptr<Device> device,
                                                std::size_t size_bytes);

  /// The same, to be bound in this VM only.
  static Result<std::unique_ptr<Buffer>> create_private(const Vm& vm, std::size_t size_bytes);

  /// \param fd  a dma-buf, lent
  /// \returns the buffer, mapped if its exporter can; or an errno of the import
  static Result<std::unique_ptr<Buffer>> import(std::shared_ptr<Device> device, int fd);

  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer();

  /// Hands a range to the device or back. \param flags  of drm_kestrel_bo_sync_flags
  Result<void> sync(std::uint32_t flags, std::size_t offset_bytes, std::size_t length_bytes);

  /// \returns a dma-buf, the caller's, or EINVAL: the buffer is private
  Result<int> export_fd();

  /// Empty for an imported buffer that cannot be mapped.
  std::span<std::byte> bytes() const { return {data_, data_ != nullptr ? size_bytes_ : 0}; }
  std::size_t size_bytes() const { return size_bytes_; }
  std::uint32_t handle() const { return handle_; }
  bool is_private() const { return is_private_; }
  Device& device() const { return *device_; }

  /// What copies keep with the buffer: where it is bound for them. Goes with the buffer.
  std::shared_ptr<void> attachment;

 private:
  Buffer(std::shared_ptr<Device> device, std::uint32_t handle, std::size_t size_bytes,
         bool is_private);

  static Result<std::unique_ptr<Buffer>> create_in(std::shared_ptr<Device> device,
                                                   std::size_t size_bytes, std::uint32_t vm_id);
  Result<void> map();
  Result<void> sync_imported(std::uint32_t flags);

  const std::shared_ptr<Device> device_;
  const std::uint32_t handle_;
  const std::size_t size_bytes_;
  const bool is_private_;
  int imported_fd_ = -1;  // Of the exporter; owned.
  std::byte* data_ = nullptr;
};

}  // namespace kestrel::internal
