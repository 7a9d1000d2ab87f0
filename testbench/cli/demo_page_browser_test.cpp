// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The demonstration's page in a real browser, without a screen. `presil test -L browser` fetches
/// the browser; without one the cases are skipped. The last screenshots stay in the build folder.

#include <png.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "child.hpp"
#include "demo_document.hpp"
#include "demo_page.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

namespace fs = std::filesystem;

/// A screenshot: three bytes a pixel.
struct Screenshot {
  std::size_t width = 0, height = 0;
  std::vector<std::uint8_t> bytes;

  [[nodiscard]] std::uint32_t colour(std::size_t x, std::size_t y) const {
    const auto* at = &bytes[(y * width + x) * 3];
    return static_cast<std::uint32_t>(at[0] << 16 | at[1] << 8 | at[2]);
  }
  [[nodiscard]] std::size_t colours() const {
    std::set<std::uint32_t> found;
    for (std::size_t i = 0; i < width * height; ++i) {
      found.insert(colour(i % width, i / width));
    }
    return found.size();
  }
};

Screenshot read_png(const fs::path& file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_file(&image, file.c_str()));
  image.format = PNG_FORMAT_RGB;
  Screenshot shot{.width = image.width, .height = image.height, .bytes = {}};
  shot.bytes.resize(PNG_IMAGE_SIZE(image));
  REQUIRE(png_image_finish_read(&image, nullptr, shot.bytes.data(), 0, nullptr));
  return shot;
}

/// The browser of the cache folder, on one page.
class Browser {
 public:
  explicit Browser(const std::string& page) {
    const char* cache = std::getenv("PRESIL_CACHE");
    root_ = fs::path(cache ? cache : "") / "browser";
    if (!fs::exists(program())) {
      SKIP("no browser; `presil test -L browser` fetches one");
    }
    folder_.write("page.html", page);
  }

  /// What the page is to a program: its elements, as HTML.
  std::string elements() {
    run({"--dump-dom"});
    return folder_.read("out");
  }

  /// \param name  under which the picture stays in the build folder.
  Screenshot screenshot(const std::string& name, const std::vector<std::string>& options) {
    const fs::path kept = fs::path(EVIDENCE_FOLDER) / (name + ".png");
    fs::create_directories(kept.parent_path());
    fs::remove(kept);
    auto all = options;
    all.insert(all.end(), {"--screenshot=" + kept.string(), "--hide-scrollbars"});
    run(all);
    return read_png(kept);
  }

  /// What the console of the page said in the last call, one message a line.
  [[nodiscard]] std::string console() const {
    std::istringstream stream(folder_.read("errors"));
    std::string messages;
    for (std::string line; std::getline(stream, line);) {
      messages += line.find(":CONSOLE:") != std::string::npos ? line + "\n" : "";
    }
    return messages;
  }

 private:
  [[nodiscard]] fs::path program() const {
    return root_ / "usr/lib/chromium/chromium-headless-shell";
  }

  void run(const std::vector<std::string>& options) {
    // Its libraries, fonts and settings lie beside it. Nobody but us writes the page, so it does
    // without its sandbox, which the environment's own would not allow.
    const auto libraries = (root_ / "usr/lib/x86_64-linux-gnu").string();
    std::vector<std::string> command{
        "env",
        "HOME=" + folder_.path().string(),
        "LD_LIBRARY_PATH=" + libraries + ":" + libraries + "/pulseaudio",
        "FONTCONFIG_SYSROOT=" + root_.string(),
        program().string(),
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--enable-logging=stderr"};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back("file://" + folder_.path("page.html").string());
    ChildStreams streams;
    streams.standard_output = folder_.path("out");
    streams.standard_error = folder_.path("errors");
    const auto report = Child::start(command, streams).wait();
    INFO(folder_.read("errors"));
    REQUIRE(report.text() == "exit status 0");
  }

  fs::path root_;
  TemporaryFolder folder_;
};

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

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
