// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "picture_text.hpp"

#include <algorithm>
#include <format>

#include "demo_results.hpp"

namespace presil::cli {
namespace {

constexpr std::size_t kGap = 2;  // Columns between pictures.
constexpr const char* kUpperHalf = "\xe2\x96\x80";
constexpr const char* kPlain = "\x1b[0m";
constexpr std::string_view kRamp = " .:-=+*#%@";

/// Upper and lower pixel of one character's place.
struct Halves {
  std::uint8_t upper, lower;
  bool operator==(const Halves&) const = default;
};

Halves halves(const CaptionedPicture& picture, std::size_t line, std::size_t column) {
  const auto upper = 2 * line * kPictureSide + column;
  return {.upper = picture.pixels[upper], .lower = picture.pixels[upper + kPictureSide]};
}

/// Number in the palette of 256: black, 24 greys from 8 to 238 in steps of 10, white; the nearest.
int palette_grey(int grey) {
  constexpr int kBlack = 16, kWhite = 231, kFirst = 232, kGreys = 24;
  if (grey < 4) {
    return kBlack;
  }
  if (grey > 246) {
    return kWhite;
  }
  return kFirst + std::clamp((grey - 8 + 5) / 10, 0, kGreys - 1);
}

/// The sequence that sets the foreground to the upper pixel and the background to the lower one.
std::string colours(Halves pair, Shades shades) {
  if (shades == Shades::kTrueColour) {
    return std::format("\x1b[38;2;{0};{0};{0};48;2;{1};{1};{1}m", pair.upper, pair.lower);
  }
  return std::format("\x1b[38;5;{};48;5;{}m", palette_grey(pair.upper), palette_grey(pair.lower));
}

/// One line of one picture, kPictureSide columns wide.
std::string picture_line(const CaptionedPicture& picture, std::size_t line, Shades shades) {
  std::string text;
  if (shades == Shades::kCharacters) {
    for (std::size_t column = 0; column < kPictureSide; ++column) {
      const auto pair = halves(picture, line, column);
      text += kRamp[(static_cast<std::size_t>(pair.upper) + pair.lower) * kRamp.size() / 511];
    }
    return text;
  }
  std::string current;
  for (std::size_t column = 0; column < kPictureSide; ++column) {
    auto wanted = colours(halves(picture, line, column), shades);
    if (wanted != current) {
      text += wanted;
      current = std::move(wanted);
    }
    text += kUpperHalf;
  }
  return text + kPlain;
}

std::string padded(const std::string& text) {
  return std::format("{:<{}}", text.substr(0, kPictureSide), kPictureSide);
}

/// Puts the next part of a line behind the others.
void append(std::string& line, const std::string& part) {
  line += (line.empty() ? "" : std::string(kGap, ' ')) + part;
}

std::string finished(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string picture_row(std::span<const CaptionedPicture> row, Shades shades) {
  std::string text;
  for (std::size_t line = 0; line < kPictureSide / 2; ++line) {
    std::string whole;
    for (const auto& picture : row) {
      append(whole, picture_line(picture, line, shades));
    }
    text += finished(std::move(whole));
  }
  std::size_t captions = 0;
  for (const auto& picture : row) {
    captions = std::max(captions, picture.lines.size());
  }
  for (std::size_t line = 0; line < captions; ++line) {
    std::string whole;
    for (const auto& picture : row) {
      append(whole, padded(line < picture.lines.size() ? picture.lines[line] : ""));
    }
    text += finished(std::move(whole));
  }
  return text;
}

}  // namespace

Shades shades_of(bool is_terminal, const std::function<std::string(const std::string&)>& variable) {
  const auto term = variable("TERM");
  if (!is_terminal || !variable("NO_COLOR").empty() || term.empty() || term == "dumb") {
    return Shades::kCharacters;
  }
  const auto colour = variable("COLORTERM");
  if (colour == "truecolor" || colour == "24bit") {
    return Shades::kTrueColour;
  }
  return term.find("256color") != std::string::npos ? Shades::kPalette : Shades::kCharacters;
}

std::string picture_text(std::span<const CaptionedPicture> pictures, std::size_t columns,
                         Shades shades) {
  const auto fitting = std::max<std::size_t>((columns + kGap) / (kPictureSide + kGap), 1);
  std::string text;
  while (!pictures.empty()) {
    const auto row = pictures.first(std::min(fitting, pictures.size()));
    text += (text.empty() ? "" : "\n") + picture_row(row, shades);
    pictures = pictures.subspan(row.size());
  }
  return text;
}

}  // namespace presil::cli
