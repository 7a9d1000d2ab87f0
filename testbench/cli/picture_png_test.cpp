// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "picture_png.hpp"

#include <png.h>

#include <catch2/catch_test_macros.hpp>

#include "demo_document.hpp"
#include "error.hpp"

namespace presil::cli {
namespace {

/// Width and pixels of a PNG file, which must be grey.
std::pair<std::size_t, std::vector<std::uint8_t>> read(const std::vector<std::uint8_t>& file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_memory(&image, file.data(), file.size()));
  CHECK(image.format == PNG_FORMAT_GRAY);
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
  REQUIRE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr));
  return {image.width, pixels};
}

TEST_CASE("a picture's pixels come back from its PNG file", "[cli][picture]") {
  const auto pixels = disc(5);
  const auto [width, found] = read(picture_png(pixels, kPictureSide));
  CHECK(width == kPictureSide);
  CHECK(found == pixels);
}

TEST_CASE("a picture need not be a square", "[cli][picture]") {
  const std::vector<std::uint8_t> pixels{0, 1, 127, 128, 254, 255};
  const auto [width, found] = read(picture_png(pixels, 3));
  CHECK(width == 3);
  CHECK(found == pixels);
}

TEST_CASE("the same pixels give the same file", "[cli][picture]") {
  CHECK(picture_png(disc(1), kPictureSide) == picture_png(disc(1), kPictureSide));
  CHECK(picture_png(disc(1), kPictureSide) != picture_png(disc(2), kPictureSide));
}

TEST_CASE("pixels that are no whole rows are refused", "[cli][picture]") {
  const std::vector<std::uint8_t> pixels(10);
  CHECK_THROWS_AS(picture_png(pixels, 3), Error);
  CHECK_THROWS_AS(picture_png(pixels, 0), Error);
  CHECK_THROWS_AS(picture_png({}, 3), Error);
}

}  // namespace
}  // namespace presil::cli
