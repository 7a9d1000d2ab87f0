// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/compiler.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <map>
#include <utility>
#include <variant>

#include "nn/commands.hpp"
#include "nn/constants.hpp"
#include "nn/layout.hpp"
#include "nn/pipeline.hpp"
#include "nn/row_layer.hpp"
#include "nn/view.hpp"
#include "nn/window_layer.hpp"
#include "nn/window_operators.hpp"

namespace kestrel::nn {
namespace {

constexpr std::uint64_t kPageBytes = 4096;
constexpr std::int64_t kLanes = 16;
/// Enough for anything sensible, and little enough to be kept in memory.
constexpr std::size_t kMostCommandBytes = std::size_t{256} << 20;

std::uint64_t page_up(std::uint64_t value) {
  return (value + kPageBytes - 1) / kPageBytes * kPageBytes;
}

class Compiler {
 public:
  Compiler(const Graph& graph, const CompileOptions& options)
      : graph_(graph),
        device_(options.device),
        layout_(make_layout(graph, options.base_address)),
        constants_base_(layout_.arena.address + layout_.arena.size_bytes),
        constants_(constants_base_) {}

  Program run() {
    for (const Operator& node : graph_.operators) {
      try {
        std::visit([&](const auto& work) { layer(node, work); }, node.work);
      } catch (const Refusal& refusal) {
        const std::string name = std::format("node '{}' ({})", node.node, node.type);
        if (std::string_view(refusal.what()).starts_with(name))
          throw;
        refuse("{}: {}", name, refusal.what());
      }
    }
    finish();
    return std::move(program_);
  }

 private:
  const PlacedTensor& placed(TensorId tensor) const { return layout_.tensors[tensor]; }
  const Shape& shape(TensorId tensor) const { return graph_.tensors[tensor].shape; }

  Image image(TensorId tensor) const {
    const auto image = Image::of(placed(tensor).view);
    if (!image)
      refuse("tensor '{}' does not lie in memory as an image, because of a Transpose or Reshape",
             graph_.tensors[tensor].name);
    // A pixel is read in whole words; one that begins in the middle of a word could end outside.
    if (image->pixel_bytes % kWordBytes != 0 && image->pixel_bytes != image->channels)
      refuse("pixels of tensor '{}' do not begin with words, because of a Transpose or Reshape",
             graph_.tensors[tensor].name);
    return *image;
  }
  Rows rows(TensorId tensor) const {
    const auto rows = Rows::of(placed(tensor).view);
    if (!rows)
      refuse("tensor '{}' does not lie in memory as rows, because of a Transpose or Reshape",
             graph_.tensors[tensor].name);
    if (rows->count > 1 && rows->pitch_bytes % kWordBytes != 0)
      refuse("rows of tensor '{}' do not begin with words, because of a Transpose or Reshape",
             graph_.tensors[tensor].name);
    return *rows;
  }

  void layer(const Operator&, const Alias&) {}

  void layer(const Operator& node, const Convolution& work) {
    const Image in = image(work.in);
    const bool is_dense = is_gathered(work, shape(work.in)) && in.pixel_bytes == in.channels;
    const std::int64_t reduction =
        in.channels / work.groups * work.window.kernel_h * work.window.kernel_w;
    add_windows(node, convolution_layer(work, in, image(work.out), is_dense), work.in, work.out,
                static_cast<std::uint64_t>(element_count(shape(work.out)) * reduction), true);
  }

  void layer(const Operator& node, const Product& work) {
    if (shape(work.in).size() == 4)
      refuse("a product of {} is not supported, only of up to three dimensions",
             to_string(shape(work.in)));
    add_windows(node, product_layer(work, rows(work.in), rows(work.out)), work.in, work.out,
                static_cast<std::uint64_t>(element_count(shape(work.out)) * work.depth), false);
  }

  void layer(const Operator& node, const Pool& work) {
    add_windows(node, pool_layer(work, image(work.in), image(work.out)), work.in, work.out, 0,
                false);
  }

  void add_windows(const Operator& node, WindowLayer layer, TensorId in, TensorId out,
                   std::uint64_t operations, bool is_convolution) {
    layer.in_address = placed(in).address;
    layer.out_address = placed(out).address;
    Pipeline pipeline;
    emit_window_layer(layer, device_, constants_, pipeline);
    add(node, out, pipeline, operations, is_convolution);
  }

