// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Buffers shared through dma-bufs: between files, with other devices, and what must not be.

#include <linux/dma-buf.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "child.hpp"
#include "client.hpp"
#include "dma_buf_sources.hpp"
#include "ktap.hpp"

namespace {

constexpr std::uint64_t kBytes = 8 * kPageBytes;

/// Begins or ends an access of the CPU to a dma-buf.
void sync_dma_buf(int fd, std::uint64_t flags) {
  dma_buf_sync sync{};
  sync.flags = flags;
  CHECK(ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync) == 0);
}

/// The device reads and writes somebody else's buffer.
void check_foreign_buffer(int fd) {
  Client client;
  const RawDevice& device = client.device();
  std::uint32_t handle = 0;
  REQUIRE_EQ(import_buffer(device, fd, handle), 0);
  const std::uint64_t va = client.bind_buffer(handle, kBytes);
  const auto own = client.make_buffer(kBytes);
  const MappedFile foreign(fd, kBytes);

  sync_dma_buf(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
  fill(foreign.bytes(), 1);
  sync_dma_buf(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
  CHECK_EQ(client.run(Commands().copy(va, own->va, kBytes)), 1);
  CHECK(std::ranges::equal(own->bytes(), foreign.bytes()));

  fill(own->bytes(), 2);
  CHECK_EQ(client.run(Commands().copy(own->va, va, kBytes)), 1);
  sync_dma_buf(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
  CHECK(std::ranges::equal(own->bytes(), foreign.bytes()));
  sync_dma_buf(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);

  // The exporter maps it, and its calls hand it over.
  drm_kestrel_bo_mmap_offset offset{};
  offset.handle = handle;
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, &offset), -EINVAL);
  drm_kestrel_bo_sync sync{};
  sync.handle = handle;
  sync.flags = DRM_KESTREL_BO_SYNC_TO_DEVICE;
  sync.size = kBytes;
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_BO_SYNC, &sync), -EINVAL);

  // A second import is the first one; its end comes with the last mapping's.
  std::uint32_t again = 0;
  CHECK_EQ(import_buffer(device, fd, again), 0);
  CHECK_EQ(again, handle);
  CHECK_EQ(device.map(client.vm(), handle, client.take_va(kBytes), kBytes + kPageBytes), -EINVAL);
  CHECK_EQ(device.close_buffer(handle), 0);
  CHECK_EQ(client.run(Commands().copy(va, own->va, kBytes)), 1);
  CHECK(std::ranges::equal(own->bytes(), foreign.bytes()));
  CHECK_EQ(device.unmap(client.vm(), va, kBytes), 0);
}

}  // namespace

TEST("prime: a buffer in two files is one memory") {
  Client one, other;
  const auto buffer = one.make_buffer(kBytes);
  const int fd = export_buffer(one.device(), buffer->memory.handle());
  REQUIRE(fd >= 0);
  std::uint32_t handle = 0;
  REQUIRE_EQ(import_buffer(other.device(), fd, handle), 0);
  const std::uint64_t va = other.bind_buffer(handle, kBytes);
  const auto target = other.make_buffer(kBytes);
  fill(buffer->bytes(), 1);
  CHECK_EQ(other.run(Commands().copy(va, target->va, kBytes)), 1);
  CHECK(std::ranges::equal(buffer->bytes(), target->bytes()));
  close(fd);
}

TEST("prime: an import into the exporting file is the same handle") {
  RawDevice device;
  const std::uint32_t handle = device.make_buffer(kBytes);
  const int fd = export_buffer(device, handle);
  REQUIRE(fd >= 0);
  std::uint32_t again = 0;
  CHECK_EQ(import_buffer(device, fd, again), 0);
  CHECK_EQ(again, handle);
  close(fd);
}

TEST("prime: a dma-buf outlives its handle, its file and its jobs") {
  int fd = -1;
  {
    Client client;
    const auto buffer = client.make_buffer(kBytes);
    fill(buffer->bytes(), 3);
    fd = export_buffer(client.device(), buffer->memory.handle());
    REQUIRE(fd >= 0);
    client.start(Commands().copy(buffer->va, buffer->va, kBytes));
  }
  Client other;
  std::uint32_t handle = 0;
  REQUIRE_EQ(import_buffer(other.device(), fd, handle), 0);
  const auto target = other.make_buffer(kBytes);
  CHECK_EQ(other.run(Commands().copy(other.bind_buffer(handle, kBytes), target->va, kBytes)), 1);
  const MappedFile mapped(fd, kBytes);
  CHECK(std::ranges::equal(mapped.bytes(), target->bytes()));
  close(fd);
}

