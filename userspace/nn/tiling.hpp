// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Tiling: cuts a layer of windows to pieces that fit on chip.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "nn/graph.hpp"

namespace kestrel::nn {

/// What the device can hold. As the identification registers have it.
struct Device {
  std::int64_t scratchpad_bytes = 256 << 10;
  std::int64_t accumulator_rows = 1024;
  std::int64_t bank_bytes = 32 << 10;
  std::int64_t array_rows = 16, array_columns = 16;  ///< no others are supported
  bool operator==(const Device&) const = default;
};

/// A convolution, product or pool as the device sees it. An input position is a pixel, or what the
/// load engine gathered to one: then the window has no columns, and maybe no rows either.
struct TilingProblem {
  Window window;
  std::int64_t images = 1, out_h = 1, out_w = 1;
  std::int64_t gathered_runs = 0;        ///< that make an input position; 0: not gathered
  std::int64_t in_words = 1;             ///< words of an input position in the scratchpad
  std::int64_t in_bytes = 16;            ///< bytes of a pixel in memory
  std::vector<std::int64_t> tile_words;  ///< words that each sixteen results of a position reduce
  std::int64_t weight_words = 16;        ///< of each word and tap: 16, 1 (by lanes), or 0
  std::int64_t parameter_bytes = 0;      ///< biases and scales of all channels
  bool may_store_each_tile = true;

  /// Passes over a tile's words.
  [[nodiscard]] std::int64_t taps() const { return window.kernel_h * window.kernel_w; }
};

/// A piece is a block of output positions, of sixteen output channels, and of some of the words
/// that are summed for them. Blocks are the outer loop, channels the next, words the inner one.
struct Tiling {
  std::int64_t rows = 1, columns = 1;  ///< output positions of a block
  bool loads_each_step = false;        ///< activations for each piece, else for each block
  std::int64_t chunk_words = 1;        ///< most words that are summed by one piece
  bool keeps_weights = false;          ///< all on chip from the first block on
  /// Of weights that stay, those of so many pieces come at a time, just before they are used: the
  /// first piece's by themselves; 0: all at once.
  std::int64_t pieces_together = 0;
  bool stores_each_tile = false;  ///< results of sixteen channels at a time, else of a block
  /// Scratchpad bytes. Of what is not double the two are the same.
  std::array<std::int64_t, 2> activations = {}, weights = {}, results = {};
  std::int64_t parameters = 0;  ///< directly before weights that stay
  double cycles = 0;            ///< rough estimate, by which tilings are compared
};

/// Rows or columns of input that so many of output look at.
std::int64_t input_extent(std::int64_t positions, std::int64_t kernel, std::int64_t stride,
                          std::int64_t dilation);

/// The tilings that the estimate likes best, the best first, at most `most`; none, if not even the
/// smallest piece fits on chip.
std::vector<Tiling> find_tilings(const TilingProblem& problem, const Device& device,
                                 std::size_t most);

}  // namespace kestrel::nn
