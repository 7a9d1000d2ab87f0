// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/window_operators.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace kestrel::nn {
namespace {

constexpr std::int64_t kLanes = 16;

std::uint8_t byte_of(std::int32_t value) {
  return static_cast<std::uint8_t>(value);
}

/// The array knows no zero point of activations, so the biases take off what it adds.
template <typename SumOfWeights>
Requantisation without_zero(Requantisation output, std::int32_t zero, std::int64_t channels,
                            SumOfWeights sum) {
  output.bias.resize(static_cast<std::size_t>(channels), output.bias[0]);
  for (std::int64_t i = 0; i < channels; ++i) {
    auto& bias = output.bias[static_cast<std::size_t>(i)];
    // Modulo 2^32, as the device adds.
    bias = static_cast<std::int32_t>(
        static_cast<std::uint32_t>(bias) -
        static_cast<std::uint32_t>(static_cast<std::int64_t>(zero) * sum(i)));
  }
  return output;
}

/// Positions with one number of pixels inside of the image: runs of rows times runs of columns.
std::vector<WindowLayer::Area> average_areas(const Pool& work, const WindowLayer& layer) {
  struct Run {
    std::int64_t first, end, inside;
  };
  const auto runs = [](std::int64_t positions, std::int64_t size, std::int64_t kernel,
                       std::int64_t stride, std::int64_t dilation, std::int64_t pad) {
    std::vector<Run> runs;
    for (std::int64_t at = 0; at < positions; ++at) {
      std::int64_t inside = 0;
      for (std::int64_t k = 0; k < kernel; ++k) {
        const std::int64_t pixel = at * stride - pad + k * dilation;
        inside += pixel >= 0 && pixel < size;
      }
      if (!runs.empty() && runs.back().inside == inside)
        runs.back().end = at + 1;
      else
        runs.push_back({at, at + 1, inside});
    }
    return runs;
  };
  const auto& window = work.window;
  const auto rows = runs(layer.out.height, layer.in.height, window.kernel_h, window.stride_h,
                         window.dilation_h, window.pad_top);
  const auto columns = runs(layer.out.width, layer.in.width, window.kernel_w, window.stride_w,
                            window.dilation_w, window.pad_left);
  std::vector<WindowLayer::Area> areas;
  for (const Run& row : rows) {
    for (const Run& column : columns)
      areas.push_back(
          {.top = row.first,
           .bottom = row.end,
           .left = column.first,
           .right = column.end,
           .scale = work.in_quantisation.scale / (static_cast<float>(row.inside * column.inside) *
                                                  work.out_quantisation.scale)});
  }
  return areas;
}

}  // namespace

WindowLayer convolution_layer(const Convolution& work, const Image& in, const Image& out,
                              bool is_dense) {
  const auto& window = work.window;
  WindowLayer layer;
  layer.in = in;
  layer.out = out;
  layer.window = window;
  layer.is_unsigned = work.in_quantisation.is_unsigned;
  layer.pad = byte_of(work.in_quantisation.zero);
  layer.is_gathered = is_dense;
  const std::int64_t group_in = layer.in.channels / work.groups;
  const std::int64_t group_out = layer.out.channels / work.groups;
  const std::int64_t taps = window.kernel_h * window.kernel_w;
  const bool is_by_lanes = work.groups > 1 && group_in == 1 && group_out == 1;
  if (is_by_lanes)
    layer.mode = KESTREL_ACCUMULATE_MODE_DEPTHWISE;
  for (std::int64_t first = 0; first < layer.out.channels; first += kLanes) {
    const std::int64_t last = std::min(first + kLanes, layer.out.channels) - 1;
    const std::int64_t first_in = first / group_out * group_in / kLanes;
    const std::int64_t end_in = divide_up((last / group_out + 1) * group_in, kLanes);
    layer.tiles.push_back({first_in, end_in - first_in});
  }
  layer.weight = [&work, group_in, group_out, taps](std::int64_t out_channel, std::int64_t row,
                                                    std::int64_t column,
                                                    std::int64_t in_channel) -> std::int8_t {
    const std::int64_t channel = in_channel - out_channel / group_out * group_in;
    if (channel < 0 || channel >= group_in)
      return 0;
    return work.weights[static_cast<std::size_t>((out_channel * group_in + channel) * taps +
                                                 row * work.window.kernel_w + column)];
  };
  layer.output = without_zero(
      work.output, work.in_quantisation.zero, layer.out.channels, [&](std::int64_t channel) {
        const auto* first = &work.weights[static_cast<std::size_t>(channel * group_in * taps)];
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < group_in * taps; ++i)
          sum += first[i];
        return sum;
      });
  return layer;
}

