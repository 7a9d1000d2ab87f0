// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The address space of copies: where buffers are in it, and that they leave it.

#include "copy_space.hpp"

#include <cerrno>

#include <catch2/catch_test_macros.hpp>

#include "fake_kernel.hpp"

using kestrel::internal::Attachment;
using kestrel::internal::Buffer;
using kestrel::internal::CopySpace;
using kestrel::internal::Device;

namespace {

struct Bench {
  FakeKernel kernel;
  std::shared_ptr<Device> device = *Device::open(kernel, kernel.node);
  std::shared_ptr<CopySpace> space = *CopySpace::create(device);
};

}  // namespace

TEST_CASE("copy space: Buffers lie side by side, large ones where large pages can",
          "[userspace][copy-space]") {
  Bench bench;
  const auto small = *Buffer::create(bench.device, 4096);
  const auto large = *Buffer::create(bench.device, 4 << 20);
  const auto first = *Attachment::create(bench.space, *small);
  const auto second = *Attachment::create(bench.space, *large);
  const auto third = *Attachment::create(bench.space, *small);
  CHECK(first->va() != 0);
  CHECK(second->va() % (2 << 20) == 0);
  CHECK(third->va() == first->va() + 4096);
  CHECK(bench.kernel.bound_pages() == 2 + 1024);
}

TEST_CASE("copy space: Addresses come back when the last user goes", "[userspace][copy-space]") {
  Bench bench;
  const auto buffer = *Buffer::create(bench.device, 8192);
  auto attachment = *Attachment::create(bench.space, *buffer);
  const std::uint64_t va = attachment->va();
  attachment.reset();
  CHECK(bench.kernel.bound_pages() == 0);
  attachment = *Attachment::create(bench.space, *buffer);
  CHECK(attachment->va() == va);
}

TEST_CASE("copy space: A buffer that cannot be bound takes no addresses",
          "[userspace][copy-space]") {
  Bench bench;
  const auto buffer = *Buffer::create(bench.device, 8192);
  const std::uint64_t va = (*Attachment::create(bench.space, *buffer))->va();
  bench.kernel.fail(DRM_IOCTL_KESTREL_VM_BIND, ENOMEM);
  CHECK(Attachment::create(bench.space, *buffer).error().code == ENOMEM);
  CHECK((*Attachment::create(bench.space, *buffer))->va() == va);
}

TEST_CASE("copy space: When addresses are out that is said", "[userspace][copy-space]") {
  FakeKernel kernel;
  kernel.info.va_bits = 22;  // 4 MiB, of which the first 2 stay free.
  const auto device = *Device::open(kernel, kernel.node);
  const auto space = *CopySpace::create(device);
  CHECK(space->allocate(1 << 20));
  CHECK(space->allocate(1 << 20));
  CHECK(space->allocate(4096).error().code == ENOSPC);
}
