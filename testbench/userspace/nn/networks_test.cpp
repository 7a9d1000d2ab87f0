// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The committed networks on test pictures, against ONNX Runtime, bit for bit.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "testbench/support/temporary_folder.hpp"
#include "testbench/userspace/nn/model_machine.hpp"
#include "testbench/userspace/nn/onnx_cases.hpp"

namespace kestrel::nn {
namespace {

constexpr std::size_t kPictures = 200, kPixels = 784, kClasses = 10;

/// Contents of a .npy file of format 1.0, whose header says how long it is.
std::vector<std::uint8_t> contents(const std::filesystem::path& path) {
  auto file = read_file(path);
  REQUIRE(file.size() > 10);
  const std::size_t header = 10 + file[8] + std::size_t{256} * file[9];
  REQUIRE(file.size() >= header);
  file.erase(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(header));
  return file;
}

/// Bytes before the last operators, which are the host's.
std::vector<std::uint8_t> raw_output(Program& program, ModelMachine& machine,
                                     const std::vector<float>& picture) {
  program.output_ports[0].steps.clear();
  auto session = Session::create(program, machine);
  REQUIRE(session);
  const auto results = session->run(std::vector<Values>{picture});
  if (!results)
    FAIL(results.error().text);
  return std::get<std::vector<std::uint8_t>>((*results)[0]);
}

TEST_CASE("pictures are classified as ONNX Runtime does, byte by byte", "[userspace][nn]") {
  const presil::testbench::TemporaryFolder folder;
  const std::string command = std::string("python3 " NN_MODELS "/golden.py --count ") +
                              std::to_string(kPictures) + " --out " +
                              (folder.path() / "golden").string() + " >/dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
  const auto pixels = contents(folder.path() / "golden/pictures.npy");
  REQUIRE(pixels.size() == kPictures * kPixels);

  for (const std::string name : {"fashion_cnn", "fashion_depthwise"}) {
    INFO(name);
    const auto wanted = contents(folder.path() / ("golden/" + name + ".logits.npy"));
    REQUIRE(wanted.size() == kPictures * kClasses);
    auto program = compile_file(std::filesystem::path(NN_MODELS) / (name + ".onnx"));
    if (!program)
      FAIL(program.error().text);
    CHECK(program->memory.planned <= 2 * program->memory.lower_bound);
    ModelMachine machine;
    for (std::size_t i = 0; i < kPictures; ++i) {
      std::vector<float> picture(kPixels);
      for (std::size_t p = 0; p < kPixels; ++p)
        picture[p] = static_cast<float>(pixels[i * kPixels + p]) / 255.0f;
      const auto got = raw_output(*program, machine, picture);
      REQUIRE(got.size() == kClasses);
      CHECK(std::equal(got.begin(), got.end(),
                       wanted.begin() + static_cast<std::ptrdiff_t>(i * kClasses)));
    }
  }
}

}  // namespace
}  // namespace kestrel::nn
