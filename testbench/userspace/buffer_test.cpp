// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Who owns a buffer's handle and mapping, and what happens when one cannot be had.

#include "buffer.hpp"

#include <linux/dma-buf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "device.hpp"
#include "fake_kernel.hpp"
#include "vm.hpp"

using kestrel::internal::Buffer;
using kestrel::internal::Device;
using kestrel::internal::Vm;

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

TEST_CASE("buffer: A private buffer tells its vm, and is not exported", "[userspace][buffer]") {
  FakeKernel kernel;
  const auto device = Device::open(kernel, kernel.node);
  const auto vm = Vm::create(*device);
  const auto other_vm = Vm::create(*device);
  const auto buffer = Buffer::create_private(**vm, 4096);
  REQUIRE(buffer);
  CHECK((*buffer)->is_private());
  CHECK((*buffer)->bytes().size() == 4096);
  CHECK((*vm)->bind(0, **buffer, 0, 4096, DRM_KESTREL_VM_BIND_READ));
  CHECK((*other_vm)->bind(0, **buffer, 0, 4096, DRM_KESTREL_VM_BIND_READ).error().code == EINVAL);

  const auto fd = (*buffer)->export_fd();
  REQUIRE_FALSE(fd);
  CHECK(fd.error().code == EINVAL);
}

TEST_CASE("buffer: What is handed over is checked, and needs no call where caches are coherent",
          "[userspace][buffer]") {
  FakeKernel kernel;
  const bool is_coherent = GENERATE(true, false);
  kernel.info.features = is_coherent ? DRM_KESTREL_FEATURE_COHERENT : 0;
  const auto device = Device::open(kernel, kernel.node);
  const auto buffer = Buffer::create(*device, 8192);

  CHECK((*buffer)->sync(DRM_KESTREL_BO_SYNC_TO_DEVICE, 0, 8192));
  CHECK((*buffer)->sync(DRM_KESTREL_BO_SYNC_TO_CPU, 8191, 1));
  CHECK(kernel.calls(DRM_IOCTL_KESTREL_BO_SYNC) == (is_coherent ? 0 : 2));

  struct Wrong {
    std::uint32_t flags;
    std::size_t offset, length;
  };
  const Wrong wrong = GENERATE(Wrong{0, 0, 1}, Wrong{4, 0, 1}, Wrong{1, 0, 0}, Wrong{1, 8192, 1},
                               Wrong{1, 0, 8193}, Wrong{1, SIZE_MAX, 2});
  CAPTURE(wrong.flags, wrong.offset, wrong.length);
  const auto synced = (*buffer)->sync(wrong.flags, wrong.offset, wrong.length);
  REQUIRE_FALSE(synced);
  CHECK(synced.error().code == EINVAL);
  CHECK(kernel.calls(DRM_IOCTL_KESTREL_BO_SYNC) == (is_coherent ? 0 : 2));
}

TEST_CASE("buffer: Memory goes from one device file to another", "[userspace][buffer]") {
  FakeKernel kernel;
  {
    const auto giver = Device::open(kernel, kernel.node);
    const auto taker = Device::open(kernel, kernel.node);
    auto given = Buffer::create(*giver, 8192);
    std::memcpy((*given)->bytes().data(), "hover", 6);
    const auto fd = (*given)->export_fd();
    REQUIRE(fd);

    const auto taken = Buffer::import(*taker, *fd);
    kernel.close(*fd);
    REQUIRE(taken);
    given->reset();
    CHECK((*taken)->size_bytes() == 8192);
    REQUIRE((*taken)->bytes().size() == 8192);
    CHECK(std::memcmp((*taken)->bytes().data(), "hover", 6) == 0);

    // Its exporter synchronises it, coherent or not.
    CHECK((*taken)->sync(DRM_KESTREL_BO_SYNC_TO_DEVICE | DRM_KESTREL_BO_SYNC_TO_CPU, 0, 1));
    CHECK(kernel.calls(DMA_BUF_IOCTL_SYNC) == 2);
  }
  CHECK(kernel.is_clean());
}

TEST_CASE("buffer: One memory twice in a device has one handle, which the last one closes",
          "[userspace][buffer]") {
  FakeKernel kernel;
  const auto device = Device::open(kernel, kernel.node);
  auto original = Buffer::create(*device, 4096);
  const auto fd = (*original)->export_fd();
  auto again = Buffer::import(*device, *fd);
  kernel.close(*fd);
  REQUIRE(again);
  CHECK((*again)->handle() == (*original)->handle());
  CHECK(kernel.buffers() == 1);

  const bool original_first = GENERATE(true, false);
  (original_first ? original : again)->reset();
  CHECK(kernel.buffers() == 1);
  (original_first ? again : original)->reset();
  CHECK(kernel.buffers() == 0);
  CHECK(kernel.memories() == 0);
}

TEST_CASE("buffer: Memory that its exporter does not map has no bytes here",
          "[userspace][buffer]") {
  FakeKernel kernel;
  const auto device = Device::open(kernel, kernel.node);
  const int fd = kernel.make_dma_buf(4096, false);
  {
    const auto buffer = Buffer::import(*device, fd);
    REQUIRE(buffer);
    CHECK((*buffer)->size_bytes() == 4096);
    CHECK((*buffer)->bytes().empty());
  }
  kernel.close(fd);
  CHECK(kernel.memories() == 0);
}

TEST_CASE("buffer: What is no dma-buf is not imported", "[userspace][buffer]") {
  FakeKernel kernel;
  const auto device = Device::open(kernel, kernel.node);
  CHECK(Buffer::import(*device, (*device)->fd()).error().code == EINVAL);
  CHECK(Buffer::import(*device, 99).error().code == EBADF);
  CHECK(kernel.buffers() == 0);
}
