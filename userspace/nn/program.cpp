// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/program.hpp"

namespace kestrel::nn {

std::vector<CommandBuffer> command_buffers(const Program& program) {
  std::vector<CommandBuffer> buffers;
  for (const Layer& layer : program.layers) {
    const bool joins = !buffers.empty() &&
                       buffers.back().address + buffers.back().size_bytes == layer.address &&
                       buffers.back().size_bytes + layer.size_bytes <= kMostBufferBytes;
    if (joins)
      buffers.back().size_bytes += layer.size_bytes;
    else
      buffers.push_back({layer.address, layer.size_bytes});
  }
  return buffers;
}

}  // namespace kestrel::nn
