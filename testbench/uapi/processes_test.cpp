// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Processes against each other, which share nothing but the device.

#include <signal.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "child.hpp"
#include "client.hpp"
#include "ktap.hpp"

namespace {

constexpr std::uint64_t kBytes = 8 * kPageBytes;

/// Copies and compares, over and over.
void work(unsigned seed, int laps) {
  Client client;
  const auto from = client.make_buffer(kBytes);
  const auto to = client.make_buffer(kBytes);
  for (int lap = 0; lap < laps; ++lap) {
    client.forget_commands();
    fill(from->bytes(), 100 * seed + static_cast<unsigned>(lap));
    CHECK_EQ(client.run(Commands().copy(from->va, to->va, kBytes)), 1);
    CHECK(std::ranges::equal(from->bytes(), to->bytes()));
  }
  CHECK_EQ(client.device().queue_state(client.queue()).flags, 0u);
}

}  // namespace

TEST("processes: four of them copy, each its own") {
  std::vector<std::unique_ptr<Child>> children;
  for (unsigned i = 0; i < 4; ++i)
    children.push_back(std::make_unique<Child>([i] { work(i, 20); }));
  for (const auto& child : children)
    CHECK_EQ(child->wait(), 0);
}

TEST("processes: one that faults all the time costs another none of its jobs") {
  Child innocent([] { work(1, 30); });
  Child guilty([] {
    Client client;
    for (int lap = 0; lap < 30; ++lap) {
      CHECK(client.run(Commands().load(0x7f00'0000'0000, 0, 64)) < 0);
      client.renew_queue();
    }
  });
  CHECK_EQ(innocent.wait(), 0);
  CHECK_EQ(guilty.wait(), 0);
}

TEST("processes: one that hangs costs another time, and none of its jobs") {
  Child innocent([] { work(2, 10); });
  Child guilty([] {
    Client client;
    for (int lap = 0; lap < 2; ++lap) {
      CHECK(client.run(Commands().hang()) < 0);
      client.renew_queue();
    }
  });
  CHECK_EQ(innocent.wait(), 0);
  CHECK_EQ(guilty.wait(), 0);
}

TEST("processes: they come and go, killed at any moment") {
  Child innocent([] { work(3, 30); });
  for (int lap = 0; lap < 6; ++lap) {
    const Event ready;
    Child child([&] {
      Client client;
      const auto from = client.make_buffer(kBytes);
      const auto to = client.make_buffer(kBytes);
      ready.tell();
      for (;;) {
        client.forget_commands();
        client.run(Commands().copy(from->va, to->va, kBytes));
      }
    });
    ready.wait();
    for (volatile int spins = 0; spins < lap * 50'000; spins = spins + 1) {
    }
    child.kill(SIGKILL);
    CHECK_EQ(child.wait(), SIGKILL);
  }
  CHECK_EQ(innocent.wait(), 0);
  check_that_device_works();
}

TEST("processes: one fills the device with work, another's turn comes") {
  const Event ready;
  Child busy([&] {
    Client client;
    const auto from = client.make_buffer(64 * kPageBytes);
    const auto to = client.make_buffer(64 * kPageBytes);
    const Commands commands = Commands().copy(from->va, to->va, 64 * kPageBytes);
    const Job job = client.job(commands);
    std::uint32_t last = 0;
    for (int i = 0; i < 100; ++i)
      last = client.start(job);
    ready.tell();
    CHECK_EQ(client.finish(last), 1);
  });
  ready.wait();
  Child other([] { work(4, 5); });
  CHECK_EQ(other.wait(), 0);
  CHECK_EQ(busy.wait(), 0);
}
