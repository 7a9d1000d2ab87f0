// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// DRM_IOCTL_KESTREL_QUEUE_CREATE, QUEUE_DESTROY and QUEUE_STATE: one thing wrong at a time.

#include <linux/capability.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "child.hpp"
#include "client.hpp"
#include "ktap.hpp"

namespace {

struct Create {
  Create() {
    args.vm_id = device.make_vm();
    args.priority = DRM_KESTREL_QUEUE_PRIORITY_MEDIUM;
  }
  int call() { return device.call(DRM_IOCTL_KESTREL_QUEUE_CREATE, &args); }

  RawDevice device;
  drm_kestrel_queue_create args{};
};

}  // namespace

TEST("queue: each has a number of its own that is not zero") {
  Create create;
  std::set<std::uint32_t> ids;
  for (int i = 0; i < 4; ++i) {
    create.args.id = UINT32_MAX;
    REQUIRE_EQ(create.call(), 0);
    ids.insert(create.args.id);
  }
  CHECK_EQ(ids.size(), 4u);
  CHECK(!ids.contains(0) && !ids.contains(UINT32_MAX));
}

TEST("queue: an unknown VM is ENOENT") {
  Create create;
  const std::uint32_t vm = create.args.vm_id;
  for (const std::uint32_t id : {0u, vm + 1, UINT32_MAX}) {
    create.args.vm_id = id;
    CHECK_EQ(create.call(), -ENOENT);
  }
  REQUIRE_EQ(create.device.destroy_vm(vm), 0);
  create.args.vm_id = vm;
  CHECK_EQ(create.call(), -ENOENT);
}

TEST("queue: another file's VM is ENOENT") {
  Create create;
  RawDevice other;
  other.make_vm();
  create.args.vm_id = other.make_vm();
  CHECK_EQ(create.call(), -ENOENT);
}

TEST("queue: an unknown priority is EINVAL") {
  Create create;
  for (const std::uint32_t priority : {3u, 4u, 0x80000000u, UINT32_MAX}) {
    create.args.priority = priority;
    CHECK_EQ(create.call(), -EINVAL);
  }
}

TEST("queue: any flag is EINVAL") {
  Create create;
  for (unsigned bit = 0; bit < 32; ++bit) {
    create.args.flags = 1u << bit;
    CHECK_EQ(create.call(), -EINVAL);
  }
}

TEST("queue: queues of every priority work") {
  for (const std::uint32_t priority :
       {DRM_KESTREL_QUEUE_PRIORITY_LOW, DRM_KESTREL_QUEUE_PRIORITY_MEDIUM,
        DRM_KESTREL_QUEUE_PRIORITY_HIGH}) {
    Client(priority).check_that_it_works();
  }
}

TEST("queue: high priority without CAP_SYS_NICE is EACCES") {
  Create create;
  Child child([&] {
    drop_capability(CAP_SYS_NICE);
    create.args.priority = DRM_KESTREL_QUEUE_PRIORITY_HIGH;
    CHECK_EQ(create.call(), -EACCES);
    for (const std::uint32_t priority :
         {DRM_KESTREL_QUEUE_PRIORITY_LOW, DRM_KESTREL_QUEUE_PRIORITY_MEDIUM}) {
      create.args.priority = priority;
      CHECK_EQ(create.call(), 0);
    }
  });
  CHECK_EQ(child.wait(), 0);
  create.args.priority = DRM_KESTREL_QUEUE_PRIORITY_HIGH;
  CHECK_EQ(create.call(), 0);
}

TEST("queue: destroying one that does not exist is ENOENT") {
  Client client;
  const std::uint32_t queue = client.queue();
  for (const std::uint32_t id : {0u, queue + 1, UINT32_MAX})
    CHECK_EQ(client.device().destroy_queue(id), -ENOENT);
  CHECK_EQ(client.device().destroy_queue(queue), 0);
  CHECK_EQ(client.device().destroy_queue(queue), -ENOENT);
}

TEST("queue: destroying with padding that is not zero is EINVAL") {
  Client client;
  drm_kestrel_queue_destroy args{};
  args.id = client.queue();
  for (const std::uint32_t pad : {1u, 0x80000000u}) {
    args.pad = pad;
    CHECK_EQ(client.device().call(DRM_IOCTL_KESTREL_QUEUE_DESTROY, &args), -EINVAL);
  }
  client.check_that_it_works();
}

