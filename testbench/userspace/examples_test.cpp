// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Examples: how arrays are cut to inputs, and what a model takes them for.

#include "examples.hpp"

#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace kestrel::run;
namespace nn = kestrel::nn;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Reals = std::vector<float>;
using Shape = std::vector<std::int64_t>;

kestrel::run::Array array_of(const Shape& shape, ElementType type = ElementType::kUint8) {
  kestrel::run::Array array{type, shape, Bytes(*array_bytes(type, shape))};
  for (std::size_t i = 0; i < array.bytes.size(); ++i)
    array.bytes[i] = static_cast<std::uint8_t>(i);
  return array;
}

nn::InputPort port(const Shape& shape, bool is_real = true, bool is_unsigned = false) {
  nn::InputPort input;
  input.name = "picture";
  input.shape = shape;
  input.is_real = is_real;
  input.quantisation = {.scale = 0.5f, .zero = 3, .is_unsigned = is_unsigned};
  return input;
}

/// What is wrong with cutting an array to an input of 1x1x2x3.
std::string refusal(const kestrel::run::Array& array) {
  const auto examples = examples_of(array, port({1, 1, 2, 3}), "file", 0);
  return examples ? "" : examples.error();
}

}  // namespace

TEST_CASE("examples: An array of the input's shape is one", "[userspace][examples]") {
  const Shape shape = GENERATE(Shape{1, 1, 2, 3}, Shape{2, 3}, Shape{1, 2, 3}, Shape{2, 1, 3, 1},
                               Shape{1, 1, 1, 1, 2, 3});
  CAPTURE(shape);
  const auto examples = examples_of(array_of(shape), port({1, 1, 2, 3}), "file", 7);
  REQUIRE(examples);
  REQUIRE(examples->size() == 1);
  const Example& example = examples->front();
  CHECK(example.source == "file");
  CHECK(example.index == 7);
  CHECK_FALSE(example.label);
  CHECK(example.bytes == Bytes{0, 1, 2, 3, 4, 5});
  CHECK_FALSE(example.is_shown);
}

TEST_CASE("examples: A dimension more in front is so many", "[userspace][examples]") {
  const Shape shape = GENERATE(Shape{3, 2, 3}, Shape{3, 1, 1, 2, 3}, Shape{3, 1, 2, 3});
  CAPTURE(shape);
  const auto examples =
      examples_of(array_of(shape, ElementType::kFloat32), port({1, 1, 2, 3}), "file", 40);
  REQUIRE(examples);
  REQUIRE(examples->size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CAPTURE(i);
    const Example& example = (*examples)[i];
    CHECK(example.index == 40 + i);
    CHECK(example.type == ElementType::kFloat32);
    REQUIRE(example.bytes.size() == 24);
    CHECK(example.bytes[0] == 24 * i);
  }
}

TEST_CASE("examples: A model of scalars takes as many as there are", "[userspace][examples]") {
  CHECK(examples_of(array_of({5}), port({1, 1}), "file", 0)->size() == 5);
  CHECK(examples_of(array_of({}), port({}), "file", 0)->size() == 1);
}

TEST_CASE("examples: Grey pictures of 28 x 28 bytes are shown", "[userspace][examples]") {
  const auto is_shown = [](const Shape& shape, ElementType type) {
    return examples_of(array_of(shape, type), port(shape), "file", 0)->front().is_shown;
  };
  CHECK(is_shown({1, 1, 28, 28}, ElementType::kUint8));
  CHECK(is_shown({28, 28}, ElementType::kUint8));
  CHECK_FALSE(is_shown({1, 1, 28, 28}, ElementType::kInt8));
  CHECK_FALSE(is_shown({1, 1, 28, 28}, ElementType::kFloat32));
  CHECK_FALSE(is_shown({1, 1, 28, 29}, ElementType::kUint8));
  CHECK_FALSE(is_shown({1, 3, 28, 28}, ElementType::kUint8));
}

