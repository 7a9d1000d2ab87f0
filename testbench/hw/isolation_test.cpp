// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// Two users of the part: neither reads or writes a byte of the other's, finds anything of it on
// chip, or delays it beyond the bound that the programmer's guide gives.

#include <algorithm>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "kestrel_bench.hpp"
#include "lockstep/random_program.hpp"
#include "testbench/support/page_tables.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kPage = PageTables::kPageBytes;
constexpr std::uint64_t kCommands = 0x1000'0000;  // Virtual, of every user.
constexpr std::uint64_t kData = 0x2000'0000;
constexpr unsigned kDataPages = 8;
constexpr std::uint64_t kFences = 0x3'0000'0000;
constexpr std::uint32_t kScratchpadBytes = 256 * 1024;

/// One address space with memory of its own, and a queue.
class User {
 public:
  User(KestrelBench& bench, unsigned queue, const QueueSetup& setup)
      : queue(queue),
        bench_(bench),
        bus_(0x100'0000'0000 + std::uint64_t{queue} * 0x1'0000'0000),
        tables_(bus_, bench.memory.memory()) {
    for (unsigned page = 0; page < 4; ++page)
      tables_.map(kCommands + page * kPage, bus_commands() + page * kPage, PageTables::kRead);
    for (unsigned page = 0; page < kDataPages; ++page)
      tables_.map(kData + page * kPage, bus_data() + page * kPage,
                  PageTables::kRead | PageTables::kWrite);
    bench.set_space(setup.space, KESTREL_SPACE_MODE_TABLE, tables_.root());
    bench.start_queue(queue, setup);
    setup_ = setup;
  }

