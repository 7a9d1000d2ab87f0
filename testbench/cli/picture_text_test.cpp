// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "picture_text.hpp"

#include <map>
#include <sstream>

#include <catch2/catch_test_macros.hpp>

#include "demo_results.hpp"

namespace presil::cli {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::string repeated(const std::string& part, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += part;
  }
  return text;
}

/// Left half black, right half white; in the lower half of the picture the other way round.
std::vector<std::uint8_t> quarters() {
  std::vector<std::uint8_t> pixels(kPicturePixels);
  for (std::size_t i = 0; i < kPicturePixels; ++i) {
    const bool right = i % kPictureSide >= kPictureSide / 2;
    const bool low = i / kPictureSide >= kPictureSide / 2;
    pixels[i] = right != low ? 255 : 0;
  }
  return pixels;
}

Shades shades(bool terminal, const std::map<std::string, std::string>& variables) {
  return shades_of(terminal, [&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  });
}

const std::string kBlock = "\xe2\x96\x80";

TEST_CASE("characters stand for shades, the darkest for nothing", "[cli][picture]") {
  const auto pixels = quarters();
  const CaptionedPicture picture{.pixels = pixels, .lines = {"Bag"}};
  const auto lines = lines_of(picture_text({&picture, 1}, 80, Shades::kCharacters));
  REQUIRE(lines.size() == 15);
  CHECK(lines[0] == std::string(14, ' ') + std::string(14, '@'));
  CHECK(lines[6] == lines[0]);
  CHECK(lines[7] == std::string(14, '@'));
  CHECK(lines[14] == "Bag");
}

TEST_CASE("each character covers the mean of two pixels", "[cli][picture]") {
  std::vector<std::uint8_t> pixels(kPicturePixels);
  // One column for each grey of the ramp, and for what lies just below the next.
  const std::vector<int> sums{0, 51, 52, 102, 103, 255, 459, 460, 510};
  for (std::size_t i = 0; i < sums.size(); ++i) {
    pixels[i] = static_cast<std::uint8_t>(sums[i] / 2);
    pixels[kPictureSide + i] = static_cast<std::uint8_t>(sums[i] - sums[i] / 2);
  }
  const CaptionedPicture picture{.pixels = pixels, .lines = {}};
  CHECK(lines_of(picture_text({&picture, 1}, 80, Shades::kCharacters))[0] == "  ..:=%@@");
}

TEST_CASE("half blocks carry two pixels, and colours end with the picture", "[cli][picture]") {
  auto pixels = quarters();
  pixels[0] = 10;
  const CaptionedPicture picture{.pixels = pixels, .lines = {}};
  const auto lines = lines_of(picture_text({&picture, 1}, 80, Shades::kTrueColour));
  REQUIRE(lines.size() == 14);
  CHECK(lines[0] == "\x1b[38;2;10;10;10;48;2;0;0;0m" + kBlock + "\x1b[38;2;0;0;0;48;2;0;0;0m" +
                        repeated(kBlock, 13) + "\x1b[38;2;255;255;255;48;2;255;255;255m" +
                        repeated(kBlock, 14) + "\x1b[0m");
}

TEST_CASE("the palette's greys are the nearest ones", "[cli][picture]") {
  std::vector<std::uint8_t> pixels(kPicturePixels);
  const std::vector<std::uint8_t> greys{0, 3, 4, 8, 12, 13, 18, 128, 238, 246, 247, 255};
  for (std::size_t i = 0; i < greys.size(); ++i) {
    pixels[i] = greys[i];
  }
  const CaptionedPicture picture{.pixels = pixels, .lines = {}};
  const auto line = lines_of(picture_text({&picture, 1}, 80, Shades::kPalette))[0];
  std::string expected;
  std::string last;
  for (const auto* number :
       {"16", "16", "232", "232", "232", "233", "233", "244", "255", "255", "231", "231", "16"}) {
    expected += number == last ? "" : "\x1b[38;5;" + std::string(number) + ";48;5;16m";
    expected += kBlock;
    last = number;
  }
  CHECK(line.starts_with(expected));
}

TEST_CASE("as many pictures stand side by side as fit", "[cli][picture]") {
  const auto pixels = quarters();
  const std::vector<CaptionedPicture> pictures(
      5, {.pixels = pixels, .lines = {"a caption that is far too wide", "two"}});
  const auto count = [&](std::size_t columns) {
    return lines_of(picture_text(pictures, columns, Shades::kCharacters)).size();
  };
  const std::size_t row = 16;
  CHECK(count(0) == 5 * row + 4);
  CHECK(count(57) == 5 * row + 4);
  CHECK(count(58) == 3 * row + 2);
  CHECK(count(88) == 2 * row + 1);
  CHECK(count(148) == row);
  const auto lines = lines_of(picture_text(pictures, 58, Shades::kCharacters));
  CHECK(lines[0] ==
        std::string(14, ' ') + std::string(14, '@') + std::string(16, ' ') + std::string(14, '@'));
  CHECK(lines[14] == "a caption that is far too wi  a caption that is far too wi");
  CHECK(lines[15] == "two" + std::string(27, ' ') + "two");
  CHECK(lines[16].empty());
}

TEST_CASE("captions of different lengths leave the others in their place", "[cli][picture]") {
  const auto pixels = quarters();
  const std::vector<CaptionedPicture> pictures{{.pixels = pixels, .lines = {"one"}},
                                               {.pixels = pixels, .lines = {"one", "two"}}};
  const auto lines = lines_of(picture_text(pictures, 80, Shades::kCharacters));
  REQUIRE(lines.size() == 16);
  CHECK(lines[15] == std::string(30, ' ') + "two");
}

TEST_CASE("no pictures give no text", "[cli][picture]") {
  CHECK(picture_text({}, 80, Shades::kTrueColour).empty());
}

TEST_CASE("colours are used where they are understood and wanted", "[cli][picture]") {
  using enum Shades;
  CHECK(shades(true, {{"TERM", "xterm"}, {"COLORTERM", "truecolor"}}) == kTrueColour);
  CHECK(shades(true, {{"TERM", "xterm"}, {"COLORTERM", "24bit"}}) == kTrueColour);
  CHECK(shades(true, {{"TERM", "xterm-256color"}}) == kPalette);
  CHECK(shades(true, {{"TERM", "xterm-256color"}, {"COLORTERM", "yes"}}) == kPalette);
  CHECK(shades(true, {{"TERM", "vt100"}}) == kCharacters);
  CHECK(shades(true, {{"TERM", "dumb"}, {"COLORTERM", "truecolor"}}) == kCharacters);
  CHECK(shades(true, {{"COLORTERM", "truecolor"}}) == kCharacters);
  CHECK(shades(true, {{"TERM", "xterm-256color"}, {"NO_COLOR", "1"}}) == kCharacters);
  CHECK(shades(false, {{"TERM", "xterm"}, {"COLORTERM", "truecolor"}}) == kCharacters);
}

}  // namespace
}  // namespace presil::cli
