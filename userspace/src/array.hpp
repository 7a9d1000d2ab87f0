// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Arrays as the kernel wants them told.
#pragma once

#include <cstdint>
#include <span>

#include <drm/kestrel_accel.h>

namespace kestrel::internal {

/// \param elements  at most 2^32 - 1; must outlive the call that the array is for
template <typename T>
drm_kestrel_array array_of(std::span<const T> elements) {
  static_assert(sizeof(T) % 8 == 0, "strides are multiples of 8");
  drm_kestrel_array array{};
  array.stride = sizeof(T);
  array.count = static_cast<std::uint32_t>(elements.size());
  array.pointer = reinterpret_cast<std::uintptr_t>(elements.data());
  return array;
}

}  // namespace kestrel::internal
