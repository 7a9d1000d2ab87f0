// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/windows.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "nn/view.hpp"

namespace kestrel::nn {
namespace {

constexpr std::int64_t kMost = 4096;  // What no sensible network exceeds.

using Pair = std::array<std::int64_t, 2>;

Pair read_pair(const Node& node, std::string_view name, std::int64_t otherwise,
               std::int64_t least) {
  Pair pair = {otherwise, otherwise};
  if (const auto values = node.integers(name)) {
    if (values->size() != pair.size())
      node.refuse_node("{} has {} numbers; only two dimensions are supported", name,
                       values->size());
    std::ranges::copy(*values, pair.begin());
  }
  for (const std::int64_t value : pair) {
    if (value < least || value > kMost)
      node.refuse_node("{} of {}, not {} to {}", name, value, least, kMost);
  }
  return pair;
}

}  // namespace

Placement read_window(const Node& node, const Shape& shape, std::int64_t kernel_h,
                      std::int64_t kernel_w, bool is_pool) {
  if (shape.size() != 4)
    node.refuse_node("its input is {}; only images, N x C x H x W, are supported",
                     to_string(shape));
  const Pair kernel = read_pair(node, "kernel_shape", 0, kernel_h == 0 ? 1 : 0);
  if (kernel_h != 0 && kernel[0] != 0 && (kernel[0] != kernel_h || kernel[1] != kernel_w))
    node.refuse_node("kernel_shape is {}x{}, but the weights are {}x{}", kernel[0], kernel[1],
                     kernel_h, kernel_w);
  const Pair size = kernel_h != 0 ? Pair{kernel_h, kernel_w} : kernel;
  if (std::ranges::any_of(size, [](std::int64_t side) { return side < 1 || side > kMost; }))
    node.refuse_node("kernel of {}x{}, not 1 to {}", size[0], size[1], kMost);
  const Pair stride = read_pair(node, "strides", 1, 1);
  const Pair dilation = read_pair(node, "dilations", 1, 1);
  std::array<std::int64_t, 4> pads = {};
  if (const auto values = node.integers("pads")) {
    if (values->size() != pads.size())
      node.refuse_node("pads has {} numbers, not 4", values->size());
    std::ranges::copy(*values, pads.begin());
  }
  const std::string automatic = node.text("auto_pad", "NOTSET");
  const bool is_ceiling = is_pool && node.integer("ceil_mode", 0) != 0;

  Pair out = {};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t in = shape[2 + i];
    const std::int64_t extent = dilation[i] * (size[i] - 1) + 1;
    std::int64_t& before = pads[i];
    std::int64_t& after = pads[2 + i];
    if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
      const std::int64_t positions = divide_up(in, stride[i]);
      const std::int64_t all = std::max<std::int64_t>((positions - 1) * stride[i] + extent - in, 0);
      before = automatic == "SAME_UPPER" ? all / 2 : all - all / 2;
      after = all - before;
    } else if (automatic == "VALID") {
      before = after = 0;
    } else if (automatic != "NOTSET" && !automatic.empty()) {
      node.refuse_node("auto_pad '{}' is not supported", automatic);
    }
    for (const std::int64_t pad : {before, after}) {
      if (pad < 0 || pad > kMost)
        node.refuse_node("padding of {}, not 0 to {}", pad, kMost);
      if (is_pool && pad >= extent)
        node.refuse_node("padding of {} is not less than the window of {}", pad, extent);
    }
    const std::int64_t room = in + before + after - extent;
    if (room < 0)
      node.refuse_node("the window of {} does not fit into {} with padding {} and {}", extent, in,
                       before, after);
    out[i] = room / stride[i] + 1;
    // A window may begin in the last stride that is not whole, but not behind the picture.
    if (is_ceiling && room % stride[i] != 0 && out[i] * stride[i] < in + before)
      ++out[i];
  }
  return {.window = {.kernel_h = size[0],
                     .kernel_w = size[1],
                     .stride_h = stride[0],
                     .stride_w = stride[1],
                     .dilation_h = dilation[0],
                     .dilation_w = dilation[1],
                     .pad_top = pads[0],
                     .pad_left = pads[1],
                     .pad_bottom = pads[2],
                     .pad_right = pads[3]},
          .out_h = out[0],
          .out_w = out[1]};
}

}  // namespace kestrel::nn
