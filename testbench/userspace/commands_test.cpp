// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Building command buffers in memory that the device reads.

#include "commands.hpp"

#include <cerrno>
#include <cstring>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "buffer.hpp"
#include "device.hpp"
#include "fake_kernel.hpp"
#include "queue.hpp"
#include "vm.hpp"

using kestrel::internal::barrier_record;
using kestrel::internal::Buffer;
using kestrel::internal::Commands;
using kestrel::internal::Device;
using kestrel::internal::load_record;
using kestrel::internal::Queue;
using kestrel::internal::store_record;
using kestrel::internal::Vm;

namespace {

constexpr std::uint64_t kVa = 0x10000;
constexpr std::uint32_t kReadWrite = DRM_KESTREL_VM_BIND_READ | DRM_KESTREL_VM_BIND_WRITE;

struct Bench {
  FakeKernel kernel;
  std::shared_ptr<Device> device = *Device::open(kernel, kernel.node);
  std::shared_ptr<Vm> vm = *Vm::create(device);
  std::unique_ptr<Commands> commands = *Commands::create(vm, kVa, 100);
};

}  // namespace

TEST_CASE("commands: Command buffers lie one behind the other", "[userspace][commands]") {
  Bench bench;
  CHECK(bench.commands->append(barrier_record()));
  CHECK(bench.commands->append(barrier_record()));
  const auto first = bench.commands->end();
  REQUIRE(first);
  CHECK(first->va == kVa);
  CHECK(first->size == 128);
  CHECK(bench.commands->append(barrier_record()));
  const auto second = bench.commands->end();
  REQUIRE(second);
  CHECK(second->va == kVa + 128);
  CHECK(second->size == 64);
  CHECK(bench.commands->end().error().code == EINVAL);

  bench.commands->reset();
  CHECK(bench.commands->append(barrier_record()));
  CHECK(bench.commands->end()->va == kVa);
}

TEST_CASE("commands: What does not fit is refused as a whole", "[userspace][commands]") {
  Bench bench;
  CHECK(bench.commands->size_bytes() == 4096);
  const std::vector<std::byte> most(4096 - 64);
  CHECK(bench.commands->append(most));
  const std::vector<std::byte> two(128);
  CHECK(bench.commands->append(two).error().code == ENOSPC);
  CHECK(bench.commands->append(barrier_record()));
  CHECK(bench.commands->append(barrier_record()).error().code == ENOSPC);
  CHECK(bench.commands->end()->size == 4096);
}

TEST_CASE("commands: The device executes what was appended", "[userspace][commands]") {
  Bench bench;
  const auto data = *Buffer::create(bench.device, 4096);
  std::memcpy(data->bytes().data(), "hover", 6);
  REQUIRE(bench.vm->bind(0x80000, *data, 0, 4096, kReadWrite));
  REQUIRE(bench.commands->append(load_record(0x80000, 100, 6)));
  REQUIRE(bench.commands->append(barrier_record()));
  REQUIRE(bench.commands->append(store_record(0x80333, 100, 6)));
  const auto call = *bench.commands->end();

  const auto queue = *Queue::create(bench.vm, DRM_KESTREL_QUEUE_PRIORITY_LOW);
  REQUIRE(queue->submit({&call, 1}, {}, {}));
  CHECK(queue->state()->jobs == 1);
  CHECK(std::memcmp(data->bytes().data() + 0x333, "hover", 6) == 0);
}

TEST_CASE("commands: The device cannot write its own commands", "[userspace][commands]") {
  Bench bench;
  REQUIRE(bench.commands->append(store_record(kVa, 0, 64)));
  const auto call = *bench.commands->end();
  const auto queue = *Queue::create(bench.vm, DRM_KESTREL_QUEUE_PRIORITY_LOW);
  REQUIRE(queue->submit({&call, 1}, {}, {}));
  CHECK(queue->state()->fault == KESTREL_FAULT_PERMISSION);
}

TEST_CASE("commands: Memory and addresses go with them", "[userspace][commands]") {
  Bench bench;
  CHECK(bench.kernel.bound_pages() == 1);
  CHECK(bench.kernel.buffers() == 1);
  bench.commands.reset();
  CHECK(bench.kernel.bound_pages() == 0);
  CHECK(bench.kernel.memories() == 0);

  CHECK(Commands::create(bench.vm, kVa + 1, 64).error().code == EINVAL);
  CHECK(Commands::create(bench.vm, kVa, 0).error().code == EINVAL);
  CHECK(bench.kernel.buffers() == 0);
}
