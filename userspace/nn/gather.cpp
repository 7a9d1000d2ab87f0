// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/gather.hpp"

#include <algorithm>

#include "nn/tiling.hpp"
#include "nn/view.hpp"

namespace kestrel::nn {
namespace {

/// Of output positions that share a patch, along either side, and of words of a patch.
constexpr std::int64_t kMostPositions = 16, kMostWords = 4;
/// Of which the closer estimate chooses.
constexpr std::size_t kMostWays = 8;

/// The place in a window of one dimension that looks at a pixel, if one does.
std::optional<std::int64_t> tap_of(std::int64_t pixel, std::int64_t position, std::int64_t kernel,
                                   std::int64_t stride, std::int64_t dilation) {
  const std::int64_t distance = pixel - position * stride;
  if (distance < 0 || distance % dilation != 0 || distance / dilation >= kernel)
    return std::nullopt;
  return distance / dilation;
}

/// Rough cycles of an image: for each run of pixels, each pass, and the commands of each of the
/// positions that share a patch.
std::int64_t cost(const Gather& gather, std::int64_t out_h, std::int64_t out_w) {
  constexpr std::int64_t kRunCycles = 4, kCommandCycles = 60;
  const std::int64_t patches = divide_up(out_h, gather.rows) * divide_up(out_w, gather.columns);
  return patches * (gather.pixel_rows * kRunCycles +
                    gather.positions() * gather.window.kernel_h * gather.words()) +
         gather.positions() * kCommandCycles;
}

}  // namespace

std::int64_t Gather::words() const {
  return divide_up(bytes(), kWordBytes);
}

std::optional<Gather::Place> Gather::place(const Window& original, std::int64_t position,
                                           std::int64_t row, std::int64_t byte) const {
  if (byte >= bytes())
    return std::nullopt;
  const std::int64_t pixel = byte / channels, channel = byte % channels;
  // A row of patches is a row of the window, or it is as many rows of pixels as a patch has.
  const auto in_row = pixel_rows == 1 && rows == 1
                          ? std::optional(row)
                          : tap_of(row * pixel_rows + pixel / pixel_columns, position / columns,
                                   original.kernel_h, original.stride_h, original.dilation_h);
  const auto in_column = tap_of(pixel % pixel_columns, position % columns, original.kernel_w,
                                original.stride_w, original.dilation_w);
  if (!in_row || !in_column)
    return std::nullopt;
  return Place{*in_row, *in_column, channel};
}

Gather no_gather(const Window& window) {
  return {.window = window};
}

std::vector<Gather> possible_gathers(const Window& window, std::int64_t channels,
                                     std::int64_t out_h, std::int64_t out_w) {
  std::vector<Gather> all;
  for (std::int64_t rows = 1; rows <= std::min(out_h, kMostPositions); ++rows) {
    for (std::int64_t columns = 1; columns <= std::min(out_w, kMostPositions); ++columns) {
      Gather gather{.channels = channels,
                    .pixel_rows = rows == 1 ? 1 : rows * window.stride_h,
                    .pixel_columns =
                        input_extent(columns, window.kernel_w, window.stride_w, window.dilation_w),
                    .rows = rows,
                    .columns = columns,
                    .window = window};
      gather.window.kernel_w = gather.window.stride_w = gather.window.dilation_w = 1;
      if (rows > 1) {
        const std::int64_t pixels =
            input_extent(rows, window.kernel_h, window.stride_h, window.dilation_h);
        gather.window.kernel_h = divide_up(pixels, gather.pixel_rows);
        gather.window.stride_h = gather.window.dilation_h = 1;
      }
      // The simplest is always possible. Others have to need no more passes than it does.
      if (all.empty() ||
          (gather.words() <= kMostWords && gather.window.kernel_h * gather.words() <=
                                               all.front().window.kernel_h * all.front().words()))
        all.push_back(gather);
    }
  }
  return all;
}

std::vector<Gather> best_gathers(const Window& window, std::int64_t channels, std::int64_t out_h,
                                 std::int64_t out_w) {
  auto all = possible_gathers(window, channels, out_h, out_w);
  std::ranges::stable_sort(all.begin() + 1, all.end(), {},
                           [&](const Gather& gather) { return cost(gather, out_h, out_w); });
  all.resize(std::min(all.size(), kMostWays));
  return all;
}

}  // namespace kestrel::nn
