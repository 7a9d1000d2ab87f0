// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The demonstration's page in a real browser, without a screen.

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "demo_document.hpp"
#include "demo_page.hpp"
#include "page_browser.hpp"

namespace presil::cli {
namespace {

std::string page_of(std::size_t pictures) {
  return demo_page(demo_results(demo_document(pictures)));
}

TEST_CASE("a browser reads the page without complaint", "[cli][browser]") {
  Browser browser(page_of(16));
  const auto elements = browser.elements();
  CHECK(browser.console().empty());
  CHECK(occurrences(elements, "<img ") == 16);
  CHECK(occurrences(elements, "<figure class=\"wrong\">") == 2);
  CHECK(occurrences(elements, "<tr>") == 7);
  CHECK(occurrences(elements, "<rect class=\"busy\"") == 4);
  for (const auto* text : {"<h1>14 of 16 pictures right</h1>", "net on a device",
                           "Cycles per layer</h2>", "<th scope=\"row\" class=\"name\">conv2</th>",
                           "<dd class=\"mono\">0123456789abcdef</dd>"}) {
    CAPTURE(text);
    CHECK(elements.find(text) != std::string::npos);
  }
}

TEST_CASE("a browser complains of a page that needs something from elsewhere", "[cli][browser]") {
  auto page = page_of(1);
  page.insert(page.find("<main>"), "<img src=\"http://localhost:9/picture.png\">");
  Browser browser(page);
  browser.elements();
  CHECK(browser.console().find("Content Security Policy") != std::string::npos);
}

TEST_CASE("the page can be seen, in light and in dark", "[cli][browser]") {
  Browser browser(page_of(16));
  const auto light = browser.screenshot(
      "light", {"--window-size=1100,2200", "--blink-settings=preferredColorScheme=1"});
  const auto dark = browser.screenshot(
      "dark", {"--window-size=1100,2200", "--blink-settings=preferredColorScheme=0"});
  CHECK(light.width == 1100);
  CHECK(light.colour(0, 0) == 0xffffff);
  CHECK(dark.colour(0, 0) == 0x12161b);
  // Discs alone have a hundred shades.
  CHECK(light.colours() > 100);
  CHECK(dark.colours() > 100);
}

TEST_CASE("pictures are squares, also on a narrow screen", "[cli][browser]") {
  auto document = demo_document(1);
  // No other element is as black as that.
  document["pictures"][0]["pixels"] = std::vector<int>(kPicturePixels, 0);
  Browser browser(demo_page(demo_results(document)));
  const auto shot = browser.screenshot(
      "narrow", {"--window-size=500,1000", "--blink-settings=preferredColorScheme=1"});
  std::size_t left = shot.width, right = 0, top = shot.height, bottom = 0;
  for (std::size_t y = 0; y < shot.height; ++y) {
    for (std::size_t x = 0; x < shot.width; ++x) {
      if (shot.colour(x, y) == 0) {
        left = std::min(left, x);
        right = std::max(right, x);
        top = std::min(top, y);
        bottom = std::max(bottom, y);
      }
    }
  }
  REQUIRE(left < right);
  CHECK(right - left > 90);
  CHECK(right - left < 200);
  CHECK(right - left + 2 >= bottom - top);
  CHECK(bottom - top + 2 >= right - left);
}

}  // namespace
}  // namespace presil::cli
