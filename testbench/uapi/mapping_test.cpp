// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What DRM_IOCTL_KESTREL_VM_BIND does to the addresses that the device sees.

#include <algorithm>
#include <cerrno>

#include "client.hpp"
#include "ktap.hpp"

namespace {

constexpr std::uint64_t kPages = 8;
constexpr std::uint64_t kBytes = kPages * kPageBytes;
constexpr std::uint64_t kVa = std::uint64_t{1} << 32;

/// A client, a buffer whose pages differ, and one that the device copies to. Addresses from kVa on
/// are the test's.
struct Mapping {
  Mapping() {
    fill(pages.bytes(), 1);
    target = client.make_buffer(kPageBytes);
  }

  int map(std::uint64_t va, std::uint64_t size_bytes, std::uint64_t bo_offset = 0,
          std::uint32_t flags = DRM_KESTREL_VM_BIND_READ | DRM_KESTREL_VM_BIND_WRITE) {
    return client.device().map(client.vm(), pages.handle(), va, size_bytes, flags, bo_offset);
  }
  int unmap(std::uint64_t va, std::uint64_t size_bytes) {
    return client.device().unmap(client.vm(), va, size_bytes);
  }

  /// Whether the device sees this page of the buffer at `va`.
  bool shows(std::uint64_t va, std::uint64_t page) {
    std::ranges::fill(target->bytes(), 0);
    return client.run(Commands().copy(va, target->va, kPageBytes)) == 1 &&
           std::ranges::equal(target->bytes(),
                              pages.bytes().subspan(page * kPageBytes, kPageBytes));
  }
  /// Whether the device finds nothing at `va`; costs the queue.
  bool shows_nothing(std::uint64_t va) {
    const int status = client.run(Commands().load(va, 0, 64));
    const drm_kestrel_queue_state state = client.device().queue_state(client.queue());
    client.renew_queue();
    return status == -EIO && state.cause == KESTREL_ERROR_CAUSE_TRANSLATION &&
           state.fault == KESTREL_FAULT_NOT_PRESENT && state.access == KESTREL_ACCESS_LOAD &&
           state.va == va;
  }

  Client client;
  MappedBuffer pages{client.device(), kBytes};
  std::unique_ptr<ClientBuffer> target;
};

}  // namespace

TEST("mapping: every page of a buffer is where it was put") {
  Mapping mapping;
  REQUIRE_EQ(mapping.map(kVa, kBytes), 0);
  for (std::uint64_t page = 0; page < kPages; ++page)
    CHECK(mapping.shows(kVa + page * kPageBytes, page));
  CHECK(mapping.shows_nothing(kVa - kPageBytes));
  CHECK(mapping.shows_nothing(kVa + kBytes));
}

TEST("mapping: part of a buffer, from an offset") {
  Mapping mapping;
  REQUIRE_EQ(mapping.map(kVa, 2 * kPageBytes, 3 * kPageBytes), 0);
  CHECK(mapping.shows(kVa, 3));
  CHECK(mapping.shows(kVa + kPageBytes, 4));
  CHECK(mapping.shows_nothing(kVa + 2 * kPageBytes));
}

TEST("mapping: one page at many addresses, the first and the last among them") {
  Mapping mapping;
  const std::uint64_t end = std::uint64_t{1} << mapping.client.device().info().va_bits;
  for (const std::uint64_t va : {std::uint64_t{0}, kVa, kVa + kPageBytes, end - kPageBytes}) {
    REQUIRE_EQ(mapping.map(va, kPageBytes, 5 * kPageBytes), 0);
    CHECK(mapping.shows(va, 5));
  }
}

TEST("mapping: a read across the borders of pages and of tables") {
  Mapping mapping;
  // The last page under one table of the last level but one, and the first under the next.
  constexpr std::uint64_t kBorder = std::uint64_t{1} << 39;
  REQUIRE_EQ(mapping.map(kBorder - 4 * kPageBytes, kBytes), 0);
  const auto target = mapping.client.make_buffer(kBytes);
  CHECK_EQ(
      mapping.client.run(Commands().copy(kBorder - 4 * kPageBytes + 1, target->va + 3, kBytes - 4)),
      1);
  CHECK(std::ranges::equal(target->bytes().subspan(3, kBytes - 4),
                           mapping.pages.bytes().subspan(1, kBytes - 4)));
}

