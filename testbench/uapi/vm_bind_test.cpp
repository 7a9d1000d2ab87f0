// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// DRM_IOCTL_KESTREL_VM_BIND: everything valid but one thing, for every member.

#include <cerrno>
#include <cstring>

#include "array_rules.hpp"
#include "client.hpp"
#include "ktap.hpp"

namespace {

constexpr std::uint64_t kBytes = 4 * kPageBytes;
constexpr std::uint64_t kVa = 1 << 20;

/// A valid call with two operations of which the second, `op`, is tried.
struct Bind {
  Bind() {
    vm = device.make_vm();
    handle = device.make_buffer(kBytes);
    ops = {map_op(handle, kVa, kBytes), map_op(handle, kVa + kBytes, kPageBytes)};
  }

  int call() {
    drm_kestrel_vm_bind args{};
    args.vm_id = vm;
    args.ops = array_of(ops);
    return call(args);
  }
  int call(drm_kestrel_vm_bind& args) { return device.call(DRM_IOCTL_KESTREL_VM_BIND, &args); }

  drm_kestrel_vm_bind_op& op() { return ops[1]; }

  RawDevice device;
  std::uint32_t vm, handle;
  std::vector<drm_kestrel_vm_bind_op> ops;
};

}  // namespace

TEST("vm_bind: the valid call is accepted, and again") {
  Bind bind;
  CHECK_EQ(bind.call(), 0);
  CHECK_EQ(bind.call(), 0);
}

TEST("vm_bind: an unknown VM is ENOENT") {
  Bind bind;
  const std::uint32_t vm = bind.vm;
  for (const std::uint32_t id : {0u, vm + 1, UINT32_MAX}) {
    bind.vm = id;
    CHECK_EQ(bind.call(), -ENOENT);
  }
  REQUIRE_EQ(bind.device.destroy_vm(vm), 0);
  bind.vm = vm;
  CHECK_EQ(bind.call(), -ENOENT);
}

TEST("vm_bind: any flag is EINVAL") {
  Bind bind;
  for (unsigned bit = 0; bit < 32; ++bit) {
    drm_kestrel_vm_bind args{};
    args.vm_id = bind.vm;
    args.ops = array_of(bind.ops);
    args.flags = 1u << bit;
    CHECK_EQ(bind.call(args), -EINVAL);
  }
}

TEST("vm_bind: no operation is EINVAL") {
  Bind bind;
  bind.ops.clear();
  CHECK_EQ(bind.call(), -EINVAL);
}

TEST("vm_bind: too many operations is EINVAL") {
  Bind bind;
  const std::uint32_t limit = bind.device.info().bind_ops_max;
  bind.ops.assign(limit + 1, bind.ops[0]);
  CHECK_EQ(bind.call(), -EINVAL);
  bind.ops.resize(limit);
  CHECK_EQ(bind.call(), 0);

  drm_kestrel_vm_bind args{};
  args.vm_id = bind.vm;
  args.ops = array_of(bind.ops);
  args.ops.count = UINT32_MAX;
  CHECK_EQ(bind.call(args), -EINVAL);
}

TEST("vm_bind: the array of operations has to be well-formed") {
  Bind bind;
  check_array<drm_kestrel_vm_bind_op>(bind.ops, [&](const drm_kestrel_array& array) {
    drm_kestrel_vm_bind args{};
    args.vm_id = bind.vm;
    args.ops = array;
    return bind.call(args);
  });
}

TEST("vm_bind: any syncobj is EINVAL, an empty array may be anything") {
  Bind bind;
  const std::vector<drm_kestrel_sync> syncs = {
      binary(make_syncobj(bind.device, DRM_SYNCOBJ_CREATE_SIGNALED))};
  drm_kestrel_vm_bind args{};
  args.vm_id = bind.vm;
  args.ops = array_of(bind.ops);
  args.syncs = array_of(syncs);
  CHECK_EQ(bind.call(args), -EINVAL);
  args.syncs.count = 0;
  args.syncs.stride = 3;
  args.syncs.pointer = bad_pointer();
  CHECK_EQ(bind.call(args), 0);
}

TEST("vm_bind: an unknown type of operation is EINVAL") {
  Bind bind;
  for (const std::uint32_t type : {2u, 3u, 0x10000u, UINT32_MAX}) {
    bind.op().type = type;
    CHECK_EQ(bind.call(), -EINVAL);
  }
}

TEST("vm_bind: a mapping needs permissions, and only ones that exist") {
  Bind bind;
  bind.op().flags = 0;
  CHECK_EQ(bind.call(), -EINVAL);
  for (unsigned bit = 2; bit < 32; ++bit) {
    bind.op().flags = DRM_KESTREL_VM_BIND_READ | 1u << bit;
    CHECK_EQ(bind.call(), -EINVAL);
  }
  for (const std::uint32_t flags : {DRM_KESTREL_VM_BIND_READ | 0, DRM_KESTREL_VM_BIND_WRITE | 0,
                                    DRM_KESTREL_VM_BIND_READ | DRM_KESTREL_VM_BIND_WRITE}) {
    bind.op().flags = flags;
    CHECK_EQ(bind.call(), 0);
  }
}

TEST("vm_bind: an unknown buffer is ENOENT") {
  Bind bind;
  for (const std::uint32_t handle : {0u, bind.handle + 1, UINT32_MAX}) {
    bind.op().handle = handle;
    CHECK_EQ(bind.call(), -ENOENT);
  }
}

