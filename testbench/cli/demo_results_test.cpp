// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "demo_results.hpp"

#include <functional>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include "demo_document.hpp"
#include "error.hpp"

namespace presil::cli {
namespace {

using Json = nlohmann::ordered_json;

TEST_CASE("a document is read whole", "[cli][results]") {
  const auto results = demo_results(demo_document(16));
  CHECK(results.model_name == "net");
  CHECK(results.model_sha256 == std::string(64, 'a'));
  CHECK(results.device == "a device");
  CHECK(results.classes.size() == 10);
  REQUIRE(results.pictures.size() == 16);
  const auto& picture = results.pictures[13];
  CHECK(picture.index == 113);
  CHECK(picture.label == 3u);
  CHECK(picture.predicted == 4);
  CHECK(picture.wrong());
  CHECK(picture.scores.at(4) == 0.91);
  CHECK(picture.pixels == disc(13));
  REQUIRE(results.layers.size() == 4);
  const auto& layer = results.layers[2];
  const std::uint64_t pictures = 16;
  CHECK(layer.name == "conv2");
  CHECK(layer.operation == "Conv");
  CHECK(layer.cycles == pictures * 12345);
  CHECK(layer.compute_busy == pictures * 9876);
  CHECK(layer.utilisation == 0.75);
  CHECK(layer.read_bytes == pictures * 1234);
  CHECK(layer.write_bytes == pictures * 567);
  CHECK(layer.stalls.load_token == pictures * 11);
  CHECK(layer.stalls.compute_token == pictures * 22);
  CHECK(layer.stalls.store_token == pictures * 33);
  CHECK(layer.stalls.translation == pictures * 44);
  CHECK(results.summary["digest"] == std::string(64, 'd'));
}

TEST_CASE("right answers are counted among labelled pictures", "[cli][results]") {
  auto document = demo_document(16);
  CHECK(demo_results(document).labelled() == 16);
  CHECK(demo_results(document).right() == 14);
  document["pictures"][0].erase("label");
  document["pictures"][3]["label"] = nullptr;
  const auto results = demo_results(document);
  CHECK(results.labelled() == 14);
  CHECK(results.right() == 13);
  CHECK_FALSE(results.pictures[3].wrong());
}

TEST_CASE("pixels may be an array of numbers", "[cli][results]") {
  auto document = demo_document(1);
  document["pictures"][0]["pixels"] = disc(7);
  CHECK(demo_results(document).pictures[0].pixels == disc(7));
}

TEST_CASE("a document without a summary, pictures or layers is read", "[cli][results]") {
  auto document = demo_document(0);
  document.erase("summary");
  document["layers"] = Json::array();
  const auto results = demo_results(document);
  CHECK(results.summary.empty());
  CHECK(results.pictures.empty());
  CHECK(results.right() == 0);
}

TEST_CASE("a comparison is there if one was made", "[cli][results]") {
  auto document = demo_document(2);
  CHECK(demo_results(document).comparison().empty());
  document["expected"] = {{"file", "net.npy"}, {"compared", 2}, {"equal", 1}};
  CHECK(demo_results(document).comparison() == "1 of 2 outputs equal net.npy bit for bit");
}

struct Fault {
  std::function<void(Json&)> make;
  std::string message;
};

TEST_CASE("every fault of a document is named with its place", "[cli][results]") {
  const auto fault = GENERATE(
      Fault{[](Json& d) { d = Json::array(); }, "results: document: is no object"},
      Fault{[](Json& d) { d.erase("model"); }, "results: model: is missing"},
      Fault{[](Json& d) { d["model"] = "net"; }, "results: model: is no object"},
      Fault{[](Json& d) { d["model"]["name"] = 1; }, "results: model.name: is no text"},
      Fault{[](Json& d) { d["classes"] = 10; }, "results: classes: is no array"},
      Fault{[](Json& d) { d["pictures"][1].erase("index"); },
            "results: pictures[1].index: is missing"},
      Fault{[](Json& d) { d["pictures"][1]["index"] = -1; },
            "results: pictures[1].index: is no number of things"},
      Fault{[](Json& d) { d["pictures"][0]["label"] = 10; },
            "results: pictures[0].label: class 10, but there are 10"},
      Fault{[](Json& d) { d["pictures"][0]["predicted"] = 99; },
            "results: pictures[0].predicted: class 99, but there are 10"},
      Fault{[](Json& d) { d["pictures"][0]["scores"].erase(0); },
            "results: pictures[0].scores: 9 scores for 10 classes"},
      Fault{[](Json& d) { d["pictures"][0]["scores"][2] = "much"; },
            "results: pictures[0].scores[2]: is no number"},
      Fault{[](Json& d) { d["pictures"][1]["pixels"] = "Zm9v"; },
            "results: pictures[1].pixels: 3 bytes, not 784"},
      Fault{[](Json& d) { d["pictures"][1]["pixels"] = "*"; },
            "results: pictures[1].pixels: is no base64"},
      Fault{[](Json& d) { d["pictures"][1]["pixels"] = {0, 256}; },
            "results: pictures[1].pixels[1]: 256 is no byte"},
      Fault{[](Json& d) { d["layers"][3]["stalls"].erase("translation"); },
            "results: layers[3].stalls.translation: is missing"},
      Fault{[](Json& d) { d["layers"][0]["cycles"] = 1.5; },
            "results: layers[0].cycles: is no number of things"},
      Fault{[](Json& d) { d["layers"][0]["compute_busy"] = 8001; },
            "results: layers[0].compute_busy: 8001 of 8000 cycles"},
      Fault{[](Json& d) { d["layers"][0]["utilisation"] = 1.5; },
            "results: layers[0].utilisation: 1.5 is not from 0 to 1"},
      Fault{[](Json& d) { d["expected"] = {{"file", "f"}, {"compared", 2}}; },
            "results: expected.equal: is missing"},
      Fault{[](Json& d) { d["expected"] = {{"file", "f"}, {"compared", 2}, {"equal", 3}}; },
            "results: expected.equal: 3 of 2"},
      Fault{[](Json& d) { d["summary"] = "fine"; }, "results: summary: is no object"});
  CAPTURE(fault.message);
  auto document = demo_document(2);
  fault.make(document);
  CHECK_THROWS_MATCHES(demo_results(document), Error, Catch::Matchers::Message(fault.message));
}

}  // namespace
}  // namespace presil::cli
