// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Several open files: what is theirs stays theirs, and closing one ends its jobs only.

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

#include "ktap.hpp"
#include "raw_device.hpp"

TEST("files: a handle of another file is ENOENT") {
  RawDevice one;
  RawDevice other;
  const std::uint32_t mine = one.make_buffer(4096);
  // Move the other file's handles out of the way of chance.
  for (int i = 0; i < 3; ++i)
    other.make_buffer(4096);
  const std::uint32_t theirs = other.make_buffer(4096);
  REQUIRE(theirs != mine);

  const std::uint32_t done = one.make_syncobj();
  CHECK_EQ(one_copy(theirs, 0, mine, 0, 1, done).submit(one), -ENOENT);
  CHECK_EQ(one_copy(mine, 0, theirs, 0, 1, done).submit(one), -ENOENT);
}

TEST("files: two files copy at the same time") {
  RawDevice devices[2];
  constexpr std::uint64_t kBytes = 32 * 4096;
  std::vector<std::unique_ptr<MappedBuffer>> sources, destinations;
  std::vector<std::uint32_t> done;
  for (unsigned i = 0; i < 2; ++i) {
    sources.push_back(std::make_unique<MappedBuffer>(devices[i], kBytes));
    destinations.push_back(std::make_unique<MappedBuffer>(devices[i], kBytes));
    fill(sources[i]->bytes(), 10 + i);
    done.push_back(devices[i].make_syncobj());
  }
  for (int lap = 0; lap < 4; ++lap) {
    for (std::size_t i = 0; i < 2; ++i) {
      REQUIRE_EQ(one_copy(sources[i]->handle(), 0, destinations[i]->handle(), 0, kBytes, done[i])
                     .submit(devices[i]),
                 0);
    }
  }
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK_EQ(devices[i].wait_syncobj(done[i]), 0);
    CHECK_EQ(devices[i].job_status(done[i]), 1);
    CHECK(std::ranges::equal(destinations[i]->bytes(), sources[i]->bytes()));
  }
}

TEST("files: closing one with jobs under way leaves the other's alone") {
  RawDevice stays;
  constexpr std::uint64_t kBytes = 64 * 4096;
  MappedBuffer src(stays, kBytes);
  MappedBuffer dst(stays, kBytes);
  fill(src.bytes(), 20);
  const std::uint32_t done = stays.make_syncobj();
  {
    RawDevice goes;
    const std::uint32_t from = goes.make_buffer(kBytes);
    const std::uint32_t to = goes.make_buffer(kBytes);
    for (int i = 0; i < 8; ++i) {
      REQUIRE_EQ(one_copy(from, 0, to, 0, kBytes, goes.make_syncobj()).submit(goes), 0);
    }
    REQUIRE_EQ(one_copy(src.handle(), 0, dst.handle(), 0, kBytes, done).submit(stays), 0);
  }
  CHECK_EQ(stays.wait_syncobj(done), 0);
  CHECK_EQ(stays.job_status(done), 1);
  CHECK(std::ranges::equal(dst.bytes(), src.bytes()));
}
