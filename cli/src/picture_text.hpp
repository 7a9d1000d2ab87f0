// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Pictures in a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace presil::cli {

/// How a terminal can show shades of grey.
enum class Shades {
  kCharacters,  ///< ASCII: the denser the lighter, as on a dark background
  kPalette,     ///< half blocks in the 24 greys of 256 colours
  kTrueColour,  ///< half blocks in 24-bit colour
};

/// A picture and the lines that stand below it.
struct CaptionedPicture {
  std::span<const std::uint8_t> pixels;  ///< kPicturePixels of them (demo_results.hpp), 0 black
  std::vector<std::string> lines;        ///< ASCII; what is wider than the picture is cut
};

/// What may be used on a stream.
///
/// Characters when it is no terminal, when NO_COLOR is set and not empty, or when TERM is missing
/// or "dumb"; 24-bit colour when COLORTERM is "truecolor" or "24bit"; the palette when TERM names
/// 256 colours; else characters.
///
/// \param variable  value of an environment variable, "" without one.
/// Source: no-color.org; the practice of terminals for COLORTERM.
Shades shades_of(bool is_terminal, const std::function<std::string(const std::string&)>& variable);

/// Pictures side by side, as many a row as fit into `columns`, at least one, an empty line between
/// rows. A picture is 28 columns wide and 14 lines high, so that its pixels are about square.
/// Nothing stands at the ends of lines that is not seen; colours never reach beyond a picture.
std::string picture_text(std::span<const CaptionedPicture> pictures, std::size_t columns,
                         Shades shades);

}  // namespace presil::cli
