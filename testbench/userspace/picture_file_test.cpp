// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Files of pictures: PNG in all its forms, PGM, .npy, and what is none of them.

#include "picture_file.hpp"

#include <png.h>
#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "npy.hpp"
#include "testbench/support/temporary_folder.hpp"

using kestrel::run::ElementType;
using kestrel::run::Outcome;
using kestrel::run::read_picture;
using kestrel::run::read_whole;
using presil::testbench::TemporaryFolder;
using Picture = kestrel::run::Array;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Shape = std::vector<std::int64_t>;

struct Png {
  std::uint32_t width = 2, height = 1;
  int depth = 8, colours = PNG_COLOR_TYPE_GRAY, interlaced = PNG_INTERLACE_NONE;
  std::vector<png_color> palette;
};

/// The file of pixels as PNG holds them, row by row, 16 bits the high byte first.
std::string png_file(const Png& form, Bytes pixels) {
  std::string file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp writer, png_bytep bytes, std::size_t size) {
        static_cast<std::string*>(png_get_io_ptr(writer))
            ->append(reinterpret_cast<const char*>(bytes), size);
      },
      nullptr);
  png_set_IHDR(png, info, form.width, form.height, form.depth, form.colours, form.interlaced,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!form.palette.empty())
    png_set_PLTE(png, info, form.palette.data(), static_cast<int>(form.palette.size()));
  const std::size_t row_bytes = pixels.size() / form.height;
  std::vector<png_bytep> rows;
  for (std::size_t y = 0; y < form.height; ++y)
    rows.push_back(&pixels[y * row_bytes]);
  png_set_rows(png, info, rows.data());
  png_write_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
  png_destroy_write_struct(&png, &info);
  return file;
}

std::string big_endian(std::uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8)
    text += static_cast<char>(value >> shift & 0xff);
  return text;
}

/// A PNG that has a header, grey and of 8 bits, and no pixels.
std::string header_only(std::uint32_t width, std::uint32_t height) {
  const std::string chunk =
      "IHDR" + big_endian(width) + big_endian(height) + std::string("\x08\x00\x00\x00\x00", 5);
  const auto checksum =
      crc32(0, reinterpret_cast<const Bytef*>(chunk.data()), static_cast<uInt>(chunk.size()));
  const std::string empty("\0\0\0\0IDAT\x35\xaf\x06\x1e", 12);
  return "\x89PNG\r\n\x1a\n" + big_endian(13) + chunk +
         big_endian(static_cast<std::uint32_t>(checksum)) + empty;
}

struct Bench {
  Outcome<Picture> read(const std::string& file, std::int64_t channels = 1) {
    folder.write("file", file);
    return read_picture(folder.path("file").string(), channels);
  }
  /// What is wrong with it, without its name; empty if nothing is.
  std::string refusal(const std::string& file, std::int64_t channels = 1) {
    const auto picture = read(file, channels);
    const std::string begin = "'" + folder.path("file").string() + "': ";
    if (picture)
      return "";
    REQUIRE(picture.error().starts_with(begin));
    CHECK(picture.error().find('\n') == std::string::npos);
    return picture.error().substr(begin.size());
  }

  TemporaryFolder folder;
};

}  // namespace

TEST_CASE("picture file: PNG, grey and of 8 bits, is taken as it is", "[userspace][picture]") {
  Bench bench;
  const int interlaced = GENERATE(PNG_INTERLACE_NONE, PNG_INTERLACE_ADAM7);
  Bytes pixels;
  for (int i = 0; i < 256; ++i)
    pixels.push_back(static_cast<std::uint8_t>(i));
  const Png form{.width = 32, .height = 8, .interlaced = interlaced, .palette = {}};
  const auto picture = bench.read(png_file(form, pixels));
  REQUIRE(picture);
  CHECK(picture->type == ElementType::kUint8);
  CHECK(picture->shape == Shape{1, 8, 32});
  CHECK(picture->bytes == pixels);
}

TEST_CASE("picture file: Of 16 bits the higher 8 are taken", "[userspace][picture]") {
  Bench bench;
  const Png grey{.width = 4, .depth = 16, .palette = {}};
  const auto picture = bench.read(png_file(grey, {0, 0, 0x12, 0x12, 0x80, 0x80, 0xff, 0xff}));
  REQUIRE(picture);
  CHECK(picture->shape == Shape{1, 1, 4});
  CHECK(picture->bytes == Bytes{0, 0x12, 0x80, 0xff});

  const Png colour{.width = 1, .depth = 16, .colours = PNG_COLOR_TYPE_RGB, .palette = {}};
  CHECK(bench.read(png_file(colour, {0x10, 0x10, 0x20, 0x20, 0x30, 0x30}), 3)->bytes ==
        Bytes{0x10, 0x20, 0x30});
}

