// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The committed networks are what userspace/models/README.md says, by ONNX Runtime; and golden.py,
/// which all comparisons rest on, writes what it promises.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ranges>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "testbench/support/npy_file.hpp"
#include "testbench/support/temporary_folder.hpp"
#include <nlohmann/json.hpp>

namespace presil {
namespace {

using testbench::NpyFile;
using testbench::TemporaryFolder;

const std::filesystem::path kModels = MODELS_FOLDER;
const std::vector<std::string> kNames{"fashion_cnn", "fashion_depthwise"};
constexpr std::size_t kClasses = 10;

/// Runs golden.py; its error output goes to "errors" in the folder.
int golden(const TemporaryFolder& folder, const std::string& arguments) {
  const std::string command = std::string(PYTHON) + " -B " + (kModels / "golden.py").string() +
                              " --out " + folder.path("out").string() + " " + arguments + " 2>" +
                              folder.path("errors").string();
  return std::system(command.c_str());  // NOLINT(cert-env33-c): a tool of the environment.
}

NpyFile array(const TemporaryFolder& folder, const std::string& name) {
  return NpyFile(folder.path("out/" + name + ".npy"));
}

/// The cells of a model's line in the README's table, without spaces, commas and backquotes.
std::vector<std::string> stated(const std::string& model) {
  std::ifstream stream(kModels / "README.md");
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("| `" + model + ".onnx`")) {
      std::erase_if(line, [](char c) { return c == ' ' || c == ',' || c == '`'; });
      std::vector<std::string> cells;
      for (const auto cell : line | std::views::drop(1) | std::views::split('|')) {
        cells.emplace_back(cell.begin(), cell.end());
      }
      return cells;
    }
  }
  FAIL("README.md has no line for " << model);
  return {};
}

template <typename T>
std::size_t largest(const std::vector<T>& values, std::size_t row) {
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * kClasses);
  return static_cast<std::size_t>(std::max_element(begin, begin + kClasses) - begin);
}

TEST_CASE("the committed networks have the size and the right answers that are stated",
          "[userspace][models]") {
  const TemporaryFolder folder;
  REQUIRE(golden(folder, "--count 1000") == 0);
  const auto list = nlohmann::json::parse(folder.read("out/golden.json"));
  REQUIRE(list["models"].size() == kNames.size());
  const auto labels = array(folder, "labels").values<std::uint8_t>();

  for (std::size_t m = 0; m < kNames.size(); ++m) {
    CAPTURE(kNames[m]);
    const auto& model = list["models"][m];
    const auto cells = stated(kNames[m]);
    REQUIRE(cells.size() >= 7);
    CHECK(model["name"] == kNames[m]);
    CHECK(std::to_string(model["bytes"].get<int>()) == cells[3]);
    CHECK(model["bytes"] <= 300'000);
    const auto output = array(folder, kNames[m] + ".output").values<float>();
    std::size_t right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      right += largest(output, i) == labels[i] ? 1u : 0u;
    }
    CHECK(std::to_string(right) == cells[6]);
    CHECK(model["right"] == right);
  }
}

TEST_CASE("golden files agree with each other", "[userspace][models]") {
  const TemporaryFolder folder;
  REQUIRE(golden(folder, "--count 50") == 0);
  const auto list = nlohmann::json::parse(folder.read("out/golden.json"));
  const auto pictures = array(folder, "pictures");
  CHECK(pictures.type() == "|u1");
  CHECK(pictures.shape() == std::vector<std::size_t>{50, 28, 28});
  const auto pixels = pictures.values<std::uint8_t>();
  CHECK(array(folder, "labels").shape() == std::vector<std::size_t>{50});

  for (std::size_t m = 0; m < kNames.size(); ++m) {
    CAPTURE(kNames[m]);
    // The first quantisation is exact: the networks see the very bytes of the pictures.
    const auto input = array(folder, kNames[m] + ".input");
    CHECK(input.type() == "|i1");
    CHECK(input.shape() == std::vector<std::size_t>{50, 1, 28, 28});
    CHECK(std::ranges::equal(input.values<std::int8_t>(), pixels, {},
                             [](std::int8_t q) { return q + 128; }));

    const auto logits = array(folder, kNames[m] + ".logits").values<std::int8_t>();
    const auto output = array(folder, kNames[m] + ".output");
    CHECK(output.type() == "<f4");
    CHECK(output.shape() == std::vector<std::size_t>{50, kClasses});
    const auto values = output.values<float>();
    const auto scale = list["models"][m]["logits_scale"].get<float>();
    const auto zero = list["models"][m]["logits_zero_point"].get<int>();
    const bool softmax = list["models"][m]["output"] == "scores";
    CHECK(softmax == (kNames[m] == "fashion_cnn"));
    double worst = 0;
    for (std::size_t row = 0; row < 50; ++row) {
      double sum = 0;
      for (std::size_t i = 0; i < kClasses; ++i) {
        const float real = static_cast<float>(logits[row * kClasses + i] - zero) * scale;
        sum += softmax ? std::exp(static_cast<double>(real)) : 1.0;
      }
      for (std::size_t i = 0; i < kClasses; ++i) {
        const float real = static_cast<float>(logits[row * kClasses + i] - zero) * scale;
        const double expected =
            softmax ? std::exp(static_cast<double>(real)) / sum : static_cast<double>(real);
        worst =
            std::max(worst, std::abs(expected - static_cast<double>(values[row * kClasses + i])));
      }
    }
    // ONNX Runtime's Softmax is in float32; what it gets is exact.
    CHECK(worst <= (softmax ? 1e-6 : 0.0));
  }
}

