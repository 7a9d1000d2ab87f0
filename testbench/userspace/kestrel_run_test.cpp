// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-run as a whole: its statuses, and what it says and leaves. Its main() is called from
// here, with a kernel that stands in for the running one.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "fake_kernel.hpp"
#include "npy.hpp"
#include "testbench/support/captured_stream.hpp"
#include "testbench/support/npy_file.hpp"
#include "testbench/support/temporary_folder.hpp"
#include "testbench/userspace/nn/onnx_builder.hpp"
#include "tool_bench.hpp"
#include <nlohmann/json.hpp>

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using kestrel::nn::OnnxBuilder;
using kestrel::run::ElementType;
using kestrel::run::npy_file;
using nlohmann::json;
using presil::testbench::NpyFile;
using presil::testbench::TemporaryFolder;

int kestrel_run_main(int argc, char** argv);

namespace {

namespace fs = std::filesystem;
using Proto = onnx::TensorProto;
using Words = std::vector<std::string>;

const fs::path kModels = MODELS_FOLDER;
const std::string kNetwork = (kModels / "fashion_cnn.onnx").string();
const std::string kClasses = (kModels / "fashion_classes.txt").string();
const std::string kOutputs = (kModels / "fashion_cnn.onnxruntime.npy").string();
const std::string kData = "/usr/share/datasets/fashion-mnist/";
const std::string kImages = kData + "t10k-images-idx3-ubyte.gz";
const std::string kLabels = kData + "t10k-labels-idx1-ubyte.gz";

/// A model of bytes that takes the greatest of each 2 x 2 of 1x1x2x4: two classes.
OnnxBuilder pool() {
  OnnxBuilder builder;
  builder.input("x", {1, 1, 2, 4}, Proto::UINT8).output("y");
  auto& node = builder.node("MaxPool", {"x"}, "y");
  OnnxBuilder::attribute(node, "kernel_shape", {2, 2});
  OnnxBuilder::attribute(node, "strides", {2, 2});
  return builder;
}

struct Bench : ToolBench {
  Bench() : ToolBench("kestrel-run", kestrel_run_main) {}

  std::string write(const std::string& name, const std::string& text) const {
    return folder.write(name, text).string();
  }
  std::string path(const std::string& name) const { return folder.path(name).string(); }
  std::string write_pool(OnnxBuilder builder = pool()) const {
    return write("pool.onnx", builder.bytes());
  }
  /// Eight bytes as an input of the pool.
  std::string write_input(const std::string& name, const std::vector<std::uint8_t>& bytes) const {
    return write(name, npy_file({ElementType::kUint8, {2, 4}, bytes}));
  }

  /// Runs it and expects one line on standard error, and nothing else. \returns the line
  std::string complaint(const Words& words, int status = 1) {
    const Ended ended = run(words);
    CHECK(ended.status == status);
    CHECK(ended.output.empty());
    REQUIRE_THAT(ended.errors, StartsWith("kestrel-run: ") && EndsWith("\n"));
    CHECK(std::ranges::count(ended.errors, '\n') == 1);
    return ended.errors.substr(13, ended.errors.size() - 14);
  }

  TemporaryFolder folder;
};

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

const Words kFour = {"--images", kImages,   "--labels", kLabels,   "--classes",
                     kClasses,   "--count", "4",        "--first", "20"};

}  // namespace

TEST_CASE("kestrel-run: Pictures of a data set are classified", "[userspace][kestrel-run]") {
  Bench bench;
  const Ended ended = bench.run(with(kFour, {"--expect", kOutputs, kNetwork}));
  CHECK(ended.status == 0);
  CHECK(ended.errors.empty());
  CHECK_THAT(ended.output,
             StartsWith("fashion_cnn on kestrel, 1000 MHz, 16 x 16 array, 256 KiB scratchpad\n"));
  CHECK_THAT(ended.output, ContainsSubstring("\n    20  Pullover"));
  CHECK_THAT(ended.output, ContainsSubstring(" right\n") && ContainsSubstring(" of 4 right\n"));
  CHECK_THAT(ended.output, EndsWith("\n4 of 4 outputs equal those of " + kOutputs + "\n"));
}