TEST_CASE("picture file: Less than 8 bits are stretched", "[userspace][picture]") {
  Bench bench;
  CHECK(bench.read(png_file({.width = 8, .depth = 1, .palette = {}}, {0xa5}))->bytes ==
        Bytes{255, 0, 255, 0, 0, 255, 0, 255});
  CHECK(bench.read(png_file({.width = 2, .depth = 4, .palette = {}}, {0x1f}))->bytes ==
        Bytes{17, 255});
}

TEST_CASE("picture file: Colours become planes, or grey", "[userspace][picture]") {
  Bench bench;
  const Png form{.width = 2, .height = 2, .colours = PNG_COLOR_TYPE_RGB, .palette = {}};
  const std::string file = png_file(form, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  const auto colours = bench.read(file, 3);
  REQUIRE(colours);
  CHECK(colours->shape == Shape{3, 2, 2});
  CHECK(colours->bytes == Bytes{1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12});

  const std::string flat = png_file({.width = 4, .colours = PNG_COLOR_TYPE_RGB, .palette = {}},
                                    {0, 0, 0, 255, 255, 255, 255, 0, 0, 100, 100, 100});
  const auto grey = bench.read(flat, 1);
  REQUIRE(grey);
  CHECK(grey->shape == Shape{1, 1, 4});
  CHECK(grey->bytes[0] == 0);
  CHECK(grey->bytes[1] == 255);
  // Red is 21 % of white in light, and sRGB calls that 127.
  CHECK(std::abs(grey->bytes[2] - 127) <= 1);
  CHECK(std::abs(grey->bytes[3] - 100) <= 1);
  // Grey to colours.
  CHECK(bench.read(png_file({}, {7, 9}), 3)->bytes == Bytes{7, 9, 7, 9, 7, 9});
}

TEST_CASE("picture file: Palettes are looked up, and alpha lies on black", "[userspace][picture]") {
  Bench bench;
  const Png indexed{
      .width = 3, .colours = PNG_COLOR_TYPE_PALETTE, .palette = {{10, 20, 30}, {40, 50, 60}}};
  CHECK(bench.read(png_file(indexed, {1, 0, 1}), 3)->bytes ==
        Bytes{40, 10, 40, 50, 20, 50, 60, 30, 60});
  const Png alpha{.width = 3, .colours = PNG_COLOR_TYPE_GRAY_ALPHA, .palette = {}};
  CHECK(bench.read(png_file(alpha, {200, 255, 200, 0, 255, 255}))->bytes == Bytes{200, 0, 255});
}

TEST_CASE("picture file: A PNG that was cut is refused wherever that is", "[userspace][picture]") {
  Bench bench;
  Bytes pixels(28 * 28);
  for (std::size_t i = 0; i < pixels.size(); ++i)
    pixels[i] = static_cast<std::uint8_t>(i * i);
  const std::string whole = png_file({.width = 28, .height = 28, .palette = {}}, pixels);
  CHECK(bench.refusal(whole).empty());
  const std::size_t end_bytes = 12;  // The chunk IEND, which nothing is missing without.
  for (std::size_t size = 8; size + end_bytes + 8 < whole.size(); size += 7) {
    CAPTURE(size);
    CHECK_FALSE(bench.refusal(whole.substr(0, size)).empty());
  }
  CHECK(bench.refusal(whole.substr(0, 20)) == "libpng cannot read it: read beyond end of data");
}

TEST_CASE("picture file: A PNG whose bytes were changed is refused, or read whole",
          "[userspace][picture]") {
  Bench bench;
  const std::string whole =
      png_file({.width = 4, .height = 4, .palette = {}}, Bytes(16, std::uint8_t{77}));
  for (std::size_t i = 8; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0x55);
    CAPTURE(i);
    if (const auto picture = bench.read(changed))
      CHECK(picture->bytes.size() == *array_bytes(picture->type, picture->shape));
  }
}

TEST_CASE("picture file: Sizes that only a PNG's header has exhaust nothing",
          "[userspace][picture]") {
  Bench bench;
  CHECK(bench.refusal(header_only(1'000'000, 1'000'000)) == "it holds more than 268435456 bytes");
  CHECK(bench.refusal(header_only(1'000'000, 268), 3) == "it holds more than 268435456 bytes");
  CHECK(bench.refusal(header_only(0x7fff'ffff, 0x7fff'ffff)) ==
        "libpng cannot read it: Invalid IHDR data");
  CHECK(bench.refusal(header_only(0, 5)) == "libpng cannot read it: Invalid IHDR data");
  CHECK_FALSE(bench.refusal(header_only(5, 5)).empty());
}

TEST_CASE("picture file: Models that take no picture say so", "[userspace][picture]") {
  Bench bench;
  CHECK(bench.refusal(png_file({}, {1, 2}), 2) ==
        "a PNG has 1 or 3 channels, the model's input has 2");
  CHECK(bench.refusal(png_file({}, {1, 2}), 0) ==
        "a PNG has 1 or 3 channels, the model's input has 0");
}

