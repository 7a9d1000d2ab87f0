// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "demo_page.hpp"

#include <regex>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "base64.hpp"
#include "demo_document.hpp"
#include "picture_png.hpp"

namespace presil::cli {
namespace {

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string page_of(const nlohmann::ordered_json& document) {
  return demo_page(demo_results(document));
}

TEST_CASE("the page begins with what came out", "[cli][page]") {
  const auto page = page_of(demo_document(16));
  CHECK(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  CHECK(page.ends_with("</html>\n"));
  CHECK(holds(page, "<title>net: 14 of 16 pictures right</title>"));
  CHECK(holds(page, "<h1>14 of 16 pictures right</h1>"));
  CHECK(holds(page, "net on a device"));
  CHECK(holds(page, "the accelerator's RTL"));
  CHECK(holds(page, "<dt>Cycles per picture</dt><dd>18,000</dd>"));
  // (0.25 * 4000 + 0.75 * 12345 + 0.125 * 655) / 18000
  CHECK(holds(page, "<dt>Use of the array</dt><dd>57.4 %</dd>"));
  CHECK(holds(page, "<dt>Moved per picture</dt><dd>7.0 KiB</dd>"));
  CHECK(holds(page, "<dt>Guest time</dt><dd>4.321 s</dd>"));
}

TEST_CASE("the page says what came of a comparison", "[cli][page]") {
  auto document = demo_document(2);
  CHECK_FALSE(holds(page_of(document), "<dt>outputs</dt>"));
  document["expected"] = {{"file", "<net>"}, {"compared", 2}, {"equal", 1}};
  CHECK(holds(page_of(document),
              "<dt>outputs</dt><dd>1 of 2 outputs equal &lt;net&gt; bit for bit</dd>"));
}

TEST_CASE("every picture is there with what was found in it", "[cli][page]") {
  const auto page = page_of(demo_document(16));
  CHECK(occurrences(page, "<img ") == 16);
  CHECK(occurrences(page, "<figure class=\"wrong\">") == 2);
  CHECK(occurrences(page, "<figure class=\"right\">") == 14);
  CHECK(occurrences(page, "<span class=\"wrong\">Coat</span><br>is Dress") == 2);
  CHECK(holds(page, "alt=\"picture 103, classified as Coat, wrong\""));
  CHECK(holds(page, "alt=\"picture 104, classified as Coat, right\""));
  for (std::size_t i = 0; i < 16; ++i) {
    CHECK(holds(page, "base64," + base64_text(picture_png(disc(i), kPictureSide)) + "\""));
  }
  CHECK(occurrences(page, "<rect class=\"chosen\"") == 16);
}

TEST_CASE("pictures without labels are neither right nor wrong", "[cli][page]") {
  auto document = demo_document(2);
  for (auto& picture : document["pictures"]) {
    picture["label"] = nullptr;
  }
  const auto page = page_of(document);
  CHECK(holds(page, "<h1>2 pictures classified</h1>"));
  CHECK_FALSE(holds(page, "class=\"wrong\""));
  CHECK_FALSE(holds(page, "class=\"right\""));
  CHECK(occurrences(page, "<figure class=\"unknown\">") == 2);
}

TEST_CASE("layers are a plot and a table of one picture's numbers", "[cli][page]") {
  const auto page = page_of(demo_document(16));
  CHECK(occurrences(page, "<svg class=\"plot\"") == 1);
  CHECK(occurrences(page, "<th scope=\"row\" class=\"name\">") == 5);
  CHECK(holds(page,
              "<tr><th scope=\"row\" class=\"name\">conv2</th><td class=\"name\">Conv</td>"
              "<td>12,345</td><td>68.6 %</td><td>80.0 %</td><td>75.0 %</td><td>1,234</td>"
              "<td>567</td><td>11</td><td>22</td><td>33</td><td>44</td></tr>"));
  CHECK(holds(page,
              "<tr><th scope=\"row\" class=\"name\">all</th><td class=\"name\"></td>"
              "<td>18,000</td><td>100.0 %</td><td>69.9 %</td><td>57.4 %</td><td>4,936</td>"
              "<td>2,268</td><td>44</td><td>88</td><td>132</td><td>176</td></tr>"));
}

TEST_CASE("the run is named, without times of the host", "[cli][page]") {
  const auto page = page_of(demo_document(16));
  CHECK(holds(page, "<dt>digest</dt><dd class=\"mono\">" + std::string(64, 'd') + "</dd>"));
  CHECK(holds(page, "<dt>its SHA-256</dt><dd class=\"mono\">" + std::string(64, 'a') + "</dd>"));
  CHECK(holds(page, "<dt>environment</dt><dd class=\"mono\">0123456789abcdef</dd>"));
  CHECK(holds(page, "<dt>computed by</dt><dd>RTL</dd>"));
  CHECK(holds(page, "<dt>RTL cycles run</dt><dd>1,234,567</dd>"));
  CHECK_FALSE(holds(page, "98.76"));
  auto document = demo_document(16);
  document["summary"]["digest_complete"] = false;
  document["summary"]["host_s"]["run"] = 99.5;
  CHECK(holds(page_of(document), std::string(64, 'd') + " (incomplete)"));
  document["summary"]["digest_complete"] = true;
  CHECK(page_of(document) == page);
}

TEST_CASE("a model that is not the RTL is named as what it is", "[cli][page]") {
  auto document = demo_document(1);
  document["summary"]["model"] = "functional";
  const auto page = page_of(document);
  CHECK(holds(page, "the accelerator's functional model"));
  CHECK(holds(page, "<dt>computed by</dt><dd>functional model</dd>"));
  CHECK_FALSE(holds(page, "the accelerator's RTL"));
}

TEST_CASE("what a summary should not hold is left out", "[cli][page]") {
  auto document = demo_document(1);
  document["summary"] = {{"model", 1.5}, {"guest_ns", "long"}, {"digest", {1, 2}}};
  const auto page = page_of(document);
  CHECK_FALSE(holds(page, "Guest time"));
  CHECK_FALSE(holds(page, "Every layer was computed"));
  CHECK_FALSE(holds(page, "<dt>digest</dt>"));
}

TEST_CASE("the page needs nothing from elsewhere", "[cli][page]") {
  const auto page = page_of(demo_document(3));
  const std::regex reference(
      R"re((src|href|srcset|data|action)="([^"]*)"|url\(|@import|<script)re");
  for (std::sregex_iterator at(page.begin(), page.end(), reference), end; at != end; ++at) {
    CAPTURE(at->str().substr(0, 60));
    CHECK((*at)[2].str().starts_with("data:"));
  }
  CHECK(holds(page, "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "));
}

TEST_CASE("no text of the document is markup", "[cli][page]") {
  auto document = demo_document(4);
  const std::string evil = "\"><script>alert('x')</script>";
  document["model"]["name"] = evil;
  document["device"] = evil;
  document["classes"][3] = evil;
  document["classes"][4] = evil;
  document["layers"][0]["name"] = evil;
  document["layers"][0]["operator"] = evil;
  document["summary"]["command"] = evil;
  const auto page = page_of(document);
  CHECK_FALSE(holds(page, "<script"));
  CHECK(occurrences(page, "&quot;&gt;&lt;script&gt;alert('x')&lt;/script&gt;") > 7);
}

TEST_CASE("of very many pictures the first are shown", "[cli][page]") {
  const auto page = page_of(demo_document(kMostShownPictures + 1));
  CHECK(occurrences(page, "<img ") == kMostShownPictures);
  CHECK(holds(page, "The first 400 of 401 pictures."));
  CHECK_FALSE(holds(page_of(demo_document(kMostShownPictures)), "The first"));
}

TEST_CASE("a document of nothing gives a page", "[cli][page]") {
  auto document = demo_document(0);
  document["layers"].clear();
  document.erase("summary");
  const auto page = page_of(document);
  CHECK(holds(page, "0 pictures classified"));
  CHECK_FALSE(holds(page, "nan"));
}

}  // namespace
}  // namespace presil::cli
