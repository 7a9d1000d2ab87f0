// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include <utility>

#include "nn/importer.hpp"
#include "nn/windows.hpp"

namespace kestrel::nn {

Importer::Result Importer::pool(const Node& node, const Operand& in, bool is_max, bool is_global) {
  if (is_global)
    node.allow_attributes({"channels_last"});
  else
    node.allow_attributes({"auto_pad", "ceil_mode", "channels_last", "count_include_pad",
                           "dilations", "kernel_shape", "pads", "storage_order", "strides"});
  if (node.integer("channels_last", 0) != 0)
    node.refuse_node("channels_last is not supported");
  if (in.shape.size() != 4)
    node.refuse_node("its input is {}; only images, N x C x H x W, are supported",
                     to_string(in.shape));
  Pool work{.in = in.tensor,
            .out = 0,
            .is_max = is_max,
            .counts_padding = node.integer("count_include_pad", 0) != 0,
            .window = {},
            .in_quantisation = in.quantisation,
            .out_quantisation = {}};
  Placement placement;
  if (is_global) {
    work.window.kernel_h = in.shape[2];
    work.window.kernel_w = in.shape[3];
  } else {
    placement = read_window(node, in.shape, 0, 0, true);
    work.window = placement.window;
  }
  if (!is_max && work.counts_padding && node.integer("ceil_mode", 0) != 0)
    node.refuse_node("ceil_mode with count_include_pad is not supported");
  return {{in.shape[0], in.shape[1], placement.out_h, placement.out_w},
          [this, name = node.name(), type = node.type(), work](
              TensorId out, const Quantisation& to, std::int32_t min, std::int32_t max) mutable {
            work.out = out;
            work.out_quantisation = to;
            work.min = min;
            work.max = max;
            add_operator(name, type, std::move(work));
          }};
}

void Importer::import_max_pool(const Node& node) {
  const Value& from = value(node, 0);
  if (from.kind == Value::Kind::kBytes) {
    // On bytes it leaves the quantisation alone, whatever it is.
    const Quantisation same = {
        .scale = 1, .zero = 0, .is_unsigned = graph_.tensors[from.tensor].is_unsigned};
    const auto result = pool(node, {from.tensor, from.shape, same}, true, false);
    complete(node, result.shape, same, result.finish);
    return;
  }
  const auto in = real_operand(node, 0);
  if (!in)
    node.refuse_node("its input is a constant");
  auto result = pool(node, *in, true, false);
  suspend(node, result.shape, std::move(result.finish));
}

void Importer::import_average_pool(const Node& node) {
  const auto in = real_operand(node, 0);
  if (!in)
    node.refuse_node("its input is a constant");
  auto result = pool(node, *in, false, false);
  suspend(node, result.shape, std::move(result.finish));
}

void Importer::import_global_average_pool(const Node& node) {
  const auto in = real_operand(node, 0);
  if (!in)
    node.refuse_node("its input is a constant");
  auto result = pool(node, *in, false, true);
  suspend(node, result.shape, std::move(result.finish));
}

void Importer::import_qlinear_average_pool(const Node& node) {
  const auto in = bytes_operand(node, 0, quantisation(node, 1, 2));
  if (!in)
    node.refuse_node("its input is a constant");
  const auto result = pool(node, *in, false, false);
  complete(node, result.shape, quantisation(node, 3, 4), result.finish);
}

void Importer::import_qlinear_global_average_pool(const Node& node) {
  const auto in = bytes_operand(node, 0, quantisation(node, 1, 2));
  if (!in)
    node.refuse_node("its input is a constant");
  const auto result = pool(node, *in, false, true);
  complete(node, result.shape, quantisation(node, 3, 4), result.finish);
}

}  // namespace kestrel::nn
