// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// How the end of work is waited for, and how a job's error reaches the caller.

#include "fence.hpp"

#include <linux/sync_file.h>

#include <cerrno>
#include <cstdint>
#include <limits>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "device.hpp"
#include "fake_kernel.hpp"
#include "queue.hpp"
#include "vm.hpp"

using kestrel::internal::Device;
using kestrel::internal::Fence;
using kestrel::internal::Queue;
using kestrel::internal::Vm;

namespace {

struct Bench {
  /// The fence of so many jobs that do nothing.
  std::unique_ptr<Fence> submit(int jobs = 1) {
    auto fence = std::make_unique<Fence>(device);
    for (int i = 0; i < jobs; ++i) {
      drm_kestrel_sync signal{};
      signal.handle = *fence->add();
      // Those behind one that failed have no queue any more.
      if (!queue->submit({}, {}, {&signal, 1})) {
        fence->drop_last();
        break;
      }
    }
    return fence;
  }

  FakeKernel kernel;
  std::shared_ptr<Device> device = *Device::open(kernel, kernel.node);
  std::unique_ptr<Queue> queue =
      *Queue::create(*Vm::create(device), DRM_KESTREL_QUEUE_PRIORITY_MEDIUM);
};

}  // namespace

TEST_CASE("fence: Waiting ends when all jobs have", "[userspace][fence]") {
  Bench bench;
  bench.kernel.hold_jobs = true;
  const auto fence = bench.submit(3);

  const auto early = fence->wait(10);
  REQUIRE_FALSE(early);
  CHECK(early.error().code == ETIMEDOUT);

  bench.kernel.run_jobs();
  CHECK(fence->wait(10));
  CHECK(fence->wait(10));
}

TEST_CASE("fence: A timeout is a point in the future", "[userspace][fence]") {
  Bench bench;
  constexpr auto kNever = std::numeric_limits<std::int64_t>::max();
  const auto fence = bench.submit();
  bench.kernel.time_ns = 5000;

  REQUIRE(fence->wait(20));
  CHECK(bench.kernel.last_deadline_ns() == 5020);
  REQUIRE(fence->wait(0));
  CHECK(bench.kernel.last_deadline_ns() == 5000);
  REQUIRE(fence->wait(-1));
  CHECK(bench.kernel.last_deadline_ns() == kNever);
  REQUIRE(fence->wait(kNever));
  CHECK(bench.kernel.last_deadline_ns() == kNever);
}

TEST_CASE("fence: An interrupted wait keeps its deadline", "[userspace][fence]") {
  Bench bench;
  const auto fence = bench.submit();
  bench.kernel.fail(DRM_IOCTL_SYNCOBJ_WAIT, EINTR);
  bench.kernel.time_ns = 5000;
  REQUIRE(fence->wait(20));
  CHECK(bench.kernel.calls(DRM_IOCTL_SYNCOBJ_WAIT) == 2);
  CHECK(bench.kernel.last_deadline_ns() == 5020);
}

TEST_CASE("fence: The error of a job is the error of the wait", "[userspace][fence]") {
  Bench bench;
  const int error = GENERATE(EIO, ETIME, ENODEV);
  CAPTURE(error);
  bench.kernel.job_error = error;

  const auto waited = bench.submit()->wait(-1);
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == error);
}

TEST_CASE("fence: Of several failed jobs the first one tells", "[userspace][fence]") {
  Bench bench;
  bench.kernel.hold_jobs = true;
  const auto fence = bench.submit(3);
  bench.kernel.job_error = ETIME;
  bench.kernel.failing_job = GENERATE(1u, 2u, 3u);
  CAPTURE(bench.kernel.failing_job);
  bench.kernel.run_jobs();

  const auto waited = fence->wait(-1);
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == ETIME);  // Not ECANCELED, as those behind it.
}

TEST_CASE("fence: Looking at a job leaves no descriptor behind", "[userspace][fence]") {
  Bench bench;
  const auto fence = bench.submit();
  SECTION("when it works") {
    CHECK(fence->wait(-1));
  }
  SECTION("when it fails") {
    bench.kernel.fail(SYNC_IOC_FILE_INFO, ENOMEM);
    CHECK_FALSE(fence->wait(-1));
  }
  CHECK(bench.kernel.open_files() == 1);  // The device.
}

TEST_CASE("fence: Syncobjs go with the fence", "[userspace][fence]") {
  Bench bench;
  auto fence = bench.submit(3);
  CHECK(bench.kernel.syncobjs() == 3);
  fence.reset();
  CHECK(bench.kernel.syncobjs() == 0);
}

TEST_CASE("fence: Whoever wants to know of the end does, once it is there", "[userspace][fence]") {
  Bench bench;
  bench.kernel.hold_jobs = true;
  const auto fence = bench.submit();
  int ends = 0;
  fence->on_end = [&] { ++ends; };
  CHECK_FALSE(fence->wait(0));
  CHECK(ends == 0);
  bench.kernel.job_error = EIO;
  bench.kernel.run_jobs();
  CHECK_FALSE(fence->wait(0));
  CHECK(ends == 1);
}

TEST_CASE("fence: The end of several jobs goes out as a file, and comes in", "[userspace][fence]") {
  Bench bench;
  bench.kernel.hold_jobs = true;
  const auto fence = bench.submit(2);
  const auto fd = fence->export_fd();
  REQUIRE(fd);
  const auto other_device = *Device::open(bench.kernel, bench.kernel.node);
  const auto imported = Fence::import(other_device, *fd);
  bench.kernel.close(*fd);
  REQUIRE(imported);
  CHECK((*imported)->wait(0).error().code == ETIMEDOUT);

  bench.kernel.job_error = EIO;
  bench.kernel.failing_job = 2;
  bench.kernel.run_jobs();
  CHECK((*imported)->wait(0).error().code == EIO);
}

TEST_CASE("fence: What is no sync file is not imported", "[userspace][fence]") {
  Bench bench;
  CHECK(Fence::import(bench.device, bench.device->fd()).error().code == EINVAL);
  CHECK(Fence::import(bench.device, 99).error().code == EBADF);
  CHECK(bench.kernel.syncobjs() == 0);
}
