// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What jobs wait for and signal.

#include <algorithm>
#include <cerrno>
#include <vector>

#include "client.hpp"
#include "ktap.hpp"

TEST("sync: all out-syncobjs signal") {
  Client client;
  const RawDevice& device = client.device();
  Job job = client.job(Commands().barrier());
  std::vector<std::uint32_t> outs;
  for (std::uint64_t i = 0; i < 6; ++i) {
    outs.push_back(make_syncobj(device));
    job.out_syncs.push_back(i % 2 ? timeline(outs.back(), 10 * i) : binary(outs.back()));
  }
  REQUIRE_EQ(job.submit(device), 0);
  for (const drm_kestrel_sync& sync : job.out_syncs) {
    if (sync.flags & DRM_KESTREL_SYNC_TIMELINE) {
      CHECK_EQ(wait_point(device, sync.handle, sync.point), 0);
      CHECK_EQ(signalled_point(device, sync.handle), sync.point);
    } else {
      CHECK_EQ(wait_syncobj(device, sync.handle), 0);
      CHECK_EQ(job_status(device, sync.handle), 1);
    }
  }
}

TEST("sync: a job may signal nothing") {
  Client client;
  const auto from = client.make_buffer(kPageBytes);
  const auto to = client.make_buffer(kPageBytes);
  fill(from->bytes(), 1);
  REQUIRE_EQ(client.job(Commands().copy(from->va, to->va, kPageBytes)).submit(client.device()), 0);
  // Jobs of one queue run in order, so a second one tells when the first has ended.
  CHECK_EQ(client.run(Commands().barrier()), 1);
  CHECK(std::ranges::equal(from->bytes(), to->bytes()));
}

TEST("sync: a job without command buffers signals") {
  Client client;
  Job job;
  job.queue_id = client.queue();
  CHECK_EQ(client.finish(client.start(job)), 1);
}

TEST("sync: a job without command buffers comes after the jobs before it") {
  Client client;
  const auto from = client.make_buffer(64 * kPageBytes);
  const auto to = client.make_buffer(64 * kPageBytes);
  fill(from->bytes(), 1);
  REQUIRE_EQ(client.job(Commands().copy(from->va, to->va, 64 * kPageBytes)).submit(client.device()),
             0);
  Job job;
  job.queue_id = client.queue();
  CHECK_EQ(client.finish(client.start(job)), 1);
  CHECK(std::ranges::equal(from->bytes(), to->bytes()));
}

TEST("sync: a job without command buffers waits for its in-syncobjs") {
  Client client, holder;
  const std::uint32_t held = holder.start(Commands().hang());
  Job job;
  job.queue_id = client.queue();
  job.in_syncs = {binary(share_syncobj(holder.device(), held, client.device()))};
  const std::uint32_t done = client.start(job);
  CHECK_EQ(job_status(client.device(), done), 0);
  REQUIRE_EQ(holder.device().destroy_queue(holder.queue()), 0);
  CHECK_EQ(client.finish(done), 1);
}

TEST("sync: a job waits for the jobs of another file") {
  Client first, second;
  constexpr std::uint64_t kBytes = 128 * kPageBytes;
  const auto original = first.make_buffer(kBytes);
  const auto middle = first.make_buffer(kBytes);
  fill(original->bytes(), 2);

  // The second file gets the buffer in the middle, and the first one's syncobj, as descriptors.
  const int fd = export_buffer(first.device(), middle->memory.handle());
  REQUIRE(fd >= 0);
  std::uint32_t imported = 0;
  REQUIRE_EQ(import_buffer(second.device(), fd, imported), 0);
  const std::uint64_t middle_va = second.bind_buffer(imported, kBytes);
  const auto copy = second.make_buffer(kBytes);

  const std::uint32_t half_way = first.start(Commands().copy(original->va, middle->va, kBytes));
  Job chained = second.job(Commands().copy(middle_va, copy->va, kBytes));
  chained.in_syncs = {binary(share_syncobj(first.device(), half_way, second.device()))};
  CHECK_EQ(second.finish(second.start(chained)), 1);
  CHECK(std::ranges::equal(copy->bytes(), original->bytes()));
}

