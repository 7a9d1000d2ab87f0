// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/program_bytes.hpp"

#include <nn/compiled_program.pb.h>

#include <catch2/catch_test_macros.hpp>

#include "nn/compiler.hpp"
#include "testbench/userspace/nn/onnx_builder.hpp"

namespace kestrel::nn {
namespace {

Program program() {
  OnnxBuilder builder;
  builder.common().input("x", {1, 5, 4, 4}, onnx::TensorProto::FLOAT).output("y");
  builder.node("QuantizeLinear", {"x", "s", "z"}, "q");
  OnnxBuilder::attribute(builder.node("MaxPool", {"q"}, "p"), "kernel_shape", {2, 2});
  builder.node("DequantizeLinear", {"p", "s", "z"}, "r");
  builder.node("Softmax", {"r"}, "y");
  const auto graph = builder.load();
  REQUIRE(graph);
  return *compile(*graph);
}

std::optional<Program> read(const std::string& bytes) {
  return program_of(std::as_bytes(std::span(bytes)));
}

TEST_CASE("a program comes back as it was", "[userspace][nn]") {
  const Program one = program();
  const std::string bytes = to_bytes(one);
  CHECK(to_bytes(one) == bytes);
  const auto back = read(bytes);
  REQUIRE(back);
  CHECK(to_bytes(*back) == bytes);
  CHECK(back->command_bytes == one.command_bytes);
  CHECK(back->constant_bytes == one.constant_bytes);
  CHECK(back->arena == one.arena);
  CHECK(back->input_ports[0].is_real);
  CHECK(back->input_ports[0].view == one.input_ports[0].view);
  CHECK(back->input_ports[0].quantisation == one.input_ports[0].quantisation);
  REQUIRE(back->output_ports[0].steps.size() == 2);
  CHECK(back->output_ports[0].steps[1].depth == one.output_ports[0].steps[1].depth);
  CHECK(back->output_ports[0].yields_real);
  CHECK(back->layers[0].node == one.layers[0].node);
  CHECK(back->layers[0].operations == one.layers[0].operations);
}

/// The program with one change that makes it unsound.
template <typename Change>
bool is_read(Change change) {
  disk::Program disk;
  REQUIRE(disk.ParseFromString(to_bytes(program())));
  change(disk);
  return read(disk.SerializeAsString()).has_value();
}

TEST_CASE("parts that do not fit together are no program", "[userspace][nn]") {
  CHECK(is_read([](disk::Program&) {}));
  CHECK_FALSE(read("nonsense"));
  CHECK_FALSE(is_read([](disk::Program& disk) {
    disk.mutable_layers(0)->set_address(disk.commands().address() + disk.commands().size_bytes());
  }));
  CHECK_FALSE(is_read([](disk::Program& disk) { disk.mutable_layers(0)->set_size_bytes(0); }));
  CHECK_FALSE(is_read([](disk::Program& disk) { disk.mutable_layers(0)->set_size_bytes(65); }));
  CHECK_FALSE(is_read([](disk::Program& disk) { disk.mutable_commands()->set_size_bytes(64); }));
  CHECK_FALSE(is_read([](disk::Program& disk) { disk.mutable_input_ports(0)->set_address(0); }));
  CHECK_FALSE(is_read([](disk::Program& disk) { disk.mutable_outputs()->set_size_bytes(8); }));
  CHECK_FALSE(is_read([](disk::Program& disk) { disk.mutable_input_ports(0)->set_shape(1, 6); }));
  CHECK_FALSE(is_read([](disk::Program& disk) {
    disk.mutable_input_ports(0)
        ->mutable_view()
        ->mutable_dimensions(1)
        ->mutable_factors(0)
        ->set_stride(-1);
  }));
  CHECK_FALSE(is_read([](disk::Program& disk) {
    auto& dimension = *disk.mutable_input_ports(0)->mutable_view()->mutable_dimensions(1);
    for (int i = 0; i < 4; ++i)
      dimension.add_factors()->set_size(1 << 25);
  }));
  CHECK_FALSE(is_read(
      [](disk::Program& disk) { disk.mutable_output_ports(0)->mutable_steps(1)->set_depth(7); }));
  CHECK_FALSE(is_read(
      [](disk::Program& disk) { disk.mutable_output_ports(0)->mutable_steps(1)->set_kind(3); }));
  CHECK_FALSE(is_read(
      [](disk::Program& disk) { disk.mutable_output_ports(0)->mutable_steps(1)->set_kind(0); }));
}

}  // namespace
}  // namespace kestrel::nn