TEST_CASE("picture file: PGM, with and without comments", "[userspace][picture]") {
  Bench bench;
  const auto* const header =
      GENERATE("P5 3 2 255\n", "P5\n3 2\n255\n", "P5\n# a picture\n3 2\n255 ",
               "P5#x\n3#wide\n \t2\r\n# 7 7 7\n#\n255\n");
  CAPTURE(header);
  const auto picture = bench.read(std::string(header) + "abcdef");
  REQUIRE(picture);
  CHECK(picture->type == ElementType::kUint8);
  CHECK(picture->shape == Shape{1, 2, 3});
  CHECK(picture->bytes == Bytes{'a', 'b', 'c', 'd', 'e', 'f'});
  // One white space is the header's, what follows are pixels; and another picture may follow.
  CHECK(bench.read(std::string(header) + "\n bcdefP5")->bytes ==
        Bytes{'\n', ' ', 'b', 'c', 'd', 'e'});
  CHECK(bench.refusal(std::string(header) + "abcde") == "it ends too early");
  // PGM is grey, whatever the model takes; the shape tells.
  CHECK(bench.read(std::string(header) + "abcdef", 3)->shape == Shape{1, 2, 3});
}

TEST_CASE("picture file: What is no PGM of 8 bits is refused", "[userspace][picture]") {
  Bench bench;
  const std::string header = "its header is no PGM's";
  for (const auto* text :
       {"P5", "P5 ", "P5 3", "P5 3 2", "P5 3 2 #255\n", "P53 2 255\nabcdef", "P5 -3 2 255\nabcdef",
        "P5 0 2 255\n", "P5 3x2 255\nabcdef", "P5 3 2 255", "P5 3 2 255#\nabcdef",
        "P5 three 2 255\n", "P5 9223372036854775808 1 255\n", "P5 # never ends"}) {
    CAPTURE(text);
    const std::string error = bench.refusal(text);
    CHECK(error == (std::string(text) == "P5 3 2 255" ? "it ends too early" : header));
  }
  CHECK(bench.refusal("P5 3 2 65535\nabcdefabcdef") ==
        "its largest value is 65535; only 255 is supported");
  CHECK(bench.refusal("P5 3 2 100\nabcdef") == "its largest value is 100; only 255 is supported");
  const std::string large = "it holds more than 268435456 bytes";
  CHECK(bench.refusal("P5 9223372036854775807 9223372036854775807 255\n") == large);
  CHECK(bench.refusal("P5 16385 16384 255\n") == large);
  CHECK(bench.refusal("P5 16384 16384 255\n") == "it ends too early");
}

TEST_CASE("picture file: .npy is read as it is", "[userspace][picture]") {
  Bench bench;
  const auto array = bench.read(kestrel::run::npy_file({ElementType::kInt8, {2, 1}, {1, 0xff}}), 3);
  REQUIRE(array);
  CHECK(array->type == ElementType::kInt8);
  CHECK(array->shape == Shape{2, 1});
  CHECK(bench.refusal("\x93NUMPY\x01") == "no .npy file");
}

TEST_CASE("picture file: Other files are refused", "[userspace][picture]") {
  Bench bench;
  for (const auto* text : {"", "P", "P2 1 1 255\n0", "P6 1 1 255\nabc", "GIF89a", "\xff\xd8\xff",
                           "\x89PNG", "\x93NUMP"}) {
    CAPTURE(text);
    CHECK(bench.refusal(text) == "neither PNG nor binary PGM nor .npy");
  }
}

TEST_CASE("picture file: What cannot be read is refused by name", "[userspace][picture]") {
  const TemporaryFolder folder;
  const std::string none = folder.path("none").string(), self = folder.path().string();
  CHECK(read_whole(none).error() == "'" + none + "': No such file or directory");
  CHECK(read_picture(none, 1).error() == "'" + none + "': No such file or directory");
  CHECK(read_whole(self).error() == "'" + self + "': Is a directory");
  CHECK(read_whole("").error() == "'': No such file or directory");
  CHECK(read_whole("/dev/null")->empty());
}

TEST_CASE("picture file: A file is read whole, and none without end", "[userspace][picture]") {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 200'000; ++i)
    text += static_cast<char>(i * 3);
  const auto whole = read_whole(folder.write("file", text).string());
  REQUIRE(whole);
  CHECK(std::string(whole->begin(), whole->end()) == text);

  const auto large = folder.write("large", "");
  std::filesystem::resize_file(large, std::uintmax_t{kestrel::run::kMostArrayBytes} * 4);
  CHECK(read_whole(large.string()).error() == "'" + large.string() + "': the file is too large");
}
