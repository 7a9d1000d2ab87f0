// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Who owns a buffer's handle and mapping, and what happens when one cannot be had.

#include "buffer.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "device.hpp"
#include "fake_kernel.hpp"

using kestrel::Buffer;
using kestrel::Device;

TEST_CASE("buffer: A buffer is whole pages of zeros", "[userspace][buffer]") {
  FakeKernel kernel;
  const auto device = Device::open(kernel, kernel.node);
  REQUIRE(device);
  const auto [wanted, given] = GENERATE(std::pair<std::size_t, std::size_t>{1, 4096},
                                        std::pair<std::size_t, std::size_t>{4096, 4096},
                                        std::pair<std::size_t, std::size_t>{4097, 8192});
  CAPTURE(wanted);

  const auto buffer = Buffer::create(*device, wanted);
  REQUIRE(buffer);
  CHECK((*buffer)->size_bytes() == given);
  CHECK((*buffer)->bytes().size() == given);
  CHECK(
      std::ranges::all_of((*buffer)->bytes(), [](std::byte byte) { return byte == std::byte{}; }));
}

TEST_CASE("buffer: Handle and mapping go with the buffer", "[userspace][buffer]") {
  FakeKernel kernel;
  {
    const auto device = Device::open(kernel, kernel.node);
    const auto buffer = Buffer::create(*device, 4096);
    REQUIRE(buffer);
    CHECK(kernel.buffers() == 1);
    CHECK(kernel.mappings() == 1);
  }
  CHECK(kernel.is_clean());
}

TEST_CASE("buffer: A buffer keeps its device open", "[userspace][buffer]") {
  FakeKernel kernel;
  auto device = Device::open(kernel, kernel.node);
  auto buffer = Buffer::create(*device, 4096);
  REQUIRE(buffer);

  device->reset();
  CHECK(kernel.open_files() == 1);
  buffer->reset();
  CHECK(kernel.is_clean());
}

TEST_CASE("buffer: Sizes that the device refuses are refused", "[userspace][buffer]") {
  FakeKernel kernel;
  const auto device = Device::open(kernel, kernel.node);
  const std::size_t size_bytes = GENERATE_REF(std::size_t{0}, kernel.info.bo_bytes_max + 1);
  const auto buffer = Buffer::create(*device, size_bytes);
  REQUIRE_FALSE(buffer);
  CHECK(buffer.error().code == EINVAL);
}

TEST_CASE("buffer: A buffer that cannot be mapped is closed", "[userspace][buffer]") {
  FakeKernel kernel;
  const auto device = Device::open(kernel, kernel.node);
  SECTION("because it has no offset") {
    kernel.fail(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, ENOMEM);
  }
  SECTION("because mmap() fails") {
    kernel.map_error = ENOMEM;
  }

  const auto buffer = Buffer::create(*device, 4096);
  REQUIRE_FALSE(buffer);
  CHECK(buffer.error().code == ENOMEM);
  CHECK(kernel.buffers() == 0);
  CHECK(kernel.mappings() == 0);
}
