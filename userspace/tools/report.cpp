// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "report.hpp"

#include <algorithm>
#include <format>
#include <string_view>

#include "one_line.hpp"
#include <nlohmann/json.hpp>

namespace kestrel::run {
namespace {

using Json = nlohmann::ordered_json;

std::string verdict(const Report& report, const Example& example, const OutputRow& row) {
  if (!example.label)
    return one_line(example.source);
  if (*example.label == row.predicted)
    return "right";
  return "WRONG, is " + (*example.label < report.classes.size()
                             ? one_line(report.classes[*example.label])
                             : std::to_string(*example.label));
}

std::string inputs_table(const Report& report) {
  std::size_t width = std::string_view("class").size();
  for (const std::string& name : report.classes)
    width = std::max(width, name.size());
  std::string text = std::format("{:>6}  {:<{}}  {:>9}\n", "input", "class", width, "score");
  std::size_t labelled = 0, right = 0;
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    const OutputRow& row = report.rows[i];
    const Example& example = (*report.examples)[i];
    text += std::format("{:>6}  {:<{}}  {:>9.4f}  {}\n", row.index,
                        one_line(report.classes[row.predicted]), width, row.scores[row.predicted],
                        verdict(report, example, row));
    labelled += example.label ? 1u : 0u;
    right += example.label && *example.label == row.predicted ? 1u : 0u;
  }
  if (labelled != 0)
    text += std::format("{} of {} right\n", right, labelled);
  return text;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole != 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

std::string layer_line(const Profile& profile, const LayerCounts& layer, const std::string& name,
                       std::size_t width) {
  const auto each = [&layer](std::uint64_t sum) {
    return sum / std::max<std::uint64_t>(layer.runs, 1);
  };
  const kestrel_counters& counts = layer.counts;
  return std::format(
      "{:<{}}  {:<20}  {:>9}  {:>6.1f}  {:>6.1f}  {:>9}  {:>9}  {:>7}  {:>7}  {:>7}  {:>7}\n",
      one_line(name), width, one_line(layer.type), each(layer.cycles),
      share(counts.compute_busy, layer.cycles), 100 * profile.utilisation(layer),
      each(counts.read_bytes), each(counts.write_bytes), each(counts.load_token),
      each(counts.compute_token), each(counts.store_token), each(counts.translation));
}

std::string layers_table(const Profile& profile) {
  constexpr const char* kAll = "all";
  constexpr const char* kConvolutions = "convolutions";
  std::size_t width = std::string_view(kConvolutions).size();
  for (const LayerCounts& layer : profile.layers())
    width = std::max(width, layer.node.size());
  std::string text = std::format(
      "\n{:<{}}  {:<20}  {:>9}  {:>6}  {:>6}  {:>9}  {:>9}  {:>7}  {:>7}  {:>7}  {:>7}\n", "layer",
      width, "operator", "cycles", "busy%", "used%", "read", "written", "wait-ld", "wait-co",
      "wait-st", "wait-tr");
  for (const LayerCounts& layer : profile.layers())
    text += layer_line(profile, layer, layer.node, width);
  const LayerCounts convolutions = profile.total(true);
  if (convolutions.runs != 0)
    text += layer_line(profile, convolutions, kConvolutions, width);
  text += layer_line(profile, profile.total(false), kAll, width);
  return text +
         "(one input, on average: cycles; the part of them in which the array worked, and "
         "what of the array\n was of use; bytes; cycles in which an engine waited for "
         "loads, computing, stores, translation)\n";
}

Json picture(const Report& report, const Example& example, const OutputRow& row) {
  Json json;
  json["index"] = example.index;
  json["source"] = example.source;
  if (example.label)
    json["label"] = *example.label;
  json["predicted"] = row.predicted;
  json["scores"] = row.scores;
  auto& raw = json["logits"] = Json::array();
  for (const std::uint8_t byte : row.raw)
    raw.push_back(report.is_unsigned ? int{byte} : int{static_cast<std::int8_t>(byte)});
  if (example.is_shown)
    json["pixels"] = base64(example.bytes);
  return json;
}

Json layer_json(const Profile& profile, const LayerCounts& layer) {
  const kestrel_counters& counts = layer.counts;
  return {{"name", layer.node},
          {"operator", layer.type},
          {"shape", layer.shape},
          {"convolution", layer.is_convolution},
          {"cycles", layer.cycles},
          {"compute_busy", counts.compute_busy},
          {"operations", layer.operations},
          {"utilisation", profile.utilisation(layer)},
          {"read_bytes", counts.read_bytes},
          {"write_bytes", counts.write_bytes},
          {"stalls",
           {{"load_token", counts.load_token},
            {"compute_token", counts.compute_token},
            {"store_token", counts.store_token},
            {"translation", counts.translation}}}};
}

}  // namespace

std::string base64(const std::vector<std::uint8_t>& bytes) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t here = std::min<std::size_t>(bytes.size() - i, 3);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < here ? bytes[i + k] : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      text += k <= here ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::string as_table(const Report& report) {
  std::string text =
      one_line(report.model_name) + " on " + report.device + "\n" + inputs_table(report);
  if (report.profile)
    text += layers_table(*report.profile);
  if (report.comparison) {
    text += std::format("{} of {} outputs equal those of {}\n", report.comparison->equal,
                        report.comparison->compared, one_line(report.comparison->file));
  }
  return text;
}

std::string as_json(const Report& report) {
  Json json;
  json["model"] = {{"name", report.model_name}, {"sha256", report.model_sha256}};
  json["device"] = report.device;
  json["classes"] = report.classes;
  auto& pictures = json["pictures"] = Json::array();
  for (std::size_t i = 0; i < report.rows.size(); ++i)
    pictures.push_back(picture(report, (*report.examples)[i], report.rows[i]));
  auto& layers = json["layers"] = Json::array();
  if (report.profile) {
    for (const LayerCounts& layer : report.profile->layers())
      layers.push_back(layer_json(*report.profile, layer));
    json["convolution_utilisation"] = report.profile->utilisation(report.profile->total(true));
  }
  if (report.comparison) {
    json["expected"] = {{"file", report.comparison->file},
                        {"compared", report.comparison->compared},
                        {"equal", report.comparison->equal}};
  }
  // Names come out of files: whatever they hold, this is JSON, in ASCII.
  return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace kestrel::run