TEST_CASE("kestrel-run: JSON holds the bytes that ONNX Runtime computes",
          "[userspace][kestrel-run]") {
  Bench bench;
  const Ended ended =
      bench.run(with(kFour, {"--json", "--profile", "--output", bench.path("out.npy"), kNetwork}));
  REQUIRE(ended.status == 0);
  const auto document = json::parse(ended.output);
  const auto wanted = NpyFile(kOutputs).values<std::int8_t>();
  const auto written = NpyFile(bench.path("out.npy"));
  CHECK(written.shape() == std::vector<std::size_t>{4, 10});
  const auto rows = written.values<std::int8_t>();
  REQUIRE(document["pictures"].size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& picture = document["pictures"][i];
    CHECK(picture["index"] == 20 + i);
    CHECK(picture["source"] == kImages);
    for (std::size_t k = 0; k < 10; ++k) {
      CHECK(picture["logits"][k] == wanted[(20 + i) * 10 + k]);
      CHECK(rows[i * 10 + k] == wanted[(20 + i) * 10 + k]);
    }
    CHECK(picture["pixels"].get<std::string>().size() == 1048);
  }
  CHECK(document["model"]["name"] == "fashion_cnn");
  CHECK(document["classes"][9] == "Ankle boot");
  CHECK(document["layers"].size() > 5);
  for (const auto& layer : document["layers"]) {
    CHECK(layer["cycles"] > 0);
    CHECK(layer["utilisation"] <= 1);
  }
}

TEST_CASE("kestrel-run: Files of all kinds are one input after another",
          "[userspace][kestrel-run]") {
  Bench bench;
  const std::string picture =
      bench.write("one.pgm", std::string("P5 4 2 255\n") + "\x01\x02\x03\x04\x05\x06\x0a\x07");
  const std::string two = bench.write("two.npy", npy_file({ElementType::kUint8,
                                                           {2, 1, 2, 4},
                                                           {9, 0, 0, 0, 0, 0, 0, 1,  //
                                                            0, 0, 0, 0, 0, 0, 0, 200}}));
  const Ended ended =
      bench.run({"--output", bench.path("out.npy"), bench.write_pool(), picture, two});
  CHECK(ended.status == 0);
  CHECK(ended.output ==
        "pool on kestrel, 1000 MHz, 16 x 16 array, 256 KiB scratchpad\n"
        " input  class      score\n"
        "     0  1        10.0000  " +
            picture + "\n" + "     1  0         9.0000  " + two + "\n" +
            "     2  1       200.0000  " + two + "\n");
  CHECK(NpyFile(bench.path("out.npy")).values<std::uint8_t>() ==
        std::vector<std::uint8_t>{6, 10, 9, 1, 0, 200});
}

TEST_CASE("kestrel-run: Outputs that are not as expected are a failure, and are shown",
          "[userspace][kestrel-run]") {
  Bench bench;
  const std::string model = bench.write_pool();
  const std::string input = bench.write_input("in.npy", {1, 2, 3, 4, 5, 6, 7, 8});
  const std::string expected =
      bench.write("expected.npy", npy_file({ElementType::kUint8, {1, 2}, {6, 9}}));
  const Ended ended = bench.run({"--expect", expected, model, input});
  CHECK(ended.status == 1);
  CHECK_THAT(ended.output, EndsWith("\n0 of 1 outputs equal those of " + expected + "\n"));
  CHECK(ended.errors == "kestrel-run: 1 of 1 outputs are not those of '" + expected +
                            "': element 1 of input 0 is 8, not 9\n");
}

