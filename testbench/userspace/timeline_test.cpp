// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Timelines: where they stand, who raises them, and how they are waited for.

#include "timeline.hpp"

#include <cerrno>

#include <catch2/catch_test_macros.hpp>

#include "device.hpp"
#include "fake_kernel.hpp"
#include "queue.hpp"
#include "vm.hpp"

using kestrel::internal::Device;
using kestrel::internal::Queue;
using kestrel::internal::Timeline;
using kestrel::internal::Vm;

namespace {

struct Bench {
  /// A job that raises the timeline.
  bool submit(std::uint64_t point, std::uint64_t after = 0) {
    drm_kestrel_sync signal{}, wait{};
    signal.handle = wait.handle = timeline->handle();
    signal.flags = wait.flags = DRM_KESTREL_SYNC_TIMELINE;
    signal.point = point;
    wait.point = after;
    return queue->submit({}, {&wait, after != 0 ? 1u : 0u}, {&signal, 1}).has_value();
  }

  FakeKernel kernel;
  std::shared_ptr<Device> device = *Device::open(kernel, kernel.node);
  std::unique_ptr<Queue> queue =
      *Queue::create(*Vm::create(device), DRM_KESTREL_QUEUE_PRIORITY_MEDIUM);
  std::unique_ptr<Timeline> timeline = *Timeline::create(device);
};

}  // namespace

TEST_CASE("timeline: It stands at 0, and then where it was raised to", "[userspace][timeline]") {
  Bench bench;
  CHECK(bench.timeline->value().value() == 0);
  CHECK(bench.timeline->wait(0, 0));
  CHECK(bench.timeline->wait(1, 0).error().code == ETIMEDOUT);
  CHECK(bench.timeline->signal(5));
  CHECK(bench.timeline->value().value() == 5);
  CHECK(bench.timeline->wait(1, 0));
  CHECK(bench.timeline->wait(5, 0));
  CHECK(bench.timeline->wait(6, 0).error().code == ETIMEDOUT);
  CHECK(bench.timeline->signal(0).error().code == EINVAL);
}

TEST_CASE("timeline: Jobs raise it when they end, in order", "[userspace][timeline]") {
  Bench bench;
  bench.kernel.hold_jobs = true;
  CHECK(bench.submit(3));
  CHECK(bench.submit(4));
  CHECK(bench.timeline->value().value() == 0);
  CHECK(bench.timeline->wait(3, 10).error().code == ETIMEDOUT);
  bench.kernel.run_jobs();
  CHECK(bench.timeline->value().value() == 4);
  CHECK(bench.timeline->wait(4, 0));
}

TEST_CASE("timeline: A job that fails raises it too", "[userspace][timeline]") {
  Bench bench;
  bench.kernel.job_error = EIO;
  CHECK(bench.submit(1));
  CHECK(bench.timeline->wait(1, 0));
}

TEST_CASE("timeline: A job waits for a point, which somebody has to have promised",
          "[userspace][timeline]") {
  Bench bench;
  CHECK_FALSE(bench.submit(2, 1));
  bench.kernel.hold_jobs = true;
  CHECK(bench.submit(1));
  CHECK(bench.submit(2, 1));
  bench.kernel.run_jobs();
  CHECK(bench.timeline->value().value() == 2);
}

TEST_CASE("timeline: Another process reaches it by a descriptor", "[userspace][timeline]") {
  Bench bench;
  const auto fd = bench.timeline->export_fd();
  REQUIRE(fd);
  const auto other_device = *Device::open(bench.kernel, bench.kernel.node);
  const auto other = Timeline::import(other_device, *fd);
  REQUIRE(other);
  CHECK((*other)->signal(7));
  CHECK(bench.timeline->value().value() == 7);
  bench.kernel.close(*fd);

  CHECK(Timeline::import(other_device, other_device->fd()).error().code == EINVAL);
}

TEST_CASE("timeline: Its syncobj goes with it", "[userspace][timeline]") {
  Bench bench;
  CHECK(bench.kernel.syncobjs() == 1);
  bench.timeline.reset();
  CHECK(bench.kernel.syncobjs() == 0);
}
