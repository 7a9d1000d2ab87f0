// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Networks in the guest: what comes out of RTL, of the functional model and of ONNX Runtime.

#include <kestrel_regs.h>

#include <algorithm>
#include <cstdint>
#include <ranges>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "network_run.hpp"
#include "testbench/support/npy_file.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

constexpr std::size_t kPictures = 200, kClasses = 10;

/// What ONNX Runtime makes of the first 200 pictures; testbench/userspace/models_test.cpp computes
/// it again.
std::vector<int> wanted(const std::string& network) {
  const testbench::NpyFile file(model_file(network + ".onnxruntime.npy"));
  const auto values = file.values<std::int8_t>();
  return {values.begin(), values.end()};
}

/// Both networks over pictures. \returns the two documents
std::vector<nlohmann::json> run_networks(const std::string& name, const std::string& model,
                                         std::size_t pictures, const std::string& options) {
  std::string command = "true";
  for (const auto& network : kNetworks) {
    command += " && " + network_command(network, pictures, options);
  }
  const auto run = presil_run(name, network_options({"--model", model}), command);
  REQUIRE(run.status == 0);
  auto documents = documents_of(run.output);
  REQUIRE(documents.size() == kNetworks.size());
  return documents;
}

TEST_CASE("200 pictures give the same bytes on RTL, on the model, and by ONNX Runtime",
          "[system][network]") {
  const auto rtl = run_networks("networks-rtl", "rtl", kPictures, "--json");
  const auto functional = run_networks("networks-functional", "functional", kPictures, "--json");
  for (std::size_t i = 0; i < kNetworks.size(); ++i) {
    CAPTURE(kNetworks[i]);
    const auto bytes = wanted(kNetworks[i]);
    REQUIRE(bytes.size() == kPictures * kClasses);
    CHECK(logits_of(rtl[i]) == bytes);
    CHECK(logits_of(functional[i]) == bytes);
    // What the host makes of them, from the same instructions.
    CHECK(rtl[i].at("pictures") == functional[i].at("pictures"));
    CHECK(rtl[i].at("model").at("name") == kNetworks[i]);
  }
}

TEST_CASE("the array is used for more than half of what convolutions take", "[system][network]") {
  constexpr std::size_t kCounted = 4;
  const auto rtl = run_networks("networks-profile", "rtl", kCounted, "--json --profile");
  for (std::size_t i = 0; i < kNetworks.size(); ++i) {
    CAPTURE(kNetworks[i]);
    auto bytes = wanted(kNetworks[i]);
    bytes.resize(kCounted * kClasses);
    CHECK(logits_of(rtl[i]) == bytes);
  }

  // The array's use is what the device counted, and so the same in every run: 58 % over the
  // convolutions when this was written. The first of them, whose input has one channel, can use
  // little of the array; the others reach 69 %.
  const auto use = rtl[0].at("convolution_utilisation").get<double>();
  CAPTURE(use);
  CHECK(use >= 0.55);
  double cycles = 0, operations = 0;
  for (const auto& layer : rtl[0].at("layers")) {
    CAPTURE(layer.at("name").get<std::string>());
    CHECK(layer.at("cycles").get<std::uint64_t>() > 0);
    CHECK(layer.at("compute_busy") <= layer.at("cycles"));
    CHECK(layer.at("read_bytes").get<std::uint64_t>() > 0);
    CHECK(layer.at("write_bytes").get<std::uint64_t>() > 0);
    if (layer.at("convolution").get<bool>() && layer.at("name") != "conv1") {
      cycles += layer.at("cycles").get<double>();
      operations += layer.at("operations").get<double>();
    }
  }
  // Multiplications of conv2 to conv5, of userspace/models/README.md.
  CHECK(operations == kCounted * 5'419'008.0);
  CHECK(operations / (256 * cycles) >= 0.65);
}

/// How often the doorbell that is rung is another one than that before.
std::size_t changes_of_queue(const std::vector<Event>& events) {
  std::size_t changes = 0;
  std::uint64_t last = 0;
  for (const auto& event : events) {
    const auto offset = event.number("offset");
    if (event.kind != "mmio-write" || offset < KESTREL_REG_DOORBELL_TAIL(0)) {
      continue;
    }
    changes += last != 0 && offset != last ? 1u : 0u;
    last = offset;
  }
  return changes;
}

