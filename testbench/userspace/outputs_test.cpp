// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Outputs: which class is found, and what differs from what was expected.

#include "outputs.hpp"

#include <limits>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using namespace kestrel::run;
namespace nn = kestrel::nn;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Reals = std::vector<float>;
using Shape = std::vector<std::int64_t>;

/// Rows 4 and 5 of int8.
std::vector<OutputRow> rows() {
  return {output_row(4, {1, 0xff, 0x80}, Reals{0, 0, 0}, false),
          output_row(5, {7, 8, 9}, Reals{0, 0, 0}, false)};
}

/// Six rows, of which the last two are those of rows().
kestrel::run::Array expected() {
  kestrel::run::Array array{ElementType::kInt8, {6, 3}, Bytes(12, 0)};
  const Bytes last = {1, 0xff, 0x80, 7, 8, 9};
  array.bytes.insert(array.bytes.end(), last.begin(), last.end());
  return array;
}

}  // namespace

TEST_CASE("outputs: The greatest score is found, the first of equal ones", "[userspace][outputs]") {
  const OutputRow row = output_row(3, {1, 2, 3, 4}, Reals{0.5f, 2, -1, 2}, false);
  CHECK(row.index == 3);
  CHECK(row.raw == Bytes{1, 2, 3, 4});
  CHECK(row.scores == Reals{0.5f, 2, -1, 2});
  CHECK(row.predicted == 1);
}

TEST_CASE("outputs: Bytes are numbers with or without sign", "[userspace][outputs]") {
  const Bytes raw = {1, 0xff, 0x80};
  const OutputRow with = output_row(0, raw, raw, false);
  CHECK(with.scores == Reals{1, -1, -128});
  CHECK(with.predicted == 0);
  const OutputRow without = output_row(0, raw, raw, true);
  CHECK(without.scores == Reals{1, 255, 128});
  CHECK(without.predicted == 1);
}

TEST_CASE("outputs: Scores that are no numbers choose a class all the same",
          "[userspace][outputs]") {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  CHECK(output_row(0, {1, 2}, Reals{kNone, kNone}, false).predicted < 2);
  CHECK(output_row(0, {1, 2}, Reals{kNone, 1}, false).predicted < 2);
}

TEST_CASE("outputs: Rows become one array", "[userspace][outputs]") {
  const auto array = raw_array(rows(), false);
  CHECK(array.type == ElementType::kInt8);
  CHECK(array.shape == Shape{2, 3});
  CHECK(array.bytes == Bytes{1, 0xff, 0x80, 7, 8, 9});
  CHECK(raw_array(rows(), true).type == ElementType::kUint8);
  CHECK(raw_array({}, false).shape == Shape{0, 0});
}

TEST_CASE("outputs: Each is compared with the row of its index", "[userspace][outputs]") {
  const auto all = compare(rows(), false, expected(), "file");
  REQUIRE(all);
  CHECK(all->file == "file");
  CHECK(all->compared == 2);
  CHECK(all->equal == 2);
  CHECK(all->first_difference.empty());

  auto other = expected();
  other.bytes[14] = 0x7f;
  other.bytes[15] = 6;
  const auto different = compare(rows(), false, other, "file");
  REQUIRE(different);
  CHECK(different->compared == 2);
  CHECK(different->equal == 0);
  CHECK(different->first_difference == "element 2 of input 4 is -128, not 127");
}

TEST_CASE("outputs: Differences are said in the type's numbers", "[userspace][outputs]") {
  auto other = expected();
  other.type = ElementType::kUint8;
  other.bytes[14] = 0x7f;
  CHECK(compare(rows(), true, other, "file")->first_difference ==
        "element 2 of input 4 is 128, not 127");
}

TEST_CASE("outputs: Where the expected array ends nothing is compared", "[userspace][outputs]") {
  auto shorter = expected();
  shorter.shape[0] = 5;
  shorter.bytes.resize(15);
  const auto some = compare(rows(), false, shorter, "file");
  REQUIRE(some);
  CHECK(some->compared == 1);
  CHECK(some->equal == 1);

  shorter.shape[0] = 4;
  shorter.bytes.resize(12);
  CHECK(compare(rows(), false, shorter, "file").error() ==
        "'file': it has 4 rows, none of these inputs'");
  CHECK(compare({}, false, {ElementType::kInt8, {0, 0}, {}}, "file").error() ==
        "'file': it has 0 rows, none of these inputs'");
}

TEST_CASE("outputs: Another array than one of outputs is refused", "[userspace][outputs]") {
  const auto refusal = [](const kestrel::run::Array& array) {
    return compare(rows(), false, array, "file").error();
  };
  CHECK(refusal({ElementType::kUint8, {6, 3}, Bytes(18)}) ==
        "'file': uint8 of 6x3, but the outputs are int8 of Nx3");
  CHECK(refusal({ElementType::kInt8, {6, 4}, Bytes(24)}) ==
        "'file': int8 of 6x4, but the outputs are int8 of Nx3");
  CHECK(refusal({ElementType::kFloat32, {18}, Bytes(72)}) ==
        "'file': float32 of 18, but the outputs are int8 of Nx3");
  CHECK(refusal({ElementType::kInt8, {1, 6, 3}, Bytes(18)}) ==
        "'file': int8 of 1x6x3, but the outputs are int8 of Nx3");
}
