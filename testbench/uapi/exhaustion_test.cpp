// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Everything that there is a limited number of: taking it all, the error, and that it comes back.

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>
#include <vector>

#include "child.hpp"
#include "client.hpp"
#include "ktap.hpp"

namespace {

int try_queue(const RawDevice& device, std::uint32_t vm, std::uint32_t& id) {
  drm_kestrel_queue_create args{};
  args.vm_id = vm;
  args.priority = DRM_KESTREL_QUEUE_PRIORITY_MEDIUM;
  const int result = device.call(DRM_IOCTL_KESTREL_QUEUE_CREATE, &args);
  id = args.id;
  return result;
}

}  // namespace

TEST("exhaustion: the queues of the device, in one VM") {
  RawDevice device;
  const std::uint32_t count = device.info().queue_count;
  const std::uint32_t vm = device.make_vm();
  std::vector<std::uint32_t> queues(count);
  for (std::uint32_t& queue : queues)
    REQUIRE_EQ(try_queue(device, vm, queue), 0);
  std::uint32_t more = 0;
  CHECK_EQ(try_queue(device, vm, more), -ENOSPC);
  CHECK_EQ(try_queue(RawDevice(), 1, more), -ENOENT);

  // Another file does not find one either, until one goes.
  RawDevice other;
  const std::uint32_t other_vm = other.make_vm();
  CHECK_EQ(try_queue(other, other_vm, more), -ENOSPC);
  CHECK_EQ(device.destroy_queue(queues[count / 2]), 0);
  CHECK_EQ(try_queue(other, other_vm, more), 0);
  CHECK_EQ(try_queue(device, vm, more), -ENOSPC);
}

TEST("exhaustion: VMs with queues") {
  RawDevice device;
  const drm_kestrel_info info = device.info();
  const std::uint32_t count = std::min(info.vm_count, info.queue_count);
  std::vector<std::uint32_t> vms, queues(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    vms.push_back(device.make_vm());
    REQUIRE_EQ(try_queue(device, vms[i], queues[i]), 0);
  }
  const std::uint32_t vm = device.make_vm();
  std::uint32_t more = 0;
  CHECK_EQ(try_queue(device, vm, more), -ENOSPC);
  // A second queue in a VM that has one takes none of the VMs.
  if (info.queue_count > count) {
    CHECK_EQ(try_queue(device, vms[0], more), 0);
    CHECK_EQ(device.destroy_queue(more), 0);
  }
  // A VM stops counting when its last queue goes.
  CHECK_EQ(device.destroy_queue(queues[0]), 0);
  CHECK_EQ(try_queue(device, vm, more), 0);
}

TEST("exhaustion: all queues at work at once") {
  RawDevice counting;
  const drm_kestrel_info info = counting.info();
  std::vector<std::unique_ptr<Client>> clients;
  for (std::uint32_t i = 0; i < std::min(info.vm_count, info.queue_count); ++i)
    clients.push_back(std::make_unique<Client>());
  std::vector<std::unique_ptr<ClientBuffer>> sources, targets;
  std::vector<std::uint32_t> done;
  constexpr std::uint64_t kBytes = 4 * kPageBytes;
  for (unsigned i = 0; i < clients.size(); ++i) {
    sources.push_back(clients[i]->make_buffer(kBytes));
    targets.push_back(clients[i]->make_buffer(kBytes));
    fill(sources[i]->bytes(), i);
    done.push_back(clients[i]->start(Commands().copy(sources[i]->va, targets[i]->va, kBytes)));
  }
  for (std::size_t i = 0; i < clients.size(); ++i) {
    CHECK_EQ(clients[i]->finish(done[i]), 1);
    CHECK(std::ranges::equal(sources[i]->bytes(), targets[i]->bytes()));
  }
}

TEST("exhaustion: many VMs without queues") {
  RawDevice device;
  std::set<std::uint32_t> vms;
  for (int i = 0; i < 500; ++i)
    vms.insert(device.make_vm());
  CHECK_EQ(vms.size(), 500u);
  for (const std::uint32_t vm : vms)
    CHECK_EQ(device.destroy_vm(vm), 0);
}