TEST_CASE("examples: Arrays of other shapes are refused by both shapes", "[userspace][examples]") {
  const Shape shape = GENERATE(Shape{}, Shape{6}, Shape{3, 2}, Shape{2, 2, 3, 2}, Shape{2, 2, 2, 3},
                               Shape{1, 2, 2, 3}, Shape{2, 0});
  CAPTURE(shape);
  CHECK(refusal(array_of(shape)) ==
        "'file': an array of " + nn::to_string(shape) + ", but input 'picture' takes 1x1x2x3");
}

TEST_CASE("examples: None, and very many, are refused", "[userspace][examples]") {
  CHECK(refusal(array_of({0, 2, 3})) == "'file': an array of 0x2x3 holds no input");
  CHECK(examples_of(array_of({kMostInputs + 1}), port({1}), "file", 0).error() ==
        "'file': an array of 1000001 holds more than 1000000 inputs");
}

TEST_CASE("examples: Labels are one for each", "[userspace][examples]") {
  auto examples = *examples_of(array_of({3, 2, 3}), port({1, 1, 2, 3}), "file", 0);
  REQUIRE(add_labels(examples, {ElementType::kUint8, {3}, {9, 0, 255}}, "labels"));
  CHECK(examples[0].label == 9);
  CHECK(examples[1].label == 0);
  CHECK(examples[2].label == 255);

  const auto refused = [&examples](const kestrel::run::Array& labels) {
    return add_labels(examples, labels, "labels").error();
  };
  CHECK(refused(array_of({2})) == "'labels': an array of 2, but a label is wanted for each of 3");
  CHECK(refused(array_of({3, 1})) ==
        "'labels': an array of 3x1, but a label is wanted for each of 3");
  CHECK(refused(array_of({3}, ElementType::kInt8)) ==
        "'labels': an array of 3, but a label is wanted for each of 3");
}

TEST_CASE("examples: An input of real numbers takes all types", "[userspace][examples]") {
  Example example{.source = "file", .index = 0, .label = {}, .bytes = {0, 51, 255}};
  const auto pixels = values_of(example, port({3}));
  REQUIRE(pixels);
  CHECK(std::get<Reals>(*pixels) == Reals{0, 0.2f, 1});

  const Reals reals = {-1.5f, std::numeric_limits<float>::infinity()};
  example.type = ElementType::kFloat32;
  example.bytes.resize(8);
  std::memcpy(example.bytes.data(), reals.data(), 8);
  CHECK(std::get<Reals>(*values_of(example, port({2}))) == reals);

  // (q - 3) * 0.5, as if the input's quantisation had given it.
  example.type = ElementType::kInt8;
  example.bytes = {3, 4, 0xff};
  CHECK(std::get<Reals>(*values_of(example, port({3}))) == Reals{0, 0.5f, -2});
  CHECK(values_of(example, port({3}, true, true)).error() ==
        "'file': elements are int8, but input 'picture' takes float32 or uint8");
}

TEST_CASE("examples: An input of bytes takes its own type", "[userspace][examples]") {
  Example example{.source = "file", .index = 0, .label = {}, .bytes = {1, 2}};
  CHECK(std::get<Bytes>(*values_of(example, port({2}, false, true))) == Bytes{1, 2});
  CHECK(values_of(example, port({2}, false)).error() ==
        "'file': elements are uint8, but input 'picture' takes int8");
  example.type = ElementType::kInt8;
  CHECK(std::get<Bytes>(*values_of(example, port({2}, false))) == Bytes{1, 2});
  CHECK(values_of(example, port({2}, false, true)).error() ==
        "'file': elements are int8, but input 'picture' takes uint8");
  example.type = ElementType::kFloat32;
  CHECK(values_of(example, port({2}, false)).error() ==
        "'file': elements are float32, but input 'picture' takes int8");
}
