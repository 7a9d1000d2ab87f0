// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// DRM_IOCTL_KESTREL_COUNTERS: one thing wrong at a time, and what is counted.

#include <linux/capability.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>

#include "child.hpp"
#include "client.hpp"
#include "ktap.hpp"

namespace {

/// A question about one queue, into a buffer that is larger than the answer.
struct Counters {
  Counters() {
    answer.fill(0xee);
    args.scope = DRM_KESTREL_COUNTERS_QUEUE;
    args.queue_id = client.queue();
    args.size = sizeof(drm_kestrel_counter_values);
    args.pointer = reinterpret_cast<std::uintptr_t>(answer.data());
  }
  int call() { return client.device().call(DRM_IOCTL_KESTREL_COUNTERS, &args); }
  bool is_untouched_from(std::size_t offset) const {
    return all_are(std::span(answer).subspan(offset), 0xee);
  }

  Client client;
  std::array<std::uint8_t, 8192> answer;
  drm_kestrel_counters args{};
};

}  // namespace

TEST("counters: an unknown scope is EINVAL") {
  Counters counters;
  for (const std::uint32_t scope : {2u, 0x80000000u, UINT32_MAX}) {
    counters.args.scope = scope;
    CHECK_EQ(counters.call(), -EINVAL);
  }
}

TEST("counters: an unknown queue is ENOENT") {
  Counters counters;
  for (const std::uint32_t id : {0u, counters.client.queue() + 1, UINT32_MAX}) {
    counters.args.queue_id = id;
    CHECK_EQ(counters.call(), -ENOENT);
  }
}

TEST("counters: another file's queue is ENOENT") {
  Counters counters;
  Client other;
  counters.args.queue_id = other.device().make_queue(other.vm());
  CHECK_EQ(counters.call(), -ENOENT);
}

TEST("counters: a queue with the device's scope is EINVAL") {
  Counters counters;
  counters.args.scope = DRM_KESTREL_COUNTERS_DEVICE;
  CHECK_EQ(counters.call(), -EINVAL);
  counters.args.queue_id = 0;
  CHECK_EQ(counters.call(), 0);
}

TEST("counters: padding that is not zero is EINVAL") {
  Counters counters;
  for (const std::uint32_t pad : {1u, 0x80000000u}) {
    counters.args.pad = pad;
    CHECK_EQ(counters.call(), -EINVAL);
  }
}

TEST("counters: a size above 4096 is EINVAL") {
  Counters counters;
  for (const std::uint32_t size : {4097u, 8192u, UINT32_MAX}) {
    counters.args.size = size;
    CHECK_EQ(counters.call(), -EINVAL);
  }
  CHECK(counters.is_untouched_from(0));
  counters.args.size = 4096;
  CHECK_EQ(counters.call(), 0);
  CHECK_EQ(counters.args.size, sizeof(drm_kestrel_counter_values));
  CHECK(counters.is_untouched_from(4096));
}

TEST("counters: a null pointer asks for the size") {
  Counters counters;
  counters.args.pointer = 0;
  counters.args.size = 0;
  CHECK_EQ(counters.call(), 0);
  CHECK_EQ(counters.args.size, sizeof(drm_kestrel_counter_values));
}

TEST("counters: a smaller buffer gets the beginning") {
  Counters counters;
  constexpr auto kSize = offsetof(drm_kestrel_counter_values, busy_ns);
  counters.args.size = kSize;
  CHECK_EQ(counters.call(), 0);
  CHECK_EQ(counters.args.size, kSize);
  CHECK(counters.is_untouched_from(kSize));
  CHECK(!counters.is_untouched_from(0));
}

TEST("counters: a larger buffer is filled up with zeros") {
  Counters counters;
  constexpr std::size_t kSize = sizeof(drm_kestrel_counter_values);
  counters.args.size = kSize + 100;
  CHECK_EQ(counters.call(), 0);
  CHECK_EQ(counters.args.size, kSize);
  CHECK(all_are(std::span(counters.answer).subspan(kSize, 100), 0));
  CHECK(counters.is_untouched_from(kSize + 100));
}

