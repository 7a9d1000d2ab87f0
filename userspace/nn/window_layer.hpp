// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// WindowLayer: everything that moves a window over an image, as commands.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "nn/constants.hpp"
#include "nn/graph.hpp"
#include "nn/pipeline.hpp"
#include "nn/tiling.hpp"
#include "nn/view.hpp"

namespace kestrel::nn {

/// Convolutions, depthwise ones and pools, and matrix products, which are convolutions of 1 x 1.
struct WindowLayer {
  /// Words of an input position that sixteen output channels are computed from.
  struct Words {
    std::int64_t first = 0, count = 1;
  };
  /// Output positions, ends excluded, with one scale for all channels.
  struct Area {
    std::int64_t top = 0, bottom = 0, left = 0, right = 0;
    float scale = 1;
  };

  Image in, out;
  std::uint64_t in_address = 0, out_address = 0;
  Window window;
  std::uint32_t mode = KESTREL_ACCUMULATE_MODE_MATMUL;
  bool is_gathered = false;  ///< channels lie densely, so that the load engine can gather pixels
  bool is_unsigned = false;  ///< input
  std::uint8_t pad = 0;      ///< byte outside of the image
  std::vector<Words> tiles;  ///< of each sixteen output channels; when gathered not used

  /// Of an output channel, a row and a column of the window, and a byte of an input pixel. By lanes
  /// (DEPTHWISE) the byte is the channel.
  std::function<std::int8_t(std::int64_t out, std::int64_t row, std::int64_t column,
                            std::int64_t in)>
      weight;

  /// Biases and scales of channels; with areas the first of the biases, and the areas' scales.
  Requantisation output;
  std::vector<Area> areas;
};

/// Adds the steps of a layer to a pipeline, and its constants to the image.
/// \throws Refusal  it does not fit on the device
void emit_window_layer(const WindowLayer& layer, const Device& device, ConstantImage& constants,
                       Pipeline& pipeline);

}  // namespace kestrel::nn