TEST("sync: a job waits for the end of a slower queue's job, not for its start") {
  Client client(DRM_KESTREL_QUEUE_PRIORITY_LOW);
  const RawDevice& device = client.device();
  const std::uint32_t quick = device.make_queue(client.vm(), DRM_KESTREL_QUEUE_PRIORITY_HIGH);
  const auto original = client.make_buffer(kPageBytes);
  const auto middle = client.make_buffer(kPageBytes);
  const auto copy = client.make_buffer(kPageBytes);
  fill(original->bytes(), 6);

  // Between its calls the device would turn to the other queue, if that had anything to do.
  Job slow = client.job(Commands().copy(original->va, middle->va, kPageBytes));
  slow.calls.insert(slow.calls.begin(), 8, client.place(Commands().busy(20'000)));
  const std::uint32_t half_way = client.start(slow);
  Job chained = client.job(Commands().copy(middle->va, copy->va, kPageBytes));
  chained.queue_id = quick;
  chained.in_syncs = {binary(half_way)};
  CHECK_EQ(client.finish(client.start(chained)), 1);
  CHECK(std::ranges::equal(copy->bytes(), original->bytes()));
}

TEST("sync: a syncobj can be waited for and signalled by one job") {
  Client client;
  const std::uint32_t both = make_syncobj(client.device(), DRM_SYNCOBJ_CREATE_SIGNALED);
  Job job = client.job(Commands().barrier());
  job.in_syncs = job.out_syncs = {binary(both)};
  for (int i = 0; i < 3; ++i)
    REQUIRE_EQ(job.submit(client.device()), 0);
  CHECK_EQ(wait_syncobj(client.device(), both), 0);
  CHECK_EQ(job_status(client.device(), both), 1);
}

TEST("sync: the same syncobj twice among what is waited for") {
  Client client;
  const std::uint32_t in = make_syncobj(client.device(), DRM_SYNCOBJ_CREATE_SIGNALED);
  Job job = client.job(Commands().barrier());
  job.in_syncs = {binary(in), binary(in)};
  CHECK_EQ(client.finish(client.start(job)), 1);
}

TEST("sync: jobs of one queue run in order") {
  Client client;
  constexpr std::uint64_t kSteps = 20, kBytes = 1000;
  const auto buffer = client.make_buffer((kSteps + 1) * kBytes);
  fill(buffer->bytes().first(kBytes), 3);
  std::uint32_t done = 0;
  for (std::uint64_t i = 0; i < kSteps; ++i)
    done = client.start(
        Commands().copy(buffer->va + i * kBytes, buffer->va + (i + 1) * kBytes, kBytes));
  CHECK_EQ(client.finish(done), 1);
  CHECK(std::ranges::equal(buffer->bytes().subspan(kSteps * kBytes, kBytes),
                           buffer->bytes().first(kBytes)));
}

TEST("sync: a chain over two queues and a timeline") {
  Client client;
  const RawDevice& device = client.device();
  const std::uint32_t other = device.make_queue(client.vm());
  constexpr std::uint64_t kSteps = 20, kBytes = 1000;
  const auto buffer = client.make_buffer((kSteps + 1) * kBytes);
  fill(buffer->bytes().first(kBytes), 4);
  const std::uint32_t chain = make_syncobj(device);
  for (std::uint64_t i = 0; i < kSteps; ++i) {
    Job job =
        client.job(Commands().copy(buffer->va + i * kBytes, buffer->va + (i + 1) * kBytes, kBytes));
    job.queue_id = i % 2 ? other : client.queue();
    if (i > 0)
      job.in_syncs = {timeline(chain, i)};
    job.out_syncs = {timeline(chain, i + 1)};
    REQUIRE_EQ(job.submit(device), 0);
  }
  CHECK_EQ(wait_point(device, chain, kSteps), 0);
  CHECK_EQ(signalled_point(device, chain), kSteps);
  CHECK(std::ranges::equal(buffer->bytes().subspan(kSteps * kBytes, kBytes),
                           buffer->bytes().first(kBytes)));
}

TEST("sync: an earlier point of a timeline is a fence as well") {
  Client client;
  const std::uint32_t line = make_syncobj(client.device());
  REQUIRE_EQ(signal_point(client.device(), line, 10), 0);
  Job job = client.job(Commands().barrier());
  job.in_syncs = {timeline(line, 7)};
  CHECK_EQ(client.finish(client.start(job)), 1);
}

TEST("sync: a job that waits for one that fails runs all the same") {
  Client client, faulty;
  const std::uint32_t failed = faulty.start(Commands().add(command(0xff)));
  Job job = client.job(Commands().barrier());
  job.in_syncs = {binary(share_syncobj(faulty.device(), failed, client.device()))};
  CHECK_EQ(client.finish(client.start(job)), 1);
  CHECK_EQ(faulty.finish(failed), -EIO);
}

TEST("sync: a job of many calls does them in order") {
  Client client;
  const std::uint32_t limit = std::min(client.device().info().job_calls_max, 16u);
  const auto buffer = client.make_buffer((limit + 1) * 100);
  fill(buffer->bytes().first(100), 5);
  Job job;
  job.queue_id = client.queue();
  for (std::uint64_t i = 0; i < limit; ++i)
    job.calls.push_back(
        client.place(Commands().copy(buffer->va + i * 100, buffer->va + (i + 1) * 100, 100)));
  CHECK_EQ(client.finish(client.start(job)), 1);
  CHECK(std::ranges::equal(buffer->bytes().subspan(limit * 100, 100), buffer->bytes().first(100)));
}
