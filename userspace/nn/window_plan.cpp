// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/window_plan.hpp"

#include <algorithm>
#include <iterator>

#include "nn/constants.hpp"

namespace kestrel::nn {
namespace {

constexpr std::int64_t kLanes = 16;
constexpr std::int64_t kParameterBytes = 128;  // of sixteen channels

/// Words of weights for each word of activations.
std::int64_t weight_words(std::uint32_t mode) {
  switch (mode) {
    case KESTREL_ACCUMULATE_MODE_MATMUL:
      return kLanes;
    case KESTREL_ACCUMULATE_MODE_DEPTHWISE:
      return 1;
    default:
      return 0;
  }
}

std::int8_t weight(const WindowLayer& layer, const Gather& gather, const Piece& piece,
                   std::int64_t out, std::int64_t row, std::int64_t column, std::int64_t byte) {
  if (out >= layer.out.channels)
    return 0;
  if (gather.channels == 0)
    return layer.weight(out, row, column, byte);
  const auto place = gather.place(layer.window, piece.position, row, byte);
  return place ? layer.weight(out, place->row, place->column, place->channel) : std::int8_t{0};
}

}  // namespace

TilingProblem tiling_problem(const WindowLayer& layer, const Gather& gather) {
  TilingProblem problem{
      .window = gather.window,
      .images = layer.out.count,
      .out_h = divide_up(layer.out.height, gather.rows),
      .out_w = divide_up(layer.out.width, gather.columns),
      .gathered_runs = gather.channels > 0 ? gather.pixel_rows : 0,
      .in_words = 0,
      .in_bytes = layer.in.pixel_bytes,
      .tile_words = {},
      .weight_words = weight_words(layer.mode),
      .parameter_bytes = layer.areas.empty() ? std::ssize(layer.tiles) * kParameterBytes : 0,
      .may_store_each_tile = gather.positions() == 1};
  if (gather.channels > 0) {
    problem.in_words = gather.words();
    problem.tile_words.assign(layer.tiles.size() * static_cast<std::size_t>(gather.positions()),
                              gather.words());
    return problem;
  }
  for (const auto& words : layer.tiles) {
    problem.in_words = std::max(problem.in_words, words.first + words.count);
    problem.tile_words.push_back(words.count);
  }
  return problem;
}

std::vector<Piece> cut_to_pieces(const WindowLayer& layer, const WindowPlan& plan) {
  const auto& problem = plan.problem;
  std::vector<Piece> pieces;
  std::int64_t weights = 0;
  for (std::size_t tile = 0; tile < problem.tile_words.size(); ++tile) {
    const std::int64_t words = problem.tile_words[tile];
    const std::int64_t first = plan.gather.channels > 0 ? 0 : layer.tiles[tile].first;
    const std::int64_t chunk = plan.tiling.chunk_words;
    for (std::int64_t done = 0; done < words; done += chunk) {
      Piece piece{.tile = tile,
                  .first = first + done,
                  .count = std::min(chunk, words - done),
                  .is_first = done == 0,
                  .is_last = done + chunk >= words,
                  .weights = weights,
                  .channels = static_cast<std::int64_t>(tile) / plan.gather.positions(),
                  .position = static_cast<std::int64_t>(tile) % plan.gather.positions()};
      piece.weight_bytes = problem.taps() * problem.weight_words * piece.count * kWordBytes;
      weights += piece.weight_bytes;
      pieces.push_back(piece);
    }
  }
  return pieces;
}

std::vector<std::byte> pack_constants(const WindowLayer& layer, const WindowPlan& plan) {
  std::vector<std::byte> bytes;
  if (plan.problem.parameter_bytes > 0)
    bytes = pack_parameters(layer.output.bias, layer.output.scale, layer.out.channels);
  const auto& window = plan.problem.window;
  const std::int64_t rows = plan.problem.weight_words;
  for (const Piece& piece : cut_to_pieces(layer, plan)) {
    const std::int64_t channel = piece.channels * kLanes;
    for (std::int64_t y = 0; y < window.kernel_h; ++y) {
      for (std::int64_t x = 0; x < window.kernel_w; ++x) {
        for (std::int64_t i = 0; i < piece.count * rows; ++i) {
          for (std::int64_t lane = 0; lane < kLanes; ++lane) {
            const std::int64_t byte = rows == 1 ? channel + lane : piece.first * kLanes + i;
            bytes.push_back(static_cast<std::byte>(
                weight(layer, plan.gather, piece, channel + lane, y, x, byte)));
          }
        }
      }
    }
  }
  return bytes;
}

}  // namespace kestrel::nn
