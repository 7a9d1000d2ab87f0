// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What jobs wait for and signal.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "ktap.hpp"
#include "raw_device.hpp"

TEST("sync: all out-syncobjs signal") {
  RawDevice device;
  const std::uint32_t src = device.make_buffer(4096);
  const std::uint32_t dst = device.make_buffer(4096);
  Submission submission = one_copy(src, 0, dst, 0, 100, device.make_syncobj());
  for (int i = 0; i < 4; ++i)
    submission.out_syncs.push_back({device.make_syncobj(), 0});
  REQUIRE_EQ(submission.submit(device), 0);
  for (const drm_kestrel_sync& sync : submission.out_syncs) {
    CHECK_EQ(device.wait_syncobj(sync.handle), 0);
    CHECK_EQ(device.job_status(sync.handle), 1);
  }
}

TEST("sync: a job may signal nothing") {
  RawDevice device;
  MappedBuffer src(device, 4096);
  MappedBuffer dst(device, 4096);
  fill(src.bytes(), 1);
  Submission silent = one_copy(src.handle(), 0, dst.handle(), 0, 4096, 0);
  silent.out_syncs.clear();
  REQUIRE_EQ(silent.submit(device), 0);

  // Jobs of one file run in order, so a second one tells when the first has ended.
  const std::uint32_t done = device.make_syncobj();
  REQUIRE_EQ(one_copy(src.handle(), 0, dst.handle(), 0, 1, done).submit(device), 0);
  CHECK_EQ(device.wait_syncobj(done), 0);
  CHECK(std::ranges::equal(dst.bytes(), src.bytes()));
}

TEST("sync: a job waits for the jobs of another file") {
  RawDevice first;
  RawDevice second;
  constexpr std::uint64_t kBytes = 128 * 4096;
  MappedBuffer original(first, kBytes);
  MappedBuffer middle(first, kBytes);
  fill(original.bytes(), 2);

  // The second file gets the buffer in the middle, and the first one's syncobj, as descriptors.
  drm_prime_handle prime{};
  prime.handle = middle.handle();
  prime.flags = O_CLOEXEC | O_RDWR;
  REQUIRE_EQ(first.call(DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime), 0);
  REQUIRE_EQ(second.call(DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime), 0);
  close(prime.fd);
  const std::uint32_t half_way = first.make_syncobj();
  drm_syncobj_handle sync{};
  sync.handle = half_way;
  REQUIRE_EQ(first.call(DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &sync), 0);
  REQUIRE_EQ(second.call(DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &sync), 0);
  close(sync.fd);

  MappedBuffer copy(second, kBytes);
  REQUIRE_EQ(one_copy(original.handle(), 0, middle.handle(), 0, kBytes, half_way).submit(first), 0);
  const std::uint32_t done = second.make_syncobj();
  Submission chained = one_copy(prime.handle, 0, copy.handle(), 0, kBytes, done);
  chained.in_syncs = {{sync.handle, 0}};
  REQUIRE_EQ(chained.submit(second), 0);

  CHECK_EQ(second.wait_syncobj(done), 0);
  CHECK_EQ(second.job_status(done), 1);
  CHECK(std::ranges::equal(copy.bytes(), original.bytes()));
}

TEST("sync: a syncobj can be waited for and signalled by one job") {
  RawDevice device;
  const std::uint32_t src = device.make_buffer(4096);
  const std::uint32_t dst = device.make_buffer(4096);
  const std::uint32_t both = device.make_syncobj(DRM_SYNCOBJ_CREATE_SIGNALED);
  Submission submission = one_copy(src, 0, dst, 0, 100, both);
  submission.in_syncs = submission.out_syncs;
  for (int i = 0; i < 3; ++i)
    REQUIRE_EQ(submission.submit(device), 0);
  CHECK_EQ(device.wait_syncobj(both), 0);
  CHECK_EQ(device.job_status(both), 1);
}

TEST("sync: jobs of one file run in order") {
  RawDevice device;
  constexpr std::size_t kSteps = 20;
  constexpr std::size_t kBytes = 1000;
  MappedBuffer buffer(device, (kSteps + 1) * kBytes);
  fill(buffer.bytes().first(kBytes), 3);
  const std::uint32_t done = device.make_syncobj();
  for (std::size_t i = 0; i < kSteps; ++i) {
    REQUIRE_EQ(
        one_copy(buffer.handle(), i * kBytes, buffer.handle(), (i + 1) * kBytes, kBytes, done)
            .submit(device),
        0);
  }
  CHECK_EQ(device.wait_syncobj(done), 0);
  CHECK(std::ranges::equal(buffer.bytes().last(kBytes), buffer.bytes().first(kBytes)));
}
