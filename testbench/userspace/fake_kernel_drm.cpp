// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// FakeKernel's calls that every DRM driver has: handles, dma-bufs, syncobjs.

#include <fcntl.h>

#include <algorithm>

#include "fake_kernel.hpp"
#include "fake_kernel_state.hpp"

using fake_kernel::find;

namespace {

template <typename T>
std::span<const T> array_at(std::uint64_t address, std::uint32_t count) {
  return {reinterpret_cast<const T*>(address), count};
}

FakeFencePtr signalled_fence() {
  return std::make_shared<FakeFence>(FakeFence{.is_signalled = true});
}

}  // namespace

// ---------------------------------------------------------------------------------------- buffers

int FakeKernel::gem_close(Client& client, const drm_gem_close& args) {
  return args.pad == 0 && client.handles.erase(args.handle) == 1 ? 0 : -EINVAL;
}

int FakeKernel::handle_to_dma_buf(Client& client, drm_prime_handle& args) {
  if ((args.flags & ~static_cast<std::uint32_t>(DRM_CLOEXEC | DRM_RDWR)) != 0)
    return -EINVAL;
  const MemoryPtr memory = find(client.handles, args.handle);
  if (!memory)
    return -ENOENT;
  if (memory->is_private)
    return -EINVAL;
  auto file = std::make_shared<File>();
  file->dma_buf = memory;
  args.fd = add_file(std::move(file));
  return 0;
}

// What has a handle already keeps it, and no other is made.
int FakeKernel::dma_buf_to_handle(Client& client, drm_prime_handle& args) {
  const auto file = find_file(args.fd);
  if (!file)
    return -EBADF;
  if (!file->dma_buf)
    return -EINVAL;
  for (const auto& [handle, memory] : client.handles) {
    if (memory == file->dma_buf) {
      args.handle = handle;
      return 0;
    }
  }
  args.handle = client.next_id++;
  client.handles[args.handle] = file->dma_buf;
  return 0;
}

// --------------------------------------------------------------------------------------- syncobjs

int FakeKernel::syncobj_create(Client& client, drm_syncobj_create& args) {
  if ((args.flags & ~std::uint32_t{DRM_SYNCOBJ_CREATE_SIGNALED}) != 0)
    return -EINVAL;
  auto syncobj = std::make_shared<FakeSyncobj>();
  if (args.flags != 0)
    syncobj->set(signalled_fence());
  args.handle = client.next_id++;
  client.syncobjs[args.handle] = std::move(syncobj);
  return 0;
}

int FakeKernel::syncobj_destroy(Client& client, const drm_syncobj_destroy& args) {
  return args.pad == 0 && client.syncobjs.erase(args.handle) == 1 ? 0 : -EINVAL;
}

int FakeKernel::syncobj_to_fd(Client& client, drm_syncobj_handle& args) {
  if ((args.flags & ~std::uint32_t{DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE}) != 0 ||
      args.pad != 0) {
    return -EINVAL;
  }
  const SyncobjPtr syncobj = find(client.syncobjs, args.handle);
  if (!syncobj)
    return -EINVAL;
  auto file = std::make_shared<File>();
  if (args.flags == 0) {
    file->syncobj = syncobj;
  } else {
    file->sync_file = syncobj->find(0);
    if (!file->sync_file)
      return -EINVAL;
  }
  args.fd = add_file(std::move(file));
  return 0;
}

int FakeKernel::fd_to_syncobj(Client& client, drm_syncobj_handle& args) {
  if ((args.flags & ~std::uint32_t{DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE}) != 0 ||
      args.pad != 0) {
    return -EINVAL;
  }
  const auto file = find_file(args.fd);
  if (!file)
    return args.flags == 0 ? -EINVAL : -EBADF;
  if (args.flags == 0) {
    if (!file->syncobj)
      return -EINVAL;
    args.handle = client.next_id++;
    client.syncobjs[args.handle] = file->syncobj;
    return 0;
  }
  const SyncobjPtr syncobj = find(client.syncobjs, args.handle);
  if (!file->sync_file)
    return -EINVAL;
  if (!syncobj)
    return -ENOENT;
  // The library exports binary ones only.
  syncobj->set(file->sync_file->front());
  return 0;
}

int FakeKernel::syncobj_wait(Client& client, const drm_syncobj_wait& args) {
  return wait_for(client, array_at<std::uint32_t>(args.handles, args.count_handles), {},
                  args.timeout_nsec, args.flags);
}

int FakeKernel::timeline_wait(Client& client, const drm_syncobj_timeline_wait& args) {
  return wait_for(client, array_at<std::uint32_t>(args.handles, args.count_handles),
                  array_at<std::uint64_t>(args.points, args.count_handles), args.timeout_nsec,
                  args.flags);
}

int FakeKernel::wait_for(Client& client, std::span<const std::uint32_t> handles,
                         std::span<const std::uint64_t> points, std::int64_t deadline_ns,
                         std::uint32_t flags) {
  constexpr std::uint32_t kFlags =
      DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL | DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT;
  // Waiting for any of several is nothing that the library does.
  if ((flags & ~kFlags) != 0 || handles.empty() || (flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL) == 0) {
    return -EINVAL;
  }
  last_deadline_ns_ = deadline_ns;
  bool all = true;
  for (std::size_t i = 0; i < handles.size(); ++i) {
    const SyncobjPtr syncobj = find(client.syncobjs, handles[i]);
    if (!syncobj)
      return -ENOENT;
    const auto fences = syncobj->find(points.empty() ? 0 : points[i]);
    if (!fences && (flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT) == 0)
      return -EINVAL;
    all = all && fences && are_signalled(*fences);
  }
  if (all)
    return 0;
  time_ns = std::max(time_ns, deadline_ns);
  return -ETIME;
}

int FakeKernel::timeline_signal(Client& client, const drm_syncobj_timeline_array& args) {
  const auto handles = array_at<std::uint32_t>(args.handles, args.count_handles);
  const auto points = array_at<std::uint64_t>(args.points, args.count_handles);
  if (args.flags != 0 || handles.empty())
    return -EINVAL;
  if (!std::ranges::all_of(handles,
                           [&](auto handle) { return find(client.syncobjs, handle) != nullptr; }))
    return -ENOENT;
  for (std::size_t i = 0; i < handles.size(); ++i)
    find(client.syncobjs, handles[i])->add_point(points[i], signalled_fence());
  pump();
  return 0;
}

int FakeKernel::timeline_query(Client& client, const drm_syncobj_timeline_array& args) {
  const auto handles = array_at<std::uint32_t>(args.handles, args.count_handles);
  if (args.flags != 0 || handles.empty())
    return -EINVAL;
  for (std::size_t i = 0; i < handles.size(); ++i) {
    const SyncobjPtr syncobj = find(client.syncobjs, handles[i]);
    if (!syncobj)
      return -ENOENT;
    reinterpret_cast<std::uint64_t*>(args.points)[i] = syncobj->value();
  }
  return 0;
}
