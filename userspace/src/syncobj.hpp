// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Syncobj: a handle of a DRM synchronisation object, binary or a timeline.
#pragma once

#include <cstdint>
#include <memory>

#include "device.hpp"
#include "error.hpp"

namespace kestrel::internal {

/// Owns one handle.
class Syncobj {
 public:
  /// One that has no fence yet.
  static Result<Syncobj> create(std::shared_ptr<Device> device);
  /// A handle of one that another process exported. \param fd  lent
  static Result<Syncobj> import(std::shared_ptr<Device> device, int fd);

  Syncobj(Syncobj&& other) noexcept;
  Syncobj& operator=(Syncobj&& other) = delete;
  ~Syncobj();

  /// \param flags  of DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD. \returns a descriptor, the caller's
  Result<int> to_fd(std::uint32_t flags) const;
  /// Takes over the fence of a sync file. \param fd  lent
  Result<void> import_sync_file(int fd);

  std::uint32_t handle() const { return handle_; }
  Device& device() const { return *device_; }

 private:
  Syncobj(std::shared_ptr<Device> device, std::uint32_t handle);

  std::shared_ptr<Device> device_;
  std::uint32_t handle_;  // 0: moved away.
};

/// The point in time that the kernel's waits take for a duration; negative: never.
std::int64_t deadline_ns(KernelInterface& kernel, std::int64_t timeout_ns);

}  // namespace kestrel::internal
