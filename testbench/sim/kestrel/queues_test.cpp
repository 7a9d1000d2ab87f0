// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/queues.hpp"

#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace presil::kestrel {
namespace {

constexpr std::uint32_t kOwn = KESTREL_REG_QUEUE_CONFIG(0);

void make_ready(Queues& queues, std::uint32_t queue, std::uint32_t priority) {
  queues.write(queue, 0, KESTREL_QUEUE_CONFIG_ENABLE | priority << KESTREL_QUEUE_CONFIG_PRIO_SHIFT);
  queues[queue].tail = queues[queue].head + 1;
}

TEST_CASE("queues of one priority take turns", "[sim][kestrel]") {
  Queues queues;
  for (const std::uint32_t queue : {0u, 3u, 15u})
    make_ready(queues, queue, 1);
  std::vector<std::uint32_t> picks;
  for (int i = 0; i < 7; ++i)
    picks.push_back(*queues.pick());
  CHECK(picks == std::vector<std::uint32_t>{3, 15, 0, 3, 15, 0, 3});
  CHECK(queues.picked_last() == 3);
}

TEST_CASE("a queue that is passed over rises by a level in four decisions", "[sim][kestrel]") {
  Queues queues;
  make_ready(queues, 1, 3);
  make_ready(queues, 2, 2);
  make_ready(queues, 3, 0);
  std::vector<std::uint32_t> picks;
  for (int i = 0; i < 18; ++i)
    picks.push_back(*queues.pick());
  // Queue 2 is at the highest level after four decisions, queue 3 after twelve; each then has its
  // turn and begins again.
  CHECK(picks == std::vector<std::uint32_t>{1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 1, 3, 1, 2, 1, 1, 1});
}

TEST_CASE("no ready queue waits longer than the bound", "[sim][kestrel]") {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    CAPTURE(round);
    Queues queues;
    std::array<int, kQueues> waited = {};
    for (std::uint32_t i = 0; i < kQueues; ++i)
      make_ready(queues, i, random() % 4);
    for (int i = 0; i < 500; ++i) {
      const std::uint32_t pick = *queues.pick();
      for (std::uint32_t q = 0; q < kQueues; ++q) {
        waited[q] = q == pick ? 0 : waited[q] + 1;
        CHECK(waited[q] <= 4 * (3 - static_cast<int>(queues[q].priority())) + 15);
      }
    }
  }
}

TEST_CASE("a queue is ready when nothing speaks against it", "[sim][kestrel]") {
  Queues queues;
  CHECK_FALSE(queues.pick());
  make_ready(queues, 4, 0);
  Queue& queue = queues[4];
  CHECK(queues.any_ready());
  for (bool Queue::* flag :
       {&Queue::is_parked, &Queue::is_suspended, &Queue::has_error, &Queue::is_resetting}) {
    queue.*flag = true;
    CHECK_FALSE(queues.pick());
    queue.*flag = false;
  }
  queue.head = queue.tail;
  CHECK_FALSE(queues.pick());
  queue.tail = queue.head - 1;
  CHECK(queues.pick() == 4);
  queues.write(4, 0, 0);
  CHECK_FALSE(queues.any_ready());
}

TEST_CASE("a queue's registers keep what they name", "[sim][kestrel]") {
  Queues queues;
  for (std::uint32_t offset = 0; offset < 0x80; offset += 4)
    queues.write(7, offset, 0xffff'ffff);
  const auto read = [&queues](std::uint32_t offset) {
    return queues.read(7, offset - kOwn, false);
  };
  CHECK(read(KESTREL_REG_QUEUE_CONFIG(0)) == 0x1f1f'03ff);
  CHECK(read(KESTREL_REG_QUEUE_CONTROL(0)) == 0);
  CHECK(read(KESTREL_REG_QUEUE_RING_BASE_LO(0)) == 0xffff'ffff);
  CHECK(read(KESTREL_REG_QUEUE_RING_BASE_HI(0)) == 0xffff'ffff);
  CHECK(read(KESTREL_REG_QUEUE_STATUS_ADDR_LO(0)) == 0xffff'fff8);
  CHECK(read(KESTREL_REG_QUEUE_STATUS_ADDR_HI(0)) == 0xffff'ffff);
  CHECK(read(KESTREL_REG_QUEUE_BUDGET(0)) == 0xffff'ffff);
  for (std::uint32_t offset = KESTREL_REG_QUEUE_STATUS(0); offset < kOwn + 0x80; offset += 4)
    CHECK(read(offset) == 0);
  for (std::uint32_t offset = 0; offset < 0x80; offset += 4)
    CHECK(queues.read(6, offset, false) == 0);
  queues.reset(7);
  for (std::uint32_t offset = 0; offset < 0x80; offset += 4)
    CHECK(queues.read(7, offset, false) == 0);
}

TEST_CASE("status tells the queue's state", "[sim][kestrel]") {
  Queues queues;
  const auto status = [&queues](bool is_running) {
    return queues.read(0, KESTREL_REG_QUEUE_STATUS(0) - kOwn, is_running);
  };
  Queue& queue = queues[0];
  CHECK(status(false) == 0);
  queue.tail = 1;
  CHECK(status(true) == (KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_RUNNING));
  queue.head = 1;
  queue.is_suspended = true;
  CHECK(status(true) == KESTREL_QUEUE_STATUS_RUNNING);
  CHECK(status(false) == KESTREL_QUEUE_STATUS_SUSPENDED);
  queue = {};
  queue.is_parked = queue.has_error = queue.is_stalled = queue.is_resetting = true;
  CHECK(status(false) == (KESTREL_QUEUE_STATUS_PARKED | KESTREL_QUEUE_STATUS_ERROR |
                          KESTREL_QUEUE_STATUS_FAULT_STALLED | KESTREL_QUEUE_STATUS_RESETTING));
}

TEST_CASE("the error registers show the error while there is one", "[sim][kestrel]") {
  Queues queues;
  Queue& queue = queues[2];
  queue.error = {.failure = {.cause = KESTREL_ERROR_CAUSE_TRANSLATION,
                             .response = 3,
                             .fault = KESTREL_FAULT_TABLE_BUS,
                             .access = KESTREL_ACCESS_STORE,
                             .addr = 0x1122'3344'5566'7788},
                 .opcode = KESTREL_OPCODE_STORE,
                 .is_in_call = true,
                 .index = 9,
                 .offset = 0x40};
  const auto read = [&queues](std::uint32_t offset) {
    return queues.read(2, offset - kOwn, false);
  };
  CHECK(read(KESTREL_REG_QUEUE_ERROR_CAUSE(0)) == 0);
  CHECK(queues.error_queues() == 0);
  for (bool Queue::* flag : {&Queue::has_error, &Queue::is_stalled}) {
    queue.*flag = true;
    CHECK(queues.error_queues() == 4);
    CHECK(read(KESTREL_REG_QUEUE_ERROR_CAUSE(0)) ==
          (10u | 3u << 8 | 5u << 10 | 2u << 13 | 17u << 16 | 1u << 24));
    CHECK(read(KESTREL_REG_QUEUE_ERROR_INDEX(0)) == 9);
    CHECK(read(KESTREL_REG_QUEUE_ERROR_OFFSET(0)) == 0x40);
    CHECK(read(KESTREL_REG_QUEUE_ERROR_ADDR_LO(0)) == 0x5566'7788);
    CHECK(read(KESTREL_REG_QUEUE_ERROR_ADDR_HI(0)) == 0x1122'3344);
    queue.*flag = false;
  }
}

}  // namespace
}  // namespace presil::kestrel