TEST("mapping: what is unmapped is gone at once") {
  Mapping mapping;
  REQUIRE_EQ(mapping.map(kVa, kBytes), 0);
  CHECK(mapping.shows(kVa, 0));
  REQUIRE_EQ(mapping.unmap(kVa, kBytes), 0);
  CHECK(mapping.shows_nothing(kVa));
  REQUIRE_EQ(mapping.map(kVa, kBytes, 0), 0);
  CHECK(mapping.shows(kVa, 0));
}

TEST("mapping: unmapping the middle leaves both ends") {
  Mapping mapping;
  REQUIRE_EQ(mapping.map(kVa, kBytes), 0);
  CHECK(mapping.shows(kVa + 3 * kPageBytes, 3));
  REQUIRE_EQ(mapping.unmap(kVa + 2 * kPageBytes, 3 * kPageBytes), 0);
  for (const std::uint64_t page : {0, 1, 5, 6, 7})
    CHECK(mapping.shows(kVa + page * kPageBytes, page));
  for (const std::uint64_t page : {2, 3, 4})
    CHECK(mapping.shows_nothing(kVa + page * kPageBytes));
}

TEST("mapping: unmapping a range that covers parts of several") {
  Mapping mapping;
  REQUIRE_EQ(mapping.map(kVa, 2 * kPageBytes), 0);
  REQUIRE_EQ(mapping.map(kVa + 4 * kPageBytes, 2 * kPageBytes, 4 * kPageBytes), 0);
  REQUIRE_EQ(mapping.unmap(kVa + kPageBytes, 4 * kPageBytes), 0);
  CHECK(mapping.shows(kVa, 0));
  CHECK(mapping.shows_nothing(kVa + kPageBytes));
  CHECK(mapping.shows_nothing(kVa + 4 * kPageBytes));
  CHECK(mapping.shows(kVa + 5 * kPageBytes, 5));
}

TEST("mapping: a mapping takes the place of what was there") {
  Mapping mapping;
  REQUIRE_EQ(mapping.map(kVa, kBytes), 0);
  CHECK(mapping.shows(kVa + 3 * kPageBytes, 3));
  REQUIRE_EQ(mapping.map(kVa + 3 * kPageBytes, kPageBytes, 7 * kPageBytes), 0);
  CHECK(mapping.shows(kVa + 2 * kPageBytes, 2));
  CHECK(mapping.shows(kVa + 3 * kPageBytes, 7));
  CHECK(mapping.shows(kVa + 4 * kPageBytes, 4));
}

TEST("mapping: the same mapping again changes nothing") {
  Mapping mapping;
  for (int lap = 0; lap < 3; ++lap) {
    REQUIRE_EQ(mapping.map(kVa, kBytes), 0);
    CHECK(mapping.shows(kVa + kPageBytes, 1));
  }
}

TEST("mapping: operations act in their order") {
  Mapping mapping;
  const std::uint32_t handle = mapping.pages.handle();
  REQUIRE_EQ(mapping.client.device().bind(
                 mapping.client.vm(), {map_op(handle, kVa, kBytes), unmap_op(kVa, 2 * kPageBytes),
                                       map_op(handle, kVa + kPageBytes, kPageBytes,
                                              DRM_KESTREL_VM_BIND_READ, 6 * kPageBytes)}),
             0);
  CHECK(mapping.shows_nothing(kVa));
  CHECK(mapping.shows(kVa + kPageBytes, 6));
  CHECK(mapping.shows(kVa + 2 * kPageBytes, 2));
}

TEST("mapping: a call with one wrong operation does none") {
  Mapping mapping;
  REQUIRE_EQ(mapping.map(kVa, kPageBytes), 0);
  const std::uint32_t handle = mapping.pages.handle();
  for (const drm_kestrel_vm_bind_op& wrong :
       {map_op(UINT32_MAX, kVa, kPageBytes), map_op(handle, kVa, 0), unmap_op(1, kPageBytes)}) {
    CHECK(mapping.client.device().bind(mapping.client.vm(),
                                       {unmap_op(kVa, kPageBytes),
                                        map_op(handle, kVa + kPageBytes, kPageBytes), wrong}) < 0);
    CHECK(mapping.shows(kVa, 0));
    CHECK(mapping.shows_nothing(kVa + kPageBytes));
  }
}

