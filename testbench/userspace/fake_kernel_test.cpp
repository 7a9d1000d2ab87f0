// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The fake kernel holds its callers to drm/kestrel_accel.h: everything right but one thing is
// refused with the errno that the header says. What the library never gets wrong is seen only here.

#include "fake_kernel.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace {

template <typename T>
drm_kestrel_array array_of(std::span<const T> elements) {
  return {.stride = sizeof(T),
          .count = static_cast<std::uint32_t>(elements.size()),
          .pointer = reinterpret_cast<std::uintptr_t>(elements.data())};
}

/// A client with one of everything.
struct Bench {
  Bench() {
    fd = kernel.open(kernel.node.c_str());
    drm_kestrel_vm_create vm_args{};
    REQUIRE(call(DRM_IOCTL_KESTREL_VM_CREATE, vm_args) == 0);
    vm = vm_args.id;
    drm_kestrel_bo_create bo_args{};
    bo_args.size = 8192;
    REQUIRE(call(DRM_IOCTL_KESTREL_BO_CREATE, bo_args) == 0);
    bo = bo_args.handle;
    drm_kestrel_queue_create queue_args{};
    queue_args.vm_id = vm;
    REQUIRE(call(DRM_IOCTL_KESTREL_QUEUE_CREATE, queue_args) == 0);
    queue = queue_args.id;
    drm_syncobj_create syncobj_args{};
    REQUIRE(call(DRM_IOCTL_SYNCOBJ_CREATE, syncobj_args) == 0);
    syncobj = syncobj_args.handle;
  }

  template <typename T>
  int call(unsigned long request, T& args) {
    return kernel.ioctl(fd, request, &args);
  }

  /// What a call says when one thing is changed; on a copy, as calls write into their arguments.
  template <typename T>
  int changed(unsigned long request, T args, const std::function<void(T&)>& change) {
    change(args);
    return call(request, args);
  }

  FakeKernel kernel;
  int fd = -1;
  std::uint32_t vm = 0, bo = 0, queue = 0, syncobj = 0;
};

}  // namespace

TEST_CASE("fake kernel: Buffers", "[userspace][fake]") {
  Bench bench;
  using Create = drm_kestrel_bo_create;
  const Create good{.size = 1, .flags = 0, .vm_id = bench.vm, .handle = 0, .pad = 0};
  const auto create = [&](const std::function<void(Create&)>& change) {
    return bench.changed(DRM_IOCTL_KESTREL_BO_CREATE, good, change);
  };
  CHECK(create([](Create&) {}) == 0);
  CHECK(create([](Create& args) { args.handle = 77; }) == 0);  // Ignored.
  CHECK(create([](Create& args) { args.size = 0; }) == -EINVAL);
  CHECK(create([&](Create& args) { args.size = bench.kernel.info.bo_bytes_max + 1; }) == -EINVAL);
  CHECK(create([](Create& args) { args.flags = 1; }) == -EINVAL);
  CHECK(create([](Create& args) { args.pad = 1; }) == -EINVAL);
  CHECK(create([](Create& args) { args.vm_id = 99; }) == -ENOENT);

  using Offset = drm_kestrel_bo_mmap_offset;
  Offset offset{.handle = bench.bo, .pad = 0, .offset = 0};
  CHECK(bench.call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, offset) == 0);
  offset.pad = 1;
  CHECK(bench.call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, offset) == -EINVAL);
  offset = {.handle = 99, .pad = 0, .offset = 0};
  CHECK(bench.call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, offset) == -ENOENT);

  using Sync = drm_kestrel_bo_sync;
  const Sync sync{.handle = bench.bo, .flags = 3, .offset = 0, .size = 8192};
  const auto hand = [&](const std::function<void(Sync&)>& change) {
    return bench.changed(DRM_IOCTL_KESTREL_BO_SYNC, sync, change);
  };
  CHECK(hand([](Sync&) {}) == 0);
  CHECK(hand([](Sync& args) { args.handle = 99; }) == -ENOENT);
  CHECK(hand([](Sync& args) { args.flags = 0; }) == -EINVAL);
  CHECK(hand([](Sync& args) { args.flags = 4; }) == -EINVAL);
  CHECK(hand([](Sync& args) { args.size = 0; }) == -EINVAL);
  CHECK(hand([](Sync& args) { args.offset = 1; }) == -EINVAL);
  CHECK(hand([](Sync& args) { args.offset = ~0ull; }) == -EINVAL);

  // An imported buffer belongs to its exporter.
  drm_prime_handle prime{.handle = 0, .flags = 0, .fd = bench.kernel.make_dma_buf(4096)};
  REQUIRE(bench.call(DRM_IOCTL_PRIME_FD_TO_HANDLE, prime) == 0);
  offset.handle = prime.handle;
  CHECK(bench.call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, offset) == -EINVAL);
  CHECK(hand([&](Sync& args) { args = {prime.handle, 1, 0, 1}; }) == -EINVAL);
}

