// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// DRM_IOCTL_KESTREL_BO_CREATE: one thing wrong at a time.

#include <algorithm>
#include <cerrno>

#include "client.hpp"
#include "ktap.hpp"

namespace {

struct Create {
  Create() { args.size = 4096; }
  int call() { return device.call(DRM_IOCTL_KESTREL_BO_CREATE, &args); }

  RawDevice device;
  drm_kestrel_bo_create args{};
};

}  // namespace

TEST("bo_create: sizes are rounded up to whole pages") {
  for (const auto& [wanted, given] :
       {std::pair{1ull, 4096ull}, {4096ull, 4096ull}, {4097ull, 8192ull}}) {
    Create create;
    create.args.size = wanted;
    CHECK_EQ(create.call(), 0);
    CHECK_EQ(create.args.size, given);
    CHECK(create.args.handle != 0);
  }
}

TEST("bo_create: a size of 0 is EINVAL") {
  Create create;
  create.args.size = 0;
  CHECK_EQ(create.call(), -EINVAL);
}

TEST("bo_create: a size above the limit is EINVAL") {
  Create create;
  const std::uint64_t limit = create.device.info().bo_bytes_max;
  for (const std::uint64_t size :
       {limit + 1, limit + kPageBytes, std::uint64_t{1} << 63, UINT64_MAX}) {
    create.args.size = size;
    CHECK_EQ(create.call(), -EINVAL);
  }
}

TEST("bo_create: any flag is EINVAL") {
  Create create;
  for (unsigned bit = 0; bit < 32; ++bit) {
    create.args.flags = 1u << bit;
    CHECK_EQ(create.call(), -EINVAL);
  }
}

TEST("bo_create: padding that is not zero is EINVAL") {
  Create create;
  for (const std::uint32_t pad : {1u, 0x80000000u}) {
    create.args.pad = pad;
    CHECK_EQ(create.call(), -EINVAL);
  }
}

TEST("bo_create: a VM that does not exist is ENOENT") {
  Create create;
  const std::uint32_t vm = create.device.make_vm();
  for (const std::uint32_t id : {vm + 1, UINT32_MAX}) {
    create.args.vm_id = id;
    CHECK_EQ(create.call(), -ENOENT);
  }
  create.args.vm_id = vm;
  CHECK_EQ(create.call(), 0);
  CHECK_EQ(create.device.destroy_vm(vm), 0);
  CHECK_EQ(create.call(), -ENOENT);
}

TEST("bo_create: a VM of another file is ENOENT") {
  Create create;
  RawDevice other;
  other.make_vm();
  create.args.vm_id = other.make_vm();
  CHECK_EQ(create.call(), -ENOENT);
}

TEST("bo_create: a buffer that is private to a VM works there") {
  Client client;
  MappedBuffer from(client.device(), kPageBytes, client.vm());
  MappedBuffer to(client.device(), kPageBytes, client.vm());
  fill(from.bytes(), 1);
  const std::uint64_t from_va = client.bind_buffer(from.handle(), kPageBytes);
  const std::uint64_t to_va = client.bind_buffer(to.handle(), kPageBytes);
  CHECK_EQ(client.run(Commands().copy(from_va, to_va, kPageBytes)), 1);
  CHECK(std::ranges::equal(from.bytes(), to.bytes()));
}

TEST("bo_create: a private buffer outlives the number of its VM") {
  Client client;
  MappedBuffer buffer(client.device(), kPageBytes, client.vm());
  CHECK_EQ(client.device().destroy_vm(client.vm()), 0);
  buffer.bytes()[0] = 1;
  CHECK_EQ(client.device().close_buffer(buffer.handle()), 0);
  CHECK_EQ(buffer.bytes()[0], 1u);
}

TEST("bo_create: what was in handle does not matter") {
  Create create;
  create.args.handle = UINT32_MAX;
  CHECK_EQ(create.call(), 0);
  CHECK(create.args.handle != UINT32_MAX);
}

TEST("bo_create: a new buffer is zero") {
  RawDevice device;
  {
    MappedBuffer old(device, 64 * kPageBytes);
    std::ranges::fill(old.bytes(), 0xff);
    CHECK_EQ(device.close_buffer(old.handle()), 0);
  }
  MappedBuffer buffer(device, 64 * kPageBytes);
  CHECK(all_are(buffer.bytes(), 0));
}

TEST("bo_create: a new buffer is zero for the device") {
  Client client;
  for (int lap = 0; lap < 2; ++lap) {
    // The process never looks into the source, whose pages were somebody's before.
    const std::uint64_t from = client.bind_buffer(client.device().make_buffer(4 * kPageBytes),
                                                  4 * kPageBytes, DRM_KESTREL_VM_BIND_READ);
    const auto to = client.make_buffer(4 * kPageBytes);
    fill(to->bytes(), 2);
    CHECK_EQ(client.run(Commands().copy(from, to->va, 4 * kPageBytes)), 1);
    CHECK(all_are(to->bytes(), 0));
  }
}

TEST("bo_create: a mapping outlives its handle") {
  RawDevice device;
  MappedBuffer buffer(device, kPageBytes);
  buffer.bytes()[5] = 42;
  CHECK_EQ(device.close_buffer(buffer.handle()), 0);
  CHECK_EQ(buffer.bytes()[5], 42u);
}

TEST("bo_create: a handle is closed once") {
  RawDevice device;
  const std::uint32_t handle = device.make_buffer(kPageBytes);
  CHECK_EQ(device.close_buffer(handle), 0);
  CHECK_EQ(device.close_buffer(handle), -EINVAL);
}

TEST("bo_create: a bad argument pointer is EFAULT") {
  RawDevice device;
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_BO_CREATE, reinterpret_cast<void*>(bad_pointer())),
           -EFAULT);
}
