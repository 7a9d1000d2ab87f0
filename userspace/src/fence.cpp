// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "fence.hpp"

#include <linux/sync_file.h>

#include <cerrno>
#include <limits>
#include <utility>

#include <drm/drm.h>

namespace kestrel {
namespace {

/// What DRM_IOCTL_SYNCOBJ_WAIT takes: a point in time, and the largest for never.
std::int64_t deadline_ns(KernelInterface& kernel, std::int64_t timeout_ns) {
  constexpr auto kNever = std::numeric_limits<std::int64_t>::max();
  if (timeout_ns < 0)
    return kNever;
  const std::int64_t now_ns = kernel.now_ns();
  return timeout_ns > kNever - now_ns ? kNever : now_ns + timeout_ns;
}

}  // namespace

Fence::Fence(std::shared_ptr<Device> device) : device_(std::move(device)) {}

Fence::~Fence() {
  for (const std::uint32_t handle : handles_) {
    drm_syncobj_destroy args{};
    args.handle = handle;
    device_->give_back(DRM_IOCTL_SYNCOBJ_DESTROY, &args);
  }
}

Result<std::uint32_t> Fence::add() {
  handles_.push_back(0);  // First, so that no syncobj is lost when memory is out.
  drm_syncobj_create args{};
  if (auto called = device_->call(DRM_IOCTL_SYNCOBJ_CREATE, &args, "creating a syncobj"); !called) {
    handles_.pop_back();
    return std::unexpected(called.error());
  }
  return handles_.back() = args.handle;
}

Result<void> Fence::wait(std::int64_t timeout_ns) {
  if (auto waited = wait_for_all(timeout_ns); !waited)
    return waited;
  for (const std::uint32_t handle : handles_) {
    if (auto checked = check(handle); !checked)
      return checked;
  }
  return {};
}

Result<void> Fence::wait_for_all(std::int64_t timeout_ns) {
  drm_syncobj_wait args{};
  args.handles = reinterpret_cast<std::uintptr_t>(handles_.data());
  args.count_handles = static_cast<std::uint32_t>(handles_.size());
  args.timeout_nsec = deadline_ns(device_->kernel(), timeout_ns);
  args.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL;

  const int result =
      ioctl_restarting(device_->kernel(), device_->fd(), DRM_IOCTL_SYNCOBJ_WAIT, &args);
  // ETIME is also what a job can end with; the caller has to tell them apart.
  if (result == -ETIME)
    return failure(ETIMEDOUT, "waiting for the device");
  if (result < 0)
    return failure(-result, "waiting for the device");
  return {};
}

// A syncobj signals without saying how the job ended; a sync file made from it knows.
Result<void> Fence::check(std::uint32_t handle) {
  drm_syncobj_handle args{};
  args.handle = handle;
  args.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE;
  args.fd = -1;
  if (auto called = device_->call(DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &args, "looking at a job");
      !called) {
    return called;
  }

  KernelInterface& kernel = device_->kernel();
  sync_file_info info{};
  const int result = ioctl_restarting(kernel, args.fd, SYNC_IOC_FILE_INFO, &info);
  kernel.close(args.fd);
  if (result < 0)
    return failure(-result, "looking at a job");
  if (info.status < 0)
    return failure(-info.status, "the device's job failed");
  return {};
}

}  // namespace kestrel
