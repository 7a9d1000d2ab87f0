// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "fake_kernel.hpp"

#include <linux/dma-buf.h>
#include <linux/sync_file.h>

#include <algorithm>

#include "fake_kernel_state.hpp"

using fake_kernel::as;
using fake_kernel::kOffsetOfHandle;

FakeKernel::FakeKernel() {
  info = {};
  info.features = DRM_KESTREL_FEATURE_COHERENT;
  info.interface_major = 2;
  info.clock_mhz = 1000;
  info.dma_bits = 64;
  info.va_bits = 48;
  info.queue_count = FakeAccelerator::kQueues;
  info.vm_count = FakeAccelerator::kSpaces;
  info.array_rows = info.array_columns = presil::kestrel::kLanes;
  info.scratchpad_bytes = presil::kestrel::kScratchpadBytes;
  info.accumulator_rows = presil::kestrel::kAccumulatorRows;
  info.call_time_max_ms = FakeAccelerator::kBudgetNs / 1'000'000;
  info.job_calls_max = 64;
  info.job_syncs_max = 64;
  info.bind_ops_max = 64;
  info.bo_bytes_max = 64 << 20;
  info.page_sizes = FakeAccelerator::kPageBytes | 2 << 20;
}

FakeKernel::~FakeKernel() = default;

// ----------------------------------------------------------------------------- what tests set up

void FakeKernel::fail(unsigned long request, int error, int count) {
  failures_[request].insert(failures_[request].end(), static_cast<std::size_t>(count), error);
}

void FakeKernel::run_jobs() {
  hold_jobs = false;
  pump();
}

void FakeKernel::unplug() {
  is_unplugged_ = true;
  for (const auto& weak : all_queues_) {
    if (const QueuePtr queue = weak.lock())
      cancel(*queue, ENODEV);
  }
}

int FakeKernel::make_dma_buf(std::size_t size_bytes, bool can_be_mapped) {
  auto file = std::make_shared<File>();
  file->dma_buf = add_memory(size_bytes);
  file->dma_buf->is_foreign = true;
  file->dma_buf->can_be_mapped = can_be_mapped;
  return add_file(std::move(file));
}

// --------------------------------------------------------------------------- what tests look at

namespace {

template <typename Files, typename Member>
std::size_t count(const Files& files, Member member) {
  std::size_t sum = 0;
  for (const auto& [fd, file] : files) {
    if (file->client)
      sum += ((*file->client).*member).size();
  }
  return sum;
}

}  // namespace

std::size_t FakeKernel::buffers() const {
  return count(files_, &Client::handles);
}

std::size_t FakeKernel::memories() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      memories_, [](const std::weak_ptr<Memory>& memory) { return !memory.expired(); }));
}

std::size_t FakeKernel::vms() const {
  return count(files_, &Client::vms);
}

std::size_t FakeKernel::queues() const {
  return count(files_, &Client::queues);
}

std::size_t FakeKernel::syncobjs() const {
  return count(files_, &Client::syncobjs);
}

std::size_t FakeKernel::bound_pages() const {
  std::size_t sum = 0;
  for (const auto& [fd, file] : files_) {
    if (!file->client)
      continue;
    for (const auto& [id, vm] : file->client->vms)
      sum += vm->pages.size();
  }
  return sum;
}

bool FakeKernel::is_clean() const {
  return files_.empty() && mapped_.empty() && leaks_ == 0 && memories() == 0;
}

int FakeKernel::calls(unsigned long request) const {
  const auto found = calls_.find(request);
  return found == calls_.end() ? 0 : found->second;
}

// ------------------------------------------------------------------------------------ descriptors

int FakeKernel::add_file(std::shared_ptr<File> file) {
  files_[next_fd_] = std::move(file);
  return next_fd_++;
}

std::shared_ptr<FakeKernel::File> FakeKernel::find_file(int fd) const {
  const auto found = files_.find(fd);
  return found != files_.end() ? found->second : nullptr;
}

int FakeKernel::open(const char* path) {
  const std::scoped_lock lock(lock_);
  if (path != node)
    return -ENOENT;
  if (open_error != 0)
    return -open_error;
  if (is_unplugged_)
    return -ENODEV;
  auto file = std::make_shared<File>();
  file->client = std::make_unique<Client>();
  return add_file(std::move(file));
}

void FakeKernel::close(int fd) {
  const std::scoped_lock lock(lock_);
  const auto found = files_.find(fd);
  if (found == files_.end())
    return;
  const std::shared_ptr<File> file = std::move(found->second);
  files_.erase(found);
  if (!file->client || file.use_count() > 1)
    return;
  // An unplugged device cannot be given anything back.
  const Client& client = *file->client;
  if (!is_unplugged_) {
    leaks_ +=
        client.handles.size() + client.vms.size() + client.queues.size() + client.syncobjs.size();
  }
  for (const auto& [id, queue] : client.queues)
    cancel(*queue, ECANCELED);
}

int FakeKernel::duplicate(int fd) {
  const std::scoped_lock lock(lock_);
  auto file = find_file(fd);
  return file ? add_file(std::move(file)) : -EBADF;
}

std::int64_t FakeKernel::size_bytes(int fd) {
  const std::scoped_lock lock(lock_);
  const auto file = find_file(fd);
  if (!file)
    return -EBADF;
  if (!file->dma_buf)
    return -ESPIPE;
  return static_cast<std::int64_t>(file->dma_buf->bytes.size());
}

