// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "demo_text.hpp"

#include <algorithm>
#include <format>
#include <vector>

#include "html_text.hpp"

namespace presil::cli {
namespace {

/// Of a text that came out of the guest, what a terminal prints and does not obey.
std::string printable(std::string text) {
  std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

CaptionedPicture captioned(const DemoResults& results, const PictureResult& picture) {
  const auto found = printable(results.classes[picture.predicted]);
  auto first = std::format("{}  {}", picture.index, found);
  if (!picture.label) {
    return {.pixels = picture.pixels, .lines = {std::move(first)}};
  }
  return {.pixels = picture.pixels,
          .lines = {std::move(first),
                    picture.wrong() ? "WRONG, is " + printable(results.classes[*picture.label])
                                    : "right"}};
}

std::string pictures(const DemoResults& results, std::size_t columns, Shades shades) {
  const auto shown = std::min(results.pictures.size(), kMostTextPictures);
  std::vector<CaptionedPicture> captions;
  for (std::size_t i = 0; i < shown; ++i) {
    captions.push_back(captioned(results, results.pictures[i]));
  }
  auto text = picture_text(captions, columns, shades);
  if (shown < results.pictures.size()) {
    text += std::format("\n(the first {} of {} pictures)\n", shown, results.pictures.size());
  }
  return text.empty() ? text : text + "\n";
}

std::string row(const LayerResult& layer, std::uint64_t all_cycles, const DemoResults& results,
                std::size_t name_width) {
  const auto waiting = layer.stalls.load_token + layer.stalls.compute_token +
                       layer.stalls.store_token + layer.stalls.translation;
  return std::format("{:<{}} {:<9} {:>9} {:>7} {:>7} {:>7} {:>9} {:>9} {:>9}\n",
                     printable(layer.name), name_width, printable(layer.operation),
                     grouped(results.each(layer.cycles)),
                     percent_words(part_of(layer.cycles, all_cycles)),
                     percent_words(part_of(layer.compute_busy, layer.cycles)),
                     percent_words(layer.utilisation), grouped(results.each(layer.read_bytes)),
                     grouped(results.each(layer.write_bytes)), grouped(results.each(waiting)));
}

std::string table(const DemoResults& results) {
  auto sum = results.total();
  sum.name = "all";
  std::size_t width = std::string("layer").size();
  for (const auto& layer : results.layers) {
    width = std::max(width, layer.name.size());
  }
  auto text =
      std::format("{:<{}} {:<9} {:>9} {:>7} {:>7} {:>7} {:>9} {:>9} {:>9}\n", "layer", width,
                  "operator", "cycles", "share", "busy", "used", "read", "written", "waiting");
  for (const auto& layer : results.layers) {
    text += row(layer, sum.cycles, results, width);
  }
  return text + row(sum, sum.cycles, results, width) +
         "(one picture, on average: cycles; the array's part of them, and what was used of it; "
         "bytes;\n cycles in which an engine waited)\n\n";
}

}  // namespace

std::string demo_text(const DemoResults& results, std::size_t columns, Shades shades) {
  return pictures(results, columns, shades) + (results.layers.empty() ? "" : table(results)) +
         std::format("{}: {} on {}\n", results.verdict(), printable(results.model_name),
                     printable(results.device)) +
         (results.expected ? printable(results.comparison()) + "\n" : "");
}

}  // namespace presil::cli