/// Whether some table of kestrel-top has both programs at work within one interval.
bool both_busy(const std::string& output) {
  std::size_t busy = 0;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("CLIENT") != std::string::npos) {
      busy = 0;
    }
    std::istringstream parts(line);
    std::vector<std::string> words;
    for (std::string word; parts >> word;) {
      words.push_back(word);
    }
    if (words.size() == 6 && words.back() == "kestrel-run" && std::stod(words[2]) > 0 &&
        ++busy == 2) {
      return true;
    }
  }
  return false;
}

TEST_CASE("two networks at the same time, on two queues, are both right", "[system][network]") {
  // Compiled before, so that both have the device to do at the same time.
  const auto run = presil_run(
      "networks-together", network_options({}),
      network_command(kNetworks[0], 1, "--cache .") + " >first && " +
          network_command(kNetworks[1], 1, "--cache .") + " >second && { " +
          network_command(kNetworks[0], kPictures, "--json --cache .") + " >first & first=$!; " +
          network_command(kNetworks[1], kPictures, "--json --cache .") + " >second & second=$!; " +
          "kestrel-top --batch --count 20 --interval 0.02; "
          "wait $first; echo first=$?; wait $second; echo second=$?; cat first second; }");
  INFO(run.output);
  REQUIRE(run.status == 0);
  CHECK_THAT(run.output, ContainsSubstring("first=0\n") && ContainsSubstring("second=0\n"));
  const auto documents = documents_of(run.output);
  REQUIRE(documents.size() == 2);
  CHECK(logits_of(documents[0]) == wanted(kNetworks[0]));
  CHECK(logits_of(documents[1]) == wanted(kNetworks[1]));
  CHECK(both_busy(run.output));
  CHECK(changes_of_queue(run.events()) >= 20);
}

TEST_CASE("a model or a picture that is none is named, and nothing runs", "[system][network]") {
  const auto run = presil_run(
      "networks-wrong", network_options({"--model", "functional"}),
      "head -c 60000 fashion_cnn.onnx >cut.onnx; head -c 3000 t10k-images-idx3-ubyte.gz >cut.gz; " +
          network_command("cut", 1) + "; echo model=$?; " +
          "kestrel-run --images cut.gz --count 9 fashion_cnn.onnx; echo pictures=$?; "
          "kestrel-run fashion_cnn.onnx fashion_classes.txt; echo kind=$?; "
          "kestrel-run fashion_cnn.onnx fashion_cnn.onnxruntime.npy; echo shape=$?");
  INFO(run.output);
  REQUIRE(run.status == 0);
  CHECK_THAT(run.output, ContainsSubstring("kestrel-run: 'cut.onnx': ") &&
                             ContainsSubstring("model=1\n") &&
                             ContainsSubstring("kestrel-run: 'cut.gz': it ends too early\n") &&
                             ContainsSubstring("pictures=1\n"));
  CHECK_THAT(run.output,
             ContainsSubstring("kestrel-run: 'fashion_classes.txt': neither PNG nor binary PGM "
                               "nor .npy\nkind=1\n") &&
                 ContainsSubstring("kestrel-run: 'fashion_cnn.onnxruntime.npy': an array of "
                                   "200x10, but input 'picture' takes 1x1x28x28\nshape=1\n"));
}

TEST_CASE("a device that disappears in the middle ends the program with the layer's name",
          "[system][network]") {
  const auto run =
      presil_run("networks-gone", network_options({"--fault", "exit@dma:3000"}),
                 network_command(kNetworks[0], kPictures) + "; echo run=$?; echo alive");
  INFO(run.output);
  CHECK(run.result() == "device-lost");
  CHECK_THAT(run.output, ContainsSubstring("kestrel-run: input ") && ContainsSubstring("node '") &&
                             ContainsSubstring("run=1\nalive\n"));
  for (const auto* bad : {"BUG:", "Oops", "Call Trace"}) {
    CAPTURE(bad);
    CHECK(run.file("guest-console.log").find(bad) == std::string::npos);
  }
}

}  // namespace
}  // namespace presil::system
