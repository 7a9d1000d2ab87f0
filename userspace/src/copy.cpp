// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "copy.hpp"

#include <algorithm>
#include <cerrno>
#include <string>

#include <drm/kestrel_accel.h>

namespace kestrel {
namespace {

template <typename T>
drm_kestrel_array array_of_one(const T& element) {
  drm_kestrel_array array{};
  array.stride = sizeof(element);
  array.count = 1;
  array.pointer = reinterpret_cast<std::uintptr_t>(&element);
  return array;
}

bool fits(const Location& location, std::size_t length_bytes) {
  const std::size_t size_bytes = location.buffer.size_bytes();
  return length_bytes <= size_bytes && location.offset_bytes <= size_bytes - length_bytes;
}

// The kernel sees one job at a time: it would not notice that the whole overlaps, or that the last
// of several jobs leaves its buffer, before the first has run.
Result<void> check(const Device& device, const Location& destination, const Location& source,
                   std::size_t length_bytes) {
  if (&destination.buffer.device() != &device || &source.buffer.device() != &device) {
    return failure(EINVAL, "copying with a buffer of another device");
  }
  if (length_bytes == 0)
    return failure(EINVAL, "copying nothing");
  if (!fits(destination, length_bytes) || !fits(source, length_bytes)) {
    return failure(EINVAL,
                   "copying " + std::to_string(length_bytes) + " bytes beyond the end of a buffer");
  }
  if (&destination.buffer == &source.buffer &&
      destination.offset_bytes < source.offset_bytes + length_bytes &&
      source.offset_bytes < destination.offset_bytes + length_bytes) {
    return failure(EINVAL, "copying between ranges that overlap");
  }
  return {};
}

Result<void> submit_one(Device& device, const drm_kestrel_copy& copy, std::uint32_t syncobj) {
  drm_kestrel_sync signal{};
  signal.handle = syncobj;

  drm_kestrel_submit args{};
  args.copies = array_of_one(copy);
  args.out_syncs = array_of_one(signal);
  return device.call(DRM_IOCTL_KESTREL_SUBMIT, &args, "submitting a job");
}

}  // namespace

Result<std::unique_ptr<Fence>> submit_copy(const std::shared_ptr<Device>& device,
                                           Location destination, Location source,
                                           std::size_t length_bytes) {
  if (auto checked = check(*device, destination, source, length_bytes); !checked) {
    return std::unexpected(checked.error());
  }

  auto fence = std::make_unique<Fence>(device);
  for (std::size_t done_bytes = 0; done_bytes < length_bytes;) {
    drm_kestrel_copy copy{};
    copy.src_handle = source.buffer.handle();
    copy.dst_handle = destination.buffer.handle();
    copy.src_offset = source.offset_bytes + done_bytes;
    copy.dst_offset = destination.offset_bytes + done_bytes;
    copy.length = std::min<std::uint64_t>(length_bytes - done_bytes, device->info().job_bytes_max);

    const auto syncobj = fence->add();
    if (!syncobj)
      return std::unexpected(syncobj.error());
    if (auto submitted = submit_one(*device, copy, *syncobj); !submitted) {
      return std::unexpected(submitted.error());
    }
    done_bytes += copy.length;
  }
  return fence;
}

}  // namespace kestrel
