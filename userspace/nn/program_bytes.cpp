// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/program_bytes.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <nn/compiled_program.pb.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <iterator>
#include <utility>

#include "nn/error.hpp"
#include "nn/onnx_model.hpp"

namespace kestrel::nn {
namespace {

void put(const Region& from, disk::Region& to) {
  to.set_address(from.address);
  to.set_size_bytes(from.size_bytes);
}

Region region_of(const disk::Region& from) {
  return {from.address(), from.size_bytes()};
}

void put(const Quantisation& from, disk::Quantisation& to) {
  to.set_scale(from.scale);
  to.set_zero(from.zero);
  to.set_is_unsigned(from.is_unsigned);
}

Quantisation quantisation_of(const disk::Quantisation& from) {
  return {from.scale(), from.zero(), from.is_unsigned()};
}

void put(const Port& from, disk::Port& to) {
  to.set_name(from.name);
  to.mutable_shape()->Assign(from.shape.begin(), from.shape.end());
  to.set_address(from.address);
  for (std::size_t i = 0; i < from.view.rank(); ++i) {
    auto& dimension = *to.mutable_view()->add_dimensions();
    for (const auto& [size, stride] : from.view.dimension(i)) {
      auto& factor = *dimension.add_factors();
      factor.set_size(size);
      factor.set_stride(stride);
    }
  }
}

/// Its factors are such that no product or sum of them is too large to compute with.
bool is_sound(const disk::View& view) {
  for (const auto& dimension : view.dimensions()) {
    std::int64_t size = 1;
    for (const auto& factor : dimension.factors()) {
      if (factor.size() < 1 || factor.size() > OnnxLimits::kElements || factor.stride() < 0 ||
          factor.stride() > OnnxLimits::kElements * kWordBytes)
        return false;
      size *= factor.size();
      if (size > OnnxLimits::kElements)
        return false;
    }
  }
  return true;
}

bool port_of(const disk::Port& from, Port& to) {
  if (!is_sound(from.view()))
    return false;
  to.name = from.name();
  to.shape.assign(from.shape().begin(), from.shape().end());
  to.address = from.address();
  std::vector<std::vector<View::Factor>> dimensions;
  for (const auto& dimension : from.view().dimensions()) {
    auto& factors = dimensions.emplace_back();
    for (const auto& factor : dimension.factors())
      factors.push_back({factor.size(), factor.stride()});
  }
  to.view = View::of(std::move(dimensions));
  return true;
}

bool is_inside(const Region& region, std::uint64_t address, std::uint64_t size_bytes) {
  return address >= region.address && size_bytes <= region.size_bytes &&
         address - region.address <= region.size_bytes - size_bytes;
}

/// The shape is sensible, the view is of it, and its elements lie in the region.
bool is_sound(const Port& port, const Region& region) {
  try {
    check_shape(port.shape, "port");
  } catch (const Refusal&) {
    return false;
  }
  return port.view.rank() == port.shape.size() && port.view.shape() == port.shape &&
         is_inside(region, port.address, static_cast<std::uint64_t>(port.view.span_bytes()));
}

bool is_sound(const HostStep& step, const Shape& shape) {
  return step.kind <= HostStep::Kind::kQuantise && step.depth >= 1 && step.stride >= 1 &&
         step.depth <= OnnxLimits::kElements && step.stride <= OnnxLimits::kElements &&
         element_count(shape) % (step.depth * step.stride) == 0;
}

/// Real numbers come from kDequantise, and only kQuantise makes bytes of them again.
bool are_in_order(const std::vector<HostStep>& steps) {
  bool is_real = false;
  for (const HostStep& step : steps) {
    if ((step.kind == HostStep::Kind::kDequantise) == is_real)
      return false;
    is_real = step.kind != HostStep::Kind::kQuantise;
  }
  return true;
}

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

bool read_ports(const disk::Program& disk, Program& program) {
  for (const auto& from : disk.input_ports()) {
    InputPort& port = program.input_ports.emplace_back();
    if (!port_of(from, port))
      return false;
    port.is_real = from.is_real();
    port.quantisation = quantisation_of(from.quantisation());
    if (!is_sound(port, program.inputs))
      return false;
  }
  for (const auto& from : disk.output_ports()) {
    OutputPort& port = program.output_ports.emplace_back();
    if (!port_of(from, port))
      return false;
    port.is_unsigned = from.is_unsigned();
    port.yields_real = from.yields_real();
    port.yields_unsigned = from.yields_unsigned();
    if (!is_sound(port, program.outputs))
      return false;
    for (const auto& step : from.steps()) {
      port.steps.push_back({.kind = static_cast<HostStep::Kind>(std::min(step.kind(), 255u)),
                            .node = step.node(),
                            .quantisation = quantisation_of(step.quantisation()),
                            .depth = step.depth(),
                            .stride = step.stride()});
      if (!is_sound(port.steps.back(), port.shape))
        return false;
    }
    if (!are_in_order(port.steps))
      return false;
  }
  return true;
}

bool read_layers(const disk::Program& disk, Program& program) {
  for (const auto& from : disk.layers()) {
    program.layers.push_back({.node = from.node(),
                              .type = from.type(),
                              .shape = from.shape(),
                              .address = from.address(),
                              .size_bytes = from.size_bytes(),
                              .operations = from.operations(),
                              .is_convolution = from.is_convolution()});
    constexpr std::uint64_t kCommandBytes = 64;
    if (!is_inside(program.commands, from.address(), from.size_bytes()) || from.size_bytes() == 0 ||
        from.size_bytes() > kMostBufferBytes || from.address() % kCommandBytes != 0 ||
        from.size_bytes() % kCommandBytes != 0)
      return false;
  }
  return true;
}

}  // namespace

std::string to_bytes(const Program& program) {
  disk::Program disk;
  put(program.constants, *disk.mutable_constants());
  put(program.commands, *disk.mutable_commands());
  put(program.inputs, *disk.mutable_inputs());
  put(program.outputs, *disk.mutable_outputs());
  put(program.arena, *disk.mutable_arena());
  disk.set_constant_bytes(program.constant_bytes.data(), program.constant_bytes.size());
  disk.set_command_bytes(program.command_bytes.data(), program.command_bytes.size());
  for (const InputPort& from : program.input_ports) {
    auto& to = *disk.add_input_ports();
    put(from, to);
    to.set_is_real(from.is_real);
    put(from.quantisation, *to.mutable_quantisation());
  }
  for (const OutputPort& from : program.output_ports) {
    auto& to = *disk.add_output_ports();
    put(from, to);
    to.set_is_unsigned(from.is_unsigned);
    to.set_yields_real(from.yields_real);
    to.set_yields_unsigned(from.yields_unsigned);
    for (const HostStep& step : from.steps) {
      auto& written = *to.add_steps();
      written.set_kind(static_cast<std::uint32_t>(step.kind));
      written.set_node(step.node);
      put(step.quantisation, *written.mutable_quantisation());
      written.set_depth(step.depth);
      written.set_stride(step.stride);
    }
  }
  for (const Layer& from : program.layers) {
    auto& to = *disk.add_layers();
    to.set_node(from.node);
    to.set_type(from.type);
    to.set_shape(from.shape);
    to.set_address(from.address);
    to.set_size_bytes(from.size_bytes);
    to.set_operations(from.operations);
    to.set_is_convolution(from.is_convolution);
  }
  disk.set_memory_planned(program.memory.planned);
  disk.set_memory_lower_bound(program.memory.lower_bound);

  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    disk.SerializeToCodedStream(&coded);
  }
  return bytes;
}

std::optional<Program> program_of(std::span<const std::byte> bytes) {
  disk::Program disk;
  if (bytes.size() > INT_MAX || !disk.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return std::nullopt;
  Program program;
  program.constants = region_of(disk.constants());
  program.commands = region_of(disk.commands());
  program.inputs = region_of(disk.inputs());
  program.outputs = region_of(disk.outputs());
  program.arena = region_of(disk.arena());
  program.constant_bytes = bytes_of(disk.constant_bytes());
  program.command_bytes = bytes_of(disk.command_bytes());
  program.memory = {disk.memory_planned(), disk.memory_lower_bound()};
  const bool is_sound = program.constant_bytes.size() <= program.constants.size_bytes &&
                        program.command_bytes.size() <= program.commands.size_bytes &&
                        read_ports(disk, program) && read_layers(disk, program);
  return is_sound ? std::optional(std::move(program)) : std::nullopt;
}

}  // namespace kestrel::nn
