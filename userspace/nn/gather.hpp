// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Gather: pixels of few channels that the load engine lays side by side, to fill words.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "nn/graph.hpp"

namespace kestrel::nn {

/// What an input position in the scratchpad is made of, and which window is left to move over
/// input positions.
///
/// - A pixel as it is: then the window is the convolution's.
/// - A patch: pixels of some rows and columns, such that a few neighbouring output positions find
///   all that they look at in one patch, or in some below each other. Each of these positions has
///   weights of its own, which are zero for pixels that it does not look at. The window that is
///   left has one column.
///
/// The load engine has few requests under way, and asks for a run of pixels by one; so what matters
/// is that there are few runs, and that a word is as full as can be: with one channel and windows
/// of 3 x 3, a patch of 2 x 8 pixels fills a word, and 2 x 6 output positions need two of them
/// each.
struct Gather {
  std::int64_t channels = 0;  ///< of a pixel, bytes that are gathered; 0: pixels as they are
  std::int64_t pixel_rows = 1, pixel_columns = 1;
  std::int64_t rows = 1, columns = 1;  ///< output positions that share a patch
  Window window;

  /// Output positions that share an input position.
  [[nodiscard]] std::int64_t positions() const { return rows * columns; }
  [[nodiscard]] std::int64_t bytes() const { return pixel_rows * pixel_columns * channels; }
  [[nodiscard]] std::int64_t words() const;

  /// Where in a convolution's window a byte of an input position lies.
  struct Place {
    std::int64_t row, column, channel;
    bool operator==(const Place&) const = default;
  };
  /// \param original   the convolution's window
  /// \param position   of those that share a patch, row by row
  /// \param row        of the window that is left
  /// \returns nothing for a byte that this position does not look at
  [[nodiscard]] std::optional<Place> place(const Window& original, std::int64_t position,
                                           std::int64_t row, std::int64_t byte) const;
};

/// Pixels as they are.
Gather no_gather(const Window& window);

/// Ways to gather a convolution's input whose channels lie densely: first a window's row for each
/// position, which is always possible.
/// \param channels      of the input
/// \param out_h, out_w  output positions; no more of them share a patch
std::vector<Gather> possible_gathers(const Window& window, std::int64_t channels,
                                     std::int64_t out_h, std::int64_t out_w);

/// Of them that one, and the best few others by a rough estimate.
std::vector<Gather> best_gathers(const Window& window, std::int64_t channels, std::int64_t out_h,
                                 std::int64_t out_w);

}  // namespace kestrel::nn
