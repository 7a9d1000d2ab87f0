// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What command buffers do to memory.

#include <algorithm>
#include <vector>

#include "client.hpp"
#include "ktap.hpp"

TEST("copy: every alignment and length near the bus width") {
  Client client;
  const auto from = client.make_buffer(kPageBytes);
  const auto to = client.make_buffer(kPageBytes);
  fill(from->bytes(), 1);

  // One job for each length, its copies side by side at every pair of offsets that matters.
  for (const std::uint64_t length : {1u, 2u, 3u, 15u, 16u, 17u, 33u}) {
    std::vector<std::uint8_t> expected(kPageBytes);
    std::ranges::fill(to->bytes(), 0);
    Commands commands;
    std::uint64_t copies = 0;
    for (std::uint64_t at = 0; at < 16; at += 5) {
      for (std::uint64_t place = 0; place < 16; place += 3) {
        const std::uint64_t target = 64 * copies++ + place;
        commands.copy(from->va + 100 + at, to->va + target, length);
        std::copy_n(from->bytes().begin() + 100 + static_cast<std::ptrdiff_t>(at), length,
                    expected.begin() + static_cast<std::ptrdiff_t>(target));
      }
    }
    REQUIRE_EQ(client.run(commands), 1);
    CHECK(std::ranges::equal(to->bytes(), expected));
  }
}

TEST("copy: a copy across many pages, none of them aligned") {
  Client client;
  constexpr std::uint64_t kBytes = 64 * kPageBytes;
  const auto from = client.make_buffer(kBytes);
  const auto to = client.make_buffer(kBytes);
  fill(from->bytes(), 2);
  std::vector<std::uint8_t> expected(kBytes);
  std::copy(from->bytes().begin() + 4095, from->bytes().end() - 4, expected.begin() + 1);

  CHECK_EQ(client.run(Commands().copy(from->va + 4095, to->va + 1, kBytes - 4099)), 1);
  CHECK(std::ranges::equal(to->bytes(), expected));
}

TEST("copy: two megabytes") {
  Client client;
  constexpr std::uint64_t kBytes = 2u << 20;
  const auto from = client.make_buffer(kBytes);
  const auto to = client.make_buffer(kBytes);
  fill(from->bytes(), 3);
  CHECK_EQ(client.run(Commands().copy(from->va, to->va, kBytes)), 1);
  CHECK(std::ranges::equal(to->bytes(), from->bytes()));
}

TEST("copy: more jobs than the ring holds") {
  Client client;
  constexpr std::uint64_t kJobs = 1200;
  const auto from = client.make_buffer(kPageBytes);
  const auto to = client.make_buffer(kPageBytes);
  fill(from->bytes(), 5);
  const std::uint32_t done = make_syncobj(client.device());
  for (std::uint64_t i = 0; i < kJobs; ++i) {
    Job job = client.job(Commands().copy(from->va + i, to->va + i, 1));
    job.out_syncs = {binary(done)};
    REQUIRE_EQ(job.submit(client.device()), 0);
  }
  CHECK_EQ(client.finish(done), 1);
  CHECK(std::equal(from->bytes().begin(), from->bytes().begin() + kJobs, to->bytes().begin()));
}

TEST("copy: a buffer that is closed while its job runs") {
  Client client;
  constexpr std::uint64_t kBytes = 64 * kPageBytes;
  const auto from = client.make_buffer(kBytes);
  const auto to = client.make_buffer(kBytes);
  fill(from->bytes(), 6);
  const std::uint32_t done = client.start(Commands().copy(from->va, to->va, kBytes));
  CHECK_EQ(client.device().close_buffer(from->memory.handle()), 0);
  CHECK_EQ(client.device().close_buffer(to->memory.handle()), 0);
  CHECK_EQ(client.finish(done), 1);
  CHECK(std::ranges::equal(to->bytes(), from->bytes()));
}

TEST("copy: commands that are changed after their job are those of the next one") {
  Client client;
  const auto from = client.make_buffer(kPageBytes);
  const auto to = client.make_buffer(kPageBytes);
  MappedBuffer memory(client.device(), kPageBytes);
  const std::uint64_t va = client.bind_buffer(memory.handle(), kPageBytes);
  fill(from->bytes(), 7);
  for (std::uint64_t lap = 0; lap < 4; ++lap) {
    const Commands commands = Commands().copy(from->va + lap * 100, to->va + lap * 100, 100);
    std::ranges::copy(commands.bytes(), memory.bytes().begin());
    Job job;
    job.queue_id = client.queue();
    job.calls = {call_at(va, commands.size_bytes())};
    CHECK_EQ(client.finish(client.start(job)), 1);
  }
  CHECK(std::ranges::equal(to->bytes().first(400), from->bytes().first(400)));
}
