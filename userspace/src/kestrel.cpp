// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The C interface: turns results into numbers, and lets no exception out.

#include <cerrno>
#include <exception>
#include <memory>
#include <string>

#include <kestrel/kestrel.h>

#include "buffer.hpp"
#include "copy.hpp"
#include "device.hpp"
#include "error.hpp"
#include "fence.hpp"
#include "kernel_interface.hpp"
#include "kestrel_internal.hpp"

struct kestrel_device {
  std::shared_ptr<kestrel::Device> device;
};

struct kestrel_buffer {
  std::unique_ptr<kestrel::Buffer> buffer;
};

struct kestrel_fence {
  std::unique_ptr<kestrel::Fence> fence;
};

namespace {

thread_local std::string last_error;

int fail(const kestrel::Error& error) {
  last_error = error.text;
  return -error.code;
}

// Runs a function that gives a Result<void>. The only exception of this library is that memory is
// out.
template <typename Function>
int guarded(Function function) noexcept {
  try {
    kestrel::Result<void> result = function();
    return result ? 0 : fail(result.error());
  } catch (const std::exception&) {
    last_error.clear();
    return -ENOMEM;
  }
}

// Hands the object in a result over to the caller, in its C wrapper.
template <typename Wrapper, typename Pointer>
kestrel::Result<void> give(kestrel::Result<Pointer> made, Wrapper** out) {
  if (!made)
    return std::unexpected(made.error());
  *out = new Wrapper{std::move(*made)};
  return {};
}

kestrel::Result<std::uint64_t> property_of(const drm_kestrel_info& info,
                                           kestrel_property property) {
  switch (property) {
    case KESTREL_INTERFACE_MAJOR:
      return info.interface_major;
    case KESTREL_INTERFACE_MINOR:
      return info.interface_minor;
    case KESTREL_CLOCK_MHZ:
      return info.clock_mhz;
    case KESTREL_DMA_BITS:
      return info.dma_bits;
    case KESTREL_JOB_TIMEOUT_MS:
      return info.job_timeout_ms;
    case KESTREL_JOB_BYTES_MAX:
      return info.job_bytes_max;
    case KESTREL_BUFFER_BYTES_MAX:
      return info.bo_bytes_max;
  }
  return kestrel::failure(EINVAL, "property " + std::to_string(property));
}

}  // namespace

namespace kestrel {

int open_device_on(KernelInterface& kernel, const char* path, kestrel_device** device) {
  return guarded([&] {
    return give(path != nullptr ? Device::open(kernel, path) : Device::open_first(kernel), device);
  });
}

}  // namespace kestrel

const char* kestrel_last_error(void) {
  return last_error.c_str();
}

int kestrel_device_open(const char* path, kestrel_device** device) {
  return kestrel::open_device_on(kestrel::running_kernel(), path, device);
}

void kestrel_device_close(kestrel_device* device) {
  delete device;
}

int kestrel_device_get(const kestrel_device* device, kestrel_property property,
                       std::uint64_t* value) {
  return guarded([&]() -> kestrel::Result<void> {
    const auto found = property_of(device->device->info(), property);
    if (!found)
      return std::unexpected(found.error());
    *value = *found;
    return {};
  });
}

int kestrel_buffer_create(kestrel_device* device, std::size_t size_bytes, kestrel_buffer** buffer) {
  return guarded([&] { return give(kestrel::Buffer::create(device->device, size_bytes), buffer); });
}

void kestrel_buffer_destroy(kestrel_buffer* buffer) {
  delete buffer;
}

void* kestrel_buffer_data(kestrel_buffer* buffer) {
  return buffer->buffer->bytes().data();
}

std::size_t kestrel_buffer_size(const kestrel_buffer* buffer) {
  return buffer->buffer->size_bytes();
}

int kestrel_copy(kestrel_device* device, kestrel_buffer* destination,
                 std::size_t destination_offset, kestrel_buffer* source, std::size_t source_offset,
                 std::size_t length_bytes, kestrel_fence** fence) {
  return guarded([&] {
    return give(kestrel::submit_copy(device->device, {*destination->buffer, destination_offset},
                                     {*source->buffer, source_offset}, length_bytes),
                fence);
  });
}

int kestrel_fence_wait(kestrel_fence* fence, std::int64_t timeout_ns) {
  return guarded([&] { return fence->fence->wait(timeout_ns); });
}

void kestrel_fence_destroy(kestrel_fence* fence) {
  delete fence;
}