TEST("mapping: reading needs READ") {
  Mapping mapping;
  REQUIRE_EQ(mapping.map(kVa, kPageBytes, 0, DRM_KESTREL_VM_BIND_WRITE), 0);
  CHECK_EQ(mapping.client.run(Commands().load(kVa, 0, 64)), -EIO);
  const auto state = mapping.client.device().queue_state(mapping.client.queue());
  CHECK_EQ(state.fault, KESTREL_FAULT_PERMISSION);
  CHECK_EQ(state.access, KESTREL_ACCESS_LOAD);
  CHECK_EQ(state.va, kVa);
}

TEST("mapping: writing needs WRITE") {
  Mapping mapping;
  REQUIRE_EQ(mapping.map(kVa, kPageBytes, 0, DRM_KESTREL_VM_BIND_READ), 0);
  CHECK_EQ(mapping.client.run(Commands().store(kVa, 0, 64)), -EIO);
  const auto state = mapping.client.device().queue_state(mapping.client.queue());
  CHECK_EQ(state.fault, KESTREL_FAULT_PERMISSION);
  CHECK_EQ(state.access, KESTREL_ACCESS_STORE);
  CHECK_EQ(state.va, kVa);
}

TEST("mapping: a command buffer needs READ") {
  Mapping mapping;
  const Commands nop = Commands().barrier();
  std::ranges::copy(nop.bytes(), mapping.pages.bytes().begin());
  REQUIRE_EQ(mapping.map(kVa, kPageBytes, 0, DRM_KESTREL_VM_BIND_WRITE), 0);
  Job job;
  job.queue_id = mapping.client.queue();
  job.calls = {call_at(kVa, nop.size_bytes())};
  CHECK_EQ(mapping.client.finish(mapping.client.start(job)), -EIO);
  const auto state = mapping.client.device().queue_state(mapping.client.queue());
  CHECK_EQ(state.fault, KESTREL_FAULT_PERMISSION);
  CHECK_EQ(state.access, KESTREL_ACCESS_FETCH);

  mapping.client.renew_queue();
  job.queue_id = mapping.client.queue();
  REQUIRE_EQ(mapping.map(kVa, kPageBytes, 0, DRM_KESTREL_VM_BIND_READ), 0);
  CHECK_EQ(mapping.client.finish(mapping.client.start(job)), 1);
}

TEST("mapping: permissions can be taken and given again") {
  Mapping mapping;
  REQUIRE_EQ(mapping.map(kVa, kPageBytes), 0);
  CHECK_EQ(mapping.client.run(Commands().store(kVa, 0, 64)), 1);
  REQUIRE_EQ(mapping.map(kVa, kPageBytes, 0, DRM_KESTREL_VM_BIND_READ), 0);
  CHECK_EQ(mapping.client.run(Commands().store(kVa, 0, 64)), -EIO);
  mapping.client.renew_queue();
  REQUIRE_EQ(mapping.map(kVa, kPageBytes), 0);
  CHECK_EQ(mapping.client.run(Commands().store(kVa, 0, 64)), 1);
}

TEST("mapping: large pages, and parts of them unmapped and replaced") {
  Mapping mapping;
  Client& client = mapping.client;
  constexpr std::uint64_t kLarge = 2 * kHugePageBytes;
  MappedBuffer large(client.device(), kLarge);
  for (std::uint64_t at = 0; at < kLarge; at += kPageBytes)
    fill(large.bytes().subspan(static_cast<std::size_t>(at), 64), static_cast<unsigned>(at >> 12));
  REQUIRE_EQ(client.device().map(client.vm(), large.handle(), kVa, kLarge), 0);

  const auto shows = [&](std::uint64_t at) {
    std::ranges::fill(mapping.target->bytes(), 0);
    return client.run(Commands().copy(kVa + at, mapping.target->va, 64)) == 1 &&
           std::ranges::equal(mapping.target->bytes().first(64),
                              large.bytes().subspan(static_cast<std::size_t>(at), 64));
  };
  for (const std::uint64_t at : {std::uint64_t{0}, kPageBytes, kHugePageBytes - kPageBytes,
                                 kHugePageBytes, kLarge - kPageBytes})
    CHECK(shows(at));

  // A hole in the first, a replacement in the second.
  REQUIRE_EQ(mapping.unmap(kVa + 8 * kPageBytes, kPageBytes), 0);
  CHECK(shows(7 * kPageBytes));
  CHECK(mapping.shows_nothing(kVa + 8 * kPageBytes));
  CHECK(shows(9 * kPageBytes));
  REQUIRE_EQ(mapping.map(kVa + kHugePageBytes, kPageBytes, 5 * kPageBytes), 0);
  CHECK(mapping.shows(kVa + kHugePageBytes, 5));
  CHECK(shows(kHugePageBytes + kPageBytes));
  CHECK(shows(kHugePageBytes - kPageBytes));
}

