// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// DRM_IOCTL_KESTREL_BO_SYNC: one thing wrong at a time.

#include <algorithm>
#include <cerrno>

#include "client.hpp"
#include "ktap.hpp"

namespace {

constexpr std::uint64_t kBytes = 4 * kPageBytes;

struct Sync {
  Sync() {
    args.handle = device.make_buffer(kBytes);
    args.flags = DRM_KESTREL_BO_SYNC_TO_DEVICE;
    args.size = kBytes;
  }
  int call() { return device.call(DRM_IOCTL_KESTREL_BO_SYNC, &args); }

  RawDevice device;
  drm_kestrel_bo_sync args{};
};

}  // namespace

TEST("bo_sync: any part of a buffer can be handed either way, or both") {
  Sync sync;
  for (const std::uint32_t flags :
       {DRM_KESTREL_BO_SYNC_TO_DEVICE | 0, DRM_KESTREL_BO_SYNC_TO_CPU | 0,
        DRM_KESTREL_BO_SYNC_TO_DEVICE | DRM_KESTREL_BO_SYNC_TO_CPU}) {
    sync.args.flags = flags;
    for (const auto& [offset, size] :
         {std::pair<std::uint64_t, std::uint64_t>{0, kBytes}, {0, 1}, {kBytes - 1, 1}, {100, 77}}) {
      sync.args.offset = offset;
      sync.args.size = size;
      CHECK_EQ(sync.call(), 0);
    }
  }
}

TEST("bo_sync: an unknown handle is ENOENT") {
  Sync sync;
  for (const std::uint32_t handle : {0u, sync.args.handle + 1, UINT32_MAX}) {
    sync.args.handle = handle;
    CHECK_EQ(sync.call(), -ENOENT);
  }
}

TEST("bo_sync: a closed handle is ENOENT") {
  Sync sync;
  REQUIRE_EQ(sync.device.close_buffer(sync.args.handle), 0);
  CHECK_EQ(sync.call(), -ENOENT);
}

TEST("bo_sync: no direction, and an unknown flag, are EINVAL") {
  Sync sync;
  sync.args.flags = 0;
  CHECK_EQ(sync.call(), -EINVAL);
  for (unsigned bit = 2; bit < 32; ++bit) {
    sync.args.flags = DRM_KESTREL_BO_SYNC_TO_DEVICE | 1u << bit;
    CHECK_EQ(sync.call(), -EINVAL);
  }
}

TEST("bo_sync: no bytes is EINVAL") {
  Sync sync;
  sync.args.size = 0;
  CHECK_EQ(sync.call(), -EINVAL);
}

TEST("bo_sync: a range that leaves the buffer is EINVAL") {
  Sync sync;
  for (const auto& [offset, size] : {std::pair<std::uint64_t, std::uint64_t>{0, kBytes + 1},
                                     {1, kBytes},
                                     {kBytes, 1},
                                     {kBytes - 1, 2},
                                     {0, UINT64_MAX},
                                     {1, UINT64_MAX},
                                     {UINT64_MAX, 1},
                                     {UINT64_MAX, UINT64_MAX},
                                     {UINT64_MAX - kPageBytes + 1, kPageBytes}}) {
    sync.args.offset = offset;
    sync.args.size = size;
    CHECK_EQ(sync.call(), -EINVAL);
  }
}

TEST("bo_sync: what it hands over is what is there") {
  Client client;
  const auto from = client.make_buffer(kBytes);
  const auto to = client.make_buffer(kBytes);
  drm_kestrel_bo_sync args{};
  args.size = kBytes;
  for (unsigned lap = 0; lap < 3; ++lap) {
    fill(from->bytes(), lap);
    args.handle = from->memory.handle();
    args.flags = DRM_KESTREL_BO_SYNC_TO_DEVICE;
    CHECK_EQ(client.device().call(DRM_IOCTL_KESTREL_BO_SYNC, &args), 0);
    CHECK_EQ(client.run(Commands().copy(from->va, to->va, kBytes)), 1);
    args.handle = to->memory.handle();
    args.flags = DRM_KESTREL_BO_SYNC_TO_CPU;
    CHECK_EQ(client.device().call(DRM_IOCTL_KESTREL_BO_SYNC, &args), 0);
    CHECK(std::ranges::equal(to->bytes(), from->bytes()));
  }
}

TEST("bo_sync: a job that runs is not waited for") {
  Client client;
  const auto buffer = client.make_buffer(kBytes);
  const std::uint32_t done = client.start(Commands().hang());
  drm_kestrel_bo_sync args{};
  args.handle = buffer->memory.handle();
  args.flags = DRM_KESTREL_BO_SYNC_TO_CPU;
  args.size = kBytes;
  CHECK_EQ(client.device().call(DRM_IOCTL_KESTREL_BO_SYNC, &args), 0);
  CHECK_EQ(job_status(client.device(), done), 0);
}

TEST("bo_sync: a bad argument pointer is EFAULT") {
  RawDevice device;
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_BO_SYNC, reinterpret_cast<void*>(bad_pointer())), -EFAULT);
}
