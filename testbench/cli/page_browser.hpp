// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Browser: a real one, without a screen, for pages of results. `presil test -L browser` fetches
/// it; without one the cases that want it are skipped. The last screenshots stay in the folder that
/// the program is compiled with, EVIDENCE_FOLDER.
#pragma once

#include <png.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "child.hpp"
#include "testbench/support/temporary_folder.hpp"

namespace presil::cli {

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

inline Screenshot read_png(const std::filesystem::path& file) {
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
    root_ = std::filesystem::path(cache ? cache : "") / "browser";
    if (!std::filesystem::exists(program())) {
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
    const std::filesystem::path kept = std::filesystem::path(EVIDENCE_FOLDER) / (name + ".png");
    std::filesystem::create_directories(kept.parent_path());
    std::filesystem::remove(kept);
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
  [[nodiscard]] std::filesystem::path program() const {
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

  std::filesystem::path root_;
  testbench::TemporaryFolder folder_;
};

/// How often a part occurs in a text.
inline std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace presil::cli