TEST("mapping: a large range at an address, or an offset, that large pages do not fit") {
  Mapping mapping;
  Client& client = mapping.client;
  MappedBuffer large(client.device(), 2 * kHugePageBytes);
  fill(large.bytes().subspan(kHugePageBytes, 64), 9);
  for (const auto& [va, offset] :
       {std::pair<std::uint64_t, std::uint64_t>{kVa + kPageBytes, 0}, {kVa, kPageBytes}}) {
    REQUIRE_EQ(client.device().map(client.vm(), large.handle(), va, 2 * kHugePageBytes - kPageBytes,
                                   DRM_KESTREL_VM_BIND_READ, offset),
               0);
    CHECK_EQ(client.run(Commands().copy(va + kHugePageBytes - offset, mapping.target->va, 64)), 1);
    CHECK(std::ranges::equal(mapping.target->bytes().first(64),
                             large.bytes().subspan(kHugePageBytes, 64)));
  }
}

TEST("mapping: a closed buffer stays mapped, and its memory stays") {
  Mapping mapping;
  REQUIRE_EQ(mapping.map(kVa, kBytes), 0);
  REQUIRE_EQ(mapping.client.device().close_buffer(mapping.pages.handle()), 0);
  // Memory that is handed out now is not this one's.
  MappedBuffer other(mapping.client.device(), kBytes);
  std::ranges::fill(other.bytes(), 0xee);
  CHECK(mapping.shows(kVa + 6 * kPageBytes, 6));
}

TEST("mapping: what the VM maps when the device gets there counts") {
  Mapping mapping;
  Client& client = mapping.client;
  REQUIRE_EQ(mapping.map(kVa, kPageBytes), 0);

  // Another queue's job holds back the copy until the mapping has been replaced.
  Client holder;
  const std::uint32_t held = holder.start(Commands().hang());
  Job copy = client.job(Commands().copy(kVa, mapping.target->va, kPageBytes));
  copy.in_syncs = {binary(share_syncobj(holder.device(), held, client.device()))};
  const std::uint32_t done = client.start(copy);
  REQUIRE_EQ(mapping.map(kVa, kPageBytes, 4 * kPageBytes), 0);
  REQUIRE_EQ(holder.device().destroy_queue(holder.queue()), 0);
  CHECK_EQ(client.finish(done), 1);
  CHECK(std::ranges::equal(mapping.target->bytes(),
                           mapping.pages.bytes().subspan(4 * kPageBytes, kPageBytes)));
}

TEST("mapping: unmapping under a job that runs ends it, or comes after it") {
  Mapping mapping;
  Client& client = mapping.client;
  const auto target = client.make_buffer(64 * kPageBytes);
  const std::uint64_t source = client.bind_buffer(client.device().make_buffer(64 * kPageBytes),
                                                  64 * kPageBytes, DRM_KESTREL_VM_BIND_READ);
  Commands commands;
  for (int lap = 0; lap < 8; ++lap)
    commands.copy(source, target->va, 64 * kPageBytes);
  const std::uint32_t done = client.start(commands);
  REQUIRE_EQ(client.device().unmap(client.vm(), target->va, 64 * kPageBytes), 0);
  // Nothing is written any more once the call has returned.
  fill(target->bytes(), 3);
  const std::vector<std::uint8_t> before(target->bytes().begin(), target->bytes().end());
  const int status = client.finish(done);
  CHECK(status == 1 || status == -EIO);
  CHECK(std::ranges::equal(before, target->bytes()));
}