TEST("vm_bind: another file's buffer is ENOENT") {
  Bind bind;
  RawDevice other;
  other.make_buffer(kBytes);
  bind.op().handle = other.make_buffer(kBytes);
  CHECK_EQ(bind.call(), -ENOENT);
}

TEST("vm_bind: a buffer that is private to another VM is EINVAL") {
  Bind bind;
  bind.op().handle = bind.device.make_buffer(kBytes, bind.device.make_vm());
  CHECK_EQ(bind.call(), -EINVAL);
  bind.op().handle = bind.device.make_buffer(kBytes, bind.vm);
  CHECK_EQ(bind.call(), 0);
}

TEST("vm_bind: padding that is not zero is EINVAL") {
  Bind bind;
  for (const std::uint32_t pad : {1u, 0x80000000u}) {
    bind.op().pad = pad;
    CHECK_EQ(bind.call(), -EINVAL);
    bind.op() = unmap_op(kVa, kPageBytes);
    bind.op().pad = pad;
    CHECK_EQ(bind.call(), -EINVAL);
    bind.op() = map_op(bind.handle, kVa, kPageBytes);
  }
}

TEST("vm_bind: addresses, offsets and sizes that are no multiple of 4096 are EINVAL") {
  Bind bind;
  for (const std::uint64_t odd : {std::uint64_t{1}, std::uint64_t{64}, std::uint64_t{4095}}) {
    bind.op() = map_op(bind.handle, kVa + odd, kPageBytes);
    CHECK_EQ(bind.call(), -EINVAL);
    bind.op() = map_op(bind.handle, kVa, kPageBytes + odd);
    CHECK_EQ(bind.call(), -EINVAL);
    bind.op() = map_op(bind.handle, kVa, kPageBytes);
    bind.op().bo_offset = odd;
    CHECK_EQ(bind.call(), -EINVAL);
    bind.op() = unmap_op(kVa + odd, kPageBytes);
    CHECK_EQ(bind.call(), -EINVAL);
    bind.op() = unmap_op(kVa, kPageBytes + odd);
    CHECK_EQ(bind.call(), -EINVAL);
  }
}

TEST("vm_bind: a size of 0 is EINVAL") {
  Bind bind;
  bind.op().size = 0;
  CHECK_EQ(bind.call(), -EINVAL);
  bind.op() = unmap_op(kVa, 0);
  CHECK_EQ(bind.call(), -EINVAL);
}

TEST("vm_bind: a range that leaves its buffer is EINVAL") {
  Bind bind;
  for (const auto& [offset, size] :
       {std::pair<std::uint64_t, std::uint64_t>{0, kBytes + kPageBytes},
        {kPageBytes, kBytes},
        {kBytes, kPageBytes},
        {UINT64_MAX - 4095, kPageBytes},
        {UINT64_MAX - 4095, 2 * kPageBytes},
        {std::uint64_t{1} << 63, kPageBytes}}) {
    bind.op().bo_offset = offset;
    bind.op().size = size;
    CHECK_EQ(bind.call(), -EINVAL);
  }
  bind.op().bo_offset = kBytes - kPageBytes;
  bind.op().size = kPageBytes;
  CHECK_EQ(bind.call(), 0);
}

TEST("vm_bind: a range that leaves the address space is EINVAL") {
  Bind bind;
  const std::uint64_t end = std::uint64_t{1} << bind.device.info().va_bits;
  for (const std::uint64_t va :
       {end, end - kPageBytes, end << 1, std::uint64_t{0xffff'8000'0000'0000},
        UINT64_MAX - kPageBytes + 1, UINT64_MAX - 2 * kPageBytes + 1}) {
    bind.op() = map_op(bind.handle, va, 2 * kPageBytes);
    CHECK_EQ(bind.call(), -EINVAL);
    bind.op() = unmap_op(va, 2 * kPageBytes);
    CHECK_EQ(bind.call(), -EINVAL);
  }
  bind.op() = unmap_op(kPageBytes, UINT64_MAX - 4095);
  CHECK_EQ(bind.call(), -EINVAL);
  bind.op() = unmap_op(kPageBytes, end);
  CHECK_EQ(bind.call(), -EINVAL);

  bind.op() = map_op(bind.handle, end - kPageBytes, kPageBytes);
  CHECK_EQ(bind.call(), 0);
  bind.op() = map_op(bind.handle, 0, kPageBytes);
  CHECK_EQ(bind.call(), 0);
  bind.op() = unmap_op(0, end);
  CHECK_EQ(bind.call(), 0);
}

TEST("vm_bind: unmapping takes no flag, no buffer and no offset") {
  Bind bind;
  for (unsigned bit = 0; bit < 32; ++bit) {
    bind.op() = unmap_op(kVa, kPageBytes);
    bind.op().flags = 1u << bit;
    CHECK_EQ(bind.call(), -EINVAL);
  }
  bind.op() = unmap_op(kVa, kPageBytes);
  bind.op().handle = bind.handle;
  CHECK_EQ(bind.call(), -EINVAL);
  bind.op() = unmap_op(kVa, kPageBytes);
  bind.op().bo_offset = kPageBytes;
  CHECK_EQ(bind.call(), -EINVAL);
}

TEST("vm_bind: unmapping what is not mapped is fine") {
  Bind bind;
  CHECK_EQ(bind.device.unmap(bind.vm, kVa, kBytes), 0);
  CHECK_EQ(bind.device.unmap(bind.vm, std::uint64_t{1} << 40, std::uint64_t{1} << 40), 0);
}

TEST("vm_bind: a bad argument pointer is EFAULT") {
  RawDevice device;
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_VM_BIND, reinterpret_cast<void*>(bad_pointer())), -EFAULT);
}
