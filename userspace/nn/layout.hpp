// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Layout: where every tensor of a graph lies in the device's address space.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/graph.hpp"
#include "nn/program.hpp"
#include "nn/view.hpp"

namespace kestrel::nn {

/// A tensor in memory.
struct PlacedTensor {
  std::uint64_t address = 0;
  View view;
};

/// Images lie pixel by pixel with the channels innermost, rounded up to words of 16; other tensors
/// row by row, their last dimension rounded up in the same way. What an Alias gives has no memory
/// of its own but another view of the same. An input that only convolutions with few channels read,
/// whose windows the load engine gathers, has its channels packed densely.
struct Layout {
  std::vector<PlacedTensor> tensors;  ///< by TensorId
  Region inputs, outputs, arena;
  MemoryUse memory;
};

/// Whether the load engine lays the pixels of a row of the window side by side, for each position:
/// when that leaves fewer words to reduce than channels rounded up would.
bool is_gathered(const Convolution& work, const Shape& in_shape);

/// \param base  first address, a multiple of 4096
/// \throws Refusal  a Reshape or Transpose would have to move something
Layout make_layout(const Graph& graph, std::uint64_t base);

}  // namespace kestrel::nn