TEST_CASE("fake kernel: Queries answer as much as is wanted", "[userspace][fake]") {
  Bench bench;
  drm_kestrel_dev_query query{};
  CHECK(bench.call(DRM_IOCTL_KESTREL_DEV_QUERY, query) == 0);
  CHECK(query.size == sizeof(drm_kestrel_info));

  std::array<std::byte, sizeof(drm_kestrel_info) + 8> place;
  place.fill(std::byte{0xee});
  query = {.type = 0, .size = 12, .pointer = reinterpret_cast<std::uintptr_t>(place.data())};
  CHECK(bench.call(DRM_IOCTL_KESTREL_DEV_QUERY, query) == 0);
  CHECK(query.size == 12);
  CHECK(place[12] == std::byte{0xee});
  query.size = place.size();
  CHECK(bench.call(DRM_IOCTL_KESTREL_DEV_QUERY, query) == 0);
  CHECK(query.size == sizeof(drm_kestrel_info));
  CHECK(place[sizeof(drm_kestrel_info)] == std::byte{0});
  query.size = 4097;
  CHECK(bench.call(DRM_IOCTL_KESTREL_DEV_QUERY, query) == -EINVAL);
  query = {.type = 1, .size = 0, .pointer = 0};
  CHECK(bench.call(DRM_IOCTL_KESTREL_DEV_QUERY, query) == -EINVAL);

  drm_kestrel_counters counters{};
  counters.queue_id = bench.queue;
  CHECK(bench.call(DRM_IOCTL_KESTREL_COUNTERS, counters) == 0);
  CHECK(counters.size == sizeof(drm_kestrel_counter_values));
  counters.scope = DRM_KESTREL_COUNTERS_DEVICE;
  CHECK(bench.call(DRM_IOCTL_KESTREL_COUNTERS, counters) == -EINVAL);
  counters.queue_id = 0;
  CHECK(bench.call(DRM_IOCTL_KESTREL_COUNTERS, counters) == 0);
  counters.pad = 1;
  CHECK(bench.call(DRM_IOCTL_KESTREL_COUNTERS, counters) == -EINVAL);
}

