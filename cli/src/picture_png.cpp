// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "picture_png.hpp"

#include <png.h>

#include <format>

#include "error.hpp"

namespace presil::cli {

std::vector<std::uint8_t> picture_png(std::span<const std::uint8_t> pixels, std::size_t width) {
  if (width == 0 || pixels.empty() || pixels.size() % width != 0) {
    throw Error(std::format("{} pixels are no rows of {}", pixels.size(), width),
                ExitStatus::kInternal);
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(pixels.size() / width);
  image.format = PNG_FORMAT_GRAY;
  std::vector<std::uint8_t> file(PNG_IMAGE_PNG_SIZE_MAX(image));
  png_alloc_size_t size = file.size();
  if (!png_image_write_to_memory(&image, file.data(), &size, 0, pixels.data(), 0, nullptr)) {
    throw Error(std::format("cannot write a PNG picture: {}", image.message),
                ExitStatus::kInternal);
  }
  file.resize(size);
  return file;
}

}  // namespace presil::cli
