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

TEST_CASE("no buffer of several layers has many commands", "[userspace][nn]") {
  constexpr std::uint64_t kMany = 1 << 20;
  Program program;
  program.layers = {layer(0, kMany - 64), layer(kMany - 64, 64), layer(kMany, 2 * kMany),
                    layer(3 * kMany, 64)};
  CHECK(command_buffers(program) ==
        std::vector<CommandBuffer>{{0, kMany}, {kMany, 2 * kMany}, {3 * kMany, 64}});
}

TEST_CASE("no buffer of several layers has much work", "[userspace][nn]") {
  Program program;
  program.layers = {layer(0, 64), layer(64, 64), layer(128, 64), layer(192, 64)};
  program.layers[0].operations = std::uint64_t{1} << 27;
  program.layers[1].operations = std::uint64_t{1} << 27;
  program.layers[2].operations = std::uint64_t{1} << 40;
  CHECK(command_buffers(program) == std::vector<CommandBuffer>{{0, 128}, {128, 64}, {192, 64}});
}

TEST_CASE("growing buffers end with one layer after the other", "[userspace][nn]") {
  Program program;
  program.layers = {layer(0x1000, 64), layer(0x1040, 128), layer(0x2000, 64)};
  CHECK(growing_buffers(program) ==
        std::vector<CommandBuffer>{{0x1000, 64}, {0x1000, 192}, {0x2000, 64}});
}

}  // namespace
}  // namespace kestrel::nn
