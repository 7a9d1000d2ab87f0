// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// WindowPlan: how a layer of windows is computed, and its constants in the order of that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "nn/gather.hpp"
#include "nn/tiling.hpp"
#include "nn/window_layer.hpp"

namespace kestrel::nn {

struct WindowPlan {
  Gather gather;
  TilingProblem problem;
  Tiling tiling;
};

/// Some words of an input position and the results of sixteen lanes that they go into: a step of
/// the layer, for every block of output positions.
struct Piece {
  std::size_t tile = 0;                  ///< of TilingProblem::tile_words
  std::int64_t first = 0, count = 0;     ///< words of an input position
  bool is_first = true, is_last = true;  ///< of the tile
  std::int64_t weights = 0;              ///< where they begin, bytes from the begin of all
  std::int64_t weight_bytes = 0;
  std::int64_t channels = 0;  ///< the lanes are output channels from sixteen times this on
  std::int64_t position = 0;  ///< of those that share a patch, row by row
};

/// A layer as the tiling sees it.
TilingProblem tiling_problem(const WindowLayer& layer, const Gather& gather);

/// All steps of a block, in order.
std::vector<Piece> cut_to_pieces(const WindowLayer& layer, const WindowPlan& plan);

/// Biases and scales of all channels, and behind them the weights of all pieces, as they are read.
std::vector<std::byte> pack_constants(const WindowLayer& layer, const WindowPlan& plan);

}  // namespace kestrel::nn
