// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "fake_kernel.hpp"

#include <linux/sync_file.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::uint64_t kOffsetOfHandle = 0x1'0000'0000;  // mmap() offset = handle times this.

template <typename T>
T& as(void* argument) {
  return *static_cast<T*>(argument);
}

template <typename T>
std::vector<T> read_array(const drm_kestrel_array& array) {
  std::vector<T> elements(array.count);
  for (std::uint32_t i = 0; i < array.count; ++i) {
    const auto address = static_cast<std::uintptr_t>(array.pointer) + i * array.stride;
    std::memcpy(&elements[i], reinterpret_cast<const void*>(address), sizeof(T));
  }
  return elements;
}

template <typename T>
bool is_array_of(const drm_kestrel_array& array) {
  return array.count == 0 || array.stride == sizeof(T);
}

}  // namespace

FakeKernel::FakeKernel() {
  info = {};
  info.interface_major = 2;
  info.clock_mhz = 1000;
  info.dma_bits = 64;
  info.job_timeout_ms = 500;
  info.job_copies_max = 4;
  info.job_syncs_max = 4;
  info.job_bytes_max = 16 * kPageBytes;
  info.bo_bytes_max = 1 << 20;
}

void FakeKernel::fail(unsigned long request, int error, int count) {
  failures_[request].insert(failures_[request].end(), static_cast<std::size_t>(count), error);
}

void FakeKernel::run_jobs() {
  hold_jobs = false;
  for (const Job& job : held_)
    run(job);
  held_.clear();
}

bool FakeKernel::is_clean() const {
  return files_.empty() && buffers_.empty() && syncobjs_.empty() && mappings_ == 0;
}

int FakeKernel::calls(unsigned long request) const {
  const auto found = calls_.find(request);
  return found == calls_.end() ? 0 : found->second;
}

int FakeKernel::open(const char* path) {
  if (path != node)
    return -ENOENT;
  if (open_error != 0)
    return -open_error;
  files_[next_fd_] = {};
  return next_fd_++;
}

void FakeKernel::close(int fd) {
  files_.erase(fd);
}

int FakeKernel::ioctl(int fd, unsigned long request, void* argument) {
  ++calls_[request];
  if (auto& errors = failures_[request]; !errors.empty()) {
    const int error = errors.front();
    errors.pop_front();
    return -error;
  }

  const auto file = files_.find(fd);
  if (file == files_.end())
    return -EBADF;
  if (!file->second.sync_file)
    return device_ioctl(request, argument);

  if (request != SYNC_IOC_FILE_INFO)
    return -ENOTTY;
  const Fence& fence = *file->second.sync_file;
  as<sync_file_info>(argument).status = fence.error != 0 ? -fence.error : fence.signalled;
  return 0;
}

int FakeKernel::device_ioctl(unsigned long request, void* argument) {
  switch (request) {
    case DRM_IOCTL_VERSION:
      return version(as<drm_version>(argument));
    case DRM_IOCTL_KESTREL_DEV_QUERY:
      return dev_query(as<drm_kestrel_dev_query>(argument));
    case DRM_IOCTL_KESTREL_BO_CREATE:
      return bo_create(as<drm_kestrel_bo_create>(argument));
    case DRM_IOCTL_KESTREL_BO_MMAP_OFFSET:
      return bo_mmap_offset(as<drm_kestrel_bo_mmap_offset>(argument));
    case DRM_IOCTL_GEM_CLOSE:
      return gem_close(as<drm_gem_close>(argument));
    case DRM_IOCTL_KESTREL_SUBMIT:
      return submit(as<drm_kestrel_submit>(argument));
    case DRM_IOCTL_SYNCOBJ_CREATE:
      return syncobj_create(as<drm_syncobj_create>(argument));
    case DRM_IOCTL_SYNCOBJ_DESTROY:
      return syncobj_destroy(as<drm_syncobj_destroy>(argument));
    case DRM_IOCTL_SYNCOBJ_WAIT:
      return syncobj_wait(as<drm_syncobj_wait>(argument));
    case DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD:
      return syncobj_to_fd(as<drm_syncobj_handle>(argument));
    default:
      return -ENOTTY;
  }
}

int FakeKernel::version(drm_version& args) const {
  const std::size_t bytes = std::min<std::size_t>(args.name_len, driver_name.size());
  std::memcpy(args.name, driver_name.data(), bytes);
  args.name_len = driver_name.size();
  args.version_major = driver_major;
  return 0;
}

int FakeKernel::dev_query(drm_kestrel_dev_query& args) const {
  if (args.type != DRM_KESTREL_DEV_QUERY_INFO || args.size != sizeof(info))
    return -EINVAL;
  std::memcpy(reinterpret_cast<void*>(args.pointer), &info, sizeof(info));
  return 0;
}

