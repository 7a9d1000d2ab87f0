// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "network_run.hpp"

#include <format>
#include <sstream>

namespace presil::system {
namespace {

constexpr auto kPictures = "t10k-images-idx3-ubyte.gz", kLabels = "t10k-labels-idx1-ubyte.gz";
/// Where the package dataset-fashion-mnist has them.
const std::string kDataSet = "/usr/share/datasets/fashion-mnist/";

}  // namespace

std::string model_file(const std::string& name) {
  return std::string(PRESIL_SOURCE_DIR) + "/userspace/models/" + name;
}

std::vector<std::string> network_options(std::vector<std::string> options) {
  std::vector<std::string> files = {kDataSet + kPictures, kDataSet + kLabels,
                                    model_file("fashion_classes.txt")};
  for (const auto& network : kNetworks) {
    files.push_back(model_file(network + ".onnx"));
    files.push_back(model_file(network + ".onnxruntime.npy"));
  }
  for (const auto& file : files) {
    options.insert(options.end(), {"--add", file});
  }
  return options;
}

std::string network_command(const std::string& network, std::size_t count,
                            const std::string& more) {
  return std::format(
      "kestrel-run {} --classes fashion_classes.txt --images {} --labels {} "
      "--count {} {}.onnx",
      more, kPictures, kLabels, count, network);
}

std::vector<nlohmann::json> documents_of(const std::string& output) {
  std::vector<nlohmann::json> documents;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    auto document = nlohmann::json::parse(line, nullptr, false);
    if (document.is_object()) {
      documents.push_back(std::move(document));
    }
  }
  return documents;
}

std::vector<int> logits_of(const nlohmann::json& document) {
  std::vector<int> all;
  for (const auto& picture : document.at("pictures")) {
    const auto some = picture.at("logits").get<std::vector<int>>();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace presil::system
