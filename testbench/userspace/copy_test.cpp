// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// How copies are checked and cut into jobs.

#include "copy.hpp"

#include <algorithm>
#include <cerrno>
#include <numeric>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "buffer.hpp"
#include "device.hpp"
#include "fake_kernel.hpp"
#include "fence.hpp"

using kestrel::Buffer;
using kestrel::Device;
using kestrel::submit_copy;

namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;

/// Two buffers, the source filled with bytes that tell their places apart.
struct Bench {
  Bench() {
    for (std::size_t i = 0; i < source->size_bytes(); ++i) {
      source->bytes()[i] = static_cast<std::byte>(i * 31 >> 3);
    }
  }

  FakeKernel kernel;
  std::shared_ptr<Device> device = *Device::open(kernel, kernel.node);
  std::unique_ptr<Buffer> source = *Buffer::create(device, kBufferBytes);
  std::unique_ptr<Buffer> destination = *Buffer::create(device, kBufferBytes);
};

}  // namespace

TEST_CASE("copy: Bytes arrive where they belong, and nowhere else", "[userspace][copy]") {
  Bench bench;
  const std::size_t length = GENERATE(1u, 4096u, 16 * 4096u, 16 * 4096u + 1, 100'000u);
  const std::size_t from = GENERATE(0u, 3u, 4097u);
  const std::size_t to = GENERATE(0u, 5u, 8190u);
  CAPTURE(length, from, to);

  const auto fence =
      submit_copy(bench.device, {*bench.destination, to}, {*bench.source, from}, length);
  REQUIRE(fence);
  REQUIRE((*fence)->wait(-1));

  std::vector<std::byte> expected(kBufferBytes);
  std::ranges::copy(bench.source->bytes().subspan(from, length),
                    expected.begin() + static_cast<std::ptrdiff_t>(to));
  CHECK(std::ranges::equal(bench.destination->bytes(), expected));
}

TEST_CASE("copy: No job exceeds the device's limit", "[userspace][copy]") {
  Bench bench;
  const std::uint64_t limit = bench.kernel.info.job_bytes_max;
  const std::size_t length = 2 * limit + 5;

  REQUIRE(submit_copy(bench.device, {*bench.destination, 0}, {*bench.source, 0}, length));
  CHECK(bench.kernel.job_bytes() == std::vector<std::uint64_t>{limit, limit, 5});
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

  const auto fence = submit_copy(bench.device, {*bench.destination, wrong.to},
                                 {*bench.source, wrong.from}, wrong.length);
  REQUIRE_FALSE(fence);
  CHECK(fence.error().code == EINVAL);
  CHECK(bench.kernel.job_bytes().empty());
}

TEST_CASE("copy: Ranges of one buffer may touch but not overlap", "[userspace][copy]") {
  Bench bench;
  CHECK(submit_copy(bench.device, {*bench.source, 100}, {*bench.source, 0}, 100));
  CHECK(submit_copy(bench.device, {*bench.source, 0}, {*bench.source, 100}, 100));
  CHECK_FALSE(submit_copy(bench.device, {*bench.source, 99}, {*bench.source, 0}, 100));
  CHECK_FALSE(submit_copy(bench.device, {*bench.source, 0}, {*bench.source, 99}, 100));
  CHECK_FALSE(submit_copy(bench.device, {*bench.source, 7}, {*bench.source, 7}, 1));
}

TEST_CASE("copy: A buffer of another device is refused", "[userspace][copy]") {
  Bench bench;
  const auto other = Device::open(bench.kernel, bench.kernel.node);
  const auto buffer = Buffer::create(*other, 4096);
  const auto fence = submit_copy(bench.device, {**buffer, 0}, {*bench.source, 0}, 1);
  REQUIRE_FALSE(fence);
  CHECK(fence.error().code == EINVAL);
}

TEST_CASE("copy: A job that is not accepted leaves nothing behind", "[userspace][copy]") {
  Bench bench;
  SECTION("when its syncobj cannot be made") {
    bench.kernel.fail(DRM_IOCTL_SYNCOBJ_CREATE, ENOMEM);
  }
  SECTION("when it is refused") {
    bench.kernel.fail(DRM_IOCTL_KESTREL_SUBMIT, ENOMEM);
  }

  const auto fence = submit_copy(bench.device, {*bench.destination, 0}, {*bench.source, 0}, 1);
  REQUIRE_FALSE(fence);
  CHECK(fence.error().code == ENOMEM);
  CHECK(bench.kernel.syncobjs() == 0);
}
