// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "syncobj.hpp"

#include <linux/sync_file.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "guest_time.hpp"
#include "ktap.hpp"

namespace {

constexpr std::int64_t kLongNs = 60 * kSecondNs;

/// \returns a descriptor, or -errno
int export_sync_file(const RawDevice& device, std::uint32_t syncobj) {
  drm_syncobj_handle args{};
  args.handle = syncobj;
  args.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE;
  const int result = device.call(DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &args);
  return result < 0 ? result : args.fd;
}

int sync_file_status(int fd) {
  sync_file_info info{};
  return ioctl(fd, SYNC_IOC_FILE_INFO, &info) < 0 ? -errno : info.status;
}

int wait_until(const RawDevice& device, std::uint32_t handle, std::int64_t deadline_ns) {
  drm_syncobj_wait args{};
  args.handles = reinterpret_cast<std::uintptr_t>(&handle);
  args.count_handles = 1;
  args.timeout_nsec = deadline_ns;
  args.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT;
  return device.call(DRM_IOCTL_SYNCOBJ_WAIT, &args);
}

}  // namespace

std::uint32_t make_syncobj(const RawDevice& device, std::uint32_t flags) {
  drm_syncobj_create args{};
  args.flags = flags;
  REQUIRE_EQ(device.call(DRM_IOCTL_SYNCOBJ_CREATE, &args), 0);
  return args.handle;
}

int destroy_syncobj(const RawDevice& device, std::uint32_t handle) {
  drm_syncobj_destroy args{};
  args.handle = handle;
  return device.call(DRM_IOCTL_SYNCOBJ_DESTROY, &args);
}

int wait_syncobj(const RawDevice& device, std::uint32_t handle, std::int64_t wait_ns) {
  return wait_until(device, handle, now_ns() + wait_ns);
}

int wait_syncobj(const RawDevice& device, std::uint32_t handle) {
  const std::int64_t deadline_ns = now_ns() + kLongNs;
  int result = 0;
  do {
    result = wait_until(device, handle, deadline_ns);
  } while (result == -EINTR);
  return result;
}

int wait_point(const RawDevice& device, std::uint32_t handle, std::uint64_t point) {
  drm_syncobj_timeline_wait args{};
  args.handles = reinterpret_cast<std::uintptr_t>(&handle);
  args.points = reinterpret_cast<std::uintptr_t>(&point);
  args.count_handles = 1;
  args.timeout_nsec = now_ns() + kLongNs;
  args.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT;
  int result = 0;
  do {
    result = device.call(DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &args);
  } while (result == -EINTR);
  return result;
}

std::uint64_t signalled_point(const RawDevice& device, std::uint32_t handle) {
  std::uint64_t point = 0;
  drm_syncobj_timeline_array args{};
  args.handles = reinterpret_cast<std::uintptr_t>(&handle);
  args.points = reinterpret_cast<std::uintptr_t>(&point);
  args.count_handles = 1;
  REQUIRE_EQ(device.call(DRM_IOCTL_SYNCOBJ_QUERY, &args), 0);
  return point;
}

int signal_point(const RawDevice& device, std::uint32_t handle, std::uint64_t point) {
  drm_syncobj_timeline_array args{};
  args.handles = reinterpret_cast<std::uintptr_t>(&handle);
  args.points = reinterpret_cast<std::uintptr_t>(&point);
  args.count_handles = 1;
  return device.call(DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &args);
}

int reset_syncobj(const RawDevice& device, std::uint32_t handle) {
  drm_syncobj_array args{};
  args.handles = reinterpret_cast<std::uintptr_t>(&handle);
  args.count_handles = 1;
  return device.call(DRM_IOCTL_SYNCOBJ_RESET, &args);
}

int job_status(const RawDevice& device, std::uint32_t handle) {
  const int fd = export_sync_file(device, handle);
  if (fd < 0)
    return fd;
  const int status = sync_file_status(fd);
  close(fd);
  return status;
}

int job_status(const RawDevice& device, std::uint32_t handle, std::uint64_t point) {
  // Only a binary syncobj gives a sync file.
  const std::uint32_t copy = make_syncobj(device);
  drm_syncobj_transfer args{};
  args.src_handle = handle;
  args.src_point = point;
  args.dst_handle = copy;
  int status = device.call(DRM_IOCTL_SYNCOBJ_TRANSFER, &args);
  if (status == 0)
    status = job_status(device, copy);
  destroy_syncobj(device, copy);
  return status;
}

std::uint32_t share_syncobj(const RawDevice& from, std::uint32_t handle, const RawDevice& to) {
  drm_syncobj_handle args{};
  args.handle = handle;
  REQUIRE_EQ(from.call(DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &args), 0);
  const int result = to.call(DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &args);
  close(args.fd);
  REQUIRE_EQ(result, 0);
  return args.handle;
}

SyncFile::SyncFile(const RawDevice& device, std::uint32_t syncobj)
    : fd_(export_sync_file(device, syncobj)) {
  REQUIRE(fd_ >= 0);
}

SyncFile::SyncFile(SyncFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

SyncFile::~SyncFile() {
  if (fd_ >= 0)
    close(fd_);
}

int SyncFile::wait() const {
  pollfd polled{.fd = fd_, .events = POLLIN, .revents = 0};
  const std::int64_t deadline_ns = now_ns() + kLongNs;
  for (;;) {
    const std::int64_t left_ms = (deadline_ns - now_ns()) / kMillisecondNs;
    if (poll(&polled, 1, static_cast<int>(left_ms)) >= 0)
      return sync_file_status(fd_);
    if (errno != EINTR)
      return -errno;
  }
}

int SyncFile::status() const {
  return sync_file_status(fd_);
}

std::int64_t SyncFile::ended_ns() const {
  sync_fence_info fence{};
  sync_file_info info{};
  info.num_fences = 1;
  info.sync_fence_info = reinterpret_cast<std::uintptr_t>(&fence);
  if (ioctl(fd_, SYNC_IOC_FILE_INFO, &info) < 0 || fence.status == 0)
    return 0;
  return static_cast<std::int64_t>(fence.timestamp_ns);
}

drm_kestrel_sync binary(std::uint32_t handle) {
  drm_kestrel_sync sync{};
  sync.handle = handle;
  return sync;
}

drm_kestrel_sync timeline(std::uint32_t handle, std::uint64_t point) {
  drm_kestrel_sync sync{};
  sync.handle = handle;
  sync.flags = DRM_KESTREL_SYNC_TIMELINE;
  sync.point = point;
  return sync;
}
