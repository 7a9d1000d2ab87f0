// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// DRM_IOCTL_KESTREL_BO_CREATE: one thing wrong at a time.

#include <algorithm>
#include <cerrno>

#include "ktap.hpp"
#include "raw_device.hpp"

namespace {

struct Create {
  Create() { args.size = 4096; }
  int call() { return device.call(DRM_IOCTL_KESTREL_BO_CREATE, &args); }

  RawDevice device;
  drm_kestrel_bo_create args{};
};

}  // namespace

TEST("bo_create: sizes are rounded up to whole pages") {
  for (const auto& [wanted, given] :
       {std::pair{1ull, 4096ull}, {4096ull, 4096ull}, {4097ull, 8192ull}}) {
    Create create;
    create.args.size = wanted;
    CHECK_EQ(create.call(), 0);
    CHECK_EQ(create.args.size, given);
    CHECK(create.args.handle != 0);
  }
}

TEST("bo_create: a size of 0 is EINVAL") {
  Create create;
  create.args.size = 0;
  CHECK_EQ(create.call(), -EINVAL);
}

TEST("bo_create: a size above the limit is EINVAL") {
  Create create;
  for (const std::uint64_t size : {create.device.info().bo_bytes_max + 1, ~__u64{0}}) {
    create.args.size = size;
    CHECK_EQ(create.call(), -EINVAL);
  }
}

TEST("bo_create: any flag is EINVAL") {
  Create create;
  for (unsigned bit = 0; bit < 32; ++bit) {
    create.args.flags = 1u << bit;
    CHECK_EQ(create.call(), -EINVAL);
  }
}

TEST("bo_create: what was in handle does not matter") {
  Create create;
  create.args.handle = UINT32_MAX;
  CHECK_EQ(create.call(), 0);
  CHECK(create.args.handle != UINT32_MAX);
}

TEST("bo_create: a new buffer is zero") {
  RawDevice device;
  {
    MappedBuffer old(device, 64 * 4096);
    std::ranges::fill(old.bytes(), 0xff);
    CHECK_EQ(device.close_buffer(old.handle()), 0);
  }
  MappedBuffer buffer(device, 64 * 4096);
  CHECK(std::ranges::all_of(buffer.bytes(), [](std::uint8_t byte) { return byte == 0; }));
}

TEST("bo_create: a mapping outlives its handle") {
  RawDevice device;
  MappedBuffer buffer(device, 4096);
  buffer.bytes()[5] = 42;
  CHECK_EQ(device.close_buffer(buffer.handle()), 0);
  CHECK_EQ(buffer.bytes()[5], 42u);
}

TEST("bo_create: a handle is closed once") {
  RawDevice device;
  const std::uint32_t handle = device.make_buffer(4096);
  CHECK_EQ(device.close_buffer(handle), 0);
  CHECK_EQ(device.close_buffer(handle), -EINVAL);
}