TEST_CASE("the committed outputs are those of ONNX Runtime", "[userspace][models]") {
  const TemporaryFolder folder;
  REQUIRE(golden(folder, "--count 200") == 0);
  for (const auto& name : kNames) {
    CAPTURE(name);
    const NpyFile committed(kModels / (name + ".onnxruntime.npy"));
    const auto computed = array(folder, name + ".logits");
    CHECK(committed.type() == "|i1");
    CHECK(committed.shape() == std::vector<std::size_t>{200, kClasses});
    CHECK(committed.values<std::int8_t>() == computed.values<std::int8_t>());
  }
  std::ifstream stream(kModels / "fashion_classes.txt");
  std::vector<std::string> classes;
  for (std::string line; std::getline(stream, line);) {
    classes.push_back(line);
  }
  CHECK(nlohmann::json::parse(folder.read("out/golden.json"))["names"] == classes);
}

TEST_CASE("golden files of a part are that part of the golden files", "[userspace][models]") {
  const TemporaryFolder whole;
  const TemporaryFolder part;
  REQUIRE(golden(whole, "--count 12") == 0);
  REQUIRE(golden(part, "--first 4 --count 8") == 0);
  for (const auto& name : kNames) {
    CAPTURE(name);
    const auto all = array(whole, name + ".logits").values<std::int8_t>();
    const auto some = array(part, name + ".logits").values<std::int8_t>();
    CHECK(std::ranges::equal(all | std::views::drop(4 * kClasses), some));
  }
}

TEST_CASE("golden.py refuses pictures that are not there in one line", "[userspace][models]") {
  const TemporaryFolder folder;
  CHECK(golden(folder, "--first 9990 --count 11") != 0);
  CHECK(folder.read("errors") ==
        "golden.py: no pictures 9990 to 10000: the test set has 0 to 9999\n");
  CHECK(golden(folder, "--count 0") != 0);
  CHECK(golden(folder, "--count 1 no-such.onnx") != 0);
  CHECK(folder.read("errors") ==
        "golden.py: no-such.onnx: [Errno 2] No such file or directory: 'no-such.onnx'\n");
}

TEST_CASE("golden.py refuses what is no quantised network", "[userspace][models]") {
  const TemporaryFolder folder;
  folder.write("noise.onnx", "this is no protobuf");
  CHECK(golden(folder, "--count 1 " + folder.path("noise.onnx").string()) != 0);
  const auto errors = folder.read("errors");
  CHECK(errors.starts_with("golden.py: " + folder.path("noise.onnx").string() + ": "));
  CHECK(std::ranges::count(errors, '\n') == 1);
}

TEST_CASE("golden.py refuses a network of which a layer is computed in float",
          "[userspace][models]") {
  const TemporaryFolder folder;
  // What anybody would do to see the inner tensors: name one as a further output.
  const auto tapped = folder.path("tapped.onnx").string();
  folder.write("tap.py",
               "import onnx, sys\n"
               "model = onnx.load(sys.argv[1])\n"
               "model.graph.output.append(onnx.helper.make_tensor_value_info("
               "'logits_QuantizeLinear_Output', onnx.TensorProto.INT8, None))\n"
               "onnx.save(model, sys.argv[2])\n");
  const auto tap = std::string(PYTHON) + " " + folder.path("tap.py").string() + " " +
                   (kModels / "fashion_cnn.onnx").string() + " " + tapped;
  REQUIRE(std::system(tap.c_str()) == 0);  // NOLINT(cert-env33-c): a tool of the environment.
  CHECK(golden(folder, "--count 1 " + tapped) != 0);
  CHECK(folder.read("errors") == "golden.py: " + tapped + ": Gemm dense2 is computed in float\n");
}

}  // namespace
}  // namespace presil
