// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The C interface to devices, buffers and copies: turns results into numbers, and lets no exception
// out. kestrel_work.cpp has the rest.

#include <cerrno>
#include <memory>
#include <string>

#include <kestrel/kestrel.h>

#include "counters.hpp"
#include "kernel_interface.hpp"
#include "kestrel_internal.hpp"
#include "objects.hpp"

using kestrel::internal::give;
using kestrel::internal::give_value;
using kestrel::internal::guarded;
using kestrel::internal::Result;

namespace {

thread_local std::string last_error;

Result<std::uint64_t> property_of(const kestrel::internal::Device& device,
                                  kestrel_property property) {
  const drm_kestrel_info& info = device.info();
  switch (property) {
    case KESTREL_INTERFACE_MAJOR:
      return info.interface_major;
    case KESTREL_INTERFACE_MINOR:
      return info.interface_minor;
    case KESTREL_DRIVER_MAJOR:
      return device.driver_version().major;
    case KESTREL_DRIVER_MINOR:
      return device.driver_version().minor;
    case KESTREL_COHERENT:
      return device.is_coherent();
    case KESTREL_CLOCK_MHZ:
      return info.clock_mhz;
    case KESTREL_DMA_BITS:
      return info.dma_bits;
    case KESTREL_VA_BITS:
      return info.va_bits;
    case KESTREL_PAGE_SIZES:
      return info.page_sizes;
    case KESTREL_QUEUE_COUNT:
      return info.queue_count;
    case KESTREL_VM_COUNT:
      return info.vm_count;
    case KESTREL_ARRAY_ROWS:
      return info.array_rows;
    case KESTREL_ARRAY_COLUMNS:
      return info.array_columns;
    case KESTREL_SCRATCHPAD_BYTES:
      return info.scratchpad_bytes;
    case KESTREL_ACCUMULATOR_ROWS:
      return info.accumulator_rows;
    case KESTREL_CALL_TIME_MAX_MS:
      return info.call_time_max_ms;
    case KESTREL_JOB_CALLS_MAX:
      return info.job_calls_max;
    case KESTREL_JOB_SYNCS_MAX:
      return info.job_syncs_max;
    case KESTREL_BUFFER_BYTES_MAX:
      return info.bo_bytes_max;
  }
  return kestrel::internal::failure(EINVAL, "property " + std::to_string(property));
}

}  // namespace

namespace kestrel::internal {

int fail(const Error& error) {
  last_error = error.text;
  return -error.code;
}

int fail_without_memory() {
  last_error.clear();
  return -ENOMEM;
}

Result<void> give_counters(const Result<drm_kestrel_counter_values>& values,
                           kestrel_counters* counters) {
  if (!values)
    return std::unexpected(values.error());
  *counters = {.records = values->records,
               .calls = values->calls,
               .commands = values->commands,
               .busy_ns = values->busy_ns,
               .compute_busy = values->compute_busy,
               .output_busy = values->output_busy,
               .load_busy = values->load_busy,
               .store_busy = values->store_busy,
               .compute_token = values->compute_token,
               .load_token = values->load_token,
               .store_token = values->store_token,
               .translation = values->translation,
               .read_bytes = values->read_bytes,
               .write_bytes = values->write_bytes,
               .macs = values->macs,
               .tlb_misses = values->tlb_misses};
  return {};
}

int open_device_on(KernelInterface& kernel, const char* path, kestrel_device** device) {
  return guarded([&]() -> Result<void> {
    auto opened = path != nullptr ? Device::open(kernel, path) : Device::open_first(kernel);
    if (!opened)
      return std::unexpected(opened.error());
    auto copies = std::make_shared<CopyEngine>(*opened);
    *device = new kestrel_device{std::move(*opened), std::move(copies)};
    return {};
  });
}

}  // namespace kestrel::internal

const char* kestrel_last_error(void) {
  return last_error.c_str();
}

// -------------------------------------------------------------------------------------- device

int kestrel_device_open(const char* path, kestrel_device** device) {
  return kestrel::internal::open_device_on(kestrel::internal::running_kernel(), path, device);
}

void kestrel_device_close(kestrel_device* device) {
  delete device;
}

const char* kestrel_device_path(const kestrel_device* device) {
  return device->device->path().c_str();
}

int kestrel_device_get(const kestrel_device* device, kestrel_property property,
                       std::uint64_t* value) {
  return guarded([&] { return give_value(property_of(*device->device, property), value); });
}

int kestrel_device_counters(kestrel_device* device, kestrel_counters* counters) {
  return guarded([&] {
    return kestrel::internal::give_counters(
        kestrel::internal::read_counters(*device->device, DRM_KESTREL_COUNTERS_DEVICE, 0),
        counters);
  });
}

// -------------------------------------------------------------------------------------- buffer

int kestrel_buffer_create(kestrel_device* device, std::size_t size_bytes, kestrel_buffer** buffer) {
  return guarded(
      [&] { return give(kestrel::internal::Buffer::create(device->device, size_bytes), buffer); });
}

int kestrel_buffer_create_private(kestrel_vm* vm, std::size_t size_bytes, kestrel_buffer** buffer) {
  return guarded(
      [&] { return give(kestrel::internal::Buffer::create_private(*vm->vm, size_bytes), buffer); });
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

int kestrel_buffer_sync(kestrel_buffer* buffer, std::uint32_t directions, std::size_t offset,
                        std::size_t size_bytes) {
  static_assert(KESTREL_TO_DEVICE == static_cast<int>(DRM_KESTREL_BO_SYNC_TO_DEVICE) &&
                KESTREL_TO_CPU == static_cast<int>(DRM_KESTREL_BO_SYNC_TO_CPU));
  return guarded([&] { return buffer->buffer->sync(directions, offset, size_bytes); });
}

int kestrel_buffer_export(kestrel_buffer* buffer, int* fd) {
  return guarded([&] { return give_value(buffer->buffer->export_fd(), fd); });
}

int kestrel_buffer_import(kestrel_device* device, int fd, kestrel_buffer** buffer) {
  return guarded(
      [&] { return give(kestrel::internal::Buffer::import(device->device, fd), buffer); });
}

// ---------------------------------------------------------------------------------------- copy

int kestrel_copy(kestrel_device* device, kestrel_buffer* destination,
                 std::size_t destination_offset, kestrel_buffer* source, std::size_t source_offset,
                 std::size_t length_bytes, kestrel_fence** fence) {
  return guarded([&] {
    return give(device->copies->copy({*destination->buffer, destination_offset},
                                     {*source->buffer, source_offset}, length_bytes),
                fence);
  });
}