TEST_CASE("fake kernel: Arrays have strides, and grow", "[userspace][fake]") {
  Bench bench;
  struct Grown {
    drm_kestrel_vm_bind_op op;
    std::uint64_t more;
  };
  std::array<Grown, 2> grown{};
  for (std::size_t i = 0; i < grown.size(); ++i)
    grown[i].op = {.type = 0,
                   .flags = 1,
                   .handle = bench.bo,
                   .pad = 0,
                   .bo_offset = 0,
                   .va = i * 4096,
                   .size = 4096};
  using Bind = drm_kestrel_vm_bind;
  Bind good{};
  good.vm_id = bench.vm;
  good.ops = array_of<Grown>(grown);
  const auto bind = [&](const std::function<void(Bind&)>& change) {
    return bench.changed(DRM_IOCTL_KESTREL_VM_BIND, good, change);
  };
  CHECK(bind([](Bind&) {}) == 0);
  CHECK(bench.kernel.bound_pages() == 2);
  grown[1].more = 1;
  CHECK(bind([](Bind&) {}) == -E2BIG);
  grown[1].more = 0;
  CHECK(bind([](Bind& args) { args.ops.stride = sizeof(drm_kestrel_vm_bind_op) - 8; }) == -EINVAL);
  CHECK(bind([](Bind& args) { args.ops.stride += 4; }) == -EINVAL);
  CHECK(bind([](Bind& args) { args.ops.stride = 4104; }) == -EINVAL);
  CHECK(bind([](Bind& args) { args.ops.count = 0; }) == -EINVAL);
  CHECK(bind([&](Bind& args) { args.ops.count = bench.kernel.info.bind_ops_max + 1; }) == -EINVAL);
  CHECK(bind([](Bind& args) { args.ops.pointer = 0; }) == -EFAULT);
  CHECK(bind([](Bind& args) { args.flags = 1; }) == -EINVAL);
  CHECK(bind([](Bind& args) { args.vm_id = 99; }) == -ENOENT);
  CHECK(bind([](Bind& args) { args.syncs = args.ops; }) == -EINVAL);
}

TEST_CASE("fake kernel: Operations are checked, and done all or none", "[userspace][fake]") {
  Bench bench;
  using Op = drm_kestrel_vm_bind_op;
  const Op map{.type = DRM_KESTREL_VM_BIND_OP_MAP,
               .flags = 1,
               .handle = bench.bo,
               .pad = 0,
               .bo_offset = 0,
               .va = 0x10000,
               .size = 4096};
  const Op unmap{.type = DRM_KESTREL_VM_BIND_OP_UNMAP,
                 .flags = 0,
                 .handle = 0,
                 .pad = 0,
                 .bo_offset = 0,
                 .va = 0x10000,
                 .size = 4096};
  const auto bind = [&](const Op& from, const std::function<void(Op&)>& change) {
    std::array ops = {map, from};
    ops[0].va = 0x80000;
    change(ops[1]);
    drm_kestrel_vm_bind args{};
    args.vm_id = bench.vm;
    args.ops = array_of<Op>(ops);
    return bench.call(DRM_IOCTL_KESTREL_VM_BIND, args);
  };
  CHECK(bind(map, [](Op& op) { op.handle = 99; }) == -ENOENT);
  CHECK(bench.kernel.bound_pages() == 0);  // The first one was right.
  CHECK(bind(map, [](Op& op) { op.type = 2; }) == -EINVAL);
  CHECK(bind(map, [](Op& op) { op.flags = 0; }) == -EINVAL);
  CHECK(bind(map, [](Op& op) { op.flags = 4; }) == -EINVAL);
  CHECK(bind(map, [](Op& op) { op.pad = 1; }) == -EINVAL);
  CHECK(bind(map, [](Op& op) { op.bo_offset = 8192; }) == -EINVAL);
  CHECK(bind(map, [](Op& op) { op.size = 0; }) == -EINVAL);
  CHECK(bind(map, [](Op& op) { op.va = (1ull << 48); }) == -EINVAL);
  CHECK(bind(map, [](Op& op) { op.va = ~0ull << 12; }) == -EINVAL);
  CHECK(bind(unmap, [](Op& op) { op.flags = 1; }) == -EINVAL);
  CHECK(bind(unmap, [&](Op& op) { op.handle = bench.bo; }) == -EINVAL);
  CHECK(bind(unmap, [](Op& op) { op.bo_offset = 4096; }) == -EINVAL);
  CHECK(bench.kernel.bound_pages() == 0);
  CHECK(bind(unmap, [](Op&) {}) == 0);
  CHECK(bind(map, [](Op&) {}) == 0);
  CHECK(bench.kernel.bound_pages() == 2);
}

