// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Copies: that bytes arrive, what is refused, and that what jobs used is used again.

#include "copy.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "buffer.hpp"
#include "device.hpp"
#include "fake_kernel.hpp"
#include "fence.hpp"
#include "vm.hpp"

using kestrel::internal::Buffer;
using kestrel::internal::CopyEngine;
using kestrel::internal::Device;
using kestrel::internal::Fence;
using kestrel::internal::Result;
using kestrel::internal::Vm;

namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr std::size_t kCallBytes = 64 * 32 * 1024;  // What one call of 64 pieces moves.

/// Two buffers, the source filled with bytes that tell their places apart.
struct Bench {
  explicit Bench(std::size_t buffer_bytes = kBufferBytes)
      : source(*Buffer::create(device, buffer_bytes)),
        destination(*Buffer::create(device, buffer_bytes)) {
    for (std::size_t i = 0; i < source->size_bytes(); ++i) {
      source->bytes()[i] = static_cast<std::byte>((i * 31 >> 3) ^ (i >> 12));
    }
  }

  Result<std::unique_ptr<Fence>> copy(std::size_t to, std::size_t from, std::size_t length) {
    return engine->copy({*destination, to}, {*source, from}, length);
  }

  FakeKernel kernel;
  std::shared_ptr<Device> device = *Device::open(kernel, kernel.node);
  std::shared_ptr<CopyEngine> engine = std::make_shared<CopyEngine>(device);
  std::unique_ptr<Buffer> source;
  std::unique_ptr<Buffer> destination;
};

}  // namespace

