// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "counters.hpp"

namespace kestrel::internal {

Result<drm_kestrel_counter_values> read_counters(Device& device, std::uint32_t scope,
                                                 std::uint32_t queue_id) {
  drm_kestrel_counter_values values{};
  drm_kestrel_counters args{};
  args.scope = scope;
  args.queue_id = queue_id;
  args.size = sizeof(values);
  args.pointer = reinterpret_cast<std::uintptr_t>(&values);
  const char* const what = scope == DRM_KESTREL_COUNTERS_QUEUE ? "reading a queue's counters"
                                                               : "reading the device's counters";
  if (auto called = device.call(DRM_IOCTL_KESTREL_COUNTERS, &args, what); !called)
    return std::unexpected(called.error());
  return values;
}

}  // namespace kestrel::internal
