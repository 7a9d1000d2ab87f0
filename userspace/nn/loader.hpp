// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Loading of quantised ONNX models.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "nn/error.hpp"
#include "nn/graph.hpp"

namespace kestrel::nn {

struct LoadOptions {
  /// What a dynamic first dimension of an input is to be; absent: such a model is refused.
  std::optional<std::int64_t> batch;
};

/// Makes a graph of a quantised ONNX model: of operator sets 10 to 22, and of `com.microsoft`'s
/// quantised operators. Both forms that ONNX Runtime's quantiser writes are understood: operators
/// on bytes (QLinearConv, ...), and operators on real numbers between DequantizeLinear and
/// QuantizeLinear, which become one operator on bytes.
///
/// Errors: one sentence that names node, operator and reason, for everything that is not supported
/// or not consistent. Nothing is computed by the host but what GraphOutput::steps lists.
/// Threads: any. Source: ONNX operators' documentation; ONNX Runtime's contrib operators.
///
/// \param file  bytes of the .onnx file
Result<Graph> load_model(std::span<const std::byte> file, const LoadOptions& options = {});

}  // namespace kestrel::nn
