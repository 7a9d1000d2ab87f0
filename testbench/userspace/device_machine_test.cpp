// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// DeviceMachine: networks on a device behind the kernel's interface, and what is said when that
// fails.

#include "device_machine.hpp"

#include <kestrel_regs.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "fake_kernel.hpp"
#include "idx.hpp"
#include "kestrel_internal.hpp"
#include "nn/session.hpp"
#include "testbench/support/npy_file.hpp"
#include "testbench/userspace/nn/onnx_cases.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using kestrel::run::DeviceMachine;
namespace nn = kestrel::nn;

namespace {

using Bytes = std::vector<std::uint8_t>;

const std::filesystem::path kModels = MODELS_FOLDER;
const std::string kPictures = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz";

/// A committed network, whose host steps are left out, so that results are the device's bytes.
nn::Program network(const std::string& name) {
  auto program = nn::compile_file(kModels / (name + ".onnx"), {.batch = 1});
  REQUIRE(program);
  program->output_ports[0].steps.clear();
  return *std::move(program);
}

std::vector<std::vector<nn::Values>> pictures(std::size_t count) {
  const auto file = kestrel::run::read_idx(kPictures, 0, count);
  REQUIRE(file);
  std::vector<std::vector<nn::Values>> inputs(count);
  const std::size_t size = file->bytes.size() / count;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<float> reals;
    for (std::size_t k = 0; k < size; ++k)
      reals.push_back(static_cast<float>(file->bytes[i * size + k]) / 255.0f);
    inputs[i] = {reals};
  }
  return inputs;
}

/// What ONNX Runtime makes of the first pictures, one after another.
Bytes wanted(const std::string& name, std::size_t count) {
  const auto values =
      presil::testbench::NpyFile(kModels / (name + ".onnxruntime.npy")).values<std::int8_t>();
  constexpr std::size_t kClasses = 10;
  return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count * kClasses)};
}

kestrel::Device open_device(FakeKernel& kernel) {
  kestrel_device* device = nullptr;
  if (kestrel::internal::open_device_on(kernel, nullptr, &device) != 0)
    throw std::runtime_error(kestrel_last_error());
  return kestrel::Device(device);
}

/// Each layer as a command buffer of its own.
std::vector<nn::CommandBuffer> layer_buffers(const nn::Program& program) {
  std::vector<nn::CommandBuffer> buffers;
  for (const nn::Layer& layer : program.layers)
    buffers.push_back({layer.address, layer.size_bytes});
  return buffers;
}

/// Runs all inputs, with a machine each layer by itself. \returns all outputs, or the error
nn::Result<Bytes> run(nn::Session& session, const std::vector<std::vector<nn::Values>>& inputs,
                      nn::Machine* by_layers = nullptr) {
  Bytes results;
  for (const auto& input : inputs) {
    if (auto written = session.write_inputs(input); !written)
      return std::unexpected(written.error());
    if (auto ran = by_layers != nullptr ? by_layers->run(layer_buffers(session.program()))
                                        : session.execute();
        !ran)
      return std::unexpected(ran.error());
    const auto result = std::get<Bytes>(session.read_outputs()[0]);
    results.insert(results.end(), result.begin(), result.end());
  }
  return results;
}

/// A network on a device. Checks in the end that the kernel was given everything back.
struct Bench {
  explicit Bench(bool counts = false) {
    auto made = DeviceMachine::create(*device, program);
    REQUIRE(made);
    machine = *std::move(made);
    machine->set_counting(counts);
  }
  ~Bench() {
    machine.reset();
    device.reset();
    CHECK(kernel.is_clean());
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// Runs the network once. \returns the error, empty if there is none
  std::string error(bool by_layers = false) {
    auto session = nn::Session::create(program, *machine);
    if (!session)
      return session.error().text;
    const auto results = run(*session, pictures(1), by_layers ? machine.get() : nullptr);
    return results ? "" : results.error().text;
  }

  FakeKernel kernel;
  nn::Program program = network("fashion_cnn");
  std::optional<kestrel::Device> device = open_device(kernel);
  std::unique_ptr<DeviceMachine> machine;
};

std::string named(const nn::Layer& layer) {
  return "node '" + layer.node + "' (" + layer.type + ")";
}

}  // namespace

