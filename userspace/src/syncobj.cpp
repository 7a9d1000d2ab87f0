// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "syncobj.hpp"

#include <limits>
#include <utility>

#include <drm/drm.h>

namespace kestrel::internal {

std::int64_t deadline_ns(KernelInterface& kernel, std::int64_t timeout_ns) {
  constexpr auto kNever = std::numeric_limits<std::int64_t>::max();
  if (timeout_ns < 0)
    return kNever;
  const std::int64_t now_ns = kernel.now_ns();
  return timeout_ns > kNever - now_ns ? kNever : now_ns + timeout_ns;
}

Result<Syncobj> Syncobj::create(std::shared_ptr<Device> device) {
  drm_syncobj_create args{};
  if (auto called = device->call(DRM_IOCTL_SYNCOBJ_CREATE, &args, "creating a syncobj"); !called)
    return std::unexpected(called.error());
  return Syncobj(std::move(device), args.handle);
}

Result<Syncobj> Syncobj::import(std::shared_ptr<Device> device, int fd) {
  drm_syncobj_handle args{};
  args.fd = fd;
  if (auto called = device->call(DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &args, "importing a syncobj");
      !called) {
    return std::unexpected(called.error());
  }
  return Syncobj(std::move(device), args.handle);
}

Syncobj::Syncobj(std::shared_ptr<Device> device, std::uint32_t handle)
    : device_(std::move(device)), handle_(handle) {}

Syncobj::Syncobj(Syncobj&& other) noexcept
    : device_(std::move(other.device_)), handle_(std::exchange(other.handle_, 0)) {}

Syncobj::~Syncobj() {
  if (handle_ == 0)
    return;
  drm_syncobj_destroy args{};
  args.handle = handle_;
  device_->give_back(DRM_IOCTL_SYNCOBJ_DESTROY, &args);
}

Result<int> Syncobj::to_fd(std::uint32_t flags) const {
  drm_syncobj_handle args{};
  args.handle = handle_;
  args.flags = flags;
  args.fd = -1;
  if (auto called = device_->call(DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &args, "exporting a syncobj");
      !called) {
    return std::unexpected(called.error());
  }
  return args.fd;
}

Result<void> Syncobj::import_sync_file(int fd) {
  drm_syncobj_handle args{};
  args.handle = handle_;
  args.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE;
  args.fd = fd;
  return device_->call(DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &args, "importing a sync file");
}

}  // namespace kestrel::internal
