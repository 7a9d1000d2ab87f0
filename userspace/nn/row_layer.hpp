// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Layers that go over their numbers one by one: sums, changes of scale, and moves of images.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "nn/constants.hpp"
#include "nn/graph.hpp"
#include "nn/pipeline.hpp"
#include "nn/view.hpp"

namespace kestrel::nn {

/// Rows of words, all side by side: out = x * scale, plus another tensor or a constant.
struct RowLayer {
  struct Residual {
    std::optional<std::uint64_t> address;  ///< of rows like those of the input
    std::vector<std::uint8_t> constant;    ///< else bytes of one row, in whole words
    Quantisation quantisation;             ///< its scale is relative to the output's
  };

  std::int64_t rows = 1, words = 1;  ///< words of a row
  std::uint64_t in_address = 0, out_address = 0;
  std::int32_t in_zero = 0;
  bool is_unsigned = false;  ///< input
  Requantisation output;     ///< scales: one, or one for each byte of a row
  std::optional<Residual> residual;
};

/// \throws Refusal  a row with values of its own is too long
void emit_row_layer(const RowLayer& layer, ConstantImage& constants, Pipeline& pipeline);

/// Pixels of an image that become part of another one, with another quantisation.
struct MoveLayer {
  Image in, out;
  std::uint64_t in_address = 0;
  std::uint64_t out_address = 0;  ///< of the first pixel's first channel that is written
  std::int32_t in_zero = 0;
  bool is_unsigned = false;  ///< input
  Requantisation output;     ///< one scale
};

/// Moves of one layer, one after another; they may not overlap.
/// \throws Refusal  a row of pixels is too long
void emit_move_layers(const std::vector<MoveLayer>& layers, Pipeline& pipeline);

}  // namespace kestrel::nn