TEST_CASE("kestrel-run: A compiled model is kept and taken again", "[userspace][kestrel-run]") {
  Bench bench;
  const Words words = {"--cache", bench.path("cache"), bench.write_pool(),
                       bench.write_input("in.npy", {1, 2, 3, 4, 5, 6, 7, 8})};
  const Ended first = bench.run(words);
  CHECK(first.status == 0);
  REQUIRE_FALSE(fs::is_empty(bench.path("cache")));
  const Ended second = bench.run(words);
  CHECK(second.output == first.output);

  // What somebody else left there is no harm; a folder that cannot be made is a warning.
  for (const auto& file : fs::directory_iterator(bench.path("cache")))
    std::ofstream(file.path(), std::ios::binary) << "nonsense";
  CHECK(bench.run(words).output == first.output);
  Words blocked = words;
  blocked[1] = bench.write("file", "") + "/cache";
  const Ended warned = bench.run(blocked);
  CHECK(warned.status == 0);
  CHECK(warned.output == first.output);
  CHECK_THAT(warned.errors, StartsWith("kestrel-run: warning: ") && EndsWith("\n"));
}

TEST_CASE("kestrel-run: Wrong usage has its own status, and touches no device",
          "[userspace][kestrel-run]") {
  Bench bench;
  bench.kernel.open_error = EIO;
  CHECK(bench.complaint({}, 2) == "no model; see --help");
  CHECK(bench.complaint({"model"}, 2) == "no input; see --help");
  CHECK(bench.complaint({"--loud", "model", "one"}, 2) == "'--loud' is no option; see --help");
  const Ended help = bench.run({"--help", "--loud"});
  CHECK(help.status == 0);
  CHECK_THAT(help.output, StartsWith("usage: kestrel-run "));
  CHECK(help.errors.empty());
}

TEST_CASE("kestrel-run: Models that are none are named", "[userspace][kestrel-run]") {
  Bench bench;
  const std::string input = bench.write_input("in.npy", {1, 2, 3, 4, 5, 6, 7, 8});
  const auto refusal = [&](const std::string& model) {
    const std::string text = bench.complaint({model, input});
    const std::string begin = "'" + model + "': ";
    REQUIRE_THAT(text, StartsWith(begin));
    return text.substr(begin.size());
  };
  CHECK(refusal(bench.path("none.onnx")) == "No such file or directory");
  CHECK(refusal(bench.path("")) == "Is a directory");
  CHECK_FALSE(refusal(bench.write("empty", "")).empty());
  CHECK_FALSE(refusal(bench.write("text", "no model\n")).empty());
  CHECK_FALSE(refusal(input).empty());
  OnnxBuilder unknown = pool();
  unknown.node("LSTM", {"y"}, "z");
  CHECK(refusal(bench.write_pool(unknown)) ==
        "node 'the_LSTM' (LSTM): the operator is not supported");
  CHECK(bench.kernel.jobs() == 0);
}

TEST_CASE("kestrel-run: A model that is cut is refused wherever that is",
          "[userspace][kestrel-run]") {
  Bench bench;
  const std::string whole = pool().bytes();
  const std::string input = bench.write_input("in.npy", {1, 2, 3, 4, 5, 6, 7, 8});
  for (std::size_t size = 0; size < whole.size(); size += 5) {
    CAPTURE(size);
    bench.complaint({bench.write("cut.onnx", whole.substr(0, size)), input});
  }
}

TEST_CASE("kestrel-run: Names of a model neither break the line nor steer a terminal",
          "[userspace][kestrel-run]") {
  Bench bench;
  OnnxBuilder evil = pool();
  evil.node("LSTM", {"y"}, "z").set_name("\x1b[2J\nkestrel-run: all is well");
  const std::string model = bench.write_pool(evil);
  CHECK(bench.complaint({model, bench.write_input("in.npy", {1, 2, 3, 4, 5, 6, 7, 8})}) ==
        "'" + model +
            "': node '?[2J?kestrel-run: all is well' (LSTM): the operator is not supported");
}