TEST("prime: a dma-buf can be mapped, and synchronised with") {
  Client client;
  const auto buffer = client.make_buffer(kBytes);
  const int fd = export_buffer(client.device(), buffer->memory.handle());
  REQUIRE(fd >= 0);
  const MappedFile mapped(fd, kBytes);
  sync_dma_buf(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
  fill(mapped.bytes(), 4);
  sync_dma_buf(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
  CHECK(std::ranges::equal(mapped.bytes(), buffer->bytes()));
  close(fd);
}

TEST("prime: jobs do not hold back who uses the buffer otherwise") {
  Client client;
  const auto buffer = client.make_buffer(kBytes);
  const int fd = export_buffer(client.device(), buffer->memory.handle());
  REQUIRE(fd >= 0);
  const std::uint32_t done = client.start(Commands().hang());
  // Explicit synchronisation only: this does not wait for the job.
  sync_dma_buf(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
  CHECK_EQ(job_status(client.device(), done), 0);
  sync_dma_buf(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
  close(fd);
}

TEST("prime: a buffer that is private to a VM cannot be exported") {
  RawDevice device;
  const std::uint32_t handle = device.make_buffer(kBytes, device.make_vm());
  CHECK_EQ(export_buffer(device, handle), -EINVAL);
}

TEST("prime: an unknown handle is ENOENT") {
  RawDevice device;
  const std::uint32_t handle = device.make_buffer(kBytes);
  for (const std::uint32_t unknown : {0u, handle + 1, UINT32_MAX})
    CHECK_EQ(export_buffer(device, unknown), -ENOENT);
}

TEST("prime: what is no dma-buf cannot be imported") {
  RawDevice device;
  std::uint32_t handle = 0;
  CHECK_EQ(import_buffer(device, -1, handle), -EBADF);
  CHECK_EQ(import_buffer(device, device.fd(), handle), -EINVAL);
}

TEST("prime: buffers of vgem") {
  const int fd = make_vgem_buffer(kBytes);
  check_foreign_buffer(fd);
  close(fd);
}

TEST("prime: buffers of udmabuf") {
  int memfd = -1;
  const int fd = make_udmabuf(kBytes, memfd);
  check_foreign_buffer(fd);
  close(fd);
  // The memory is the memfd's, before and after.
  const MappedFile memory(memfd, kBytes);
  Client client;
  const auto expected = client.make_buffer(kBytes);
  fill(expected->bytes(), 2);
  CHECK(std::ranges::equal(memory.bytes(), expected->bytes()));
  close(memfd);
}

TEST("prime: buffers of the system heap") {
  const int fd = make_heap_buffer(kBytes);
  check_foreign_buffer(fd);
  close(fd);
}

TEST("prime: a foreign buffer whose exporter has gone") {
  int memfd = -1;
  const int fd = make_udmabuf(kBytes, memfd);
  Client client;
  std::uint32_t handle = 0;
  REQUIRE_EQ(import_buffer(client.device(), fd, handle), 0);
  const std::uint64_t va = client.bind_buffer(handle, kBytes);
  {
    const MappedFile memory(memfd, kBytes);
    fill(memory.bytes(), 5);
  }
  close(memfd);
  close(fd);
  const auto target = client.make_buffer(kBytes);
  const auto expected = client.make_buffer(kBytes);
  fill(expected->bytes(), 5);
  CHECK_EQ(client.run(Commands().copy(va, target->va, kBytes)), 1);
  CHECK(std::ranges::equal(target->bytes(), expected->bytes()));
}

TEST("prime: a dma-buf goes to another process") {
  Client client;
  const auto buffer = client.make_buffer(kBytes);
  fill(buffer->bytes(), 6);
  const int fd = export_buffer(client.device(), buffer->memory.handle());
  REQUIRE(fd >= 0);
  Child child([&] {
    Client own;
    std::uint32_t handle = 0;
    REQUIRE_EQ(import_buffer(own.device(), fd, handle), 0);
    const std::uint64_t va = own.bind_buffer(handle, kBytes);
    CHECK_EQ(own.run(Commands().copy(va, va + kBytes / 2, kBytes / 2)), 1);
  });
  CHECK_EQ(child.wait(), 0);
  CHECK(std::ranges::equal(buffer->bytes().first(kBytes / 2), buffer->bytes().subspan(kBytes / 2)));
  close(fd);
}