int FakeKernel::map(int fd, std::uint64_t offset, std::size_t size_bytes, void** address) {
  const std::scoped_lock lock(lock_);
  const auto file = find_file(fd);
  if (!file)
    return -EBADF;
  if (map_error != 0)
    return -map_error;
  MemoryPtr memory = file->dma_buf;
  if (file->client) {
    memory = fake_kernel::find(file->client->handles,
                               static_cast<std::uint32_t>(offset / kOffsetOfHandle));
    offset %= kOffsetOfHandle;
  }
  if (!memory || !memory->can_be_mapped || offset != 0 || size_bytes != memory->bytes.size())
    return -EINVAL;
  *address = memory->bytes.data();
  mapped_.emplace(*address, std::move(memory));
  return 0;
}

void FakeKernel::unmap(void* address, std::size_t) {
  const std::scoped_lock lock(lock_);
  mapped_.erase(mapped_.find(address));
}

// ------------------------------------------------------------------------------------------ calls

int FakeKernel::ioctl(int fd, unsigned long request, void* argument) {
  const std::scoped_lock lock(lock_);
  ++calls_[request];
  if (auto& errors = failures_[request]; !errors.empty()) {
    const int error = errors.front();
    errors.pop_front();
    return -error;
  }

  const auto file = find_file(fd);
  if (!file)
    return -EBADF;
  if (file->client)
    return is_unplugged_ ? -ENODEV : device_ioctl(*file->client, request, argument);
  if (file->dma_buf && request == DMA_BUF_IOCTL_SYNC) {
    const std::uint64_t flags = as<dma_buf_sync>(argument).flags;
    return (flags & DMA_BUF_SYNC_RW) != 0 && (flags & ~DMA_BUF_SYNC_VALID_FLAGS_MASK) == 0
               ? 0
               : -EINVAL;
  }
  if (!file->sync_file || request != SYNC_IOC_FILE_INFO)
    return -ENOTTY;
  const FakeFences& fences = *file->sync_file;
  const auto failed = std::ranges::find_if(
      fences, [](const FakeFencePtr& fence) { return fence->is_signalled && fence->error != 0; });
  as<sync_file_info>(argument).status =
      failed != fences.end() ? -(*failed)->error : are_signalled(fences);
  return 0;
}

int FakeKernel::device_ioctl(Client& client, unsigned long request, void* argument) {
  switch (request) {
    case DRM_IOCTL_VERSION:
      return version(as<drm_version>(argument));
    case DRM_IOCTL_GEM_CLOSE:
      return gem_close(client, as<drm_gem_close>(argument));
    case DRM_IOCTL_PRIME_HANDLE_TO_FD:
      return handle_to_dma_buf(client, as<drm_prime_handle>(argument));
    case DRM_IOCTL_PRIME_FD_TO_HANDLE:
      return dma_buf_to_handle(client, as<drm_prime_handle>(argument));
    case DRM_IOCTL_SYNCOBJ_CREATE:
      return syncobj_create(client, as<drm_syncobj_create>(argument));
    case DRM_IOCTL_SYNCOBJ_DESTROY:
      return syncobj_destroy(client, as<drm_syncobj_destroy>(argument));
    case DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD:
      return syncobj_to_fd(client, as<drm_syncobj_handle>(argument));
    case DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE:
      return fd_to_syncobj(client, as<drm_syncobj_handle>(argument));
    case DRM_IOCTL_SYNCOBJ_WAIT:
      return syncobj_wait(client, as<drm_syncobj_wait>(argument));
    case DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT:
      return timeline_wait(client, as<drm_syncobj_timeline_wait>(argument));
    case DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL:
      return timeline_signal(client, as<drm_syncobj_timeline_array>(argument));
    case DRM_IOCTL_SYNCOBJ_QUERY:
      return timeline_query(client, as<drm_syncobj_timeline_array>(argument));
    case DRM_IOCTL_KESTREL_DEV_QUERY:
      return dev_query(as<drm_kestrel_dev_query>(argument));
    case DRM_IOCTL_KESTREL_BO_CREATE:
      return bo_create(client, as<drm_kestrel_bo_create>(argument));
    case DRM_IOCTL_KESTREL_BO_MMAP_OFFSET:
      return bo_mmap_offset(client, as<drm_kestrel_bo_mmap_offset>(argument));
    case DRM_IOCTL_KESTREL_BO_SYNC:
      return bo_sync(client, as<drm_kestrel_bo_sync>(argument));
    case DRM_IOCTL_KESTREL_VM_CREATE:
      return vm_create(client, as<drm_kestrel_vm_create>(argument));
    case DRM_IOCTL_KESTREL_VM_DESTROY:
      return vm_destroy(client, as<drm_kestrel_vm_destroy>(argument));
    case DRM_IOCTL_KESTREL_VM_BIND:
      return vm_bind(client, as<drm_kestrel_vm_bind>(argument));
    case DRM_IOCTL_KESTREL_QUEUE_CREATE:
      return queue_create(client, as<drm_kestrel_queue_create>(argument));
    case DRM_IOCTL_KESTREL_QUEUE_DESTROY:
      return queue_destroy(client, as<drm_kestrel_queue_destroy>(argument));
    case DRM_IOCTL_KESTREL_QUEUE_STATE:
      return queue_state(client, as<drm_kestrel_queue_state>(argument));
    case DRM_IOCTL_KESTREL_SUBMIT:
      return submit(client, as<drm_kestrel_submit>(argument));
    case DRM_IOCTL_KESTREL_COUNTERS:
      return counters(client, as<drm_kestrel_counters>(argument));
    default:
      return -EINVAL;  // As DRM says to a number that it does not know.
  }
}

int FakeKernel::version(drm_version& args) const {
  const std::size_t bytes = std::min<std::size_t>(args.name_len, driver_name.size());
  std::memcpy(args.name, driver_name.data(), bytes);
  args.name_len = driver_name.size();
  args.version_major = driver_major;
  args.version_minor = driver_minor;
  return 0;
}