TEST_CASE("copy: Bytes arrive where they belong, and nowhere else", "[userspace][copy]") {
  Bench bench;
  const std::size_t length = GENERATE(1u, 4096u, 32 * 1024u, 32 * 1024u + 1, 200'003u);
  const std::size_t from = GENERATE(0u, 3u, 4097u);
  const std::size_t to = GENERATE(0u, 5u, 8190u);
  CAPTURE(length, from, to);

  const auto fence = bench.copy(to, from, length);
  REQUIRE(fence);
  REQUIRE((*fence)->wait(-1));

  std::vector<std::byte> expected(kBufferBytes);
  std::ranges::copy(bench.source->bytes().subspan(from, length),
                    expected.begin() + static_cast<std::ptrdiff_t>(to));
  CHECK(std::ranges::equal(bench.destination->bytes(), expected));
}

TEST_CASE("copy: Any scratchpad serves", "[userspace][copy]") {
  Bench bench;
  bench.kernel.info.scratchpad_bytes = GENERATE(512u, 1000u, 65536u, 1u << 18);
  CAPTURE(bench.kernel.info.scratchpad_bytes);
  const auto device = *Device::open(bench.kernel, bench.kernel.node);
  const auto engine = std::make_shared<CopyEngine>(device);
  const auto source = *Buffer::create(device, 100'000);
  const auto destination = *Buffer::create(device, 100'000);
  std::ranges::copy(bench.source->bytes().first(100'000), source->bytes().begin());

  const auto fence = engine->copy({*destination, 1}, {*source, 2}, 99'000);
  REQUIRE(fence);
  REQUIRE((*fence)->wait(-1));
  CHECK(std::ranges::equal(destination->bytes().subspan(1, 99'000),
                           bench.source->bytes().subspan(2, 99'000)));
}

TEST_CASE("copy: A device without a scratchpad cannot copy", "[userspace][copy]") {
  FakeKernel kernel;
  kernel.info.scratchpad_bytes = 511;
  const auto device = *Device::open(kernel, kernel.node);
  const auto engine = std::make_shared<CopyEngine>(device);
  const auto buffer = *Buffer::create(device, 8192);
  CHECK(engine->copy({*buffer, 0}, {*buffer, 4096}, 1).error().code == ENODEV);
}

TEST_CASE("copy: A long copy is as many jobs as it needs", "[userspace][copy]") {
  Bench bench(2 * 3 * kCallBytes);
  bench.kernel.info.job_calls_max = 2;
  bench.device = *Device::open(bench.kernel, bench.kernel.node);
  bench.engine = std::make_shared<CopyEngine>(bench.device);
  const auto source = *Buffer::create(bench.device, 5 * kCallBytes);
  const auto destination = *Buffer::create(bench.device, 5 * kCallBytes);
  std::ranges::copy(bench.source->bytes().first(5 * kCallBytes), source->bytes().begin());

  const auto fence = bench.engine->copy({*destination, 0}, {*source, 0}, 5 * kCallBytes);
  REQUIRE(fence);
  REQUIRE((*fence)->wait(-1));
  CHECK(bench.kernel.jobs() == 3);
  CHECK(std::ranges::equal(destination->bytes(), source->bytes()));
}

TEST_CASE("copy: What is wrong is refused before any job is submitted", "[userspace][copy]") {
  Bench bench;
  struct Wrong {
    std::size_t to, from, length;
  };
  const Wrong wrong = GENERATE(Wrong{0, 0, 0},                 // empty
                               Wrong{1, 0, kBufferBytes},      // destination ends too late
                               Wrong{0, 1, kBufferBytes},      // source ends too late
                               Wrong{kBufferBytes + 1, 0, 1},  // starts beyond the end
                               Wrong{0, 0, SIZE_MAX},          // longer than memory
                               Wrong{SIZE_MAX, SIZE_MAX, 2});  // wraps round
  CAPTURE(wrong.to, wrong.from, wrong.length);

  const auto fence = bench.copy(wrong.to, wrong.from, wrong.length);
  REQUIRE_FALSE(fence);
  CHECK(fence.error().code == EINVAL);
  CHECK(bench.kernel.jobs() == 0);
}

TEST_CASE("copy: Ranges of one buffer may touch but not overlap", "[userspace][copy]") {
  Bench bench;
  const auto copy = [&](std::size_t to, std::size_t from, std::size_t length) {
    return bench.engine->copy({*bench.source, to}, {*bench.source, from}, length).has_value();
  };
  CHECK(copy(100, 0, 100));
  CHECK(copy(0, 100, 100));
  CHECK_FALSE(copy(99, 0, 100));
  CHECK_FALSE(copy(0, 99, 100));
  CHECK_FALSE(copy(7, 7, 1));
}

TEST_CASE("copy: Buffers that are not for copies are refused", "[userspace][copy]") {
  Bench bench;
  const auto other_device = *Device::open(bench.kernel, bench.kernel.node);
  const auto vm = *Vm::create(bench.device);
  const auto foreign = *Buffer::create(other_device, 4096);
  const auto secret = *Buffer::create_private(*vm, 4096);
  for (Buffer* buffer : {foreign.get(), secret.get()}) {
    const auto fence = bench.engine->copy({*buffer, 0}, {*bench.source, 0}, 1);
    REQUIRE_FALSE(fence);
    CHECK(fence.error().code == EINVAL);
  }
}

TEST_CASE("copy: A job that is not accepted leaves nothing behind", "[userspace][copy]") {
  Bench bench;
  REQUIRE((*bench.copy(0, 0, 1))->wait(-1));
  const std::size_t syncobjs = bench.kernel.syncobjs(), buffers = bench.kernel.buffers();
  SECTION("when its syncobj cannot be made") {
    bench.kernel.fail(DRM_IOCTL_SYNCOBJ_CREATE, ENOMEM);
  }
  SECTION("when it is refused") {
    bench.kernel.fail(DRM_IOCTL_KESTREL_SUBMIT, ENOMEM);
  }

  const auto fence = bench.copy(0, 0, 1);
  REQUIRE_FALSE(fence);
  CHECK(fence.error().code == ENOMEM);
  CHECK(bench.kernel.syncobjs() == syncobjs);
  CHECK(bench.kernel.buffers() == buffers);
  REQUIRE((*bench.copy(0, 0, 1))->wait(-1));
}

TEST_CASE("copy: What a first copy lacks is named, and a later one makes it", "[userspace][copy]") {
  Bench bench;
  const unsigned long request =
      GENERATE(as<unsigned long>(), DRM_IOCTL_KESTREL_VM_CREATE, DRM_IOCTL_KESTREL_QUEUE_CREATE,
               DRM_IOCTL_KESTREL_VM_BIND, DRM_IOCTL_SYNCOBJ_CREATE, DRM_IOCTL_KESTREL_BO_CREATE);
  CAPTURE(request);
  bench.kernel.fail(request, ENOSPC);
  const auto fence = bench.copy(0, 0, 100);
  REQUIRE_FALSE(fence);
  CHECK(fence.error().code == ENOSPC);

  const auto later = bench.copy(0, 0, 100);
  REQUIRE(later);
  CHECK((*later)->wait(-1));
}

TEST_CASE("copy: Memory for commands is used again once its job has ended", "[userspace][copy]") {
  Bench bench;
  for (int i = 0; i < 20; ++i)
    REQUIRE((*bench.copy(0, 0, 5000))->wait(-1));
  CHECK(bench.kernel.buffers() == 3);  // Source, destination, commands.

  bench.kernel.hold_jobs = true;
  std::vector<std::unique_ptr<Fence>> fences;
  for (int i = 0; i < 4; ++i)
    fences.push_back(*bench.copy(0, 0, 5000));
  CHECK(bench.kernel.buffers() == 6);  // One for each job that has not ended.
  bench.kernel.run_jobs();
  for (const auto& fence : fences)
    CHECK(fence->wait(-1));
  for (int i = 0; i < 20; ++i)
    REQUIRE((*bench.copy(0, 0, 5000))->wait(-1));
  CHECK(bench.kernel.buffers() == 6);
}

TEST_CASE("copy: A buffer is bound once, and no longer than it and its copies last",
          "[userspace][copy]") {
  Bench bench;
  REQUIRE((*bench.copy(0, 0, 1))->wait(-1));
  const int binds = bench.kernel.calls(DRM_IOCTL_KESTREL_VM_BIND);
  const std::size_t pages = bench.kernel.bound_pages();
  REQUIRE((*bench.copy(9, 9, 1))->wait(-1));
  CHECK(bench.kernel.calls(DRM_IOCTL_KESTREL_VM_BIND) == binds);

  bench.kernel.hold_jobs = true;
  const auto fence = bench.copy(0, 0, 100);
  bench.source.reset();
  CHECK(bench.kernel.bound_pages() == pages);
  bench.kernel.run_jobs();
  CHECK((*fence)->wait(-1));
  CHECK(bench.kernel.bound_pages() == pages - kBufferBytes / 4096);
}

TEST_CASE("copy: A failure costs the copies that had been started, and no later one",
          "[userspace][copy]") {
  Bench bench;
  bench.kernel.hold_jobs = true;
  const auto failing = bench.copy(0, 0, 100);
  const auto behind = bench.copy(0, 0, 100);
  bench.kernel.job_error = GENERATE(EIO, ETIME);
  bench.kernel.failing_job = 1;
  bench.kernel.run_jobs();

  CHECK((*failing)->wait(-1).error().code == bench.kernel.job_error);
  CHECK((*behind)->wait(-1).error().code == ECANCELED);
  const auto later = bench.copy(0, 0, 100);
  REQUIRE(later);
  CHECK((*later)->wait(-1));
  CHECK(bench.kernel.queues() == 1);
}

TEST_CASE("copy: A long copy that fails at its beginning tells why it failed",
          "[userspace][copy]") {
  Bench bench(2 * kCallBytes);
  bench.kernel.info.job_calls_max = 1;
  const auto device = *Device::open(bench.kernel, bench.kernel.node);
  const auto engine = std::make_shared<CopyEngine>(device);
  const auto source = *Buffer::create(device, 2 * kCallBytes);
  const auto destination = *Buffer::create(device, 2 * kCallBytes);
  bench.kernel.job_error = EIO;
  bench.kernel.failing_job = 1;

  const auto fence = engine->copy({*destination, 0}, {*source, 0}, 2 * kCallBytes);
  REQUIRE(fence);
  CHECK(bench.kernel.jobs() == 1);
  CHECK((*fence)->wait(-1).error().code == EIO);
}

TEST_CASE("copy: A device that goes away ends copies, and all is given back", "[userspace][copy]") {
  FakeKernel kernel;
  {
    const auto device = *Device::open(kernel, kernel.node);
    const auto engine = std::make_shared<CopyEngine>(device);
    const auto buffer = *Buffer::create(device, 8192);
    kernel.hold_jobs = true;
    const auto fence = engine->copy({*buffer, 0}, {*buffer, 4096}, 100);
    REQUIRE(fence);
    kernel.unplug();
    CHECK((*fence)->wait(-1).error().code == ENODEV);
    CHECK(engine->copy({*buffer, 0}, {*buffer, 4096}, 100).error().code == ENODEV);
  }
  CHECK(kernel.is_clean());
}

TEST_CASE("copy: Everything goes, in whatever order", "[userspace][copy]") {
  Bench bench;
  auto fence = *bench.copy(0, 0, 100);
  REQUIRE(fence->wait(-1));
  const int order = GENERATE(0, 1, 2);
  bench.device.reset();
  if (order == 0)
    fence.reset();
  bench.engine.reset();
  if (order == 1)
    fence.reset();
  bench.source.reset();
  bench.destination.reset();
  fence.reset();
  CHECK(bench.kernel.is_clean());
}

TEST_CASE("copy: Threads copy at the same time", "[userspace][copy]") {
  Bench bench;
  std::vector<std::thread> threads;
  std::array<bool, 4> is_right = {};
  for (std::size_t t = 0; t < is_right.size(); ++t) {
    threads.emplace_back([&, t] {
      const auto from = *Buffer::create(bench.device, 20'000);
      const auto to = *Buffer::create(bench.device, 20'000);
      std::ranges::fill(from->bytes(), static_cast<std::byte>(t + 1));
      bool right = true;
      for (int lap = 0; lap < 10; ++lap) {
        std::ranges::fill(to->bytes(), std::byte{0});
        const auto fence = bench.engine->copy({*to, 0}, {*from, 0}, 20'000);
        right = right && fence && (*fence)->wait(-1) &&
                std::ranges::equal(to->bytes().first(20'000), from->bytes().first(20'000));
      }
      is_right[t] = right;
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  CHECK(std::ranges::all_of(is_right, [](bool right) { return right; }));
}
