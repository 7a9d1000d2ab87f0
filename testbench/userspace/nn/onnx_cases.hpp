// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Cases of testbench/userspace/nn/cases.py: models, inputs, and what ONNX Runtime makes of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "nn/compiler.hpp"
#include "nn/loader.hpp"
#include "nn/session.hpp"

namespace kestrel::nn {

struct OnnxCase {
  std::string name;
  int tolerance = 0;  ///< most difference of a byte
  std::filesystem::path folder;
};

inline std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Those of the folder whose names contain one of the words; all without words.
inline std::vector<OnnxCase> find_cases(const std::filesystem::path& folder,
                                        const std::vector<std::string_view>& words = {}) {
  std::vector<OnnxCase> cases;
  std::ifstream index(folder / "INDEX");
  for (std::string name, check; index >> name >> check;) {
    const bool is_wanted = words.empty() || std::ranges::any_of(words, [&](std::string_view word) {
                             return name.find("_" + std::string(word)) != std::string::npos;
                           });
    if (is_wanted)
      cases.push_back({name, check == "exact" ? 0 : check.back() - '0', folder / name});
  }
  return cases;
}

inline Result<Program> compile_file(const std::filesystem::path& path,
                                    const LoadOptions& options = {}) {
  const auto file = read_file(path);
  return load_model(std::as_bytes(std::span(file)), options).and_then([](const Graph& graph) {
    return compile(graph);
  });
}

inline Values read_values(const std::filesystem::path& path, bool is_real) {
  auto bytes = read_file(path);
  if (!is_real)
    return bytes;
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

inline std::vector<Values> read_inputs(const OnnxCase& one, const Program& program) {
  std::vector<Values> inputs;
  for (std::size_t i = 0; i < program.input_ports.size(); ++i)
    inputs.push_back(
        read_values(one.folder / std::format("input_{}.bin", i), program.input_ports[i].is_real));
  return inputs;
}

/// The largest difference of two rows of bytes; 256 if their lengths differ.
inline int difference(const std::vector<std::uint8_t>& got, const std::vector<std::uint8_t>& wanted,
                      bool is_unsigned) {
  if (got.size() != wanted.size())
    return 256;
  int most = 0;
  for (std::size_t i = 0; i < got.size(); ++i)
    most = std::max(most, is_unsigned ? std::abs(got[i] - wanted[i])
                                      : std::abs(static_cast<std::int8_t>(got[i]) -
                                                 static_cast<std::int8_t>(wanted[i])));
  return most;
}

/// Runs the case's program and compares every output with ONNX Runtime's; what differs fails the
/// test that runs.
inline void check_case(const OnnxCase& one, const Program& program, Machine& machine) {
  auto session = Session::create(program, machine);
  REQUIRE(session);
  const auto results = session->run(read_inputs(one, program));
  if (!results) {
    FAIL_CHECK(results.error().text);
    return;
  }
  for (std::size_t i = 0; i < results->size(); ++i) {
    const auto wanted = read_file(one.folder / std::format("output_{}.bin", i));
    CHECK(difference(std::get<std::vector<std::uint8_t>>((*results)[i]), wanted,
                     program.output_ports[i].yields_unsigned) <= one.tolerance);
  }
}

}  // namespace kestrel::nn
