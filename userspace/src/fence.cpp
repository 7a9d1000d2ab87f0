// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "fence.hpp"

#include <linux/sync_file.h>

#include <cerrno>
#include <utility>

#include <drm/drm.h>

namespace kestrel::internal {

Fence::Fence(std::shared_ptr<Device> device) : device_(std::move(device)) {}

Result<std::unique_ptr<Fence>> Fence::import(std::shared_ptr<Device> device, int fd) {
  auto fence = std::make_unique<Fence>(std::move(device));
  if (const auto added = fence->add(); !added)
    return std::unexpected(added.error());
  if (auto imported = fence->syncobjs_.back().import_sync_file(fd); !imported)
    return std::unexpected(imported.error());
  return fence;
}

Result<std::uint32_t> Fence::add() {
  auto syncobj = Syncobj::create(device_);
  if (!syncobj)
    return std::unexpected(syncobj.error());
  return syncobjs_.emplace_back(std::move(*syncobj)).handle();
}

Result<void> Fence::wait(std::int64_t timeout_ns) {
  if (auto waited = wait_for_all(timeout_ns); !waited)
    return waited;
  if (on_end)
    on_end();
  for (const Syncobj& syncobj : syncobjs_) {
    if (auto checked = check(syncobj); !checked)
      return checked;
  }
  return {};
}

Result<void> Fence::wait_for_all(std::int64_t timeout_ns) {
  std::vector<std::uint32_t> handles;
  for (const Syncobj& syncobj : syncobjs_)
    handles.push_back(syncobj.handle());

  drm_syncobj_wait args{};
  args.handles = reinterpret_cast<std::uintptr_t>(handles.data());
  args.count_handles = static_cast<std::uint32_t>(handles.size());
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
Result<void> Fence::check(const Syncobj& syncobj) {
  const auto fd = syncobj.to_fd(DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE);
  if (!fd)
    return std::unexpected(fd.error());

  KernelInterface& kernel = device_->kernel();
  sync_file_info info{};
  const int result = ioctl_restarting(kernel, *fd, SYNC_IOC_FILE_INFO, &info);
  kernel.close(*fd);
  if (result < 0)
    return failure(-result, "looking at a job");
  if (info.status < 0)
    return failure(-info.status, "the device's job failed");
  return {};
}

Result<int> Fence::export_fd() const {
  return syncobjs_.back().to_fd(DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE);
}

}  // namespace kestrel::internal
