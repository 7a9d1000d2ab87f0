// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Convolutions, products and pools as layers of windows.
#pragma once

#include "nn/graph.hpp"
#include "nn/view.hpp"
#include "nn/window_layer.hpp"

namespace kestrel::nn {

/// Each gives a layer without addresses, which refers to `work` as long as it lives. The array
/// knows no zero point of activations, so the biases take off what it adds.
///
/// \param in, out  how the tensors lie in memory
/// \param is_dense  the input's channels lie without gaps, so that pixels can be gathered
WindowLayer convolution_layer(const Convolution& work, const Image& in, const Image& out,
                              bool is_dense);

/// A product is a convolution of 1 x 1 over as many pixels as there are rows.
WindowLayer product_layer(const Product& work, const Rows& in, const Rows& out);

/// The largest of a window, or its average: sums with a scale that depends on how many pixels
/// count.
WindowLayer pool_layer(const Pool& work, const Image& in, const Image& out);

}  // namespace kestrel::nn
