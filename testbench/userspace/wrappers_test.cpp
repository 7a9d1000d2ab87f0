// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel.hpp: the C++ owners make what they say, and give it back once.

#include <cerrno>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <kestrel/kestrel.hpp>

#include "fake_kernel.hpp"
#include "kestrel_internal.hpp"

using Catch::Matchers::ContainsSubstring;
using kestrel::Buffer;
using kestrel::Commands;
using kestrel::Device;
using kestrel::Fence;
using kestrel::Queue;
using kestrel::Timeline;
using kestrel::Vm;

static_assert(std::is_nothrow_move_constructible_v<Device> &&
              !std::is_copy_constructible_v<Device> && sizeof(Device) == sizeof(void*));

namespace {

Device open_device(FakeKernel& kernel) {
  kestrel_device* device = nullptr;
  REQUIRE(kestrel::internal::open_device_on(kernel, nullptr, &device) == 0);
  return Device(device);
}

}  // namespace

TEST_CASE("wrappers: A job from beginning to end", "[userspace][cpp]") {
  FakeKernel kernel;
  {
    const Device device = open_device(kernel);
    CHECK(device.path() == kernel.node);
    CHECK(device.get(KESTREL_CLOCK_MHZ).value() == 1000);
    const Vm vm = *Vm::create(device);
    const Buffer buffer = *Buffer::create(device, 4096);
    const Buffer secret = *Buffer::create_private(vm, 4096);
    REQUIRE(vm.bind(0x10000, buffer, KESTREL_READ));
    REQUIRE(vm.bind(0x20000, secret, 0, 4096, KESTREL_WRITE));
    std::memcpy(buffer.bytes().data(), "hover", 6);
    CHECK(buffer.sync(KESTREL_TO_DEVICE));

    const Commands commands = *Commands::create(vm, 0x30000, 4096);
    REQUIRE(commands.load(0x10000, 0, 6));
    REQUIRE(commands.barrier());
    REQUIRE(commands.store(0x20010, 0, 6));
    const std::vector calls = {*commands.end()};
    const Queue queue = *Queue::create(vm);
    const Timeline timeline = *Timeline::create(device);
    REQUIRE(timeline.signal(1));
    const std::vector waits = {timeline.at(1)}, signals = {timeline.at(2)};
    const auto fence = queue.submit(calls, waits, signals);
    REQUIRE(fence);
    CHECK(fence->wait());
    CHECK(timeline.wait(2, 0));
    CHECK(timeline.value().value() == 2);
    CHECK(std::memcmp(secret.bytes().data() + 0x10, "hover", 6) == 0);

    const std::vector after = {fence->sync()};
    CHECK(queue.submit({}, after));
    CHECK(queue.state()->jobs == 2);
    CHECK(queue.counters()->calls == 1);
    CHECK(device.counters()->calls == 1);
    commands.reset();
    CHECK(commands.append(std::vector<std::byte>(64)));
    CHECK(commands.end()->va == 0x30000);
    CHECK(vm.unbind(0x10000, 4096));
  }
  CHECK(kernel.is_clean());
}

TEST_CASE("wrappers: A copy, and objects that move", "[userspace][cpp]") {
  FakeKernel kernel;
  {
    Device device = open_device(kernel);
    Buffer buffer = *Buffer::create(device, 4096);
    std::memcpy(buffer.bytes().data(), "hover", 6);
    const Fence fence = *kestrel::copy(device, buffer, 100, buffer, 0, 6);
    const Device moved = std::move(device);
    Buffer other = *Buffer::create(moved, 4096);
    other = std::move(buffer);
    CHECK(fence.wait(0));
    CHECK(std::memcmp(other.bytes().data() + 100, "hover", 6) == 0);
  }
  CHECK(kernel.is_clean());
}

TEST_CASE("wrappers: A failure has its errno and its sentence", "[userspace][cpp]") {
  FakeKernel kernel;
  const Device device = open_device(kernel);
  const auto buffer = Buffer::create(device, 0);
  REQUIRE_FALSE(buffer);
  CHECK(buffer.error().code == EINVAL);
  CHECK_THAT(buffer.error().text, ContainsSubstring("creating a buffer of 0 bytes: "));

  kernel.job_error = ETIME;
  const Vm vm = *Vm::create(device);
  const Queue queue = *Queue::create(vm);
  const auto waited = queue.submit({})->wait();
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == ETIME);
  CHECK(queue.submit({}).error().code == ECANCELED);
}

TEST_CASE("wrappers: Whatever has a descriptor comes in again", "[userspace][cpp]") {
  FakeKernel kernel;
  const Device device = open_device(kernel), other = open_device(kernel);
  const Buffer buffer = *Buffer::create(device, 4096);
  const Queue queue = *Queue::create(*Vm::create(device));
  const Fence fence = *queue.submit({});
  const Timeline timeline = *Timeline::create(device);

  // Released, since the fake kernel's descriptors are none of this process.
  const int buffer_fd = buffer.export_fd()->release();
  CHECK(Buffer::import(other, buffer_fd)->size_bytes() == 4096);
  const int fence_fd = fence.export_fd()->release();
  CHECK(Fence::import(other, fence_fd)->wait(0));
  const int timeline_fd = timeline.export_fd()->release();
  CHECK(Timeline::import(other, timeline_fd)->value().value() == 0);
}
