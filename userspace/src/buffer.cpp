// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "buffer.hpp"

#include <fcntl.h>
#include <linux/dma-buf.h>

#include <cerrno>
#include <string>
#include <utility>

#include <drm/drm.h>
#include <drm/kestrel_accel.h>

#include "vm.hpp"

namespace kestrel::internal {

Result<std::unique_ptr<Buffer>> Buffer::create(std::shared_ptr<Device> device,
                                               std::size_t size_bytes) {
  return create_in(std::move(device), size_bytes, 0);
}

Result<std::unique_ptr<Buffer>> Buffer::create_private(const Vm& vm, std::size_t size_bytes) {
  return create_in(vm.shared_device(), size_bytes, vm.id());
}

Result<std::unique_ptr<Buffer>> Buffer::create_in(std::shared_ptr<Device> device,
                                                  std::size_t size_bytes, std::uint32_t vm_id) {
  drm_kestrel_bo_create args{};
  args.size = size_bytes;
  args.vm_id = vm_id;
  const std::string what = "creating a buffer of " + std::to_string(size_bytes) + " bytes";
  if (auto called = device->call(DRM_IOCTL_KESTREL_BO_CREATE, &args, what.c_str()); !called) {
    return std::unexpected(called.error());
  }

  device->add_handle(args.handle);
  std::unique_ptr<Buffer> buffer(new Buffer(std::move(device), args.handle, args.size, vm_id != 0));
  if (auto mapped = buffer->map(); !mapped)
    return std::unexpected(mapped.error());
  return buffer;
}

Result<std::unique_ptr<Buffer>> Buffer::import(std::shared_ptr<Device> device, int fd) {
  KernelInterface& kernel = device->kernel();
  const auto handle = device->import_handle(fd);
  if (!handle)
    return std::unexpected(handle.error());
  const std::int64_t size_bytes = kernel.size_bytes(fd);
  const auto size = static_cast<std::size_t>(size_bytes < 0 ? 0 : size_bytes);
  std::unique_ptr<Buffer> buffer(new Buffer(std::move(device), *handle, size, false));
  if (size_bytes < 0)
    return failure(static_cast<int>(-size_bytes), "asking for the size of an imported buffer");

  // The exporter's own way to map and to synchronise needs its descriptor.
  buffer->imported_fd_ = kernel.duplicate(fd);
  if (buffer->imported_fd_ < 0)
    return failure(-buffer->imported_fd_, "keeping an imported buffer");
  void* address = nullptr;
  if (kernel.map(buffer->imported_fd_, 0, size, &address) == 0)
    buffer->data_ = static_cast<std::byte*>(address);
  return buffer;
}

Buffer::Buffer(std::shared_ptr<Device> device, std::uint32_t handle, std::size_t size_bytes,
               bool is_private)
    : device_(std::move(device)),
      handle_(handle),
      size_bytes_(size_bytes),
      is_private_(is_private) {}

Buffer::~Buffer() {
  if (data_ != nullptr)
    device_->kernel().unmap(data_, size_bytes_);
  if (imported_fd_ >= 0)
    device_->kernel().close(imported_fd_);
  device_->drop_handle(handle_);
}

Result<void> Buffer::map() {
  drm_kestrel_bo_mmap_offset args{};
  args.handle = handle_;
  if (auto called = device_->call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, &args, "mapping a buffer");
      !called) {
    return called;
  }

  void* address = nullptr;
  const int result = device_->kernel().map(device_->fd(), args.offset, size_bytes_, &address);
  if (result < 0)
    return failure(-result, "mapping a buffer");
  data_ = static_cast<std::byte*>(address);
  return {};
}

Result<void> Buffer::sync(std::uint32_t flags, std::size_t offset_bytes, std::size_t length_bytes) {
  constexpr std::uint32_t kFlags = DRM_KESTREL_BO_SYNC_TO_DEVICE | DRM_KESTREL_BO_SYNC_TO_CPU;
  if (flags == 0 || (flags & ~kFlags) != 0)
    return failure(EINVAL, "handing a buffer in directions " + std::to_string(flags));
  if (length_bytes == 0 || length_bytes > size_bytes_ ||
      offset_bytes > size_bytes_ - length_bytes) {
    return failure(EINVAL, "handing " + std::to_string(length_bytes) + " bytes from " +
                               std::to_string(offset_bytes) + " of a buffer of " +
                               std::to_string(size_bytes_));
  }
  // An imported buffer's exporter has caches of its own to think of.
  if (imported_fd_ >= 0)
    return sync_imported(flags);
  if (device_->is_coherent())
    return {};

  drm_kestrel_bo_sync args{};
  args.handle = handle_;
  args.flags = flags;
  args.offset = offset_bytes;
  args.size = length_bytes;
  return device_->call(DRM_IOCTL_KESTREL_BO_SYNC, &args, "handing over a buffer");
}

// The CPU's use of the buffer is what begins and ends for the exporter.
Result<void> Buffer::sync_imported(std::uint32_t flags) {
  for (const auto& [flag, edge] : {std::pair{DRM_KESTREL_BO_SYNC_TO_DEVICE, DMA_BUF_SYNC_END},
                                   std::pair{DRM_KESTREL_BO_SYNC_TO_CPU, DMA_BUF_SYNC_START}}) {
    if ((flags & flag) == 0)
      continue;
    dma_buf_sync args{};
    args.flags = DMA_BUF_SYNC_RW | static_cast<std::uint64_t>(edge);
    const int result = ioctl_restarting(device_->kernel(), imported_fd_, DMA_BUF_IOCTL_SYNC, &args);
    if (result < 0)
      return failure(-result, "handing over an imported buffer");
  }
  return {};
}

Result<int> Buffer::export_fd() {
  // What the kernel would say too, but in one way for all kernels.
  if (is_private_)
    return failure(EINVAL, "exporting a buffer that is private to a vm");
  drm_prime_handle args{};
  args.handle = handle_;
  args.flags = DRM_CLOEXEC | DRM_RDWR;
  args.fd = -1;
  if (auto called = device_->call(DRM_IOCTL_PRIME_HANDLE_TO_FD, &args, "exporting a buffer");
      !called) {
    return std::unexpected(called.error());
  }
  return args.fd;
}

}  // namespace kestrel::internal
