// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/program.hpp"

namespace kestrel::nn {
namespace {

/// Of layers that share a buffer: 2^28 multiplications take a millisecond at best, and a tenth of a
/// second where only one in a hundred cells is used. The commands of other layers take less each.
constexpr std::uint64_t kMostSharedOperations = std::uint64_t{1} << 28;
constexpr std::uint64_t kMostSharedBytes = std::uint64_t{1} << 20;
static_assert(kMostSharedBytes <= kMostBufferBytes);

}  // namespace

std::vector<CommandBuffer> growing_buffers(const Program& program) {
  std::vector<CommandBuffer> buffers;
  std::uint64_t operations = 0;
  for (const Layer& layer : program.layers) {
    operations += layer.operations;
    CommandBuffer buffer{layer.address, layer.size_bytes};
    const bool joins = !buffers.empty() &&
                       buffers.back().address + buffers.back().size_bytes == layer.address &&
                       buffers.back().size_bytes + layer.size_bytes <= kMostSharedBytes &&
                       operations <= kMostSharedOperations;
    if (joins)
      buffer = {buffers.back().address, buffers.back().size_bytes + layer.size_bytes};
    else
      operations = layer.operations;
    buffers.push_back(buffer);
  }
  return buffers;
}

std::vector<CommandBuffer> command_buffers(const Program& program) {
  std::vector<CommandBuffer> buffers;
  for (const CommandBuffer& buffer : growing_buffers(program)) {
    if (!buffers.empty() && buffers.back().address == buffer.address)
      buffers.back() = buffer;
    else
      buffers.push_back(buffer);
  }
  return buffers;
}

}  // namespace kestrel::nn
