// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Compiling of graphs to programs.
#pragma once

#include <cstdint>

#include "nn/error.hpp"
#include "nn/graph.hpp"
#include "nn/program.hpp"
#include "nn/tiling.hpp"

namespace kestrel::nn {

/// Changes whenever the same graph would be compiled to something else.
inline constexpr std::uint32_t kCompilerVersion = 2;

struct CompileOptions {
  Device device;
  /// First address of all; a multiple of 2 MiB, so that large pages can be used.
  std::uint64_t base_address = std::uint64_t{1} << 32;
};

/// Plans memory, cuts layers to what fits on chip, and writes the commands.
///
/// Convolutions and products equal ONNX Runtime's bit for bit, as does MaxPool. The others round
/// otherwise than it does, but by no more than one:
/// - Add: (fix(x * sx / so) + fix(y * sy / so)) / 65536, where fix rounds to 2^-16;
/// - Mul by a constant c: x * (c * (sx * sc / so));
/// - averages: (sum of x - zero) * (sx / (n * so)), n pixels that count;
/// - changes of quantisation (Concat, QuantizeLinear between operators): x * (sx / so).
/// All in float32 with one rounding at the end, half to even, as hw/kestrel/docs/requantisation.md
/// has it.
///
/// Errors: a sentence that names the node, when a layer does not fit on the device, or would have
/// to move something that only an address can be given for.
/// Threads: any. The same graph and options give the same bytes.
Result<Program> compile(const Graph& graph, const CompileOptions& options = {});

}  // namespace kestrel::nn
