// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Models with damage: they are refused in a sentence, or mean something, but never do harm.

#include "nn/loader.hpp"

#include <cstdint>
#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "nn/compiler.hpp"
#include "testbench/userspace/nn/onnx_cases.hpp"

namespace kestrel::nn {
namespace {

/// One line, not empty, without what does not belong into a sentence.
bool is_sentence(const std::string& text) {
  return !text.empty() && text.find('\n') == std::string::npos && text.back() != '.';
}

TEST_CASE("models with changed bytes do no harm", "[userspace][nn]") {
  const auto cases = find_cases(NN_CASES);
  REQUIRE(cases.size() >= 500);
  unsigned refused = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    auto file = read_file(cases[random() % cases.size()].folder / "model.onnx");
    // Of large models mostly weights would be hit.
    if (file.size() > 20'000)
      continue;
    for (unsigned change = 0; change < 1 + random() % 4; ++change) {
      const std::size_t at = random() % file.size();
      switch (random() % 4) {
        case 0:
          file[at] = static_cast<std::uint8_t>(random());
          break;
        case 1:
          file[at] ^= static_cast<std::uint8_t>(1 << random() % 8);
          break;
        case 2:
          file.erase(file.begin() + static_cast<std::ptrdiff_t>(at));
          break;
        default:
          file.insert(file.begin() + static_cast<std::ptrdiff_t>(at),
                      static_cast<std::uint8_t>(random()));
      }
      if (file.empty())
        break;
    }
    const auto graph = load_model(std::as_bytes(std::span(file)));
    if (!graph) {
      CHECK(is_sentence(graph.error().text));
      ++refused;
      continue;
    }
    const auto program = compile(*graph);
    if (!program)
      CHECK(is_sentence(program.error().text));
  }
  // Some changes harm nothing: those of weights and names.
  CHECK(refused > 1000);
}

}  // namespace
}  // namespace kestrel::nn
