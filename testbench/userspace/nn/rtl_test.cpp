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
    auto session = Session::create(*program, machine);
    REQUIRE(session);
    const auto results = session->run(read_inputs(one, *program));
    if (!results)
      FAIL_CHECK(results.error().text);
    if (!results)
      continue;
    for (std::size_t output = 0; output < results->size(); ++output) {
      const auto wanted = read_file(one.folder / std::format("output_{}.bin", output));
      CHECK(difference(std::get<std::vector<std::uint8_t>>((*results)[output]), wanted,
                       program->output_ports[output].yields_unsigned) <= one.tolerance);
    }
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