TEST("exhaustion: many handles, all closed by closing the file") {
  {
    RawDevice device;
    for (int i = 0; i < 2'000; ++i)
      device.make_buffer(kPageBytes);
  }
  check_that_device_works();
}

TEST("exhaustion: no descriptor left to export a buffer to is EMFILE") {
  Child child([] {
    RawDevice device;
    const std::uint32_t handle = device.make_buffer(kPageBytes);
    const int next = dup(device.fd());
    close(next);
    const rlimit limit{.rlim_cur = static_cast<rlim_t>(next),
                       .rlim_max = static_cast<rlim_t>(next)};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK_EQ(export_buffer(device, handle), -EMFILE);
    CHECK_EQ(device.close_buffer(handle), 0);
  });
  CHECK_EQ(child.wait(), 0);
}

TEST("exhaustion: no address space left to map a buffer into is ENOMEM") {
  Child child([] {
    RawDevice device;
    const std::uint64_t offset = mmap_offset(device, device.make_buffer(64 * kPageBytes));
    const rlimit limit{.rlim_cur = kPageBytes, .rlim_max = kPageBytes};
    REQUIRE(setrlimit(RLIMIT_AS, &limit) == 0);
    void* const address = mmap(nullptr, 64 * kPageBytes, PROT_READ, MAP_SHARED, device.fd(),
                               static_cast<off_t>(offset));
    CHECK(address == MAP_FAILED);
    CHECK_EQ(errno, ENOMEM);
  });
  CHECK_EQ(child.wait(), 0);
}

TEST("exhaustion: memory for buffers") {
  // The kernel may end the process that takes it all, but the call's answer comes first.
  Child child([] {
    write_file("/proc/self/oom_score_adj", "1000");
    Client client;
    constexpr std::uint64_t kBytes = 16u << 20;
    std::vector<std::uint32_t> handles;
    int result = 0;
    while (handles.size() < 100'000) {
      drm_kestrel_bo_create create{};
      create.size = kBytes;
      result = client.device().call(DRM_IOCTL_KESTREL_BO_CREATE, &create);
      if (result != 0)
        break;
      handles.push_back(create.handle);
      // Binding needs the pages, wherever creating only promised them.
      result = client.device().map(client.vm(), create.handle, client.take_va(kBytes), kBytes);
      if (result != 0)
        break;
    }
    CHECK_EQ(result, -ENOMEM);
    for (const std::uint32_t handle : handles)
      CHECK_EQ(client.device().close_buffer(handle), 0);
  });
  CHECK_EQ(child.wait(), 0);
  check_that_device_works();
}

TEST("exhaustion: one buffer larger than the memory") {
  Child child([] {
    write_file("/proc/self/oom_score_adj", "1000");
    RawDevice device;
    const auto pages = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES));
    const std::uint64_t bytes = (pages + pages / 4) * kPageBytes;
    if (bytes > device.info().bo_bytes_max)
      return;
    drm_kestrel_bo_create create{};
    create.size = bytes;
    int result = device.call(DRM_IOCTL_KESTREL_BO_CREATE, &create);
    if (result == 0) {
      // Promised only: the pages are not there to be bound.
      result = device.map(device.make_vm(), create.handle, 0, create.size);
    }
    CHECK_EQ(result, -ENOMEM);
  });
  CHECK_EQ(child.wait(), 0);
  check_that_device_works();
}

TEST("exhaustion: one page in thousands of places, and tables for each") {
  Client client;
  const std::uint32_t handle = client.device().make_buffer(kPageBytes);
  // Each needs a table of its own on the way; they begin above the client's own addresses.
  for (std::uint64_t i = 2; i <= 1'001; ++i)
    REQUIRE_EQ(client.device().map(client.vm(), handle, i << 36, kPageBytes), 0);
  for (const std::uint64_t i : {2, 500, 1'001})
    CHECK_EQ(client.run(Commands().load(i << 36, 0, 64)), 1);
  CHECK_EQ(client.device().unmap(client.vm(), std::uint64_t{2} << 36, std::uint64_t{1'000} << 36),
           0);
  client.check_that_it_works();
}

TEST("exhaustion: thousands of jobs under way") {
  Client client;
  const Job job = client.job(Commands().barrier());
  std::uint32_t last = 0;
  for (int i = 0; i < 3'000; ++i) {
    if (i % 100 == 99) {
      last = client.start(job);
    } else {
      REQUIRE_EQ(job.submit(client.device()), 0);
    }
  }
  CHECK_EQ(client.finish(last), 1);
  CHECK_EQ(client.device().queue_state(client.queue()).jobs, 3'000u);
}
