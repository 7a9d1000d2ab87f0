// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// A demonstration's document, for tests to read, to spoil, and to show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base64.hpp"
#include "demo_results.hpp"
#include <nlohmann/json.hpp>

namespace presil::cli {

/// A disc of light on black, which sits elsewhere in each picture.
inline std::vector<std::uint8_t> disc(std::size_t number) {
  std::vector<std::uint8_t> pixels(kPicturePixels);
  const auto x0 = static_cast<int>(8 + number % 4 * 4);
  const auto y0 = static_cast<int>(8 + number / 4 % 4 * 4);
  for (std::size_t i = 0; i < kPicturePixels; ++i) {
    const int x = static_cast<int>(i % kPictureSide) - x0;
    const int y = static_cast<int>(i / kPictureSide) - y0;
    const int away = x * x + y * y;
    pixels[i] = away < 64 ? static_cast<std::uint8_t>(255 - 2 * away) : std::uint8_t{0};
  }
  return pixels;
}

/// A document of `count` pictures and four layers. Of the pictures number 3, 13, 23 ... are wrong:
/// class (number + 1) % 10 was found in place of number % 10.
inline nlohmann::ordered_json demo_document(std::size_t count) {
  using Json = nlohmann::ordered_json;
  Json document;
  document["model"] = {{"name", "net"}, {"sha256", std::string(64, 'a')}};
  document["device"] = "a device";
  document["classes"] = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                         "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  document["pictures"] = Json::array();
  for (std::size_t i = 0; i < count; ++i) {
    const auto label = i % 10;
    const auto predicted = i % 10 == 3 ? label + 1 : label;
    Json scores = std::vector<double>(10, 0.01);
    scores[predicted] = 0.91;
    document["pictures"].push_back({{"index", 100 + i},
                                    {"label", label},
                                    {"predicted", predicted},
                                    {"scores", scores},
                                    {"pixels", base64_text(disc(i))}});
  }
  document["layers"] = Json::array();
  const auto layer = [&](const char* name, const char* operation, std::uint64_t cycles,
                         std::uint64_t busy, double utilisation) {
    document["layers"].push_back({{"name", name},
                                  {"operator", operation},
                                  {"cycles", cycles * count},
                                  {"compute_busy", busy * count},
                                  {"utilisation", utilisation},
                                  {"read_bytes", 1234 * count},
                                  {"write_bytes", 567 * count},
                                  {"stalls",
                                   {{"load_token", 11 * count},
                                    {"compute_token", 22 * count},
                                    {"store_token", 33 * count},
                                    {"translation", 44 * count}}}});
  };
  layer("conv1", "Conv", 4000, 1500, 0.25);
  layer("pool1", "MaxPool", 1000, 900, 0.0);
  layer("conv2", "Conv", 12345, 9876, 0.75);
  layer("dense", "Gemm", 655, 300, 0.125);
  document["summary"] = {{"result", "pass"},
                         {"digest", std::string(64, 'd')},
                         {"digest_complete", true},
                         {"environment", "0123456789abcdef"},
                         {"command", "classify --count 16"},
                         {"guest_ns", 4'321'000'000u},
                         {"device_ns", 17'000'000u},
                         {"rtl_cycles", 1'234'567u},
                         {"model", "rtl"},
                         {"seed", 1u},
                         {"kernel", "6.12.0-test"},
                         {"host_s", {{"run", 98.76}}}};
  return document;
}

}  // namespace presil::cli
