// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// DRM_IOCTL_KESTREL_VM_CREATE and VM_DESTROY: one thing wrong at a time.

#include <algorithm>
#include <cerrno>
#include <set>

#include "client.hpp"
#include "ktap.hpp"

TEST("vm: each has a number of its own that is not zero") {
  RawDevice device;
  std::set<std::uint32_t> ids;
  for (int i = 0; i < 20; ++i)
    ids.insert(device.make_vm());
  CHECK_EQ(ids.size(), 20u);
  CHECK(!ids.contains(0));
}

TEST("vm: what was in id does not matter") {
  RawDevice device;
  drm_kestrel_vm_create args{};
  args.id = UINT32_MAX;
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_VM_CREATE, &args), 0);
  CHECK(args.id != UINT32_MAX && args.id != 0);
}

TEST("vm: any flag is EINVAL") {
  RawDevice device;
  for (unsigned bit = 0; bit < 32; ++bit) {
    drm_kestrel_vm_create args{};
    args.flags = 1u << bit;
    CHECK_EQ(device.call(DRM_IOCTL_KESTREL_VM_CREATE, &args), -EINVAL);
  }
}

TEST("vm: destroying one that does not exist is ENOENT") {
  RawDevice device;
  const std::uint32_t vm = device.make_vm();
  for (const std::uint32_t id : {0u, vm + 1, UINT32_MAX})
    CHECK_EQ(device.destroy_vm(id), -ENOENT);
  CHECK_EQ(device.destroy_vm(vm), 0);
  CHECK_EQ(device.destroy_vm(vm), -ENOENT);
}

TEST("vm: destroying another file's is ENOENT") {
  RawDevice one, other;
  other.make_vm();
  const std::uint32_t theirs = other.make_vm();
  CHECK_EQ(one.destroy_vm(theirs), -ENOENT);
  CHECK_EQ(other.destroy_vm(theirs), 0);
}

TEST("vm: destroying with padding that is not zero is EINVAL") {
  RawDevice device;
  drm_kestrel_vm_destroy args{};
  args.id = device.make_vm();
  for (const std::uint32_t pad : {1u, 0x80000000u}) {
    args.pad = pad;
    CHECK_EQ(device.call(DRM_IOCTL_KESTREL_VM_DESTROY, &args), -EINVAL);
  }
  CHECK_EQ(device.destroy_vm(args.id), 0);
}

TEST("vm: its number is gone at once, its mappings stay for its queues") {
  Client client;
  const auto from = client.make_buffer(kPageBytes);
  const auto to = client.make_buffer(kPageBytes);
  fill(from->bytes(), 1);
  const Job job = client.job(Commands().copy(from->va, to->va, kPageBytes));
  REQUIRE_EQ(client.device().destroy_vm(client.vm()), 0);

  CHECK_EQ(client.device().unmap(client.vm(), from->va, kPageBytes), -ENOENT);
  CHECK_EQ(client.finish(client.start(job)), 1);
  CHECK(std::ranges::equal(from->bytes(), to->bytes()));
  CHECK_EQ(client.device().destroy_queue(client.queue()), 0);
}

TEST("vm: destroying one full of mappings") {
  RawDevice device;
  const std::uint32_t vm = device.make_vm();
  const std::uint32_t handle = device.make_buffer(16 * kPageBytes);
  for (std::uint64_t i = 0; i < 200; ++i)
    REQUIRE_EQ(device.map(vm, handle, i << 30, 16 * kPageBytes), 0);
  CHECK_EQ(device.close_buffer(handle), 0);
  CHECK_EQ(device.destroy_vm(vm), 0);
}

TEST("vm: two of one file map different things at one address") {
  RawDevice device;
  constexpr std::uint64_t kVa = 1 << 20;
  MappedBuffer commands(device, kPageBytes);
  MappedBuffer targets[] = {{device, kPageBytes}, {device, kPageBytes}};
  const Commands copy = Commands().copy(kVa, kVa + kPageBytes, kPageBytes);
  std::ranges::copy(copy.bytes(), commands.bytes().begin());
  for (unsigned i = 0; i < 2; ++i) {
    const std::uint32_t vm = device.make_vm();
    MappedBuffer source(device, kPageBytes);
    fill(source.bytes(), 10 + i);
    REQUIRE_EQ(device.map(vm, source.handle(), kVa, kPageBytes), 0);
    REQUIRE_EQ(device.map(vm, targets[i].handle(), kVa + kPageBytes, kPageBytes), 0);
    REQUIRE_EQ(device.map(vm, commands.handle(), kVa + 2 * kPageBytes, kPageBytes), 0);
    Job job;
    job.queue_id = device.make_queue(vm);
    job.calls = {call_at(kVa + 2 * kPageBytes, copy.size_bytes())};
    const std::uint32_t done = make_syncobj(device);
    job.out_syncs = {binary(done)};
    REQUIRE_EQ(job.submit(device), 0);
    CHECK_EQ(wait_syncobj(device, done), 0);
    CHECK_EQ(job_status(device, done), 1);
    CHECK(std::ranges::equal(source.bytes(), targets[i].bytes()));
  }
  CHECK(!std::ranges::equal(targets[0].bytes(), targets[1].bytes()));
}

TEST("vm: bad argument pointers are EFAULT") {
  RawDevice device;
  auto* const nowhere = reinterpret_cast<void*>(bad_pointer());
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_VM_CREATE, nowhere), -EFAULT);
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_VM_DESTROY, nowhere), -EFAULT);
}
