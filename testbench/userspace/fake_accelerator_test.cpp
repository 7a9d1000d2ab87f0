// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The hardware behind the fake kernel: what it runs, what it reports, what it gives out.

#include "fake_accelerator.hpp"

#include <kestrel_regs.h>

#include <algorithm>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "testbench/support/kestrel_records.hpp"

using presil::kestrel::kCalls;
using presil::kestrel::kRecords;
using presil::testbench::kestrel_barrier;
using presil::testbench::kestrel_sync;
using presil::testbench::KestrelRecord;
using presil::testbench::KestrelTransfer;
using presil::testbench::PageTables;

namespace {

constexpr std::uint64_t kCommands = 0x1000, kData = 0x7000'0000'0000;
constexpr std::uint64_t kReadWrite = PageTables::kRead | PageTables::kWrite;

struct Bench {
  Bench() {
    accelerator.set_page(table, kCommands, accelerator.add_memory(commands), PageTables::kRead);
    accelerator.set_page(table, kData, accelerator.add_memory(data), kReadWrite);
  }

  FakeAccelerator::Outcome run(const std::vector<KestrelRecord>& records) {
    for (std::size_t i = 0; i < records.size(); ++i)
      std::ranges::copy(std::as_bytes(std::span(records[i].words())),
                        commands.begin() + static_cast<std::ptrdiff_t>(i * 64));
    const FakeAccelerator::Call call{kCommands, static_cast<std::uint32_t>(records.size() * 64)};
    return accelerator.run(queue, {&call, 1});
  }

  FakeAccelerator accelerator;
  std::vector<std::byte> commands = std::vector<std::byte>(4096);
  std::vector<std::byte> data = std::vector<std::byte>(4096);
  std::size_t table = accelerator.add_table();
  std::uint32_t space = *accelerator.take_space(table);
  std::uint32_t queue = *accelerator.take_queue(space, 1);
};

}  // namespace

TEST_CASE("fake accelerator: Commands move bytes and are counted", "[userspace][fake]") {
  Bench bench;
  bench.data[5] = std::byte{77};
  const auto outcome = bench.run({KestrelTransfer::run(kData, 0, 16).load(), kestrel_barrier(),
                                  KestrelTransfer::run(kData + 100, 0, 16).store()});
  CHECK(outcome.cause == KESTREL_ERROR_CAUSE_NONE);
  CHECK(bench.data[105] == std::byte{77});
  CHECK(bench.accelerator.queue_counts(bench.queue)[kCalls] == 1);
  CHECK(bench.accelerator.queue_counts(bench.queue)[kRecords] == 2);  // And a fence.
}

TEST_CASE("fake accelerator: A failure is that of the command, and keeps the counters",
          "[userspace][fake]") {
  Bench bench;
  const auto outcome =
      bench.run({kestrel_barrier(), KestrelTransfer::run(kCommands, 0, 16).store()});
  CHECK(outcome.cause == KESTREL_ERROR_CAUSE_TRANSLATION);
  CHECK(outcome.fault == KESTREL_FAULT_PERMISSION);
  CHECK(outcome.access == KESTREL_ACCESS_STORE);
  CHECK(outcome.opcode == KESTREL_OPCODE_STORE);
  CHECK(outcome.call == 0);
  CHECK(outcome.offset == 64);
  CHECK(outcome.va == kCommands);
  CHECK(bench.accelerator.queue_counts(bench.queue)[kCalls] == 1);
}

TEST_CASE("fake accelerator: A command that waits for ever is ended by its budget",
          "[userspace][fake]") {
  Bench bench;
  CHECK(bench.run({kestrel_sync({.wait_prev = true})}).cause == KESTREL_ERROR_CAUSE_BUDGET);
}

TEST_CASE("fake accelerator: A page is gone once its translation is", "[userspace][fake]") {
  Bench bench;
  const std::vector load = {KestrelTransfer::run(kData, 0, 16).load()};
  CHECK(bench.run(load).cause == KESTREL_ERROR_CAUSE_NONE);
  bench.accelerator.set_page(bench.table, kData, 0, 0);
  bench.accelerator.invalidate(bench.space, kData, kData + 4095);
  CHECK(bench.run(load).fault == KESTREL_FAULT_NOT_PRESENT);
}

TEST_CASE("fake accelerator: Memory that was removed is nobody's", "[userspace][fake]") {
  Bench bench;
  std::vector<std::byte> more(4096);
  const std::uint64_t bus_address = bench.accelerator.add_memory(more);
  bench.accelerator.set_page(bench.table, kData + 4096, bus_address, kReadWrite);
  const std::vector load = {KestrelTransfer::run(kData + 4096, 0, 16).load()};
  CHECK(bench.run(load).cause == KESTREL_ERROR_CAUSE_NONE);
  bench.accelerator.remove_memory(bus_address);
  CHECK(bench.run(load).cause == KESTREL_ERROR_CAUSE_READ_ERROR);
}

TEST_CASE("fake accelerator: There are as many spaces and queues as there are",
          "[userspace][fake]") {
  FakeAccelerator accelerator;
  const std::size_t table = accelerator.add_table();
  std::uint32_t last_space = 0, last_queue = 0;
  for (std::uint32_t i = 0; i < FakeAccelerator::kSpaces; ++i)
    last_space = accelerator.take_space(table).value();
  CHECK_FALSE(accelerator.take_space(table));
  for (std::uint32_t i = 0; i < FakeAccelerator::kQueues; ++i)
    last_queue = accelerator.take_queue(last_space, 0).value();
  CHECK_FALSE(accelerator.take_queue(last_space, 0));
  accelerator.release_queue(last_queue);
  CHECK(accelerator.take_queue(last_space, 2) == last_queue);
  accelerator.release_space(last_space);
  CHECK(accelerator.take_space(table) == last_space);
}
