// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/session.hpp"

#include <map>

#include <catch2/catch_test_macros.hpp>

namespace kestrel::nn {
namespace {

/// Memory without a device: a run adds one to every byte of the outputs' region.
class PlainMachine final : public Machine {
 public:
  Result<std::span<std::byte>> map(const Region& region) override {
    if (region.address == refused)
      return std::unexpected(Error{"no memory"});
    auto& memory = memories[region.address];
    memory.resize(region.size_bytes - missing_bytes);
    return std::span(memory);
  }
  Result<void> run(std::span<const CommandBuffer> buffers) override {
    runs.emplace_back(buffers.begin(), buffers.end());
    if (fails)
      return std::unexpected(Error{"device is gone"});
    for (std::byte& byte : memories[0x4000])
      byte = static_cast<std::byte>(static_cast<int>(byte) + 1);
    return {};
  }

  std::map<std::uint64_t, std::vector<std::byte>> memories;
  std::vector<std::vector<CommandBuffer>> runs;
  std::uint64_t refused = 0, missing_bytes = 0;
  bool fails = false;
};

Program program() {
  Program program;
  program.constants = {0x1000, 0x1000};
  program.commands = {0x2000, 0x1000};
  program.inputs = {0x3000, 0x1000};
  program.outputs = {0x4000, 0x1000};
  program.constant_bytes = {std::byte{5}};
  program.command_bytes.assign(128, std::byte{6});
  InputPort bytes, reals;
  bytes.name = "bytes";
  bytes.shape = {1, 3};
  bytes.view = View::in_words({1, 3});
  bytes.address = 0x3000;
  reals = bytes;
  reals.name = "reals";
  reals.address = 0x3100;
  reals.is_real = true;
  reals.quantisation = {.scale = 0.5f, .zero = 1};
  program.input_ports = {bytes, reals};
  OutputPort out;
  out.name = "out";
  out.shape = {1, 2};
  out.view = View::in_words({1, 2});
  out.address = 0x4100;
  program.output_ports = {out};
  Layer layer;
  layer.address = 0x2000;
  layer.size_bytes = 64;
  program.layers = {layer, layer};
  program.layers[1].address = 0x2040;
  return program;
}

using Bytes = std::vector<std::uint8_t>;

TEST_CASE("a program is put into memory", "[userspace][nn]") {
  PlainMachine machine;
  const Program one = program();
  REQUIRE(Session::create(one, machine));
  CHECK(machine.memories.size() == 4);  // The arena is empty.
  CHECK(machine.memories[0x1000][0] == std::byte{5});
  CHECK(machine.memories[0x2000][127] == std::byte{6});
  CHECK(machine.memories[0x2000][128] == std::byte{0});
}

TEST_CASE("inputs go in, results come out", "[userspace][nn]") {
  PlainMachine machine;
  const Program one = program();
  auto session = Session::create(one, machine);
  const auto results =
      session->run(std::vector<Values>{Bytes{1, 2, 3}, std::vector<float>{0, 1, -1}});
  REQUIRE(results);
  CHECK(machine.memories[0x3000][2] == std::byte{3});
  CHECK(machine.memories[0x3000][0x101] == std::byte{3});
  CHECK(machine.memories[0x3000][0x102] == std::byte{0xff});
  CHECK(std::get<Bytes>((*results)[0]) == Bytes{1, 1});
}

TEST_CASE("layers are run as one buffer, or as growing ones", "[userspace][nn]") {
  PlainMachine machine;
  const Program one = program();
  auto session = Session::create(one, machine);
  REQUIRE(session->execute());
  REQUIRE(session->execute_growing());
  CHECK(machine.runs[0] == std::vector<CommandBuffer>{{0x2000, 128}});
  CHECK(machine.runs[1] == std::vector<CommandBuffer>{{0x2000, 64}, {0x2000, 128}});
}

TEST_CASE("inputs that do not match are refused by name", "[userspace][nn]") {
  PlainMachine machine;
  const Program one = program();
  auto session = Session::create(one, machine);
  const std::vector<float> reals = {0, 0, 0};
  CHECK(session->run(std::vector<Values>{Bytes{1, 2, 3}}).error().text ==
        "1 inputs were given, but the model has 2");
  CHECK(session->run(std::vector<Values>{reals, reals}).error().text ==
        "input 'bytes' takes bytes, not real numbers");
  CHECK(session->run(std::vector<Values>{Bytes{1, 2, 3}, Bytes{1, 2, 3}}).error().text ==
        "input 'reals' takes real numbers, not bytes");
  CHECK(session->run(std::vector<Values>{Bytes{1, 2}, reals}).error().text ==
        "input 'bytes' has 2 elements, not the 3 of 1x3");
  CHECK(machine.runs.empty());
}

TEST_CASE("what the machine says is handed on", "[userspace][nn]") {
  PlainMachine machine;
  const Program one = program();
  machine.refused = 0x3000;
  CHECK(Session::create(one, machine).error().text == "no memory");
  machine.refused = 0;
  machine.missing_bytes = 1;
  CHECK(Session::create(one, machine).error().text == "4095 bytes of memory for a region of 4096");
  machine.missing_bytes = 0;
  machine.fails = true;
  auto session = Session::create(one, machine);
  CHECK(
      session->run(std::vector<Values>{Bytes{1, 2, 3}, std::vector<float>{0, 0, 0}}).error().text ==
      "device is gone");
}

}  // namespace
}  // namespace kestrel::nn