  /// Rows of words without gaps between them, which all of these tensors are.
  Rows common_rows(TensorId in, TensorId out) const {
    const Rows all = rows(in);
    if (placed(in).view != placed(out).view)
      refuse(
          "tensors '{}' and '{}' lie in memory in different ways, because of a Transpose or "
          "Reshape",
          graph_.tensors[in].name, graph_.tensors[out].name);
    if (all.count > 1 && all.pitch_bytes != all.words * kWordBytes)
      refuse("tensor '{}' has gaps in memory, because of a Transpose or Reshape",
             graph_.tensors[in].name);
    return all;
  }

  void layer(const Operator& node, const Rescale& work) {
    const Rows all = common_rows(work.in, work.out);
    RowLayer layer{.rows = all.count,
                   .words = all.words,
                   .in_address = placed(work.in).address,
                   .out_address = placed(work.out).address,
                   .in_zero = work.in_quantisation.zero,
                   .is_unsigned = work.in_quantisation.is_unsigned,
                   .output = work.output,
                   .residual = std::nullopt};
    if (work.output.scale.size() > 1) {
      check_channels(work.in);
      layer.output.scale = spread(work.output.scale, all);
    }
    add_rows(node, layer, work.out);
  }

  /// Values of channels are values of a row only when rows are the pixels of an image.
  void check_channels(TensorId tensor) const {
    if (shape(tensor).size() == 4)
      (void)image(tensor);
  }

  /// Values of a row's elements at the bytes that these are.
  template <typename T>
  static std::vector<T> spread(const std::vector<T>& values, const Rows& rows) {
    if (values.size() != 1 && values.size() != rows.elements.size())
      refuse(
          "{} values for rows of {}: channels do not lie side by side, because of a Transpose or "
          "Reshape",
          values.size(), rows.elements.size());
    std::vector<T> result(static_cast<std::size_t>(rows.words * kWordBytes));
    for (std::size_t i = 0; i < rows.elements.size(); ++i)
      result[static_cast<std::size_t>(rows.elements[i])] = values[values.size() == 1 ? 0 : i];
    return result;
  }

  void layer(const Operator& node, const Addition& work) {
    const Rows all = common_rows(work.left, work.out);
    RowLayer::Residual residual{
        .address = std::nullopt, .constant = {}, .quantisation = work.right_quantisation};
    residual.quantisation.scale = work.right_quantisation.scale / work.out_quantisation.scale;
    if (work.right) {
      common_rows(*work.right, work.out);
      residual.address = placed(*work.right).address;
    } else {
      if (work.constant.size() > 1)
        check_channels(work.left);
      residual.constant = spread(work.constant, all);
    }
    const RowLayer layer{
        .rows = all.count,
        .words = all.words,
        .in_address = placed(work.left).address,
        .out_address = placed(work.out).address,
        .in_zero = work.left_quantisation.zero,
        .is_unsigned = work.left_quantisation.is_unsigned,
        .output = {.scale = {work.left_quantisation.scale / work.out_quantisation.scale},
                   .bias = {0},
                   .zero = work.out_quantisation.zero,
                   .min = work.min,
                   .max = work.max,
                   .is_unsigned = work.out_quantisation.is_unsigned},
        .residual = std::move(residual)};
    add_rows(node, layer, work.out);
  }

  void add_rows(const Operator& node, const RowLayer& layer, TensorId out) {
    Pipeline pipeline;
    emit_row_layer(layer, constants_, pipeline);
    add(node, out, pipeline, 0, false);
  }

  /// A tensor that lies as it was written first, as an image of its last three dimensions.
  Image plain_image(TensorId tensor) const {
    Shape shape = this->shape(tensor);
    if (shape.size() > 4 || placed(tensor).view != View::in_words(shape))
      refuse("tensor '{}' does not lie in memory as an image, because of a Transpose or Reshape",
             graph_.tensors[tensor].name);
    if (shape.size() == 4)
      return image(tensor);
    shape.insert(shape.begin(), 3 - shape.size(), 1);
    const std::int64_t row = round_up(shape[2], kWordBytes);
    return {.count = shape[0],
            .height = shape[1],
            .width = 1,
            .channels = shape[2],
            .pixel_bytes = row,
            .row_bytes = row,
            .image_bytes = row * shape[1]};
  }

