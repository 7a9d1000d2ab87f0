// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/view.hpp"

#include <array>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace kestrel::nn {
namespace {

using Offsets = std::vector<std::int64_t>;

TEST_CASE("images lie pixel by pixel with channels in whole words", "[userspace][nn]") {
  const View view = View::in_words({1, 3, 2, 2});
  // Row-major order of the indices: channels first, then rows and columns.
  CHECK(view.offsets() == Offsets{0, 16, 32, 48, 1, 17, 33, 49, 2, 18, 34, 50});
  CHECK(view.span_bytes() == 51);
  CHECK(view.shape() == Shape{1, 3, 2, 2});
}

TEST_CASE("other tensors lie row by row in whole words", "[userspace][nn]") {
  CHECK(View::in_words({2, 3}).offsets() == Offsets{0, 1, 2, 16, 17, 18});
  CHECK(View::in_words({17}).span_bytes() == 17);
  CHECK(View::row_major({2, 3}).offsets() == Offsets{0, 1, 2, 3, 4, 5});
  CHECK(View::dense_pixels({1, 3, 1, 2}).offsets() == Offsets{0, 3, 1, 4, 2, 5});
}

TEST_CASE("a Transpose moves nothing", "[userspace][nn]") {
  const std::array<std::size_t, 4> order = {0, 2, 3, 1};
  const View view = View::in_words({1, 2, 2, 3}).permuted(order);
  CHECK(view.shape() == Shape{1, 2, 3, 2});
  CHECK(view.offsets() == Offsets{0, 1, 16, 17, 32, 33, 48, 49, 64, 65, 80, 81});
}

TEST_CASE("a Reshape regroups, and keeps the order of elements", "[userspace][nn]") {
  const View image = View::in_words({1, 20, 3, 3});
  const auto flat = image.reshaped({1, 180});
  REQUIRE(flat);
  CHECK(flat->offsets() == image.offsets());
  const auto back = flat->reshaped({1, 20, 3, 3});
  REQUIRE(back);
  CHECK(*back == image);
  const auto split = image.reshaped({4, 5, 9, 1});
  REQUIRE(split);
  CHECK(split->offsets() == image.offsets());
}

TEST_CASE("a Reshape that would have to move something is none", "[userspace][nn]") {
  // Six channels of 2 x 3 pixels are no 4 x 9: 9 is neither pixels nor whole channels of them.
  CHECK_FALSE(View::in_words({1, 6, 2, 3}).reshaped({4, 9}));
  CHECK_FALSE(View::in_words({1, 6, 2, 3}).reshaped({1, 35}));
  CHECK_FALSE(View::in_words({1, 6, 2, 3}).reshaped({1, 72}));
}

TEST_CASE("a view is an image when channels lie side by side", "[userspace][nn]") {
  const auto image = Image::of(View::in_words({2, 20, 3, 5}));
  REQUIRE(image);
  CHECK(image->count == 2);
  CHECK(image->channels == 20);
  CHECK(image->pixel_bytes == 32);
  CHECK(image->row_bytes == 160);
  CHECK(image->image_bytes == 480);
  const std::array<std::size_t, 4> order = {0, 2, 3, 1};
  CHECK_FALSE(Image::of(View::in_words({2, 20, 3, 5}).permuted(order)));
  CHECK_FALSE(Image::of(View::in_words({20, 3})));
}

TEST_CASE("an image of one pixel has the size of its channels", "[userspace][nn]") {
  const auto image = Image::of(View::in_words({1, 40, 1, 1}));
  REQUIRE(image);
  CHECK(image->pixel_bytes == 48);
  CHECK(image->row_bytes == 48);
}

TEST_CASE("a view is rows when they do not overlap", "[userspace][nn]") {
  const auto matrix = Rows::of(View::in_words({5, 20}));
  REQUIRE(matrix);
  CHECK(matrix->count == 5);
  CHECK(matrix->pitch_bytes == 32);
  CHECK(matrix->words == 2);
  const auto flat = Rows::of(*View::in_words({2, 3, 2, 2}).reshaped({2, 12}));
  REQUIRE(flat);
  CHECK(flat->count == 2);
  CHECK(flat->pitch_bytes == 64);
  CHECK(flat->elements == Offsets{0, 16, 32, 48, 1, 17, 33, 49, 2, 18, 34, 50});
  const std::array<std::size_t, 2> swap = {1, 0};
  CHECK_FALSE(Rows::of(View::in_words({5, 20}).permuted(swap)));
  CHECK_FALSE(Rows::of(View()));
}

TEST_CASE("pixels of an image are rows of their channels", "[userspace][nn]") {
  const auto rows = Rows::of(View::in_words({2, 20, 3, 5}));
  REQUIRE(rows);
  CHECK(rows->count == 30);
  CHECK(rows->words == 2);
  CHECK(rows->elements.size() == 20);
}

}  // namespace
}  // namespace kestrel::nn
