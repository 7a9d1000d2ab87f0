// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/tiling.hpp"

#include <algorithm>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "nn/view.hpp"

namespace kestrel::nn {
namespace {

TilingProblem convolution(std::int64_t size, std::int64_t in_words, std::int64_t tiles) {
  return {.window = {.kernel_h = 3, .kernel_w = 3},
          .images = 1,
          .out_h = size,
          .out_w = size,
          .gathered_runs = 0,
          .in_words = in_words,
          .in_bytes = in_words * 16,
          .tile_words = std::vector<std::int64_t>(static_cast<std::size_t>(tiles), in_words),
          .weight_words = 16,
          .parameter_bytes = tiles * 128};
}

Tiling best_tiling(const TilingProblem& problem, const Device& device = {}) {
  return find_tilings(problem, device, 1).at(0);
}

struct Buffer {
  std::int64_t at, size;
};

/// Buffers with the sizes that the emitter will use do not overlap and end on chip.
void check_places(const TilingProblem& problem, const Tiling& tiling, const Device& device) {
  const std::int64_t in_rows = input_extent(tiling.rows, 3, 1, 1);
  const std::int64_t in_columns = input_extent(tiling.columns, 3, 1, 1);
  const auto tiles = std::ssize(problem.tile_words);
  const std::int64_t words =
      tiling.loads_each_step ? std::min(tiling.chunk_words, problem.in_words) : problem.in_words;
  std::vector<Buffer> buffers;
  const auto add = [&](const std::array<std::int64_t, 2>& places, std::int64_t size) {
    buffers.push_back({places[0], size});
    if (places[1] != places[0])
      buffers.push_back({places[1], size});
  };
  add(tiling.activations, in_rows * in_columns * words * 16);
  add(tiling.weights, 9 * 256 *
                          (tiling.keeps_weights ? problem.in_words * tiles
                                                : std::min(tiling.chunk_words, problem.in_words)));
  add(tiling.results, tiling.rows * tiling.columns * 16 * (tiling.stores_each_tile ? 1 : tiles));
  buffers.push_back({tiling.parameters, tiles * 128});
  std::ranges::sort(buffers, {}, &Buffer::at);
  for (std::size_t i = 0; i + 1 < buffers.size(); ++i)
    CHECK(buffers[i].at + buffers[i].size <= buffers[i + 1].at);
  CHECK(buffers.back().at + buffers.back().size <= device.scratchpad_bytes);
}

TEST_CASE("pieces fit on chip, and do not overlap there", "[userspace][nn]") {
  const Device device;
  for (const std::int64_t size : {1, 3, 7, 14, 28, 56, 112}) {
    for (const std::int64_t words : {1, 4, 16, 64}) {
      for (const std::int64_t tiles : {1, 4, 32}) {
        INFO(size << " " << words << " " << tiles);
        const auto problem = convolution(size, words, tiles);
        const Tiling tiling = best_tiling(problem, device);
        CHECK(tiling.rows * tiling.columns <= device.accumulator_rows);
        CHECK(tiling.rows <= size);
        CHECK(tiling.columns <= size);
        check_places(problem, tiling, device);
      }
    }
  }
}

TEST_CASE("weights stay on chip when there is room", "[userspace][nn]") {
  CHECK(best_tiling(convolution(14, 2, 2)).keeps_weights);
  CHECK_FALSE(best_tiling(convolution(14, 32, 32)).keeps_weights);
}

TEST_CASE("a layer with time to spare is cut, so that transfers run beside", "[userspace][nn]") {
  const Tiling tiling = best_tiling(convolution(28, 4, 4));
  CHECK(tiling.rows < 28);
}

TEST_CASE("what is too large for the chip is cut into words", "[userspace][nn]") {
  auto product = convolution(1, 2000, 4);
  product.window = {};
  const Tiling tiling = best_tiling(product);
  CHECK(tiling.chunk_words < 2000);
}

TEST_CASE("what does not fit at all has no tiling", "[userspace][nn]") {
  auto problem = convolution(8, 1, 1);
  problem.window.kernel_h = 4000;
  problem.window.kernel_w = 4000;
  CHECK(find_tilings(problem, {}, 10).empty());
}

TEST_CASE("the best come first, and as many as were asked for", "[userspace][nn]") {
  const auto found = find_tilings(convolution(14, 2, 2), {}, 40);
  CHECK(found.size() == 40);
  CHECK(std::ranges::is_sorted(found, {}, &Tiling::cycles));
  for (const Tiling& tiling : found)
    check_places(convolution(14, 2, 2), tiling, {});
  const bool has_some_together =
      std::ranges::any_of(found, [](const Tiling& tiling) { return tiling.pieces_together == 1; });
  CHECK(has_some_together);
}

TEST_CASE("what is gathered is not cut into words, nor stored tile by tile when it may not be",
          "[userspace][nn]") {
  auto problem = convolution(14, 2, 8);
  problem.gathered_runs = 2;
  problem.may_store_each_tile = false;
  for (const Tiling& tiling : find_tilings(problem, {}, 1000)) {
    CHECK(tiling.chunk_words == 2);
    CHECK_FALSE(tiling.loads_each_step);
    CHECK_FALSE(tiling.stores_each_tile);
  }
}

TEST_CASE("windows reach so far", "[userspace][nn]") {
  CHECK(input_extent(1, 3, 1, 1) == 3);
  CHECK(input_extent(5, 3, 2, 1) == 11);
  CHECK(input_extent(5, 3, 1, 2) == 9);
  CHECK(input_extent(4, 1, 3, 1) == 10);
}

}  // namespace
}  // namespace kestrel::nn
