// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/window_operators.hpp"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace kestrel::nn {
namespace {

Image image(std::int64_t side, std::int64_t channels) {
  const std::int64_t pixel = (channels + 15) / 16 * 16;
  return {.count = 1,
          .height = side,
          .width = side,
          .channels = channels,
          .pixel_bytes = pixel,
          .row_bytes = side * pixel,
          .image_bytes = side * side * pixel};
}

Convolution convolution(std::int64_t in, std::int64_t out, std::int64_t groups) {
  Convolution work{};
  work.in_quantisation.zero = 3;
  work.window = {.kernel_h = 2, .kernel_w = 3};
  work.groups = groups;
  work.weights.resize(static_cast<std::size_t>(out * in / groups * 6));
  std::iota(work.weights.begin(), work.weights.end(), std::int8_t{0});
  work.output.bias = {100};
  return work;
}

TEST_CASE("a convolution's weights are found by channel, row and column", "[userspace][nn]") {
  const Convolution work = convolution(2, 4, 1);
  const WindowLayer layer = convolution_layer(work, image(4, 2), image(4, 4), false);
  CHECK(layer.mode == KESTREL_ACCUMULATE_MODE_MATMUL);
  CHECK(layer.weight(3, 1, 2, 1) == 47);
  CHECK(layer.weight(3, 1, 2, 2) == 0);
  CHECK(layer.pad == 3);
}

TEST_CASE("biases take off what the zero point of the input adds", "[userspace][nn]") {
  const Convolution work = convolution(2, 4, 1);
  const WindowLayer layer = convolution_layer(work, image(4, 2), image(4, 4), false);
  REQUIRE(layer.output.bias.size() == 4);
  // 0 + 1 + ... + 11, three times.
  CHECK(layer.output.bias[0] == 100 - 3 * 66);
}

TEST_CASE("groups look at their own channels only", "[userspace][nn]") {
  const Convolution work = convolution(8, 4, 2);
  const WindowLayer layer = convolution_layer(work, image(4, 8), image(4, 4), false);
  CHECK(layer.weight(1, 0, 0, 3) == work.weights[(4 + 3) * 6]);
  CHECK(layer.weight(1, 0, 0, 4) == 0);
  CHECK(layer.weight(2, 0, 0, 3) == 0);
  CHECK(layer.weight(2, 0, 0, 4) == work.weights[2 * 4 * 6]);
}

TEST_CASE("a group of each channel goes lane by lane", "[userspace][nn]") {
  const Convolution work = convolution(4, 4, 4);
  CHECK(convolution_layer(work, image(4, 4), image(4, 4), false).mode ==
        KESTREL_ACCUMULATE_MODE_DEPTHWISE);
}

TEST_CASE("bytes between a row's elements meet weights of zero", "[userspace][nn]") {
  Product work{};
  work.depth = 2;
  work.columns = 3;
  work.weights = {1, 2, 3, 4, 5, 6};
  work.output.bias = {0};
  Rows in{.count = 5, .pitch_bytes = 16, .words = 1, .elements = {0, 7}};
  const Rows out{.count = 5, .pitch_bytes = 16, .words = 1, .elements = {0, 1, 2}};
  const WindowLayer layer = product_layer(work, in, out);
  in.elements.clear();
  CHECK(layer.in.height == 5);
  CHECK(layer.weight(2, 0, 0, 0) == 3);
  CHECK(layer.weight(2, 0, 0, 7) == 6);
  CHECK(layer.weight(2, 0, 0, 1) == 0);
}

TEST_CASE("an average divides by the pixels that count", "[userspace][nn]") {
  Pool work{};
  work.window = {
      .kernel_h = 3, .kernel_w = 3, .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1};
  work.in_quantisation.scale = 36;
  work.out_quantisation.scale = 1;
  const WindowLayer layer = pool_layer(work, image(4, 16), image(4, 16));
  REQUIRE(layer.areas.size() == 9);
  CHECK(layer.areas[0].scale == 9);  // 2 x 2 in the corner
  CHECK(layer.areas[1].scale == 6);  // 2 x 3 at the border
  CHECK(layer.areas[4].scale == 4);
  CHECK(layer.areas[4].top == 1);
  CHECK(layer.areas[4].bottom == 3);

  work.counts_padding = true;
  const WindowLayer whole = pool_layer(work, image(4, 16), image(4, 16));
  REQUIRE(whole.areas.size() == 1);
  CHECK(whole.areas[0].scale == 4);
}

}  // namespace
}  // namespace kestrel::nn