TEST_CASE("kestrel-run: Models of several inputs are refused", "[userspace][kestrel-run]") {
  Bench bench;
  OnnxBuilder two = pool();
  two.input("other", {1, 1, 2, 2}, Proto::UINT8).output("z");
  auto& node = two.node("MaxPool", {"other"}, "z");
  OnnxBuilder::attribute(node, "kernel_shape", {2, 2});
  const std::string model = bench.write_pool(two);
  CHECK(bench.complaint({model, bench.write_input("in.npy", {1, 2, 3, 4, 5, 6, 7, 8})}) ==
        "'" + model + "': it has 2 inputs and 2 outputs; one input and an output are wanted");
}

TEST_CASE("kestrel-run: Inputs that the model does not take are named",
          "[userspace][kestrel-run]") {
  Bench bench;
  const std::string model = bench.write_pool();
  const std::string good = bench.write_input("in.npy", {1, 2, 3, 4, 5, 6, 7, 8});
  std::string bad, text;
  SECTION("no file") {
    bad = bench.path("none.npy");
    text = "No such file or directory";
  }
  SECTION("a directory") {
    bad = bench.path("");
    text = "Is a directory";
  }
  SECTION("no picture") {
    bad = bench.write("bad.txt", "no picture");
    text = "neither PNG nor binary PGM nor .npy";
  }
  SECTION("a picture of another size") {
    bad = bench.write("bad.pgm", "P5 2 2 255\nabcd");
    text = "an array of 1x2x2, but input 'x' takes 1x1x2x4";
  }
  SECTION("other elements") {
    bad = bench.write("bad.npy", npy_file({ElementType::kInt8, {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}}));
    text = "elements are int8, but input 'x' takes uint8";
  }
  SECTION("none at all") {
    bad = bench.write("bad.npy", npy_file({ElementType::kUint8, {0, 2, 4}, {}}));
    text = "an array of 0x2x4 holds no input";
  }
  CHECK(bench.complaint({model, good, bad}) == "'" + bad + "': " + text);
}

TEST_CASE("kestrel-run: Files beside the inputs that are wrong are named",
          "[userspace][kestrel-run]") {
  Bench bench;
  const std::string none = bench.path("none");
  const auto refusal = [&](const Words& words) { return bench.complaint(with(words, {kNetwork})); };
  CHECK(refusal({"--images", none}) == "'" + none + "': No such file or directory");
  CHECK(refusal({"--images", kLabels}) ==
        "'" + kLabels + "': an array of 1, but input 'picture' takes 1x1x28x28");
  CHECK(refusal({"--images", kImages, "--labels", kImages}) ==
        "'" + kImages + "': an array of 1x28x28, but a label is wanted for each of 1");
  CHECK(refusal({"--images", kImages, "--first", "10000"}) ==
        "'" + kImages + "': 1 entries from 10000 on are wanted, but it has 10000");
  CHECK(refusal({"--images", kImages, "--labels", none}) ==
        "'" + none + "': No such file or directory");
  CHECK(refusal({"--images", kImages, "--classes", none}) ==
        "'" + none + "': No such file or directory");
  const std::string names = bench.write("names", "one\ntwo\n");
  CHECK(refusal({"--images", kImages, "--classes", names}) ==
        "'" + names + "': 2 names, but the model's output has 10 elements");
  CHECK(bench.kernel.jobs() == 0);
  // Only what comes of them can be compared.
  CHECK(refusal({"--images", kImages, "--expect", none}) ==
        "'" + none + "': No such file or directory");
  CHECK(refusal({"--images", kImages, "--expect", names}) == "'" + names + "': no .npy file");
  CHECK(refusal({"--images", kImages, "--first", "200", "--expect", kOutputs}) ==
        "'" + kOutputs + "': it has 200 rows, none of these inputs'");
}

