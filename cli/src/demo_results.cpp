// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "demo_results.hpp"

#include <algorithm>
#include <cmath>
#include <format>
#include <utility>

#include "base64.hpp"
#include "error.hpp"

namespace presil::cli {
namespace {

using Json = nlohmann::ordered_json;

/// A value of the document, with the path that messages name.
class Node {
 public:
  Node(const Json& json, std::string path) : json_(json), path_(std::move(path)) {}

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(std::format("results: {}: {}", path_.empty() ? "document" : path_, what));
  }

  [[nodiscard]] bool has(const std::string& key) const {
    return json_.is_object() && json_.contains(key) && !json_.at(key).is_null();
  }

  [[nodiscard]] Node at(const std::string& key) const {
    const auto path = path_.empty() ? key : path_ + "." + key;
    if (!json_.is_object()) {
      fail("is no object");
    }
    if (!json_.contains(key)) {
      Node(json_, path).fail("is missing");
    }
    return {json_.at(key), path};
  }

  [[nodiscard]] std::vector<Node> elements() const {
    if (!json_.is_array()) {
      fail("is no array");
    }
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < json_.size(); ++i) {
      nodes.emplace_back(json_[i], std::format("{}[{}]", path_, i));
    }
    return nodes;
  }

  [[nodiscard]] std::string text() const {
    if (!json_.is_string()) {
      fail("is no text");
    }
    return json_.get<std::string>();
  }

  [[nodiscard]] std::uint64_t count() const {
    // A signed number of the program that made the document is as good.
    if (!json_.is_number_unsigned() &&
        !(json_.is_number_integer() && json_.get<std::int64_t>() >= 0)) {
      fail("is no number of things");
    }
    return json_.get<std::uint64_t>();
  }

  [[nodiscard]] double number() const {
    if (!json_.is_number() || !std::isfinite(json_.get<double>())) {
      fail("is no number");
    }
    return json_.get<double>();
  }

  [[nodiscard]] bool is_array() const { return json_.is_array(); }
  [[nodiscard]] const Json& json() const { return json_; }

 private:
  const Json& json_;  // Of the document, which outlives the reading.
  std::string path_;
};

std::vector<std::uint8_t> pixels_of(const Node& node) {
  std::vector<std::uint8_t> pixels;
  if (node.is_array()) {
    for (const auto& element : node.elements()) {
      if (element.count() > 255) {
        element.fail(std::format("{} is no byte", element.count()));
      }
      pixels.push_back(static_cast<std::uint8_t>(element.count()));
    }
  } else if (auto bytes = base64_bytes(node.text())) {
    pixels = std::move(*bytes);
  } else {
    node.fail("is no base64");
  }
  if (pixels.size() != kPicturePixels) {
    node.fail(std::format("{} bytes, not {}", pixels.size(), kPicturePixels));
  }
  return pixels;
}

std::size_t class_of(const Node& node, std::size_t classes) {
  if (node.count() >= classes) {
    node.fail(std::format("class {}, but there are {}", node.count(), classes));
  }
  return node.count();
}

PictureResult picture_of(const Node& node, std::size_t classes) {
  PictureResult picture;
  picture.index = node.at("index").count();
  if (node.has("label")) {
    picture.label = class_of(node.at("label"), classes);
  }
  picture.predicted = class_of(node.at("predicted"), classes);
  for (const auto& score : node.at("scores").elements()) {
    picture.scores.push_back(score.number());
  }
  if (picture.scores.size() != classes) {
    node.at("scores").fail(std::format("{} scores for {} classes", picture.scores.size(), classes));
  }
  picture.pixels = pixels_of(node.at("pixels"));
  return picture;
}

LayerResult layer_of(const Node& node) {
  LayerResult layer;
  layer.name = node.at("name").text();
  layer.operation = node.at("operator").text();
  layer.cycles = node.at("cycles").count();
  layer.compute_busy = node.at("compute_busy").count();
  if (layer.compute_busy > layer.cycles) {
    node.at("compute_busy").fail(std::format("{} of {} cycles", layer.compute_busy, layer.cycles));
  }
  layer.utilisation = node.at("utilisation").number();
  if (layer.utilisation < 0 || layer.utilisation > 1) {
    node.at("utilisation").fail(std::format("{} is not from 0 to 1", layer.utilisation));
  }
  layer.read_bytes = node.at("read_bytes").count();
  layer.write_bytes = node.at("write_bytes").count();
  const auto stalls = node.at("stalls");
  layer.stalls = {.load_token = stalls.at("load_token").count(),
                  .compute_token = stalls.at("compute_token").count(),
                  .store_token = stalls.at("store_token").count(),
                  .translation = stalls.at("translation").count()};
  return layer;
}

}  // namespace

std::size_t DemoResults::labelled() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      pictures, [](const PictureResult& picture) { return picture.label.has_value(); }));
}

std::size_t DemoResults::right() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      pictures, [](const PictureResult& picture) { return picture.label && !picture.wrong(); }));
}

std::string DemoResults::verdict() const {
  if (labelled() == 0) {
    return std::format("{} pictures classified", pictures.size());
  }
  return std::format("{} of {} pictures right", right(), labelled());
}

std::string DemoResults::comparison() const {
  return expected ? std::format("{} of {} outputs equal {} bit for bit", expected->equal,
                                expected->compared, expected->file)
                  : "";
}

LayerResult DemoResults::total() const {
  LayerResult sum;
  double used = 0;
  for (const auto& layer : layers) {
    sum.cycles += layer.cycles;
    sum.compute_busy += layer.compute_busy;
    sum.read_bytes += layer.read_bytes;
    sum.write_bytes += layer.write_bytes;
    sum.stalls.load_token += layer.stalls.load_token;
    sum.stalls.compute_token += layer.stalls.compute_token;
    sum.stalls.store_token += layer.stalls.store_token;
    sum.stalls.translation += layer.stalls.translation;
    used += layer.utilisation * static_cast<double>(layer.cycles);
  }
  sum.utilisation = sum.cycles ? used / static_cast<double>(sum.cycles) : 0.0;
  return sum;
}

std::uint64_t DemoResults::each(std::uint64_t sum) const {
  return sum / std::max<std::size_t>(pictures.size(), 1);
}

double part_of(std::uint64_t some, std::uint64_t all) {
  return all ? static_cast<double>(some) / static_cast<double>(all) : 0.0;
}

DemoResults demo_results(const Json& document) {
  const Node root(document, "");
  DemoResults results;
  results.model_name = root.at("model").at("name").text();
  results.model_sha256 = root.at("model").at("sha256").text();
  results.device = root.at("device").text();
  for (const auto& name : root.at("classes").elements()) {
    results.classes.push_back(name.text());
  }
  for (const auto& picture : root.at("pictures").elements()) {
    results.pictures.push_back(picture_of(picture, results.classes.size()));
  }
  for (const auto& layer : root.at("layers").elements()) {
    results.layers.push_back(layer_of(layer));
  }
  if (root.has("expected")) {
    const auto expected = root.at("expected");
    results.expected = {.file = expected.at("file").text(),
                        .compared = expected.at("compared").count(),
                        .equal = expected.at("equal").count()};
    if (results.expected->equal > results.expected->compared) {
      expected.at("equal").fail(
          std::format("{} of {}", results.expected->equal, results.expected->compared));
    }
  }
  results.summary = root.has("summary") ? root.at("summary").json() : Json::object();
  if (!results.summary.is_object()) {
    root.at("summary").fail("is no object");
  }
  return results;
}

}  // namespace presil::cli
