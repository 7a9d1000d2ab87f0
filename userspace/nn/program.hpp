// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Program: a compiled network, ready to be put into memory and run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "nn/graph.hpp"
#include "nn/view.hpp"

namespace kestrel::nn {

/// A piece of the device's address space that has to be backed by memory before a run.
struct Region {
  std::uint64_t address = 0;     ///< a multiple of 4096
  std::uint64_t size_bytes = 0;  ///< a multiple of 4096, maybe 0
  bool operator==(const Region&) const = default;
};

/// A tensor that goes in or comes out: its bytes lie at `address` + the view's offsets.
struct Port {
  std::string name;
  Shape shape;
  std::uint64_t address = 0;
  View view;
};

struct InputPort : Port {
  bool is_real = false;       ///< float32, which the host quantises
  Quantisation quantisation;  ///< of bytes only `is_unsigned`
};

struct OutputPort : Port {
  bool is_unsigned = false;      ///< of the bytes in memory
  std::vector<HostStep> steps;   ///< what the host does with them
  bool yields_real = false;      ///< after the steps float32, else bytes
  bool yields_unsigned = false;  ///< of those bytes
};

/// The commands of one node: a command buffer of its own. It waits for whatever came before, so
/// that buffers that follow each other in memory may also be run as one.
struct Layer {
  std::string node;              ///< its name in the model
  std::string type;              ///< operator, as in the model
  std::string shape;             ///< of the result, for people
  std::uint64_t address = 0;     ///< of the first command; a multiple of 64
  std::uint64_t size_bytes = 0;  ///< a multiple of 64, not 0
  /// Multiplications and additions that the operator consists of, without any for padding.
  std::uint64_t operations = 0;
  bool is_convolution = false;  ///< Conv, by the array
};

/// How much memory activations take up, bytes.
struct MemoryUse {
  std::uint64_t planned = 0;
  /// No plan needs less: the most that is alive at one moment.
  std::uint64_t lower_bound = 0;
};

/// Addresses are those of one address space, whatever memory is behind them. Constants and commands
/// are written once; inputs before and outputs read after each run. The arena holds what is between
/// and needs no contents.
struct Program {
  Region constants, commands, inputs, outputs, arena;
  std::vector<std::byte> constant_bytes;  ///< at the start of `constants`
  std::vector<std::byte> command_bytes;   ///< at the start of `commands`
  std::vector<InputPort> input_ports;
  std::vector<OutputPort> output_ports;
  std::vector<Layer> layers;  ///< in the order of execution, without gaps in memory
  MemoryUse memory;
};

/// Most bytes of a command buffer that a job may have.
inline constexpr std::uint64_t kMostBufferBytes = std::uint64_t{64} << 20;

/// A command buffer.
struct CommandBuffer {
  std::uint64_t address;
  std::uint64_t size_bytes;
  bool operator==(const CommandBuffer&) const = default;
};

/// The layers as few command buffers as possible: none above kMostBufferBytes, and of those with
/// more than one layer none with so much work that it could take longer than a call may.
std::vector<CommandBuffer> command_buffers(const Program& program);

/// For each layer the buffer of command_buffers() that it is in, but only up to its end. What a
/// buffer takes longer than the one before it, which begins where it does, is the layer's part.
std::vector<CommandBuffer> growing_buffers(const Program& program);

}  // namespace kestrel::nn
