// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Windows: attributes of convolutions and pools, and the shapes that follow from them.
#pragma once

#include <cstdint>

#include "nn/graph.hpp"
#include "nn/node.hpp"

namespace kestrel::nn {

/// A window and how many positions it has.
struct Placement {
  Window window;
  std::int64_t out_h = 1, out_w = 1;
};

/// Reads kernel_shape, strides, dilations, pads, auto_pad and ceil_mode.
///
/// \param shape     of the input: N, C, H, W
/// \param kernel_h, kernel_w  0: as `kernel_shape` says; else it must agree
/// \throws Refusal  not two dimensions, sizes out of range, no position at all, or a window of a
///     pool that lies outside altogether
Placement read_window(const Node& node, const Shape& shape, std::int64_t kernel_h,
                      std::int64_t kernel_w, bool is_pool);

}  // namespace kestrel::nn
