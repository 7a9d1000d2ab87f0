// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The device is reset or taken away while files are open and jobs are under way.

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "client.hpp"
#include "ktap.hpp"

namespace {

/// Enough that a job takes the device longer than submitting it takes the processor.
constexpr std::uint64_t kBytes = 128 * kPageBytes;
constexpr std::size_t kJobs = 64;

/// Jobs that keep the device busy for a while, each of which says how it ended.
struct Load {
  Load() {
    fill(from->bytes(), 30);
    const Job job = client.job(Commands().copy(from->va, to->va, kBytes));
    for (std::size_t i = 0; i < kJobs; ++i)
      done.push_back(client.start(job));
  }

  Client client;
  std::unique_ptr<ClientBuffer> from = client.make_buffer(kBytes);
  std::unique_ptr<ClientBuffer> to = client.make_buffer(kBytes);
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

/// Fences that can be asked when their file takes no call any more.
std::vector<SyncFile> fences_of(const Load& load) {
  std::vector<SyncFile> fences;
  for (const std::uint32_t sync : load.done)
    fences.emplace_back(load.client.device(), sync);
  return fences;
}

}  // namespace

TEST("unplug: jobs of a function reset end well or with ENODEV, and the file goes on") {
  Load load;
  REQUIRE_EQ(write_file(pci_folder() + "/reset", "1"), 0);
  std::size_t well = 0;
  for (const std::uint32_t sync : load.done) {
    CHECK_EQ(wait_syncobj(load.client.device(), sync), 0);
    const int status = job_status(load.client.device(), sync);
    CHECK(status == 1 || status == -ENODEV || status == -ECANCELED);
    well += status == 1;
  }
  if (well == kJobs)
    CHECK(std::ranges::equal(load.to->bytes(), load.from->bytes()));
  // The VM and its mappings have survived.
  if (load.client.device().queue_state(load.client.queue()).flags & DRM_KESTREL_QUEUE_LOST)
    load.client.renew_queue();
  load.client.check_that_it_works();
  check_that_device_works();
}

TEST("unplug: an idle device works after a function reset, for who was there before") {
  Client client;
  client.check_that_it_works();
  REQUIRE_EQ(write_file(pci_folder() + "/reset", "1"), 0);
  client.check_that_it_works();
  check_that_device_works();
}

TEST("unplug: every call on a file whose device has gone is ENODEV") {
  Client client;
  const RawDevice& device = client.device();
  MappedBuffer buffer(device, kPageBytes);
  const Job job = client.job(Commands().barrier());
  {
    const Unbound unbound;
    drm_kestrel_dev_query query{};
    drm_kestrel_bo_create create{};
    create.size = kPageBytes;
    drm_kestrel_bo_mmap_offset offset{};
    offset.handle = buffer.handle();
    drm_kestrel_bo_sync sync{};
    sync.handle = buffer.handle();
    sync.flags = DRM_KESTREL_BO_SYNC_TO_CPU;
    sync.size = kPageBytes;
    drm_kestrel_vm_create vm{};
    drm_kestrel_queue_create queue{};
    queue.vm_id = client.vm();
    drm_kestrel_queue_state state{};
    state.id = client.queue();
    drm_kestrel_counters counters{};
    counters.queue_id = client.queue();
    CHECK_EQ(device.call(DRM_IOCTL_KESTREL_DEV_QUERY, &query), -ENODEV);
    CHECK_EQ(device.call(DRM_IOCTL_KESTREL_BO_CREATE, &create), -ENODEV);
    CHECK_EQ(device.call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, &offset), -ENODEV);
    CHECK_EQ(device.call(DRM_IOCTL_KESTREL_BO_SYNC, &sync), -ENODEV);
    CHECK_EQ(device.call(DRM_IOCTL_KESTREL_VM_CREATE, &vm), -ENODEV);
    CHECK_EQ(device.map(client.vm(), buffer.handle(), 0, kPageBytes), -ENODEV);
    CHECK_EQ(device.unmap(client.vm(), 0, kPageBytes), -ENODEV);
    CHECK_EQ(device.call(DRM_IOCTL_KESTREL_QUEUE_CREATE, &queue), -ENODEV);
    CHECK_EQ(device.call(DRM_IOCTL_KESTREL_QUEUE_STATE, &state), -ENODEV);
    CHECK_EQ(job.submit(device), -ENODEV);
    CHECK_EQ(device.call(DRM_IOCTL_KESTREL_COUNTERS, &counters), -ENODEV);
    CHECK_EQ(device.destroy_queue(client.queue()), -ENODEV);
    CHECK_EQ(device.destroy_vm(client.vm()), -ENODEV);
    // The memory is the process's for as long as it wants it.
    buffer.bytes()[0] = 1;
    CHECK_EQ(buffer.bytes()[0], 1u);
  }
  check_that_device_works();
}

TEST("unplug: jobs under way when the device goes end") {
  Load load;
  // However slow the processor is, this one has not ended by then.
  load.done.push_back(load.client.start(Commands().hang()));
  const std::vector<SyncFile> fences = fences_of(load);
  {
    const Unbound unbound;
    for (const SyncFile& fence : fences) {
      const int status = fence.wait();
      CHECK(status == 1 || status == -ENODEV);
    }
    CHECK_EQ(fences.back().status(), -ENODEV);
  }
  check_that_device_works();
}

TEST("unplug: the device goes while jobs are under way and their file is closed") {
  {
    auto load = std::make_unique<Load>();
    const Unbound unbound;
    load.reset();
  }
  check_that_device_works();
}

TEST("unplug: a job that waits for another device's or file's ends when the device goes") {
  Client client, holder;
  const std::uint32_t held = holder.start(Commands().hang());
  Job job = client.job(Commands().barrier());
  job.in_syncs = {binary(share_syncobj(holder.device(), held, client.device()))};
  const SyncFile fence(client.device(), client.start(job));
  {
    const Unbound unbound;
    CHECK_EQ(fence.wait(), -ENODEV);
  }
  check_that_device_works();
}

TEST("unplug: a removed device comes back with a rescan") {
  Load load;
  load.done.push_back(load.client.start(Commands().hang()));
  const std::vector<SyncFile> fences = fences_of(load);
  REQUIRE_EQ(write_file(pci_folder() + "/remove", "1"), 0);
  for (const SyncFile& fence : fences)
    CHECK(fence.wait() != 0);
  CHECK_EQ(fences.back().status(), -ENODEV);
  REQUIRE_EQ(write_file("/sys/bus/pci/rescan", "1"), 0);
  check_that_device_works();
}
