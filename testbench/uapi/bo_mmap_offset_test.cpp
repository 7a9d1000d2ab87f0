// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// DRM_IOCTL_KESTREL_BO_MMAP_OFFSET and mmap(): one thing wrong at a time.

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "buffers.hpp"
#include "ktap.hpp"

namespace {

struct MmapOffset {
  MmapOffset() { args.handle = device.make_buffer(4096); }
  int call() { return device.call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, &args); }

  RawDevice device;
  drm_kestrel_bo_mmap_offset args{};
};

int map_errno(const RawDevice& device, std::size_t size_bytes, std::uint64_t offset) {
  void* const address = mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, device.fd(),
                             static_cast<off_t>(offset));
  if (address == MAP_FAILED)
    return -errno;
  munmap(address, size_bytes);
  return 0;
}

}  // namespace

TEST("bo_mmap_offset: the offset is the same each time") {
  MmapOffset first;
  CHECK_EQ(first.call(), 0);
  const std::uint64_t offset = first.args.offset;
  CHECK_EQ(first.call(), 0);
  CHECK_EQ(first.args.offset, offset);
  CHECK_EQ(map_errno(first.device, 4096, offset), 0);
}

TEST("bo_mmap_offset: what was in offset does not matter") {
  MmapOffset query;
  query.args.offset = UINT64_MAX;
  CHECK_EQ(query.call(), 0);
  CHECK_EQ(map_errno(query.device, 4096, query.args.offset), 0);
}

TEST("bo_mmap_offset: an unknown handle is ENOENT") {
  MmapOffset query;
  for (const std::uint32_t handle : {0u, query.args.handle + 1, UINT32_MAX}) {
    query.args.handle = handle;
    CHECK_EQ(query.call(), -ENOENT);
  }
}

TEST("bo_mmap_offset: padding that is not zero is EINVAL") {
  MmapOffset query;
  for (const std::uint32_t pad : {1u, 0x80000000u}) {
    query.args.pad = pad;
    CHECK_EQ(query.call(), -EINVAL);
  }
}

TEST("bo_mmap_offset: a buffer of another file of the device is the device's own") {
  MmapOffset query;
  RawDevice exporter;
  MappedBuffer theirs(exporter, 4096);
  fill(theirs.bytes(), 1);
  const int fd = export_buffer(exporter, theirs.handle());
  REQUIRE(fd >= 0);
  REQUIRE_EQ(import_buffer(query.device, fd, query.args.handle), 0);
  close(fd);
  REQUIRE_EQ(query.call(), 0);
  MappedFile ours(query.device.fd(), 4096, query.args.offset);
  CHECK(std::ranges::equal(ours.bytes(), theirs.bytes()));
}

TEST("bo_mmap_offset: another file cannot map the buffer") {
  MmapOffset query;
  REQUIRE_EQ(query.call(), 0);
  RawDevice other;
  CHECK_EQ(map_errno(other, 4096, query.args.offset), -EACCES);
}

TEST("bo_mmap_offset: a mapping beyond the buffer is EINVAL") {
  MmapOffset query;
  REQUIRE_EQ(query.call(), 0);
  CHECK_EQ(map_errno(query.device, 8192, query.args.offset), -EINVAL);
}

TEST("bo_mmap_offset: a mapping at an offset that nobody has is EINVAL") {
  MmapOffset query;
  REQUIRE_EQ(query.call(), 0);
  CHECK_EQ(map_errno(query.device, 4096, query.args.offset + 4096), -EINVAL);
  CHECK_EQ(map_errno(query.device, 4096, 0), -EINVAL);
}

TEST("bo_mmap_offset: a closed buffer can be mapped no more") {
  MmapOffset query;
  REQUIRE_EQ(query.call(), 0);
  REQUIRE_EQ(query.device.close_buffer(query.args.handle), 0);
  CHECK_EQ(map_errno(query.device, 4096, query.args.offset), -EINVAL);
  CHECK_EQ(query.call(), -ENOENT);
}

TEST("bo_mmap_offset: a bad argument pointer is EFAULT") {
  RawDevice device;
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, reinterpret_cast<void*>(bad_pointer())),
           -EFAULT);
}
