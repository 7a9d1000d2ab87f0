// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Queues: what can be had, how jobs are submitted, and what a queue says once it was lost.

#include "queue.hpp"

#include <kestrel_regs.h>

#include <cerrno>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "commands.hpp"
#include "device.hpp"
#include "fake_kernel.hpp"
#include "fence.hpp"
#include "vm.hpp"

using kestrel::internal::barrier_record;
using kestrel::internal::Commands;
using kestrel::internal::Device;
using kestrel::internal::Fence;
using kestrel::internal::load_record;
using kestrel::internal::Queue;
using kestrel::internal::Vm;

namespace {

struct Bench {
  FakeKernel kernel;
  std::shared_ptr<Device> device = *Device::open(kernel, kernel.node);
  std::shared_ptr<Vm> vm = *Vm::create(device);
  std::unique_ptr<Queue> queue = *Queue::create(vm, DRM_KESTREL_QUEUE_PRIORITY_MEDIUM);
  std::unique_ptr<Commands> commands = *Commands::create(vm, 0x10000, 4096);
};

}  // namespace

TEST_CASE("queue: Priorities are what the kernel grants", "[userspace][queue]") {
  Bench bench;
  CHECK(Queue::create(bench.vm, DRM_KESTREL_QUEUE_PRIORITY_LOW));
  CHECK(Queue::create(bench.vm, DRM_KESTREL_QUEUE_PRIORITY_HIGH));
  CHECK(Queue::create(bench.vm, 3).error().code == EINVAL);
  bench.kernel.can_nice = false;
  CHECK(Queue::create(bench.vm, DRM_KESTREL_QUEUE_PRIORITY_HIGH).error().code == EACCES);
}

TEST_CASE("queue: When none is free that is said, until one comes back", "[userspace][queue]") {
  Bench bench;
  std::vector<std::unique_ptr<Queue>> queues;
  for (std::uint32_t i = 1; i < bench.device->info().queue_count; ++i)
    queues.push_back(*Queue::create(bench.vm, DRM_KESTREL_QUEUE_PRIORITY_LOW));
  CHECK(Queue::create(bench.vm, DRM_KESTREL_QUEUE_PRIORITY_LOW).error().code == ENOSPC);
  queues.pop_back();
  CHECK(Queue::create(bench.vm, DRM_KESTREL_QUEUE_PRIORITY_LOW));
}

TEST_CASE("queue: A job that ends well is counted", "[userspace][queue]") {
  Bench bench;
  REQUIRE(bench.commands->append(barrier_record()));
  const auto call = *bench.commands->end();
  REQUIRE(bench.queue->submit({&call, 1}, {}, {}));
  REQUIRE(bench.queue->submit({}, {}, {}));

  const auto state = bench.queue->state();
  REQUIRE(state);
  CHECK(state->flags == 0);
  CHECK(state->jobs == 2);
  const auto counters = bench.queue->counters();
  REQUIRE(counters);
  CHECK(counters->calls == 1);
}

TEST_CASE("queue: A lost queue says which command did what", "[userspace][queue]") {
  Bench bench;
  REQUIRE(bench.commands->append(barrier_record()));
  const auto good = *bench.commands->end();
  REQUIRE(bench.commands->append(barrier_record()));
  REQUIRE(bench.commands->append(load_record(0xdead'b000, 0, 100)));
  const auto bad = *bench.commands->end();
  const std::vector calls = {good, bad};
  REQUIRE(bench.queue->submit(calls, {}, {}));

  const auto state = bench.queue->state();
  REQUIRE(state);
  CHECK(state->flags == (DRM_KESTREL_QUEUE_LOST | DRM_KESTREL_QUEUE_FAULT));
  CHECK(state->error == EIO);
  CHECK(state->cause == KESTREL_ERROR_CAUSE_TRANSLATION);
  CHECK(state->fault == KESTREL_FAULT_NOT_PRESENT);
  CHECK(state->access == KESTREL_ACCESS_LOAD);
  CHECK(state->opcode == KESTREL_OPCODE_LOAD);
  CHECK(state->call == 1);
  CHECK(state->offset == 64);
  CHECK(state->va == 0xdead'b000);
  CHECK(state->jobs == 0);

  CHECK(bench.queue->submit({}, {}, {}).error().code == ECANCELED);
}

TEST_CASE("queue: Arrays that are too long are refused", "[userspace][queue]") {
  Bench bench;
  REQUIRE(bench.commands->append(barrier_record()));
  std::vector calls(bench.kernel.info.job_calls_max, *bench.commands->end());
  CHECK(bench.queue->submit(calls, {}, {}));
  calls.push_back(calls[0]);
  CHECK(bench.queue->submit(calls, {}, {}).error().code == EINVAL);

  const std::vector<drm_kestrel_sync> syncs(bench.kernel.info.job_syncs_max + 1);
  CHECK(bench.queue->submit({}, syncs, {}).error().code == EINVAL);
  CHECK(bench.queue->submit({}, {}, syncs).error().code == EINVAL);
}

TEST_CASE("queue: Its jobs end when it is destroyed", "[userspace][queue]") {
  Bench bench;
  bench.kernel.hold_jobs = true;
  Fence fence(bench.device);
  drm_kestrel_sync signal{};
  signal.handle = *fence.add();
  REQUIRE(bench.queue->submit({}, {}, {&signal, 1}));
  bench.queue.reset();
  CHECK(fence.wait(0).error().code == ECANCELED);
  CHECK(bench.kernel.queues() == 0);
}

TEST_CASE("queue: It keeps its address space and its device", "[userspace][queue]") {
  Bench bench;
  bench.commands.reset();
  bench.vm.reset();
  bench.device.reset();
  CHECK(bench.kernel.vms() == 1);
  CHECK(bench.queue->submit({}, {}, {}));
  bench.queue.reset();
  CHECK(bench.kernel.is_clean());
}