WindowLayer product_layer(const Product& work, const Rows& in, const Rows& out) {
  WindowLayer layer;
  layer.in = {.height = in.count,
              .channels = in.words * kWordBytes,
              .pixel_bytes = in.pitch_bytes,
              .row_bytes = in.pitch_bytes,
              .image_bytes = 0};
  layer.out = {.height = out.count,
               .channels = work.columns,
               .pixel_bytes = out.pitch_bytes,
               .row_bytes = out.pitch_bytes,
               .image_bytes = 0};
  layer.is_unsigned = work.in_quantisation.is_unsigned;
  for (std::int64_t first = 0; first < work.columns; first += kLanes)
    layer.tiles.push_back({0, in.words});
  // Bytes between the elements of a row meet weights of zero.
  std::vector<std::int64_t> element(static_cast<std::size_t>(in.words * kWordBytes), -1);
  for (std::size_t i = 0; i < in.elements.size(); ++i)
    element[static_cast<std::size_t>(in.elements[i])] = static_cast<std::int64_t>(i);
  layer.weight = [&work, element = std::move(element)](std::int64_t column, std::int64_t,
                                                       std::int64_t, std::int64_t byte) {
    const std::int64_t k = element[static_cast<std::size_t>(byte)];
    return k < 0 ? std::int8_t{0}
                 : work.weights[static_cast<std::size_t>(k * work.columns + column)];
  };
  layer.output =
      without_zero(work.output, work.in_quantisation.zero, work.columns, [&](std::int64_t column) {
        std::int64_t sum = 0;
        for (std::int64_t k = 0; k < work.depth; ++k)
          sum += work.weights[static_cast<std::size_t>(k * work.columns + column)];
        return sum;
      });
  return layer;
}

WindowLayer pool_layer(const Pool& work, const Image& in, const Image& out) {
  const auto& window = work.window;
  WindowLayer layer;
  layer.in = in;
  layer.out = out;
  layer.window = window;
  layer.mode = work.is_max ? KESTREL_ACCUMULATE_MODE_MAX : KESTREL_ACCUMULATE_MODE_SUM;
  layer.is_unsigned = work.in_quantisation.is_unsigned;
  layer.pad = byte_of(work.is_max ? work.in_quantisation.min() : work.in_quantisation.zero);
  for (std::int64_t first = 0; first < layer.out.channels; first += kLanes)
    layer.tiles.push_back({first / kLanes, 1});
  const std::int64_t taps = window.kernel_h * window.kernel_w;
  const std::int64_t zeros = work.is_max ? 1 : taps;
  layer.output = {.scale = {1},
                  .bias = {static_cast<std::int32_t>(-work.in_quantisation.zero * zeros)},
                  .zero = work.out_quantisation.zero,
                  .min = work.min,
                  .max = work.max,
                  .is_unsigned = work.out_quantisation.is_unsigned};
  const float scale = work.in_quantisation.scale / work.out_quantisation.scale;
  if (work.is_max || work.counts_padding) {
    const auto divisor = work.is_max ? 1.0f : static_cast<float>(taps);
    layer.areas = {{.bottom = layer.out.height,
                    .right = layer.out.width,
                    .scale = work.is_max ? scale
                                         : work.in_quantisation.scale /
                                               (divisor * work.out_quantisation.scale)}};
  } else {
    layer.areas = average_areas(work, layer);
  }
  return layer;
}

}  // namespace kestrel::nn
