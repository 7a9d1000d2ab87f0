// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Every operator, against ONNX Runtime, over what it may be given.

#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "testbench/userspace/nn/model_machine.hpp"
#include "testbench/userspace/nn/onnx_cases.hpp"

namespace kestrel::nn {
namespace {

/// Runs the cases and compares every output.
void check_cases(const std::vector<std::string_view>& words, std::size_t least) {
  const auto cases = find_cases(NN_CASES, words);
  REQUIRE(cases.size() >= least);
  for (const OnnxCase& one : cases) {
    INFO(one.name);
    const auto program = compile_file(one.folder / "model.onnx");
    if (!program)
      FAIL_CHECK(program.error().text);
    if (!program)
      continue;
    CHECK(program->memory.planned <= 2 * program->memory.lower_bound);
    ModelMachine machine;
    check_case(one, *program, machine);
  }
}

TEST_CASE("convolutions equal ONNX Runtime's bit for bit", "[userspace][nn]") {
  check_cases({"conv"}, 270);
}

TEST_CASE("matrix products equal ONNX Runtime's bit for bit", "[userspace][nn]") {
  check_cases({"product"}, 74);
}

TEST_CASE("largest values of windows equal ONNX Runtime's", "[userspace][nn]") {
  check_cases({"maxpool"}, 28);
}

TEST_CASE("averages of windows differ from ONNX Runtime's by one at most", "[userspace][nn]") {
  check_cases({"averagepool", "global"}, 46);
}

TEST_CASE("sums differ from ONNX Runtime's by one at most", "[userspace][nn]") {
  check_cases({"add"}, 32);
}

TEST_CASE("products with constants differ from ONNX Runtime's by one at most", "[userspace][nn]") {
  check_cases({"mul"}, 32);
}

TEST_CASE("joined and rectified tensors differ from ONNX Runtime's by one at most",
          "[userspace][nn]") {
  check_cases({"concat", "relu"}, 38);
}

TEST_CASE("networks of several operators give what ONNX Runtime gives", "[userspace][nn]") {
  check_cases({"network"}, 15);
}

TEST_CASE("there are at least five hundred cases", "[userspace][nn]") {
  CHECK(find_cases(NN_CASES).size() >= 500);
}

}  // namespace
}  // namespace kestrel::nn
