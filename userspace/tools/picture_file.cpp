// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "picture_file.hpp"

#include <png.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include "npy.hpp"

namespace kestrel::run {
namespace {

constexpr std::string_view kPngMagic = "\x89PNG\r\n\x1a\n", kPgmMagic = "P5",
                           kNpyMagic = "\x93NUMPY";

std::string_view text_of(std::span<const std::uint8_t> file) {
  return {reinterpret_cast<const char*>(file.data()), file.size()};
}

/// From pixels side by side to planes of channels.
std::vector<std::uint8_t> planes(std::span<const std::uint8_t> pixels, std::size_t channels) {
  std::vector<std::uint8_t> bytes(pixels.size());
  const std::size_t count = pixels.size() / channels;
  for (std::size_t i = 0; i < pixels.size(); ++i)
    bytes[i % channels * count + i / channels] = pixels[i];
  return bytes;
}

Outcome<Array> parse_png(std::span<const std::uint8_t> file, std::int64_t channels) {
  if (channels != 1 && channels != 3) {
    return std::unexpected("a PNG has 1 or 3 channels, the model's input has " +
                           std::to_string(channels));
  }
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, decltype(&png_image_free)> owner(&image, png_image_free);
  const auto fail = [&image] {
    return std::unexpected(std::string("libpng cannot read it: ") + image.message);
  };
  if (png_image_begin_read_from_memory(&image, file.data(), file.size()) == 0)
    return fail();
  image.format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  // Of 16 bits and without a word on them: what else writes those means sRGB, not light.
  image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;

  Array array{ElementType::kUint8, {channels, image.height, image.width}, {}};
  const auto bytes = array_bytes(array.type, array.shape);
  if (!bytes)
    return std::unexpected(bytes.error());
  std::vector<std::uint8_t> pixels(*bytes);
  const png_color black = {};
  if (png_image_finish_read(&image, &black, pixels.data(), 0, nullptr) == 0)
    return fail();
  array.bytes = planes(pixels, static_cast<std::size_t>(channels));
  return array;
}

/// Source: Netpbm's "PGM format specification", the raw form.
Outcome<Array> parse_pgm(std::span<const std::uint8_t> file) {
  const std::string_view text = text_of(file);
  constexpr std::string_view kSpace = " \t\r\n";
  std::size_t at = kPgmMagic.size();
  std::int64_t numbers[3] = {};  // Width, height, largest value.
  for (std::int64_t& number : numbers) {
    if (at == text.size() || !(kSpace.contains(text[at]) || text[at] == '#'))
      return std::unexpected("its header is no PGM's");
    while (at < text.size() && (kSpace.contains(text[at]) || text[at] == '#'))
      at = text[at] == '#' ? std::min(text.find('\n', at), text.size()) : at + 1;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), number);
    if (error != std::errc{} || number <= 0)
      return std::unexpected("its header is no PGM's");
    at = static_cast<std::size_t>(end - text.data());
  }
  const auto& [width, height, largest] = numbers;
  if (largest != 255) {
    return std::unexpected("its largest value is " + std::to_string(largest) +
                           "; only 255 is supported");
  }
  Array array{ElementType::kUint8, {1, height, width}, {}};
  const auto bytes = array_bytes(array.type, array.shape);
  if (!bytes)
    return std::unexpected(bytes.error());
  if (at < text.size() && !kSpace.contains(text[at]))
    return std::unexpected("its header is no PGM's");
  ++at;  // One white space.
  if (at > file.size() || file.size() - at < *bytes)
    return std::unexpected("it ends too early");
  array.bytes.assign(file.begin() + static_cast<std::ptrdiff_t>(at),
                     file.begin() + static_cast<std::ptrdiff_t>(at + *bytes));
  return array;
}

Outcome<Array> parse(std::span<const std::uint8_t> file, std::int64_t channels) {
  const std::string_view text = text_of(file);
  if (text.starts_with(kPngMagic))
    return parse_png(file, channels);
  if (text.starts_with(kPgmMagic))
    return parse_pgm(file);
  if (text.starts_with(kNpyMagic))
    return parse_npy(file);
  return std::unexpected("neither PNG nor binary PGM nor .npy");
}

}  // namespace

Outcome<std::vector<std::uint8_t>> read_whole(const std::string& path) {
  const auto fail = [&path](const char* why) { return std::unexpected("'" + path + "': " + why); };
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(path.c_str(), "rbe"),
                                                                std::fclose);
  if (!file)
    return fail(std::strerror(errno));
  std::vector<std::uint8_t> bytes;
  for (std::size_t got = 1; got != 0;) {
    constexpr std::size_t kPiece = std::size_t{1} << 16;
    if (bytes.size() > kMostArrayBytes)
      return fail("the file is too large");
    const std::size_t size = bytes.size();
    bytes.resize(size + kPiece);
    got = std::fread(bytes.data() + size, 1, kPiece, file.get());
    bytes.resize(size + got);
  }
  if (std::ferror(file.get()) != 0)
    return fail(std::strerror(errno));
  return bytes;
}

Outcome<Array> read_picture(const std::string& path, std::int64_t channels) {
  const auto file = read_whole(path);
  if (!file)
    return std::unexpected(file.error());
  return parse(*file, channels).transform_error([&path](const std::string& why) {
    return "'" + path + "': " + why;
  });
}

}  // namespace kestrel::run
