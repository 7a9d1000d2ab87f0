// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Real networks through the real driver: what kestrel computes is what ONNX Runtime computes.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

const std::string kPictures = "/usr/share/datasets/fashion-mnist/t10k-";
const std::string kModels = PRESIL_SOURCE_DIR "/userspace/models/";

/// What ONNX Runtime makes of the first 200 test pictures. \returns the folder with its logits
std::string golden() {
  const auto folder = (build_folder() / "system-runs/network-golden").string();
  std::filesystem::remove_all(folder);
  const auto command =
      "python3 " + kModels + "golden.py --count 200 --out " + folder + " >/dev/null 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
  return folder;
}

std::vector<std::string> options(const char* model, const std::string& golden_folder) {
  return {"--model", model,
          "--add",   built("guest/bin/kestrel-run"),
          "--add",   kPictures + "images-idx3-ubyte.gz:/images",
          "--add",   kPictures + "labels-idx1-ubyte.gz:/labels",
          "--add",   kModels + "fashion_cnn.onnx:/cnn.onnx",
          "--add",   kModels + "fashion_depthwise.onnx:/depthwise.onnx",
          "--add",   golden_folder + "/fashion_cnn.logits.npy:/cnn.npy",
          "--add",   golden_folder + "/fashion_depthwise.logits.npy:/depthwise.npy"};
}

TEST_CASE("two networks give ONNX Runtime's results for 200 pictures, bit for bit",
          "[system][network]") {
  const auto* model = GENERATE("functional", "rtl");
  CAPTURE(model);
  const auto run = presil_run(std::string("network-") + model, options(model, golden()),
                              "for m in cnn depthwise; do kestrel-run --images /images --labels "
                              "/labels --count 200 --profile --expect /$m.npy /$m.onnx || exit 1; "
                              "done");
  INFO(run.output);
  CHECK(run.status == 0);
  CHECK_THAT(run.output, ContainsSubstring("200 of 200 outputs equal those of /cnn.npy") &&
                             ContainsSubstring("200 of 200 outputs equal those of /depthwise.npy"));
}

TEST_CASE("two processes run two networks at the same time", "[system][network]") {
  const auto run = presil_run("network-both", options("functional", golden()),
                              "kestrel-run --images /images --count 50 --expect /cnn.npy "
                              "/cnn.onnx & kestrel-run --images /images --count 50 --expect "
                              "/depthwise.npy /depthwise.onnx && wait $!");
  INFO(run.output);
  CHECK(run.status == 0);
  CHECK_THAT(run.output, ContainsSubstring("50 of 50 outputs equal those of /cnn.npy") &&
                             ContainsSubstring("50 of 50 outputs equal those of /depthwise.npy"));
}

TEST_CASE("what is no model is refused, by name", "[system][network]") {
  const auto run =
      presil_run("network-bad", options("functional", golden()),
                 "head -c 5000 /cnn.onnx >/cut.onnx; kestrel-run --images /images "
                 "/cut.onnx 2>&1; echo cut=$?; kestrel-run --images /images /none.onnx "
                 "2>&1; echo none=$?");
  CHECK_THAT(run.output, ContainsSubstring("cut.onnx") && ContainsSubstring("cut=1") &&
                             ContainsSubstring("none.onnx") && ContainsSubstring("none=1"));
}

}  // namespace
}  // namespace presil::system
