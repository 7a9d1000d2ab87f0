// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "buffer.hpp"

#include <string>
#include <utility>

#include <drm/drm.h>
#include <drm/kestrel_accel.h>

namespace kestrel {

Result<std::unique_ptr<Buffer>> Buffer::create(std::shared_ptr<Device> device,
                                               std::size_t size_bytes) {
  drm_kestrel_bo_create args{};
  args.size = size_bytes;
  const std::string what = "creating a buffer of " + std::to_string(size_bytes) + " bytes";
  if (auto called = device->call(DRM_IOCTL_KESTREL_BO_CREATE, &args, what.c_str()); !called) {
    return std::unexpected(called.error());
  }

  std::unique_ptr<Buffer> buffer(new Buffer(std::move(device), args.handle, args.size));
  if (auto mapped = buffer->map(); !mapped)
    return std::unexpected(mapped.error());
  return buffer;
}

Buffer::Buffer(std::shared_ptr<Device> device, std::uint32_t handle, std::size_t size_bytes)
    : device_(std::move(device)), handle_(handle), size_bytes_(size_bytes) {}

Buffer::~Buffer() {
  if (data_ != nullptr)
    device_->kernel().unmap(data_, size_bytes_);

  drm_gem_close args{};
  args.handle = handle_;
  device_->give_back(DRM_IOCTL_GEM_CLOSE, &args);
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

}  // namespace kestrel
