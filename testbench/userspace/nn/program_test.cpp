// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/program.hpp"

#include <catch2/catch_test_macros.hpp>

namespace kestrel::nn {
namespace {

Layer layer(std::uint64_t address, std::uint64_t size_bytes) {
  Layer result;
  result.address = address;
  result.size_bytes = size_bytes;
  return result;
}

TEST_CASE("layers side by side are one buffer", "[userspace][nn]") {
  Program program;
  program.layers = {layer(0x1000, 64), layer(0x1040, 128), layer(0x2000, 64)};
  CHECK(command_buffers(program) == std::vector<CommandBuffer>{{0x1000, 192}, {0x2000, 64}});
}

TEST_CASE("no buffer is larger than a job's may be", "[userspace][nn]") {
  Program program;
  program.layers = {layer(0, kMostBufferBytes - 64), layer(kMostBufferBytes - 64, 64),
                    layer(kMostBufferBytes, 64)};
  CHECK(command_buffers(program) ==
        std::vector<CommandBuffer>{{0, kMostBufferBytes}, {kMostBufferBytes, 64}});
}

}  // namespace
}  // namespace kestrel::nn
