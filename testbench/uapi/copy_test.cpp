// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What copies do to memory.

#include <algorithm>
#include <vector>

#include "ktap.hpp"
#include "raw_device.hpp"

namespace {

void run(const RawDevice& device, Submission submission) {
  const std::uint32_t done = device.make_syncobj();
  submission.out_syncs = {{done, 0}};
  REQUIRE_EQ(submission.submit(device), 0);
  REQUIRE_EQ(device.wait_syncobj(done), 0);
  REQUIRE_EQ(device.job_status(done), 1);
  CHECK_EQ(device.destroy_syncobj(done), 0);
}

}  // namespace

TEST("copy: every alignment and length near the bus width") {
  RawDevice device;
  MappedBuffer src(device, 4096);
  MappedBuffer dst(device, 4096);
  fill(src.bytes(), 1);

  // One job for each length, its copies side by side at every pair of offsets that matters.
  for (const std::uint64_t length : {1u, 2u, 3u, 15u, 16u, 17u, 33u}) {
    std::vector<std::uint8_t> expected(4096);
    std::ranges::fill(dst.bytes(), 0);
    Submission submission;
    for (std::uint64_t from = 0; from < 16; from += 5) {
      for (std::uint64_t to = 0; to < 16; to += 3) {
        const std::uint64_t place = 64 * submission.copies.size() + to;
        submission.copies.push_back(
            one_copy(src.handle(), 100 + from, dst.handle(), place, length, 0).copies[0]);
        std::copy_n(src.bytes().begin() + 100 + static_cast<std::ptrdiff_t>(from), length,
                    expected.begin() + static_cast<std::ptrdiff_t>(place));
      }
    }
    run(device, submission);
    CHECK(std::ranges::equal(dst.bytes(), expected));
  }
}

TEST("copy: a copy across many pages, none of them aligned") {
  RawDevice device;
  constexpr std::uint64_t kBytes = 64 * 4096;
  MappedBuffer src(device, kBytes);
  MappedBuffer dst(device, kBytes);
  fill(src.bytes(), 2);
  std::vector<std::uint8_t> expected(kBytes);
  std::copy(src.bytes().begin() + 4095, src.bytes().end() - 4, expected.begin() + 1);

  run(device, one_copy(src.handle(), 4095, dst.handle(), 1, kBytes - 4099, 0));
  CHECK(std::ranges::equal(dst.bytes(), expected));
}

TEST("copy: the largest job") {
  RawDevice device;
  const std::uint64_t bytes = device.info().job_bytes_max;
  MappedBuffer src(device, bytes);
  MappedBuffer dst(device, bytes);
  fill(src.bytes(), 3);
  run(device, one_copy(src.handle(), 0, dst.handle(), 0, bytes, 0));
  CHECK(std::ranges::equal(dst.bytes(), src.bytes()));
}

TEST("copy: within one buffer") {
  RawDevice device;
  MappedBuffer buffer(device, 8192);
  fill(buffer.bytes(), 4);
  std::vector<std::uint8_t> expected(buffer.bytes().begin(), buffer.bytes().end());
  std::copy_n(expected.begin() + 7, 4000, expected.begin() + 4050);
  run(device, one_copy(buffer.handle(), 7, buffer.handle(), 4050, 4000, 0));
  CHECK(std::ranges::equal(buffer.bytes(), expected));
}

TEST("copy: more jobs than the ring holds") {
  RawDevice device;
  constexpr std::uint32_t kJobs = 400;
  MappedBuffer src(device, 4096);
  MappedBuffer dst(device, 4096);
  fill(src.bytes(), 5);

  // The ring holds 128 jobs, so these lap it three times.
  const std::uint32_t done = device.make_syncobj();
  for (std::uint32_t job = 0; job < kJobs; ++job) {
    REQUIRE_EQ(one_copy(src.handle(), job, dst.handle(), job, 1, done).submit(device), 0);
  }
  CHECK_EQ(device.wait_syncobj(done), 0);
  CHECK_EQ(device.job_status(done), 1);
  CHECK(std::equal(src.bytes().begin(), src.bytes().begin() + kJobs, dst.bytes().begin()));
}

TEST("copy: the most copies that a job may have") {
  RawDevice device;
  const drm_kestrel_info info = device.info();
  MappedBuffer src(device, 4096);
  MappedBuffer dst(device, 4096);
  fill(src.bytes(), 7);

  Submission submission;
  for (std::uint32_t i = 0; i < info.job_copies_max; ++i) {
    submission.copies.push_back(
        one_copy(src.handle(), i % 4096, dst.handle(), i % 4096, 1, 0).copies[0]);
  }
  run(device, submission);
  const auto copied = std::min<std::ptrdiff_t>(info.job_copies_max, 4096);
  CHECK(std::equal(src.bytes().begin(), src.bytes().begin() + copied, dst.bytes().begin()));
}

TEST("copy: a buffer that is closed while its job runs") {
  RawDevice device;
  MappedBuffer src(device, 64 * 4096);
  MappedBuffer dst(device, 64 * 4096);
  fill(src.bytes(), 6);
  const std::uint32_t done = device.make_syncobj();
  REQUIRE_EQ(one_copy(src.handle(), 0, dst.handle(), 0, 64 * 4096, done).submit(device), 0);
  CHECK_EQ(device.close_buffer(src.handle()), 0);
  CHECK_EQ(device.close_buffer(dst.handle()), 0);
  CHECK_EQ(device.wait_syncobj(done), 0);
  CHECK(std::ranges::equal(dst.bytes(), src.bytes()));
}
