// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Tiling: cuts a layer of windows to pieces that fit on chip.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "nn/graph.hpp"

namespace kestrel::nn {

/// What the device can hold. As the identification registers have it.
struct Device {
  std::int64_t scratchpad_bytes = 256 << 10;
  std::int64_t accumulator_rows = 1024;
  std::int64_t bank_bytes = 32 << 10;
  bool operator==(const Device&) const = default;
};

/// A convolution, product or pool as the device sees it. An input position is a pixel, or when
/// windows are gathered by the load engine the pixels of a row of a window side by side.
struct TilingProblem {
  Window window;
  std::int64_t images = 1, out_h = 1, out_w = 1;
  bool is_gathered = false;
  std::int64_t in_words = 1;             ///< words of an input position in the scratchpad
  std::int64_t in_bytes = 16;            ///< bytes of a pixel in memory
  std::vector<std::int64_t> tile_words;  ///< words that each sixteen output channels reduce
  std::int64_t weight_words = 16;        ///< of each word and tap: 16, 1 (by lanes), or 0

  /// Passes over a tile's words: the window's pixels, or its rows when those were gathered.
  [[nodiscard]] std::int64_t taps() const {
    return window.kernel_h * (is_gathered ? 1 : window.kernel_w);
  }
};

/// A piece is a block of output positions, of sixteen output channels, and of some of the words
/// that are summed for them. Blocks are the outer loop, channels the next, words the inner one.
struct Tiling {
  std::int64_t rows = 1, columns = 1;  ///< output positions of a block
  bool loads_each_step = false;        ///< activations for each piece, else for each block
  std::int64_t chunk_words = 1;        ///< most words that are summed by one piece
  bool keeps_weights = false;          ///< all on chip from the first block on
  bool stores_each_tile = false;       ///< results of sixteen channels at a time, else of a block
  /// Scratchpad bytes. Of what is not double the two are the same.
  std::array<std::int64_t, 2> activations = {}, weights = {}, results = {};
  std::int64_t parameters = 0;
  double cycles = 0;  ///< estimate, by which tilings are compared
};

/// Rows or columns of input that so many of output look at.
std::int64_t input_extent(std::int64_t positions, std::int64_t kernel, std::int64_t stride,
                          std::int64_t dilation);

/// The tiling that the estimate likes best.
/// \throws Refusal  not even the smallest piece fits on chip
Tiling choose_tiling(const TilingProblem& problem, const Device& device);

}  // namespace kestrel::nn