  [[nodiscard]] std::uint64_t bus_commands() const { return bus_ + 0x1000'0000; }
  [[nodiscard]] std::uint64_t bus_data() const { return bus_ + 0x2000'0000; }
  [[nodiscard]] std::vector<std::uint8_t> data() const {
    return bench_.memory.memory().read(bus_data(), kDataPages * kPage);
  }
  void fill(std::uint8_t seed) {
    std::vector<std::uint8_t> bytes(kDataPages * kPage);
    for (std::size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = static_cast<std::uint8_t>(seed + i * 7 + (i >> 8));
    bench_.memory.memory().write(bus_data(), bytes);
  }

  void push(const std::vector<KestrelRecord>& commands, std::uint64_t fence) {
    const std::uint32_t bytes = bench_.write_commands(bus_commands(), commands);
    bench_.push(queue, kestrel_call(kCommands, bytes));
    bench_.push(queue, kestrel_fence(fence_addr(), fence));
  }
  /// Whether it went well; an error is left, so that the queue can be used again.
  bool run(const std::vector<KestrelRecord>& commands) {
    push(commands, ++fence_);
    bench_.ring(queue);
    REQUIRE(bench_.settle(queue));
    const bool failed = (bench_.queue_status(queue) & KESTREL_QUEUE_STATUS_ERROR) != 0;
    if (failed)
      restart();
    else
      CHECK(bench_.memory.memory().read64(fence_addr()) == fence_);
    return !failed;
  }
  void restart() {
    REQUIRE(bench_.reset_queue(queue));
    bench_.start_queue(queue, setup_);
  }
  [[nodiscard]] std::uint64_t fence_addr() const { return kFences + 64 * queue; }

  const unsigned queue;

 private:
  KestrelBench& bench_;
  QueueSetup setup_;
  std::uint64_t bus_;
  PageTables tables_;
  std::uint64_t fence_ = 0;
};

std::vector<KestrelRecord> fill_chip(std::uint32_t pad) {
  return {
      KestrelTransfer{.pad = static_cast<std::uint8_t>(pad),
                      .n = {32768, 8, 1, 1, 1},
                      .step = {{{.scratchpad = 32768}}}}
          .load(),
      kestrel_barrier(),
      KestrelAccumulate{.mode = KESTREL_ACCUMULATE_MODE_SUM, .n = {1024, 1}, .s = {1, 0}}.record()};
}

/// Scratchpad to memory, 32 KiB of it, from `first` on; or the accumulators, cut to bytes.
std::vector<KestrelRecord> spill_scratchpad(std::uint32_t first) {
  return {KestrelTransfer::run(kData, first, 32768).store()};
}
std::vector<KestrelRecord> spill_accumulators() {
  return {KestrelOutput{.n = {1024, 1}, .ss = {1, 0}, .ds = {1, 0}, .scale = 1}.record(),
          kestrel_barrier(), KestrelTransfer::run(kData, 0, 16384).store()};
}

TEST_CASE("isolation: nothing of one user is left on chip for the next", "[hw][isolation]") {
  KestrelBench bench;
  bench.start();
  User first(bench, 0, {.space = 1});
  User second(bench, 1, {.space = 2});
  const bool first_is_aborted = GENERATE(false, true);
  CAPTURE(first_is_aborted);
  const auto occupy = [&] {
    std::vector<KestrelRecord> commands = fill_chip(0x5a);
    if (first_is_aborted) {
      commands.push_back(kestrel_barrier());
      commands.emplace_back(KESTREL_OPCODE_CALL);
    }
    CHECK(first.run(commands) == !first_is_aborted);
  };

  for (std::uint32_t at = 0; at < kScratchpadBytes; at += 32768) {
    occupy();
    second.fill(1);
    REQUIRE(second.run(spill_scratchpad(at)));
    const auto bytes = second.data();
    CHECK(std::all_of(bytes.begin(), bytes.begin() + 32768, [](auto b) { return b == 0; }));
  }
  occupy();
  second.fill(1);
  REQUIRE(second.run(spill_accumulators()));
  const auto bytes = second.data();
  CHECK(std::all_of(bytes.begin(), bytes.begin() + 16384, [](auto b) { return b == 0; }));
}

TEST_CASE("isolation: what a user left is there for it, unless its record failed",
          "[hw][isolation]") {
  KestrelBench bench;
  bench.start();
  User user(bench, 3, {.space = 5});
  REQUIRE(user.run(fill_chip(0x5a)));
  REQUIRE(user.run(spill_scratchpad(0)));
  CHECK(user.data()[100] == 0x5a);
  CHECK_FALSE(user.run({kestrel_barrier(), KestrelRecord(KESTREL_OPCODE_CALL)}));
  REQUIRE(user.run(spill_scratchpad(0)));
  CHECK(user.data()[100] == 0);
}

TEST_CASE("isolation: a space that was invalidated as a whole has nothing left on chip",
          "[hw][isolation]") {
  KestrelBench bench;
  bench.start();
  User user(bench, 3, {.space = 5});
  REQUIRE(user.run(fill_chip(0x5a)));
  bench.invalidate(5);
  REQUIRE(user.run(spill_scratchpad(0)));
  CHECK(user.data()[100] == 0);
}

TEST_CASE("isolation: hostile programs change nothing but their own memory", "[hw][isolation]") {
  const std::uint64_t seed = GENERATE(1, 2, 3);
  CAPTURE(seed);
  KestrelBench bench({.stall_percent = 10, .latency_cycles = 30, .interleave = true, .seed = seed});
  bench.start();
  Random random(seed);
  User victim(bench, 0, {.space = 1});
  User attacker(bench, 1, {.space = 2, .budget_ns = 20'000});
  victim.fill(3);
  attacker.fill(9);
  const auto before = victim.data();
  const auto kernel = [&] {
    auto bytes = bench.memory.memory().read(KestrelBench::ring_base(0), 64 * 64);
    const auto fences = bench.memory.memory().read(victim.fence_addr(), 8);
    bytes.insert(bytes.end(), fences.begin(), fences.end());
    return bytes;
  };
  const auto kernel_before = kernel();
  const std::size_t accesses_before = bench.memory.accesses().size();

  unsigned failures = 0;
  for (int i = 0; i < 60; ++i) {
    RandomProgram program(random, {kData, 4 * kPage, kData + 4 * kPage, 4 * kPage},
                          {.outside = 3, .corrupt = 3, .illegal = 8, .misplaced = 8});
    failures += !attacker.run(program.make(8, true));
  }
  CHECK(failures > 5);
  CHECK(victim.data() == before);
  CHECK(kernel() == kernel_before);
  // Nor was anything read that is not the attacker's, its ring's or a fence's.
  const auto mine = [&](std::uint64_t addr) {
    return (addr >> 32) == (attacker.bus_data() >> 32) ||
           (addr >= KestrelBench::ring_base(1) && addr < KestrelBench::ring_base(2)) ||
           addr == attacker.fence_addr();
  };
  const auto& accesses = bench.memory.accesses();
  CHECK(std::all_of(accesses.begin() + static_cast<std::ptrdiff_t>(accesses_before), accesses.end(),
                    [&](const AxiAccess& access) { return mine(access.request.addr); }));
  CHECK(victim.run(spill_scratchpad(0)));
}

TEST_CASE("isolation: a user waits no longer than the bound", "[hw][isolation]") {
  constexpr std::uint32_t kBudget = 3000;
  // Until a record that overran has left the bus, and the next has been fetched.
  constexpr std::uint64_t kTurnaround = 1000;
  KestrelBench bench({.latency_cycles = 100});
  bench.start();
  const std::uint32_t priority = GENERATE(0u, 3u);
  CAPTURE(priority);
  std::vector<User> hostile;
  hostile.reserve(4);
  for (unsigned i = 0; i < 4; ++i) {
    hostile.emplace_back(
        bench, 1 + i,
        QueueSetup{.space = 2 + i, .priority = 3, .ring_log2 = 8, .budget_ns = kBudget});
    // Nearly as long as it may be.
    for (int n = 0; n < 40; ++n)
      hostile.back().push({KestrelAccumulate{.n = {1000, 1}, .r = {2, 1, 1}}.record()}, 1);
  }
  User victim(bench, 0, {.space = 1, .priority = priority});
  for (User& user : hostile)
    bench.ring(user.queue);
  bench.cycles(500);
  const std::uint64_t begin = bench.now();
  bench.push(victim.queue, kestrel_fence(victim.fence_addr(), 78));
  bench.ring(victim.queue);
  REQUIRE(bench.run_until([&] { return bench.memory.memory().read64(victim.fence_addr()) == 78; },
                          1'000'000));
  const std::uint64_t bound = (4 * (3 - priority) + 15) * (kBudget + kTurnaround);
  CHECK(bench.now() - begin <= bound);
}

}  // namespace
}  // namespace presil::testbench
