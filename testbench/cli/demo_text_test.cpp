// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "demo_text.hpp"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "demo_document.hpp"

namespace presil::cli {
namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string text_of(const nlohmann::ordered_json& document, Shades shades = Shades::kCharacters) {
  return demo_text(demo_results(document), 58, shades);
}

TEST_CASE("pictures stand in the terminal with what was found in them", "[cli][demo]") {
  const auto text = text_of(demo_document(16));
  CHECK(holds(text, "102  Pullover                 103  Coat"));
  CHECK(holds(text, "right                         WRONG, is Dress"));
  CHECK(text.ends_with("\n14 of 16 pictures right: net on a device\n"));
  // Eight rows of 14 lines of pixels and two of captions, with an empty line behind each.
  const auto table = text.find("layer");
  CHECK(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(table), '\n') ==
        8 * 17);
}

TEST_CASE("layers are a table of one picture's numbers", "[cli][demo]") {
  const auto text = text_of(demo_document(16));
  CHECK(holds(text,
              "layer operator     cycles   share    busy    used      read   written   waiting\n"
              "conv1 Conv          4,000  22.2 %  37.5 %  25.0 %     1,234       567       110\n"
              "pool1 MaxPool       1,000   5.6 %  90.0 %   0.0 %     1,234       567       110\n"
              "conv2 Conv         12,345  68.6 %  80.0 %  75.0 %     1,234       567       110\n"
              "dense Gemm            655   3.6 %  45.8 %  12.5 %     1,234       567       110\n"
              "all                18,000 100.0 %  69.9 %  57.4 %     4,936     2,268       440\n"));
}

TEST_CASE("pictures without labels are neither right nor wrong", "[cli][demo]") {
  auto document = demo_document(2);
  for (auto& picture : document["pictures"]) {
    picture["label"] = nullptr;
  }
  const auto text = text_of(document);
  CHECK(holds(text, "100  T-shirt/top"));
  CHECK_FALSE(holds(text, "right"));
  CHECK_FALSE(holds(text, "WRONG"));
  CHECK(text.ends_with("\n2 pictures classified: net on a device\n"));
}

TEST_CASE("what came of a comparison is the last word", "[cli][demo]") {
  auto document = demo_document(3);
  document["expected"] = {{"file", "net.npy\x07"}, {"compared", 3}, {"equal", 2}};
  CHECK(
      text_of(document).ends_with("net on a device\n2 of 3 outputs equal net.npy? bit for bit\n"));
}

TEST_CASE("of very many pictures the first are shown", "[cli][demo]") {
  CHECK(holds(text_of(demo_document(kMostTextPictures + 1)), "\n(the first 64 of 65 pictures)\n"));
  CHECK_FALSE(holds(text_of(demo_document(kMostTextPictures)), "(the first"));
}

TEST_CASE("texts of the guest do not command the terminal", "[cli][demo]") {
  auto document = demo_document(1);
  document["model"]["name"] = "\x1b[2Jnet\n";
  document["device"] = "d\x9b";
  document["classes"][0] = "\x1b[31mred";
  document["layers"][0]["name"] = "c\r";
  document["layers"][0]["operator"] = "\t";
  const auto text = text_of(document);
  CHECK(text.ends_with("?[2Jnet? on d?\n"));
  CHECK(holds(text, "100  ?[31mred"));
  CHECK(std::ranges::none_of(text, [](char c) { return (c < ' ' && c != '\n') || c > '~'; }));
}

TEST_CASE("colours are the pictures' only", "[cli][demo]") {
  const auto text = text_of(demo_document(1), Shades::kTrueColour);
  CHECK(text.rfind("\x1b[0m\n") < text.find("100  T-shirt/top"));
  CHECK(text.rfind('\x1b') == text.rfind("\x1b[0m\n"));
}

TEST_CASE("a document of nothing gives a line", "[cli][demo]") {
  auto document = demo_document(0);
  document["layers"].clear();
  CHECK(text_of(document) == "0 pictures classified: net on a device\n");
}

}  // namespace
}  // namespace presil::cli
