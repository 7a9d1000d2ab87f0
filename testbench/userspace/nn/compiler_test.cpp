// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/compiler.hpp"

#include <cstring>

#include <catch2/catch_test_macros.hpp>

#include "testbench/userspace/nn/model_machine.hpp"
#include "testbench/userspace/nn/onnx_builder.hpp"

namespace kestrel::nn {
namespace {

/// int8 x -> QLinearConv 3 x 3 -> MaxPool -> y.
OnnxBuilder network(std::int64_t size = 12) {
  OnnxBuilder builder;
  builder.common().input("x", {1, 16, size, size}).output("y");
  builder.constant<std::int8_t>("w", {16, 16, 3, 3}, std::vector<std::int8_t>(16 * 16 * 9, 1));
  auto& conv = builder.node("QLinearConv", {"x", "s", "z", "w", "s", "zero", "s", "z"}, "c");
  OnnxBuilder::attribute(conv, "pads", {1, 1, 1, 1});
  builder.constant<std::int8_t>("zero", {}, {0});
  OnnxBuilder::attribute(builder.node("MaxPool", {"c"}, "y"), "kernel_shape", {2, 2});
  return builder;
}

Program program(const OnnxBuilder& builder = network()) {
  const auto graph = builder.load();
  REQUIRE(graph);
  auto compiled = compile(*graph);
  REQUIRE(compiled);
  return *std::move(compiled);
}

TEST_CASE("regions lie side by side from the base on", "[userspace][nn]") {
  const Program one = program();
  std::uint64_t next = CompileOptions().base_address;
  for (const Region* region :
       {&one.inputs, &one.outputs, &one.arena, &one.constants, &one.commands}) {
    CHECK(region->address == next);
    CHECK(region->size_bytes % 4096 == 0);
    next += region->size_bytes;
  }
  CHECK(one.constant_bytes.size() <= one.constants.size_bytes);
  CHECK(one.command_bytes.size() <= one.commands.size_bytes);
}

TEST_CASE("every node has its layer, which begins with a barrier", "[userspace][nn]") {
  const Program one = program();
  REQUIRE(one.layers.size() == 2);
  CHECK(one.layers[0].node == "the_QLinearConv");
  CHECK(one.layers[0].type == "QLinearConv");
  CHECK(one.layers[0].shape == "1x16x12x12");
  CHECK(one.layers[0].is_convolution);
  CHECK(one.layers[0].operations == 16 * 12 * 12 * 16 * 9);
  CHECK_FALSE(one.layers[1].is_convolution);
  CHECK(one.layers[0].address == one.commands.address);
  CHECK(one.layers[1].address == one.layers[0].address + one.layers[0].size_bytes);
  for (const Layer& layer : one.layers)
    CHECK(one.command_bytes[layer.address - one.commands.address] ==
          std::byte{KESTREL_OPCODE_BARRIER});
}

TEST_CASE("the same graph gives the same bytes", "[userspace][nn]") {
  const Program first = program(), second = program();
  CHECK(first.command_bytes == second.command_bytes);
  CHECK(first.constant_bytes == second.constant_bytes);
}

TEST_CASE("another base moves all addresses", "[userspace][nn]") {
  const auto graph = network().load();
  const auto moved = compile(*graph, {.device = {}, .base_address = 0x7000'0000'0000});
  REQUIRE(moved);
  CHECK(moved->inputs.address == 0x7000'0000'0000);
  ModelMachine machine;
  auto session = Session::create(*moved, machine);
  REQUIRE(session);
  std::vector<Values> inputs = {std::vector<std::uint8_t>(16 * 144, 4)};
  const auto results = session->run(inputs);
  REQUIRE(results);
  // 144 products of one, half of that of a step, but at the border.
  CHECK(std::get<std::vector<std::uint8_t>>((*results)[0])[0] == 3 + 144 / 2);
}

TEST_CASE("results do not depend on how layers are put together", "[userspace][nn]") {
  const Program one = program();
  std::vector<std::uint8_t> data(16 * 144);
  for (std::size_t i = 0; i < data.size(); ++i)
    data[i] = static_cast<std::uint8_t>(i * 37 % 7);
  const std::vector<Values> inputs = {data};
  ModelMachine together, apart;
  auto first = Session::create(one, together), second = Session::create(one, apart);
  REQUIRE(first->write_inputs(inputs));
  REQUIRE(second->write_inputs(inputs));
  REQUIRE(first->execute());
  for (const Layer& layer : one.layers)
    REQUIRE(apart.run(std::vector{CommandBuffer{layer.address, layer.size_bytes}}));
  CHECK(together.counts.size() == 1);
  CHECK(apart.counts.size() == 2);
  CHECK(first->read_outputs() == second->read_outputs());
}

TEST_CASE("a second run is not disturbed by the first", "[userspace][nn]") {
  const Program one = program();
  const std::vector<Values> small = {std::vector<std::uint8_t>(16 * 144, 3)},
                            large = {std::vector<std::uint8_t>(16 * 144, 100)};
  ModelMachine used, fresh;
  auto first = Session::create(one, used), second = Session::create(one, fresh);
  REQUIRE(first->run(large));
  CHECK(first->run(small) == second->run(small));
}

TEST_CASE("a smaller device gives other commands and the same results", "[userspace][nn]") {
  const auto graph = network(20).load();
  const Device small = {.scratchpad_bytes = 16 << 10, .accumulator_rows = 64};
  const auto cut = compile(*graph, {.device = small});
  const auto whole = compile(*graph);
  REQUIRE(cut);
  REQUIRE(whole);
  CHECK(cut->command_bytes.size() > whole->command_bytes.size());
  std::vector<std::uint8_t> data(16 * 400);
  for (std::size_t i = 0; i < data.size(); ++i)
    data[i] = static_cast<std::uint8_t>(i * 131 % 5);
  const std::vector<Values> inputs = {data};
  ModelMachine first, second;
  CHECK(Session::create(*cut, first)->run(inputs) == Session::create(*whole, second)->run(inputs));
}

TEST_CASE("a device with another array is refused", "[userspace][nn]") {
  const auto graph = network().load();
  Device device;
  device.array_rows = 32;
  CHECK(compile(*graph, {.device = device}).error().text ==
        "the device has an array of 32 x 16, and only 16 x 16 is supported");
}

TEST_CASE("a layer that does not fit is refused by its node", "[userspace][nn]") {
  const auto graph = network().load();
  Device device;
  device.scratchpad_bytes = 1024;
  CHECK(compile(*graph, {.device = device}).error().text ==
        "node 'the_QLinearConv' (QLinearConv): a window over 16 channels does not fit into "
        "1024 bytes on chip");
}

TEST_CASE("tensors that lie in different ways are not added", "[userspace][nn]") {
  OnnxBuilder builder;
  builder.common().input("x", {1, 3, 3, 3}).output("y");
  auto& turned = builder.node("Transpose", {"x"}, "t");
  OnnxBuilder::attribute(turned, "perm", {0, 2, 3, 1});
  builder.node("QLinearAdd", {"x", "s", "z", "t", "s", "z", "s", "z"}, "y", "com.microsoft");
  const auto graph = builder.load();
  REQUIRE(graph);
  CHECK(compile(*graph).error().text ==
        "node 'the_QLinearAdd' (QLinearAdd): tensors 't' and 'y' lie in memory in different ways, "
        "because of a Transpose or Reshape");
}

/// A Transpose of x to channels last, or a Reshape, and a sum with a constant of that shape.
std::string sum_refusal(const std::vector<std::int64_t>& operand) {
  OnnxBuilder builder;
  builder.common().input("x", {1, 20, 3, 5}).output("y");
  auto& turned = builder.node("Transpose", {"x"}, "t");
  OnnxBuilder::attribute(turned, "perm", {0, 2, 3, 1});
  std::int64_t count = 1;
  for (const std::int64_t size : operand)
    count *= size;
  builder.constant<std::int8_t>("c", operand,
                                std::vector<std::int8_t>(static_cast<std::size_t>(count), 1));
  builder.node("QLinearAdd", {"t", "s", "z", "c", "s", "z", "s", "z"}, "y", "com.microsoft");
  const auto graph = builder.load();
  REQUIRE(graph);
  const auto program = compile(*graph);
  return program ? "" : program.error().text;
}

TEST_CASE("a constant for each index that is no channel in memory is refused", "[userspace][nn]") {
  CHECK(sum_refusal({}).empty());
  CHECK(
      sum_refusal({1, 3, 1, 1}) ==
      "node 'the_QLinearAdd' (QLinearAdd): tensor 't' does not lie in memory as an image, because "
      "of a Transpose or Reshape");
}

TEST_CASE("rows that begin in the middle of a word are refused", "[userspace][nn]") {
  OnnxBuilder builder;
  builder.common().input("x", {2, 32}).output("y");
  builder.constant<std::int64_t>("shape", {2}, {8, 8});
  builder.constant<std::int8_t>("w", {8, 1}, {1, 1, 1, 1, 1, 1, 1, 1});
  builder.constant<std::int8_t>("zero", {}, {0});
  builder.node("Reshape", {"x", "shape"}, "r");
  builder.node("QLinearMatMul", {"r", "s", "z", "w", "s", "zero", "s", "z"}, "y");
  const auto graph = builder.load();
  REQUIRE(graph);
  CHECK(compile(*graph).error().text ==
        "node 'the_QLinearMatMul' (QLinearMatMul): rows of tensor 'r' do not begin with words, "
        "because of a Transpose or Reshape");
}

}  // namespace
}  // namespace kestrel::nn