TEST_CASE("kestrel-run: Names of classes are lines, however they end", "[userspace][kestrel-run]") {
  Bench bench;
  const auto* const text = GENERATE("small\nlarge\n", "small\nlarge", "small\r\nlarge\r\n");
  const Ended ended = bench.run({"--classes", bench.write("names", text), bench.write_pool(),
                                 bench.write_input("in.npy", {1, 2, 3, 4, 5, 6, 7, 8})});
  CHECK(ended.status == 0);
  CHECK_THAT(ended.output, ContainsSubstring("\n     0  large     8.0000  "));
}

TEST_CASE("kestrel-run: Without a device nothing can be run", "[userspace][kestrel-run]") {
  Bench bench;
  const Words words = {bench.write_pool(), bench.write_input("in.npy", {1, 2, 3, 4, 5, 6, 7, 8})};
  CHECK(bench.complaint(with({"--device", "/dev/accel/accel5"}, words)) ==
        "opening /dev/accel/accel5: No such file or directory");
  CHECK(bench.run(with({"--device", bench.kernel.node}, words)).status == 0);
  bench.kernel.open_error = EACCES;
  CHECK(bench.complaint(words) == "opening /dev/accel/accel0: Permission denied");
  bench.kernel.node = "/dev/null";
  CHECK(bench.complaint(words) == "no kestrel accelerator under /dev/accel; is its driver loaded?");
}

TEST_CASE("kestrel-run: A device that disappears in the middle is said with input and layer",
          "[userspace][kestrel-run]") {
  Bench bench;
  const bool is_counted = GENERATE(false, true);
  // In the second input, which is one job, or one for each layer.
  bench.kernel.unplugging_job = is_counted ? 13 : 2;
  Words words = with(kFour, {"--output", bench.path("out.npy"), kNetwork});
  if (is_counted)
    words.insert(words.begin(), "--profile");
  const std::string text = bench.complaint(words);
  CHECK_THAT(text,
             StartsWith("input 21 ('" + kImages + "'): node '") && EndsWith(": No such device"));
  CHECK_FALSE(bench.folder.holds("out.npy"));
}

TEST_CASE("kestrel-run: Work that the device does not finish is said with input and layer",
          "[userspace][kestrel-run]") {
  Bench bench;
  bench.kernel.job_error = ETIME;
  const std::string input = bench.write_input("in.npy", {1, 2, 3, 4, 5, 6, 7, 8});
  CHECK_THAT(bench.complaint({bench.write_pool(), input}),
             StartsWith("input 0 ('" + input + "'): node 'the_MaxPool' (MaxPool): ") &&
                 EndsWith(": Timer expired"));
}

TEST_CASE("kestrel-run: A device of little memory is an error", "[userspace][kestrel-run]") {
  Bench bench;
  bench.kernel.info.bo_bytes_max = 4096;
  CHECK_THAT(bench.complaint(with(kFour, {kNetwork})), StartsWith("memory of "));
}

TEST_CASE("kestrel-run: What cannot be written is an error", "[userspace][kestrel-run]") {
  Bench bench;
  const Words words = {bench.write_pool(), bench.write_input("in.npy", {1, 2, 3, 4, 5, 6, 7, 8})};
  CHECK(bench.complaint(with({"--output", bench.path("none/out")}, words)) ==
        "creating " + bench.path("none/out") + " failed: No such file or directory");
  CHECK(bench.complaint(with({"--output", "/dev/full"}, words)) ==
        "writing /dev/full failed: No space left on device");

  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  {
    const presil::testbench::CapturedStream output(STDOUT_FILENO, full);
    const presil::testbench::CapturedStream errors(STDERR_FILENO);
    Words all = with({"kestrel-run"}, words);
    std::vector<char*> argv;
    for (std::string& word : all)
      argv.push_back(word.data());
    argv.push_back(nullptr);
    CHECK(kestrel_run_main(static_cast<int>(all.size()), argv.data()) == 1);
    CHECK(errors.text() == "kestrel-run: writing what was found failed\n");
    std::clearerr(stdout);
  }
  ::close(full);
}