TEST("counters: a bad pointer is EFAULT") {
  Counters counters;
  counters.args.pointer = bad_pointer();
  CHECK_EQ(counters.call(), -EFAULT);
  CHECK_EQ(counters.client.device().call(DRM_IOCTL_KESTREL_COUNTERS,
                                         reinterpret_cast<void*>(bad_pointer())),
           -EFAULT);
}

TEST("counters: the device's need CAP_PERFMON, a queue's do not") {
  Counters counters;
  Child child([&] {
    // What may do everything may do this.
    drop_capability(CAP_PERFMON);
    drop_capability(CAP_SYS_ADMIN);
    CHECK_EQ(counters.call(), 0);
    counters.args.scope = DRM_KESTREL_COUNTERS_DEVICE;
    counters.args.queue_id = 0;
    CHECK_EQ(counters.call(), -EACCES);
  });
  CHECK_EQ(child.wait(), 0);
}

TEST("counters: a new queue has counted nothing") {
  // Work in the queue's predecessor, which had the same hardware.
  {
    Client client;
    client.check_that_it_works();
  }
  Client client;
  const drm_kestrel_counter_values values = client.device().counters(client.queue());
  CHECK_EQ(values.calls, 0u);
  CHECK_EQ(values.commands, 0u);
  CHECK_EQ(values.read_bytes, 0u);
  CHECK_EQ(values.write_bytes, 0u);
}

TEST("counters: a queue's count what it did") {
  Client client, other;
  const auto from = client.make_buffer(kPageBytes);
  const auto to = client.make_buffer(kPageBytes);
  for (std::uint64_t jobs = 1; jobs <= 3; ++jobs) {
    CHECK_EQ(client.run(Commands().copy(from->va, to->va, kPageBytes)), 1);
    other.check_that_it_works();
    const drm_kestrel_counter_values values = client.device().counters(client.queue());
    CHECK_EQ(values.calls, jobs);
    CHECK(values.records >= 2 * jobs);
    // The BARRIER between them is nothing that an engine is given.
    CHECK_EQ(values.commands, 2 * jobs);
    CHECK_EQ(values.read_bytes, jobs * kPageBytes);
    CHECK_EQ(values.write_bytes, jobs * kPageBytes);
    CHECK_EQ(values.macs, 0u);
    CHECK(values.busy_ns > 0);
  }
}

TEST("counters: the device's are those of its queues together") {
  Client client, other;
  const drm_kestrel_counter_values before = client.device().counters(0);
  client.check_that_it_works();
  other.check_that_it_works();
  const drm_kestrel_counter_values after = client.device().counters(0);
  CHECK_EQ(after.calls - before.calls, 2u);
  CHECK_EQ(after.read_bytes - before.read_bytes, 2 * kPageBytes);
}

TEST("counters: the device's do not fall when a queue or a file goes") {
  Client watcher;
  std::uint64_t calls = watcher.device().counters(0).calls;
  for (int lap = 0; lap < 3; ++lap) {
    Client client;
    client.check_that_it_works();
    client.renew_queue();
    client.check_that_it_works();
    const std::uint64_t now = watcher.device().counters(0).calls;
    CHECK_EQ(now, calls + 2);
    calls = now;
  }
}

TEST("counters: they can be read while a job runs, and after one was lost") {
  Client client;
  CHECK_EQ(client.run(Commands().barrier()), 1);
  const std::uint32_t done = client.start(Commands().hang());
  // The answer is of a moment between two records; the call may wait for it.
  CHECK(client.device().counters(client.queue()).calls >= 1);
  CHECK_EQ(client.finish(done), -ETIME);
  CHECK(client.device().counters(client.queue()).calls >= 1);
  CHECK(client.device().counters(0).calls >= 1);
}
