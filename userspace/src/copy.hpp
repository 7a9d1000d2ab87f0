// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Copies: cutting them into jobs and submitting those.
#pragma once

#include <cstddef>
#include <memory>

#include "buffer.hpp"
#include "device.hpp"
#include "error.hpp"
#include "fence.hpp"

namespace kestrel {

/// A place in a buffer.
struct Location {
  const Buffer& buffer;
  std::size_t offset_bytes;
};

/// Starts a copy; one that exceeds the limit of a job becomes several, in order.
///
/// \param length_bytes  more than 0
/// \returns what ends with it, or EINVAL: a range is empty, leaves its buffer, or overlaps the
///   other one, or a buffer is of another device
Result<std::unique_ptr<Fence>> submit_copy(const std::shared_ptr<Device>& device,
                                           Location destination, Location source,
                                           std::size_t length_bytes);

}  // namespace kestrel