TEST("queue: another file's can be neither destroyed, nor asked, nor submitted to") {
  Client one, other;
  other.renew_queue();
  const std::uint32_t theirs = other.device().make_queue(other.vm());
  CHECK_EQ(one.device().destroy_queue(theirs), -ENOENT);
  drm_kestrel_queue_state state{};
  state.id = theirs;
  CHECK_EQ(one.device().call(DRM_IOCTL_KESTREL_QUEUE_STATE, &state), -ENOENT);
  Job job;
  job.queue_id = theirs;
  CHECK_EQ(job.submit(one.device()), -ENOENT);
}

TEST("queue: jobs of a queue that is destroyed end with ECANCELED") {
  Client client;
  const std::uint32_t running = client.start(Commands().hang());
  const std::uint32_t waiting = client.start(Commands().barrier());
  REQUIRE_EQ(client.device().destroy_queue(client.queue()), 0);
  CHECK(was_given_up(client.finish(running)));
  CHECK(was_given_up(client.finish(waiting)));
  check_that_device_works();
}

TEST("queue: a job that waits for a syncobj does not keep its queue from being destroyed") {
  Client holder, client;
  const std::uint32_t held = holder.start(Commands().hang());
  Job job = client.job(Commands().barrier());
  job.in_syncs = {binary(share_syncobj(holder.device(), held, client.device()))};
  const std::uint32_t done = client.start(job);
  REQUIRE_EQ(client.device().destroy_queue(client.queue()), 0);
  CHECK_EQ(client.finish(done), -ESRCH);
}

TEST("queue: a destroyed queue makes room") {
  Create create;
  for (int i = 0; i < 100; ++i) {
    REQUIRE_EQ(create.call(), 0);
    REQUIRE_EQ(create.device.destroy_queue(create.args.id), 0);
  }
}

TEST("queue_state: a new queue has nothing to tell") {
  Client client;
  const drm_kestrel_queue_state state = client.device().queue_state(client.queue());
  drm_kestrel_queue_state expected{};
  expected.id = client.queue();
  CHECK_EQ(std::memcmp(&state, &expected, sizeof(state)), 0);
}

TEST("queue_state: what was in the members that come out does not matter") {
  Client client;
  drm_kestrel_queue_state state;
  std::memset(&state, 0xee, sizeof(state));
  state.id = client.queue();
  state.pad = 0;
  CHECK_EQ(client.device().call(DRM_IOCTL_KESTREL_QUEUE_STATE, &state), 0);
  drm_kestrel_queue_state expected{};
  expected.id = client.queue();
  CHECK_EQ(std::memcmp(&state, &expected, sizeof(state)), 0);
}

TEST("queue_state: an unknown queue is ENOENT") {
  Client client;
  drm_kestrel_queue_state state{};
  for (const std::uint32_t id : {0u, client.queue() + 1, UINT32_MAX}) {
    state.id = id;
    CHECK_EQ(client.device().call(DRM_IOCTL_KESTREL_QUEUE_STATE, &state), -ENOENT);
  }
}

TEST("queue_state: padding that is not zero is EINVAL") {
  Client client;
  drm_kestrel_queue_state state{};
  state.id = client.queue();
  for (const std::uint32_t pad : {1u, 0x80000000u}) {
    state.pad = pad;
    CHECK_EQ(client.device().call(DRM_IOCTL_KESTREL_QUEUE_STATE, &state), -EINVAL);
  }
}

TEST("queue_state: jobs that ended well are counted") {
  Client client;
  for (std::uint64_t jobs = 1; jobs <= 5; ++jobs) {
    CHECK_EQ(client.run(Commands().barrier()), 1);
    CHECK_EQ(client.device().queue_state(client.queue()).jobs, jobs);
  }
  CHECK_EQ(client.run(Commands().add(command(0xff))), -EIO);
  CHECK_EQ(client.device().queue_state(client.queue()).jobs, 5u);
}

TEST("queue: bad argument pointers are EFAULT") {
  RawDevice device;
  auto* const nowhere = reinterpret_cast<void*>(bad_pointer());
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_QUEUE_CREATE, nowhere), -EFAULT);
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_QUEUE_DESTROY, nowhere), -EFAULT);
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_QUEUE_STATE, nowhere), -EFAULT);
}
