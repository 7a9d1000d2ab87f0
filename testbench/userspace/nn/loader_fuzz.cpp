// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Any bytes as a model: loading and compiling may refuse them, and do nothing else.

#include <cstddef>
#include <cstdint>
#include <span>

#include "nn/compiler.hpp"
#include "nn/loader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto graph = kestrel::nn::load_model(std::as_bytes(std::span(data, size)), {.batch = 1});
  if (graph)
    (void)kestrel::nn::compile(*graph);
  return 0;
}
