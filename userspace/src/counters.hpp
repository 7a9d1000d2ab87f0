// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Reading what the device counted.
#pragma once

#include <cstdint>

#include <drm/kestrel_accel.h>

#include "device.hpp"
#include "error.hpp"

namespace kestrel::internal {

/// \param scope     enum drm_kestrel_counter_scope
/// \param queue_id  of one queue, or 0 for the device
/// \returns the values, 0 where the kernel knows none, or EACCES: all queues', without CAP_PERFMON
Result<drm_kestrel_counter_values> read_counters(Device& device, std::uint32_t scope,
                                                 std::uint32_t queue_id);

}  // namespace kestrel::internal