TEST_CASE("device machine: Networks give what ONNX Runtime computes", "[userspace][machine]") {
  for (const std::string name : {"fashion_cnn", "fashion_depthwise"}) {
    CAPTURE(name);
    FakeKernel kernel;
    {
      const kestrel::Device device = open_device(kernel);
      const nn::Program program = network(name);
      auto machine = DeviceMachine::create(device, program);
      REQUIRE(machine);
      auto session = nn::Session::create(program, **machine);
      REQUIRE(session);
      const auto results = run(*session, pictures(3));
      REQUIRE(results);
      CHECK(*results == wanted(name, 3));
      CHECK((*machine)->counts().empty());
      CHECK(kernel.jobs() == 3);
    }
    CHECK(kernel.is_clean());
  }
}

TEST_CASE("device machine: A job has as many layers as the device takes", "[userspace][machine]") {
  FakeKernel kernel;
  kernel.info.job_calls_max = 3;
  const kestrel::Device device = open_device(kernel);
  const nn::Program program = network("fashion_cnn");
  REQUIRE(program.layers.size() > 3);
  auto machine = DeviceMachine::create(device, program);
  REQUIRE(machine);
  auto session = nn::Session::create(program, **machine);
  REQUIRE(session);
  CHECK(*run(*session, pictures(1), machine->get()) == wanted("fashion_cnn", 1));
  CHECK(kernel.jobs() == (program.layers.size() + 2) / 3);
}

TEST_CASE("device machine: Layers are counted one by one", "[userspace][machine]") {
  FakeKernel kernel;
  const kestrel::Device device = open_device(kernel);
  const nn::Program program = network("fashion_cnn");
  auto machine = DeviceMachine::create(device, program);
  REQUIRE(machine);
  (*machine)->set_counting(true);
  auto session = nn::Session::create(program, **machine);
  REQUIRE(session);
  // The second run counts what the second one does, not both.
  for (int time = 0; time < 2; ++time) {
    CHECK(*run(*session, pictures(1), machine->get()) == wanted("fashion_cnn", 1));
    const auto counts = (*machine)->counts();
    REQUIRE(counts.size() == program.layers.size());
    for (std::size_t i = 0; i < counts.size(); ++i) {
      CAPTURE(program.layers[i].node);
      CHECK(counts[i].calls == 1);
      // All but those that no engine is given.
      CHECK(counts[i].commands > 0);
      CHECK(counts[i].commands <= program.layers[i].size_bytes / KESTREL_COMMAND_BYTES);
      CHECK(counts[i].busy_ns > 0);
      CHECK(counts[i].macs >= program.layers[i].operations);
      CHECK(counts[i].read_bytes > 0);
      CHECK(counts[i].write_bytes > 0);
    }
  }
  CHECK(kernel.jobs() == 2 * program.layers.size());
}

TEST_CASE("device machine: Two programs at once are both right", "[userspace][machine]") {
  FakeKernel kernel;
  const std::vector<std::string> names = {"fashion_cnn", "fashion_depthwise"};
  const auto inputs = pictures(4);
  std::vector<nn::Program> programs;
  for (const std::string& name : names)
    programs.push_back(network(name));
  std::vector<Bytes> results(names.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < names.size(); ++i) {
      threads.emplace_back([&, i] {
        // As two processes do: each has opened the device for itself.
        const kestrel::Device device = open_device(kernel);
        auto machine = DeviceMachine::create(device, programs[i]);
        if (!machine)
          return;
        (*machine)->set_counting(i == 0);
        auto session = nn::Session::create(programs[i], **machine);
        if (session)
          results[i] = run(*session, inputs).value_or(Bytes());
      });
    }
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    CAPTURE(names[i]);
    CHECK(results[i] == wanted(names[i], inputs.size()));
  }
  CHECK(kernel.is_clean());
}

TEST_CASE("device machine: What it needs and does not get is named", "[userspace][machine]") {
  FakeKernel kernel;
  {
    const kestrel::Device device = open_device(kernel);
    const nn::Program program = network("fashion_cnn");
    const auto refusal = [&] {
      const auto machine = DeviceMachine::create(device, program);
      return machine ? "" : machine.error();
    };
    kernel.fail(DRM_IOCTL_KESTREL_VM_CREATE, ENOSPC);
    CHECK_THAT(refusal(),
               StartsWith("an address space: ") && EndsWith(": No space left on device"));
    kernel.fail(DRM_IOCTL_KESTREL_QUEUE_CREATE, ENOSPC);
    CHECK_THAT(refusal(), StartsWith("a queue: ") && EndsWith(": No space left on device"));
    CHECK(refusal().empty());
  }
  CHECK(kernel.is_clean());
}

