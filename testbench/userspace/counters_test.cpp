// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Reading counters, of a queue and of the device.

#include "counters.hpp"

#include <cerrno>

#include <catch2/catch_test_macros.hpp>

#include "fake_kernel.hpp"
#include "queue.hpp"
#include "vm.hpp"

using kestrel::internal::Device;
using kestrel::internal::Queue;
using kestrel::internal::read_counters;
using kestrel::internal::Vm;

TEST_CASE("counters: Each queue has its own, the device the sum", "[userspace][counters]") {
  FakeKernel kernel;
  const auto device = *Device::open(kernel, kernel.node);
  const auto vm = *Vm::create(device);
  const auto one = *Queue::create(vm, DRM_KESTREL_QUEUE_PRIORITY_LOW);
  const auto other = *Queue::create(vm, DRM_KESTREL_QUEUE_PRIORITY_LOW);
  for (int i = 0; i < 3; ++i)
    REQUIRE(one->submit({}, {}, {}));
  REQUIRE(other->submit({}, {}, {}));

  // A job without calls is a fence.
  CHECK(read_counters(*device, DRM_KESTREL_COUNTERS_QUEUE, one->id())->records == 3);
  CHECK(read_counters(*device, DRM_KESTREL_COUNTERS_QUEUE, other->id())->records == 1);
  CHECK(read_counters(*device, DRM_KESTREL_COUNTERS_DEVICE, 0)->records == 4);
}

TEST_CASE("counters: What is not there or not allowed says so", "[userspace][counters]") {
  FakeKernel kernel;
  kernel.can_monitor = false;
  const auto device = *Device::open(kernel, kernel.node);
  CHECK(read_counters(*device, DRM_KESTREL_COUNTERS_QUEUE, 99).error().code == ENOENT);
  CHECK(read_counters(*device, DRM_KESTREL_COUNTERS_DEVICE, 0).error().code == EACCES);
  CHECK(read_counters(*device, 7, 0).error().code == EINVAL);
}