TEST_CASE("fake kernel: Address spaces and queues", "[userspace][fake]") {
  Bench bench;
  drm_kestrel_vm_create create{.flags = 1, .id = 0};
  CHECK(bench.call(DRM_IOCTL_KESTREL_VM_CREATE, create) == -EINVAL);
  drm_kestrel_vm_destroy destroy{.id = 99, .pad = 0};
  CHECK(bench.call(DRM_IOCTL_KESTREL_VM_DESTROY, destroy) == -ENOENT);
  destroy = {.id = bench.vm, .pad = 1};
  CHECK(bench.call(DRM_IOCTL_KESTREL_VM_DESTROY, destroy) == -EINVAL);

  drm_kestrel_queue_create queue{.vm_id = 99, .priority = 0, .flags = 0, .id = 0};
  CHECK(bench.call(DRM_IOCTL_KESTREL_QUEUE_CREATE, queue) == -ENOENT);
  queue = {.vm_id = bench.vm, .priority = 3, .flags = 0, .id = 0};
  CHECK(bench.call(DRM_IOCTL_KESTREL_QUEUE_CREATE, queue) == -EINVAL);
  queue = {.vm_id = bench.vm, .priority = 0, .flags = 1, .id = 0};
  CHECK(bench.call(DRM_IOCTL_KESTREL_QUEUE_CREATE, queue) == -EINVAL);

  drm_kestrel_queue_state state{};
  state.id = 99;
  CHECK(bench.call(DRM_IOCTL_KESTREL_QUEUE_STATE, state) == -ENOENT);
  state.id = bench.queue;
  state.pad = 1;
  CHECK(bench.call(DRM_IOCTL_KESTREL_QUEUE_STATE, state) == -EINVAL);

  // More VMs than the device has can be, but not with queues.
  for (std::uint32_t i = 1; i <= FakeAccelerator::kSpaces; ++i) {
    create.flags = 0;
    REQUIRE(bench.call(DRM_IOCTL_KESTREL_VM_CREATE, create) == 0);
    queue = {.vm_id = create.id, .priority = 0, .flags = 0, .id = 0};
    CHECK(bench.call(DRM_IOCTL_KESTREL_QUEUE_CREATE, queue) ==
          (i < FakeAccelerator::kSpaces ? 0 : -ENOSPC));
  }
  // A queue works on when its VM's number has gone.
  destroy = {.id = bench.vm, .pad = 0};
  CHECK(bench.call(DRM_IOCTL_KESTREL_VM_DESTROY, destroy) == 0);
  drm_kestrel_submit submit{};
  submit.queue_id = bench.queue;
  CHECK(bench.call(DRM_IOCTL_KESTREL_SUBMIT, submit) == 0);
  drm_kestrel_queue_destroy gone{.id = bench.queue, .pad = 0};
  CHECK(bench.call(DRM_IOCTL_KESTREL_QUEUE_DESTROY, gone) == 0);
  CHECK(bench.call(DRM_IOCTL_KESTREL_QUEUE_DESTROY, gone) == -ENOENT);
  CHECK(bench.call(DRM_IOCTL_KESTREL_QUEUE_CREATE, queue) == 0);
}

