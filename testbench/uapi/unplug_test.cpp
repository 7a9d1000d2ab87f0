// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The device is reset or taken away while files are open and jobs are under way.

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "ktap.hpp"
#include "raw_device.hpp"

namespace {

/// Enough that a job takes the device longer than submitting it takes the processor.
constexpr std::uint64_t kBytes = 128 * 4096;
constexpr std::size_t kJobs = 64;

/// Jobs that keep the device busy for a while, each of which says how it ended.
struct Load {
  Load() {
    fill(src.bytes(), 30);
    for (std::size_t i = 0; i < kJobs; ++i) {
      done.push_back(device.make_syncobj());
      REQUIRE_EQ(one_copy(src.handle(), 0, dst.handle(), 0, kBytes, done.back()).submit(device), 0);
    }
  }

  RawDevice device;
  MappedBuffer src{device, kBytes};
  MappedBuffer dst{device, kBytes};
  std::vector<std::uint32_t> done;
};

/// Takes the driver from the device, and gives it back when it goes.
class Unbound {
 public:
  Unbound() : folder_(pci_folder()), name_(folder_.substr(folder_.rfind('/') + 1)) {
    REQUIRE_EQ(write_file(folder_ + "/driver/unbind", name_), 0);
  }
  Unbound(const Unbound&) = delete;
  Unbound& operator=(const Unbound&) = delete;
  ~Unbound() { CHECK_EQ(write_file("/sys/bus/pci/drivers/kestrel/bind", name_), 0); }

 private:
  std::string folder_;
  std::string name_;
};

/// Copies something through a newly opened file.
void check_that_it_works() {
  RawDevice device;
  MappedBuffer src(device, 4096);
  MappedBuffer dst(device, 4096);
  fill(src.bytes(), 31);
  const std::uint32_t done = device.make_syncobj();
  REQUIRE_EQ(one_copy(src.handle(), 0, dst.handle(), 0, 4096, done).submit(device), 0);
  CHECK_EQ(device.wait_syncobj(done), 0);
  CHECK_EQ(device.job_status(done), 1);
  CHECK(std::ranges::equal(dst.bytes(), src.bytes()));
}

}  // namespace

TEST("unplug: a function reset loses no job") {
  Load load;
  REQUIRE_EQ(write_file(pci_folder() + "/reset", "1"), 0);
  for (const std::uint32_t sync : load.done) {
    CHECK_EQ(load.device.wait_syncobj(sync), 0);
    CHECK_EQ(load.device.job_status(sync), 1);
  }
  CHECK(std::ranges::equal(load.dst.bytes(), load.src.bytes()));
}

TEST("unplug: an idle device works after a function reset") {
  REQUIRE_EQ(write_file(pci_folder() + "/reset", "1"), 0);
  check_that_it_works();
}

TEST("unplug: every call on a file whose device has gone is ENODEV") {
  RawDevice device;
  MappedBuffer buffer(device, 4096);
  const std::uint32_t sync = device.make_syncobj(DRM_SYNCOBJ_CREATE_SIGNALED);
  {
    const Unbound unbound;
    drm_kestrel_dev_query query{};
    drm_kestrel_bo_create create{};
    create.size = 4096;
    drm_kestrel_bo_mmap_offset offset{};
    offset.handle = buffer.handle();
    CHECK_EQ(device.call(DRM_IOCTL_KESTREL_DEV_QUERY, &query), -ENODEV);
    CHECK_EQ(device.call(DRM_IOCTL_KESTREL_BO_CREATE, &create), -ENODEV);
    CHECK_EQ(device.call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, &offset), -ENODEV);
    CHECK_EQ(one_copy(buffer.handle(), 0, buffer.handle(), 100, 1, sync).submit(device), -ENODEV);
    // The memory is the process's for as long as it wants it.
    buffer.bytes()[0] = 1;
    CHECK_EQ(buffer.bytes()[0], 1u);
  }
  check_that_it_works();
}

TEST("unplug: jobs under way when the device goes end") {
  Load load;
  // Their fences are had beforehand: the file takes no call any more afterwards.
  std::vector<SyncFile> fences;
  for (const std::uint32_t sync : load.done)
    fences.emplace_back(load.device, sync);
  {
    const Unbound unbound;
    std::size_t gone = 0;
    for (const SyncFile& fence : fences) {
      const int status = fence.wait();
      CHECK(status == 1 || status == -ENODEV);
      gone += status == -ENODEV;
    }
    CHECK(gone > 0);
  }
  check_that_it_works();
}

TEST("unplug: the device goes while jobs are under way and their file is closed") {
  {
    auto load = std::make_unique<Load>();
    const Unbound unbound;
    load.reset();
  }
  check_that_it_works();
}

TEST("unplug: a removed device comes back with a rescan") {
  Load load;
  std::vector<SyncFile> fences;
  for (const std::uint32_t sync : load.done)
    fences.emplace_back(load.device, sync);
  REQUIRE_EQ(write_file(pci_folder() + "/remove", "1"), 0);
  for (const SyncFile& fence : fences)
    CHECK(fence.wait() != 0);
  REQUIRE_EQ(write_file("/sys/bus/pci/rescan", "1"), 0);
  check_that_it_works();
}
