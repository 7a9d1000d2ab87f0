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

namespace kestrel::nn {
namespace {

constexpr std::uint64_t kPageBytes = 4096;
constexpr std::int64_t kLanes = 16;
/// Enough for anything sensible, and little enough to be kept in memory.
constexpr std::size_t kMostCommandBytes = std::size_t{256} << 20;

std::uint64_t page_up(std::uint64_t value) {
  return (value + kPageBytes - 1) / kPageBytes * kPageBytes;
}

std::uint8_t byte_of(std::int32_t value) {
  return static_cast<std::uint8_t>(value);
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
    const auto& window = work.window;
    WindowLayer layer;
    layer.in = image(work.in);
    layer.out = image(work.out);
    layer.window = window;
    layer.is_unsigned = work.in_quantisation.is_unsigned;
    layer.pad = byte_of(work.in_quantisation.zero);
    layer.is_gathered =
        is_gathered(work, shape(work.in)) && layer.in.pixel_bytes == layer.in.channels;
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
    const auto at = [&work, group_in, taps, &window](std::int64_t out, std::int64_t row,
                                                     std::int64_t column, std::int64_t in) {
      return work.weights[static_cast<std::size_t>((out * group_in + in) * taps +
                                                   row * window.kernel_w + column)];
    };
    layer.weight = [&](std::int64_t out, std::int64_t row, std::int64_t column,
                       std::int64_t in) -> std::int8_t {
      const std::int64_t channel = in - out / group_out * group_in;
      return channel >= 0 && channel < group_in ? at(out, row, column, channel) : std::int8_t{0};
    };
    layer.output = without_zero(
        work.output, work.in_quantisation.zero, layer.out.channels, [&](std::int64_t out) {
          const auto* first = &work.weights[static_cast<std::size_t>(out * group_in * taps)];
          std::int64_t sum = 0;
          for (std::int64_t i = 0; i < group_in * taps; ++i)
            sum += first[i];
          return sum;
        });
    add_windows(node, layer, work.in, work.out,
                static_cast<std::uint64_t>(element_count(shape(work.out)) * group_in * taps), true);
  }

  /// The array knows no zero point of activations, so the biases take off what it adds.
  template <typename SumOfWeights>
  static Requantisation without_zero(Requantisation output, std::int32_t zero,
                                     std::int64_t channels, SumOfWeights sum) {
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

  void layer(const Operator& node, const Product& work) {
    if (shape(work.in).size() == 4)
      refuse("a product of {} is not supported, only of up to three dimensions",
             to_string(shape(work.in)));
    const Rows in = rows(work.in), out = rows(work.out);
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
    layer.weight = [&](std::int64_t out_column, std::int64_t, std::int64_t, std::int64_t byte) {
      const std::int64_t k = element[static_cast<std::size_t>(byte)];
      return k < 0 ? std::int8_t{0}
                   : work.weights[static_cast<std::size_t>(k * work.columns + out_column)];
    };
    layer.output = without_zero(
        work.output, work.in_quantisation.zero, work.columns, [&](std::int64_t column) {
          std::int64_t sum = 0;
          for (std::int64_t k = 0; k < work.depth; ++k)
            sum += work.weights[static_cast<std::size_t>(k * work.columns + column)];
          return sum;
        });
    add_windows(node, layer, work.in, work.out,
                static_cast<std::uint64_t>(element_count(shape(work.out)) * work.depth), false);
  }

  void layer(const Operator& node, const Pool& work) {
    const auto& window = work.window;
    WindowLayer layer;
    layer.in = image(work.in);
    layer.out = image(work.out);
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
    add_windows(node, layer, work.in, work.out, 0, false);
  }

  /// Positions with one number of pixels inside of the image: runs of rows times runs of columns.
  static std::vector<WindowLayer::Area> average_areas(const Pool& work, const WindowLayer& layer) {
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

  void add_windows(const Operator& node, WindowLayer& layer, TensorId in, TensorId out,
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
