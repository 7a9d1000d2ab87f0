// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/host.hpp"

#include <cmath>
#include <limits>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

namespace kestrel::nn {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes signed_bytes(std::initializer_list<int> values) {
  Bytes bytes;
  for (const int value : values)
    bytes.push_back(static_cast<std::uint8_t>(value));
  return bytes;
}

TEST_CASE("quantising rounds half to even, then adds the zero point", "[userspace][nn]") {
  const std::vector<float> values = {0.0f, 0.25f, 0.75f, 1.25f, -0.25f, -0.75f, 100.0f, -100.0f};
  CHECK(quantise(values, {.scale = 0.5f, .zero = 1, .is_unsigned = false}) ==
        signed_bytes({1, 1, 3, 3, 1, -1, 127, -128}));
  CHECK(quantise(values, {.scale = 0.5f, .zero = 3, .is_unsigned = true}) ==
        Bytes{3, 3, 5, 5, 3, 1, 203, 0});
}

TEST_CASE("what is no number becomes the least", "[userspace][nn]") {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> values = {std::nanf(""), infinity, -infinity};
  CHECK(quantise(values, {.scale = 0.1f, .zero = 5, .is_unsigned = false}) ==
        signed_bytes({-128, 127, -128}));
}

TEST_CASE("dequantising gives the real numbers", "[userspace][nn]") {
  CHECK(dequantise(signed_bytes({-128, 0, 3}), {.scale = 0.5f, .zero = 3}) ==
        std::vector<float>{-65.5f, -1.5f, 0.0f});
  CHECK(dequantise(Bytes{255, 0}, {.scale = 2.0f, .zero = 128, .is_unsigned = true}) ==
        std::vector<float>{254.0f, -256.0f});
}

TEST_CASE("a softmax sums to one along its dimension", "[userspace][nn]") {
  std::vector<float> values = {1, 2, 3, 1000, 1000, 1000};
  softmax(values, 3, 1);
  CHECK(values[2] == Catch::Approx(0.66524096));
  CHECK(values[0] + values[1] + values[2] == Catch::Approx(1));
  CHECK(values[3] == Catch::Approx(1.0 / 3));

  std::vector<float> columns = {0, 5, 0, 5, 0, 5};
  softmax(columns, 3, 2);
  for (const float value : columns)
    CHECK(value == Catch::Approx(1.0 / 3));
}

TEST_CASE("steps are taken one after another", "[userspace][nn]") {
  using Kind = HostStep::Kind;
  const std::vector<HostStep> steps = {
      {.kind = Kind::kDequantise, .node = "", .quantisation = {.scale = 1, .zero = 0}},
      {.kind = Kind::kSoftmax, .node = "", .quantisation = {}, .depth = 2, .stride = 1},
      {.kind = Kind::kQuantise,
       .node = "",
       .quantisation = {.scale = 1.0f / 256, .zero = 0, .is_unsigned = true}}};
  CHECK(std::get<Bytes>(take_steps({7, 7}, steps)) == Bytes{128, 128});
  CHECK(std::get<Bytes>(take_steps({7, 9}, {})) == Bytes{7, 9});
}

TEST_CASE("elements go to where the view has them, and come back", "[userspace][nn]") {
  const View view = View::in_words({1, 2, 1, 2});
  std::vector<std::byte> memory(32, std::byte{9});
  scatter(Bytes{1, 2, 3, 4}, view, memory);
  CHECK(memory[0] == std::byte{1});
  CHECK(memory[16] == std::byte{2});
  CHECK(memory[1] == std::byte{3});
  CHECK(memory[17] == std::byte{4});
  CHECK(memory[2] == std::byte{9});
  CHECK(gather(view, memory) == Bytes{1, 2, 3, 4});
}

}  // namespace
}  // namespace kestrel::nn
