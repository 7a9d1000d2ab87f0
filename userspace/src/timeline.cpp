// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "timeline.hpp"

#include <cerrno>
#include <string>
#include <utility>

#include <drm/drm.h>

namespace kestrel::internal {

Result<std::unique_ptr<Timeline>> Timeline::create(std::shared_ptr<Device> device) {
  auto syncobj = Syncobj::create(std::move(device));
  if (!syncobj)
    return std::unexpected(syncobj.error());
  return std::make_unique<Timeline>(std::move(*syncobj));
}

Result<std::unique_ptr<Timeline>> Timeline::import(std::shared_ptr<Device> device, int fd) {
  auto syncobj = Syncobj::import(std::move(device), fd);
  if (!syncobj)
    return std::unexpected(syncobj.error());
  return std::make_unique<Timeline>(std::move(*syncobj));
}

Result<void> Timeline::signal(std::uint64_t point) {
  // The kernel would turn the timeline into a binary syncobj.
  if (point == 0)
    return failure(EINVAL, "raising a timeline to 0");
  const std::uint32_t handle = syncobj_.handle();
  drm_syncobj_timeline_array args{};
  args.handles = reinterpret_cast<std::uintptr_t>(&handle);
  args.points = reinterpret_cast<std::uintptr_t>(&point);
  args.count_handles = 1;
  const std::string what = "raising a timeline to " + std::to_string(point);
  return syncobj_.device().call(DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &args, what.c_str());
}

Result<std::uint64_t> Timeline::value() const {
  const std::uint32_t handle = syncobj_.handle();
  std::uint64_t point = 0;
  drm_syncobj_timeline_array args{};
  args.handles = reinterpret_cast<std::uintptr_t>(&handle);
  args.points = reinterpret_cast<std::uintptr_t>(&point);
  args.count_handles = 1;
  if (auto called = syncobj_.device().call(DRM_IOCTL_SYNCOBJ_QUERY, &args, "looking at a timeline");
      !called) {
    return std::unexpected(called.error());
  }
  return point;
}

Result<void> Timeline::wait(std::uint64_t point, std::int64_t timeout_ns) {
  // Every timeline stands at 0 or beyond; the kernel would wait for any fence.
  if (point == 0)
    return {};
  Device& device = syncobj_.device();
  const std::uint32_t handle = syncobj_.handle();
  drm_syncobj_timeline_wait args{};
  args.handles = reinterpret_cast<std::uintptr_t>(&handle);
  args.points = reinterpret_cast<std::uintptr_t>(&point);
  args.count_handles = 1;
  args.timeout_nsec = deadline_ns(device.kernel(), timeout_ns);
  args.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL | DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT;

  const int result =
      ioctl_restarting(device.kernel(), device.fd(), DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &args);
  const std::string what = "waiting for point " + std::to_string(point) + " of a timeline";
  if (result == -ETIME)
    return failure(ETIMEDOUT, what);
  if (result < 0)
    return failure(-result, what);
  return {};
}

}  // namespace kestrel::internal
