// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Operators on RTL: some of the cases that operators_test.cpp runs on the functional model.

#include <cstddef>
#include <map>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "testbench/userspace/nn/onnx_cases.hpp"
#include "testbench/userspace/nn/rtl_machine.hpp"

namespace kestrel::nn {
namespace {

/// One in so many of the cases; their operators take turns.
constexpr std::size_t kOneIn = 4;

std::string operator_of(const OnnxCase& one) {
  const auto begin = one.name.find('_') + 1;
  return one.name.substr(begin, one.name.find('_', begin) - begin);
}

TEST_CASE("operators on RTL give what ONNX Runtime gives", "[userspace][nn][rtl]") {
  const auto cases = find_cases(NN_CASES);
  std::map<std::string, std::size_t> done;
  std::size_t count = 0;
  for (std::size_t i = 0; i < cases.size(); i += kOneIn) {
    const OnnxCase& one = cases[i];
    INFO(one.name);
    const auto program = compile_file(one.folder / "model.onnx");
    REQUIRE(program);
    RtlMachine machine;
    check_case(one, *program, machine);
    ++done[operator_of(one)];
    ++count;
  }
  CHECK(count >= 100);
  for (const auto* name : {"conv", "product", "maxpool", "averagepool", "add", "mul", "concat"}) {
    CAPTURE(name);
    CHECK(done[name] >= 3);
  }
}

}  // namespace
}  // namespace kestrel::nn