TEST_CASE("fake kernel: Jobs", "[userspace][fake]") {
  Bench bench;
  const drm_kestrel_call call{.va = 0, .size = 64, .flags = 0};
  const drm_kestrel_sync sync{.handle = bench.syncobj, .flags = 0, .point = 0};
  const auto submit = [&](const std::function<void(drm_kestrel_call&)>& change_call,
                          const std::function<void(drm_kestrel_sync&)>& change_sync,
                          const std::function<void(drm_kestrel_submit&)>& change_submit) {
    drm_kestrel_call changed_call = call;
    change_call(changed_call);
    drm_kestrel_sync changed_sync = sync;
    change_sync(changed_sync);
    drm_kestrel_submit args{};
    args.queue_id = bench.queue;
    args.calls = array_of<drm_kestrel_call>({&changed_call, 1});
    args.out_syncs = array_of<drm_kestrel_sync>({&changed_sync, 1});
    change_submit(args);
    return bench.call(DRM_IOCTL_KESTREL_SUBMIT, args);
  };
  const auto same = [](auto&) {};
  CHECK(submit([](auto& c) { c.va = 1; }, same, same) == -EINVAL);
  CHECK(submit([](auto& c) { c.size = 0; }, same, same) == -EINVAL);
  CHECK(submit([](auto& c) { c.size = 65; }, same, same) == -EINVAL);
  CHECK(submit([](auto& c) { c.flags = 1; }, same, same) == -EINVAL);
  CHECK(submit(same, [](auto& s) { s.handle = 99; }, same) == -ENOENT);
  CHECK(submit(same, [](auto& s) { s.flags = 2; }, same) == -EINVAL);
  CHECK(submit(same, [](auto& s) { s.point = 1; }, same) == -EINVAL);
  CHECK(submit(same, [](auto& s) { s.flags = 1; }, same) == -EINVAL);
  CHECK(submit(same, same, [](auto& a) { a.flags = 1; }) == -EINVAL);
  CHECK(submit(same, same, [](auto& a) { a.queue_id = 99; }) == -ENOENT);
  // Nothing has a fence yet, which a job could wait for.
  CHECK(submit(same, same, [](auto& a) { a.in_syncs = a.out_syncs; }) == -EINVAL);
  CHECK(bench.kernel.jobs() == 0);

  // Nothing is at address 0: the job fails, and loses the queue.
  CHECK(submit(same, same, same) == 0);
  CHECK(submit(same, same, same) == -ECANCELED);
}

TEST_CASE("fake kernel: A device can go while a job runs", "[userspace][fake]") {
  Bench bench;
  bench.kernel.unplugging_job = 2;
  const drm_kestrel_call none{};
  const drm_kestrel_sync sync{.handle = bench.syncobj, .flags = 0, .point = 0};
  drm_kestrel_submit args{};
  args.queue_id = bench.queue;
  args.calls = array_of(std::span(&none, 0));
  args.out_syncs = array_of(std::span(&sync, 1));
  CHECK(bench.call(DRM_IOCTL_KESTREL_SUBMIT, args) == 0);
  CHECK(bench.call(DRM_IOCTL_KESTREL_SUBMIT, args) == 0);
  CHECK(bench.call(DRM_IOCTL_KESTREL_SUBMIT, args) == -ENODEV);
  CHECK(bench.kernel.jobs() == 2);
}

TEST_CASE("fake kernel: What is unknown or gone", "[userspace][fake]") {
  Bench bench;
  int nothing = 0;
  CHECK(bench.kernel.ioctl(bench.fd, DRM_IOWR(DRM_COMMAND_BASE + 12, int), &nothing) == -EINVAL);
  CHECK(bench.kernel.ioctl(99, DRM_IOCTL_VERSION, &nothing) == -EBADF);
  bench.kernel.unplug();
  drm_kestrel_vm_create create{};
  CHECK(bench.call(DRM_IOCTL_KESTREL_VM_CREATE, create) == -ENODEV);
  CHECK(bench.kernel.open(bench.kernel.node.c_str()) == -ENODEV);
}

TEST_CASE("fake kernel: What was not given back is noticed", "[userspace][fake]") {
  FakeKernel kernel;
  const int fd = kernel.open(kernel.node.c_str());
  drm_kestrel_vm_create create{};
  REQUIRE(kernel.ioctl(fd, DRM_IOCTL_KESTREL_VM_CREATE, &create) == 0);
  SECTION("a number that is left") {
    kernel.close(fd);
    CHECK_FALSE(kernel.is_clean());
  }
  SECTION("nothing") {
    drm_kestrel_vm_destroy destroy{.id = create.id, .pad = 0};
    REQUIRE(kernel.ioctl(fd, DRM_IOCTL_KESTREL_VM_DESTROY, &destroy) == 0);
    CHECK_FALSE(kernel.is_clean());
    kernel.close(fd);
    CHECK(kernel.is_clean());
  }
}