int FakeKernel::bo_create(drm_kestrel_bo_create& args) {
  if (args.flags != 0 || args.size == 0 || args.size > info.bo_bytes_max)
    return -EINVAL;
  args.size = (args.size + kPageBytes - 1) / kPageBytes * kPageBytes;
  args.handle = next_handle_++;
  buffers_[args.handle] = std::make_shared<std::vector<std::byte>>(args.size);
  return 0;
}

int FakeKernel::bo_mmap_offset(drm_kestrel_bo_mmap_offset& args) const {
  if (args.pad != 0)
    return -EINVAL;
  if (!buffers_.contains(args.handle))
    return -ENOENT;
  args.offset = args.handle * kOffsetOfHandle;
  return 0;
}

int FakeKernel::map(int fd, std::uint64_t offset, std::size_t size_bytes, void** address) {
  const auto buffer = buffers_.find(static_cast<std::uint32_t>(offset / kOffsetOfHandle));
  if (!files_.contains(fd))
    return -EBADF;
  if (map_error != 0)
    return -map_error;
  if (buffer == buffers_.end() || buffer->second->size() != size_bytes)
    return -EINVAL;
  ++mappings_;
  mapped_.push_back(buffer->second);
  *address = buffer->second->data();
  return 0;
}

void FakeKernel::unmap(void*, std::size_t) {
  --mappings_;
}

int FakeKernel::gem_close(const drm_gem_close& args) {
  return args.pad == 0 && buffers_.erase(args.handle) == 1 ? 0 : -EINVAL;
}

int FakeKernel::submit(const drm_kestrel_submit& args) {
  if (args.flags != 0 || args.pad != 0 || args.copies.count != 1)
    return -EINVAL;
  if (!is_array_of<drm_kestrel_copy>(args.copies) || !is_array_of<drm_kestrel_sync>(args.out_syncs))
    return -EINVAL;

  const drm_kestrel_copy copy = read_array<drm_kestrel_copy>(args.copies).front();
  const auto source = buffers_.find(copy.src_handle);
  const auto destination = buffers_.find(copy.dst_handle);
  if (source == buffers_.end() || destination == buffers_.end())
    return -ENOENT;
  if (copy.length == 0 || copy.length > info.job_bytes_max ||
      copy.src_offset + copy.length > source->second->size() ||
      copy.dst_offset + copy.length > destination->second->size())
    return -EINVAL;

  Job job{source->second, destination->second, copy, {}, job_bytes_.size() + 1};
  for (const drm_kestrel_sync& sync : read_array<drm_kestrel_sync>(args.out_syncs)) {
    const auto syncobj = syncobjs_.find(sync.handle);
    if (syncobj == syncobjs_.end())
      return -ENOENT;
    syncobj->second = std::make_shared<Fence>();
    job.fences.push_back(syncobj->second);
  }

  job_bytes_.push_back(copy.length);
  if (hold_jobs) {
    held_.push_back(std::move(job));
  } else {
    run(job);
  }
  return 0;
}

void FakeKernel::run(const Job& job) {
  const int error = failing_job == 0 || failing_job == job.number ? job_error : 0;
  if (error == 0) {
    std::memcpy(job.destination->data() + job.copy.dst_offset,
                job.source->data() + job.copy.src_offset, job.copy.length);
  }
  for (const FencePtr& fence : job.fences)
    *fence = {.signalled = true, .error = error};
}

int FakeKernel::syncobj_create(drm_syncobj_create& args) {
  if (args.flags != 0)
    return -EINVAL;
  args.handle = next_handle_++;
  syncobjs_[args.handle] = nullptr;
  return 0;
}

int FakeKernel::syncobj_destroy(const drm_syncobj_destroy& args) {
  return args.pad == 0 && syncobjs_.erase(args.handle) == 1 ? 0 : -EINVAL;
}

int FakeKernel::syncobj_wait(const drm_syncobj_wait& args) {
  last_deadline_ns_ = args.timeout_nsec;
  const auto* const handles = reinterpret_cast<const std::uint32_t*>(args.handles);
  bool all = true;
  for (std::uint32_t i = 0; i < args.count_handles; ++i) {
    const auto syncobj = syncobjs_.find(handles[i]);
    if (syncobj == syncobjs_.end())
      return -ENOENT;
    if (!syncobj->second)
      return -EINVAL;
    all = all && syncobj->second->signalled;
  }
  if (all)
    return 0;
  time_ns = std::max<std::int64_t>(time_ns, args.timeout_nsec);
  return -ETIME;
}

int FakeKernel::syncobj_to_fd(drm_syncobj_handle& args) {
  const auto syncobj = syncobjs_.find(args.handle);
  if (args.flags != DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE || args.pad != 0)
    return -EINVAL;
  if (syncobj == syncobjs_.end() || !syncobj->second)
    return -EINVAL;
  files_[next_fd_] = {.sync_file = syncobj->second};
  args.fd = next_fd_++;
  return 0;
}