TEST_CASE("device machine: Memory that is not to be had is named by its size",
          "[userspace][machine]") {
  Bench bench;
  SECTION("no buffer") {
    bench.kernel.fail(DRM_IOCTL_KESTREL_BO_CREATE, ENOMEM);
    CHECK_THAT(bench.error(), StartsWith("memory of ") && EndsWith(": Cannot allocate memory"));
  }
  SECTION("one that cannot be mapped") {
    bench.kernel.map_error = EAGAIN;
    CHECK_THAT(bench.error(), StartsWith("memory of "));
  }
  SECTION("one that cannot be bound") {
    bench.kernel.fail(DRM_IOCTL_KESTREL_VM_BIND, ENOSPC);
    CHECK_THAT(bench.error(), StartsWith("memory of ") && EndsWith(": No space left on device"));
  }
}

TEST_CASE("device machine: A layer that the device refuses is named, with what it says",
          "[userspace][machine]") {
  Bench bench;
  REQUIRE(bench.program.layers.size() > 2);
  const nn::Layer& layer = bench.program.layers[2];
  const std::size_t at = layer.address - bench.program.commands.address;
  bench.program.command_bytes[at] = std::byte{0xee};  // No opcode.
  const std::string error = bench.error();
  CHECK_THAT(error, StartsWith(named(layer) + ": ") &&
                        EndsWith("; the device reports cause " +
                                 std::to_string(KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE) +
                                 " (illegal opcode) at command " +
                                 std::to_string(at / KESTREL_COMMAND_BYTES) +
                                 ", opcode 238, address 0x0"));
  // The queue is lost, and it is still said what lost it.
  CHECK_THAT(bench.error(), StartsWith(named(layer) + ": ") &&
                                ContainsSubstring(": Operation canceled; the device reports"));
}

TEST_CASE("device machine: Commands of no layer are named by their address",
          "[userspace][machine]") {
  Bench bench;
  const std::vector<nn::CommandBuffer> nowhere = {{0x7000'0000'0000, 64}};
  const auto ran = bench.machine->run(nowhere);
  REQUIRE_FALSE(ran);
  CHECK_THAT(ran.error().text, StartsWith("commands at 0x700000000000: "));
}

TEST_CASE("device machine: A job that ends badly is named by its layers", "[userspace][machine]") {
  Bench bench;
  const auto& layers = bench.program.layers;
  const std::string all = named(layers.front()) + " to " + named(layers.back()) + ": ";
  bench.kernel.job_error = ETIME;
  CHECK_THAT(bench.error(), StartsWith(all) && EndsWith(": Timer expired"));
}

TEST_CASE("device machine: A device that disappears leaves the layer's name",
          "[userspace][machine]") {
  SECTION("when every layer is a job") {
    Bench bench(true);
    bench.kernel.unplugging_job = 3;
    CHECK_THAT(bench.error(true),
               StartsWith(named(bench.program.layers[2]) + ": ") && EndsWith(": No such device"));
  }
  SECTION("when nobody can tell which layer it was") {
    Bench bench;
    bench.kernel.unplugging_job = 1;
    const auto& layers = bench.program.layers;
    CHECK_THAT(bench.error(),
               StartsWith(named(layers.front()) + " to " + named(layers.back()) + ": ") &&
                   EndsWith(": No such device"));
  }
  SECTION("before anything runs") {
    Bench bench;
    bench.kernel.unplug();
    CHECK_THAT(bench.error(), StartsWith("memory of ") && EndsWith(": No such device"));
  }
}

TEST_CASE("device machine: Counters that cannot be read are an error", "[userspace][machine]") {
  Bench bench(true);
  bench.kernel.fail(DRM_IOCTL_KESTREL_COUNTERS, EIO);
  CHECK_THAT(bench.error(),
             StartsWith("reading the counters: ") && EndsWith(": Input/output error"));
}