  void layer(const Operator& node, const Concatenation& work) {
    const Image out = plain_image(work.out);
    const std::size_t rank = shape(work.out).size();
    // Bytes from one index of the axis to the next.
    const auto strides =
        rank == 4 ? std::vector{out.image_bytes, std::int64_t{1}, out.row_bytes, out.pixel_bytes}
                  : std::vector{out.image_bytes, out.row_bytes, std::int64_t{1}};
    const std::int64_t stride =
        strides[static_cast<std::size_t>(work.axis) + (rank == 4 ? 0 : 3 - rank)];
    std::vector<MoveLayer> moves;
    std::int64_t done = 0;
    for (const auto& input : work.inputs) {
      moves.push_back(
          {.in = plain_image(input.tensor),
           .out = out,
           .in_address = placed(input.tensor).address,
           .out_address = placed(work.out).address + static_cast<std::uint64_t>(done * stride),
           .in_zero = input.quantisation.zero,
           .is_unsigned = input.quantisation.is_unsigned,
           .output = {.scale = {input.quantisation.scale / work.out_quantisation.scale},
                      .bias = {0},
                      .zero = work.out_quantisation.zero,
                      .min = work.min,
                      .max = work.max,
                      .is_unsigned = work.out_quantisation.is_unsigned}});
      done += shape(input.tensor)[static_cast<std::size_t>(work.axis)];
    }
    Pipeline pipeline;
    emit_move_layers(moves, pipeline);
    add(node, work.out, pipeline, 0, false);
  }

  void add(const Operator& node, TensorId out, const Pipeline& pipeline, std::uint64_t operations,
           bool is_convolution) {
    const auto commands = pipeline.commands();
    const std::size_t offset = program_.command_bytes.size();
    const std::size_t bytes = (commands.size() + 1) * sizeof(Command);
    if (bytes > kMostBufferBytes || offset + bytes > kMostCommandBytes)
      refuse("its {} commands are too many", commands.size());
    program_.command_bytes.resize(offset + bytes);
    std::byte* to = &program_.command_bytes[offset];
    const Command barrier = encode_barrier();
    std::memcpy(to, barrier.data(), sizeof(Command));
    std::memcpy(to + sizeof(Command), commands.data(), bytes - sizeof(Command));
    program_.layers.push_back({.node = node.node,
                               .type = node.type,
                               .shape = to_string(shape(out)),
                               .address = offset,  // until it is known where commands lie
                               .size_bytes = bytes,
                               .operations = operations,
                               .is_convolution = is_convolution});
  }

  void finish() {
    program_.inputs = layout_.inputs;
    program_.outputs = layout_.outputs;
    program_.arena = layout_.arena;
    program_.memory = layout_.memory;
    program_.constant_bytes = constants_.take();
    program_.constants = {constants_base_, page_up(program_.constant_bytes.size())};
    program_.commands = {constants_base_ + program_.constants.size_bytes,
                         page_up(program_.command_bytes.size())};
    for (Layer& layer : program_.layers)
      layer.address += program_.commands.address;
    for (const GraphInput& input : graph_.inputs) {
      InputPort port;
      port.name = input.name;
      port.shape = input.shape;
      port.address = placed(input.tensor).address;
      port.view = placed(input.tensor).view;
      port.is_real = input.quantise.has_value();
      port.quantisation = input.quantise.value_or(
          Quantisation{.is_unsigned = graph_.tensors[input.tensor].is_unsigned});
      program_.input_ports.push_back(std::move(port));
    }
    for (const GraphOutput& output : graph_.outputs) {
      OutputPort port;
      port.name = output.name;
      port.shape = output.shape;
      port.address = placed(output.tensor).address;
      port.view = placed(output.tensor).view;
      port.is_unsigned = graph_.tensors[output.tensor].is_unsigned;
      port.steps = output.steps;
      port.yields_real = output.is_real();
      port.yields_unsigned = output.is_unsigned;
      program_.output_ports.push_back(std::move(port));
    }
  }

  const Graph& graph_;
  const Device device_;
  const Layout layout_;
  const std::uint64_t constants_base_;
  ConstantImage constants_;
  Program program_;
};

}  // namespace

Result<Program> compile(const Graph& graph, const CompileOptions& options) {
  return guarded([&] {
    const Device& device = options.device;
    if (device.array_rows != kLanes || device.array_columns != kLanes)
      refuse("the device has an array of {} x {}, and only {} x {} is supported", device.array_rows,
             device.array_columns, kLanes, kLanes);
    return Compiler(graph, options).run();
  });
}

}  // namespace kestrel::nn
