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

#include "buffer.hpp"
#include "copy.hpp"
#include "device.hpp"
#include "fake_kernel.hpp"

using kestrel::Buffer;
using kestrel::Device;
using kestrel::Fence;

namespace {

struct Bench {
  std::unique_ptr<Fence> copy(std::size_t length = 1) {
    return *kestrel::submit_copy(device, {*destination, 0}, {*source, 0}, length);
  }

  FakeKernel kernel;
  std::shared_ptr<Device> device = *Device::open(kernel, kernel.node);
  std::unique_ptr<Buffer> source = *Buffer::create(device, 256 * 1024);
  std::unique_ptr<Buffer> destination = *Buffer::create(device, 256 * 1024);
};

}  // namespace

TEST_CASE("fence: Waiting ends when all jobs have", "[userspace][fence]") {
  Bench bench;
  bench.kernel.hold_jobs = true;
  const auto fence = bench.copy(3 * bench.kernel.info.job_bytes_max);

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
  const auto fence = bench.copy();
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
  const auto fence = bench.copy();
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

  const auto waited = bench.copy()->wait(-1);
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == error);
}

TEST_CASE("fence: One failed job among others is noticed", "[userspace][fence]") {
  Bench bench;
  bench.kernel.job_error = EIO;
  bench.kernel.failing_job = GENERATE(1u, 2u, 3u);
  CAPTURE(bench.kernel.failing_job);

  const auto waited = bench.copy(3 * bench.kernel.info.job_bytes_max)->wait(-1);
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == EIO);
}

TEST_CASE("fence: Looking at a job leaves no descriptor behind", "[userspace][fence]") {
  Bench bench;
  const auto fence = bench.copy();
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
  auto fence = bench.copy(3 * bench.kernel.info.job_bytes_max);
  CHECK(bench.kernel.syncobjs() == 3);
  fence.reset();
  CHECK(bench.kernel.syncobjs() == 0);
}
