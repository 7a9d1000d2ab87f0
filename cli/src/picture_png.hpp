// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Grey pictures as PNG.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace presil::cli {

/// A PNG file of one byte a pixel, row by row, 0 black. The same pixels give the same bytes.
///
/// \param pixels  a multiple of `width`, at least one row.
/// \throws Error  libpng fails, or the pixels are no whole rows.
std::vector<std::uint8_t> picture_png(std::span<const std::uint8_t> pixels, std::size_t width);

}  // namespace presil::cli
