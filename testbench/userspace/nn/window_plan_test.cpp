// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/window_plan.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace kestrel::nn {
namespace {

/// 3 x 3 over 40 channels, to 20.
WindowLayer wide_layer() {
  WindowLayer layer;
  layer.in = {.count = 1, .height = 6, .width = 5, .channels = 40, .pixel_bytes = 48};
  layer.out = {.count = 1, .height = 6, .width = 5, .channels = 20, .pixel_bytes = 32};
  layer.window = {.kernel_h = 3, .kernel_w = 3};
  layer.tiles = {{0, 3}, {0, 3}};
  layer.output.bias = std::vector<std::int32_t>(20, 1);
  layer.output.scale = std::vector<float>(20, 1);
  layer.weight = [](std::int64_t out, std::int64_t row, std::int64_t column, std::int64_t in) {
    return static_cast<std::int8_t>((out * 7 + row * 3 + column + in * 5) % 100 + 1);
  };
  return layer;
}

WindowPlan plan_of(const WindowLayer& layer, const Gather& gather, std::int64_t chunk_words) {
  WindowPlan plan{gather, tiling_problem(layer, gather), {}};
  plan.tiling.chunk_words = chunk_words;
  return plan;
}

TEST_CASE("pieces are all words of all tiles, in order", "[userspace][nn]") {
  const WindowLayer layer = wide_layer();
  const auto pieces = cut_to_pieces(layer, plan_of(layer, no_gather(layer.window), 2));
  REQUIRE(pieces.size() == 4);
  std::int64_t weights = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    CHECK(pieces[i].tile == i / 2);
    CHECK(pieces[i].first == (i % 2 == 0 ? 0 : 2));
    CHECK(pieces[i].count == (i % 2 == 0 ? 2 : 1));
    CHECK(pieces[i].is_first == (i % 2 == 0));
    CHECK(pieces[i].is_last == (i % 2 == 1));
    CHECK(pieces[i].weights == weights);
    CHECK(pieces[i].weight_bytes == 9 * 256 * pieces[i].count);
    weights += pieces[i].weight_bytes;
  }
}

TEST_CASE("weights lie as they are read: tap by tap, word by word", "[userspace][nn]") {
  const WindowLayer layer = wide_layer();
  const auto plan = plan_of(layer, no_gather(layer.window), 2);
  const auto bytes = pack_constants(layer, plan);
  REQUIRE(plan.problem.parameter_bytes == 2 * 128);
  REQUIRE(bytes.size() == 256 + 2 * 3 * 9 * 256);
  const auto at = [&](std::size_t offset) { return static_cast<std::int8_t>(bytes[256 + offset]); };
  // Lane 5 of byte 17, which is in the second word, at the second tap.
  CHECK(at(2 * 256 + 17 * 16 + 5) == layer.weight(5, 0, 1, 17));
  // The second piece: the third word.
  CHECK(at(9 * 512 + 3 * 16) == layer.weight(0, 0, 0, 35));
  // The second tile has four channels.
  CHECK(at(9 * 768 + 3) == layer.weight(19, 0, 0, 0));
  CHECK(at(9 * 768 + 4) == 0);
}

TEST_CASE("positions that share a patch have weights of their own", "[userspace][nn]") {
  WindowLayer layer = wide_layer();
  layer.in = {.count = 1, .height = 6, .width = 5, .channels = 1, .pixel_bytes = 1};
  layer.is_gathered = true;
  const auto all = possible_gathers(layer.window, 1, 6, 5);
  const auto gather = std::ranges::find_if(
      all, [](const Gather& one) { return one.rows == 2 && one.columns == 3; });
  REQUIRE(gather != all.end());
  const auto plan = plan_of(layer, *gather, gather->words());
  CHECK(plan.problem.out_h == 3);
  CHECK(plan.problem.out_w == 2);  // The last patch reaches beyond the image.
  CHECK(plan.problem.gathered_runs == 2);
  CHECK_FALSE(plan.problem.may_store_each_tile);
  const auto pieces = cut_to_pieces(layer, plan);
  REQUIRE(pieces.size() == 12);
  CHECK(pieces[7].channels == 1);
  CHECK(pieces[7].position == 1);
  const auto bytes = pack_constants(layer, plan);
  // Of position 1, the second of the first row: byte 6 is the second pixel row's second pixel.
  const auto weight = [&](std::int64_t byte) {
    return static_cast<std::int8_t>(
        bytes[static_cast<std::size_t>(256 + pieces[7].weights + byte * 16)]);
  };
  CHECK(weight(6) == layer.weight(16, 1, 0, 0));
  CHECK(weight(5) == 0);
}

TEST_CASE("what has no weights has no constants", "[userspace][nn]") {
  WindowLayer layer = wide_layer();
  layer.mode = KESTREL_ACCUMULATE_MODE_MAX;
  layer.areas = {{.bottom = 6, .right = 5}};
  CHECK(pack_constants(layer, plan_of(layer, no_gather(layer.window), 3)).empty());
}

}  // namespace
}  // namespace kestrel::nn
