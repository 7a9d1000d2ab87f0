// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// The memory path of kestrel, rule by rule: what the TLB keeps, who goes first, how fast it is.

#include <array>
#include <cstdint>
#include <optional>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "mmu_bench.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kVa = 0x7fff'0000'0000, kPa = 0x000a'4000'0000'0000;
constexpr std::uint64_t kRead = kPteValid | kPteLeaf | kPteRead;
constexpr std::uint64_t kAll = kRead | kPteWrite;
constexpr unsigned kLoad = 1, kStore = 0;
constexpr std::uint64_t kLine = 8 * kSmallPage;

/// Space 1 has an empty table.
class RulesBench : public MmuBench {
 public:
  explicit RulesBench(const AxiTiming& timing = {.latency_cycles = 20}) : MmuBench(timing) {
    root = tables.make_table();
    set_space(1, {.mode = KESTREL_SPACE_MODE_TABLE, .root = root});
  }

  void map_pages(std::uint64_t va, std::uint64_t pages, std::uint64_t pa = kPa) {
    for (std::uint64_t page = 0; page < pages; ++page) {
      tables.map(root, va + page * kSmallPage, (pa + page * kSmallPage) | kAll);
    }
  }
  unsigned load(std::uint64_t va, std::uint8_t space = 1) {
    return request(kReads, kLoad, {.addr = va, .space = space});
  }
  unsigned store(std::uint64_t va) { return request(kWrites, kStore, {.addr = va, .space = 1}); }

  /// Walks that `access` begins.
  template <class Access>
  std::uint64_t walks(Access access) {
    const std::uint64_t before = misses;
    CHECK(access() == KESTREL_FAULT_NONE);
    return misses - before;
  }

  std::uint64_t root = 0;
};

}  // namespace

TEST_CASE("mmu: one walk serves a line of eight pages, for both directions", "[hw][mmu]") {
  RulesBench bench;
  bench.map_pages(kVa, 512);
  CHECK(bench.walks([&] { return bench.load(kVa + 5 * kSmallPage); }) == 1);
  for (unsigned page = 0; page < 8; ++page) {
    CHECK(bench.walks([&] { return bench.load(kVa + page * kSmallPage + 4080); }) == 0);
    CHECK(bench.walks([&] { return bench.store(kVa + page * kSmallPage); }) == 0);
  }
  for (int i = 0; i < 200; ++i) {
    bench.cycle();
  }
  CHECK(bench.walk_reads == 5);  // The fifth is ahead; a line that is there is not read again.
}

TEST_CASE("mmu: one walk serves a line of eight big pages", "[hw][mmu]") {
  RulesBench bench;
  for (unsigned page = 0; page < 8; ++page) {
    bench.tables.map(bench.root, kVa + page * kBigPage, (kPa + page * kBigPage) | kAll, 1);
  }
  CHECK(bench.walks([&] { return bench.load(kVa + 5 * kBigPage + 12345); }) == 1);
  CHECK(bench.walk_reads == 3);
  for (unsigned page = 0; page < 8; ++page) {
    CHECK(bench.walks([&] { return bench.store(kVa + page * kBigPage + 0x1f'f000); }) == 0);
  }
}

TEST_CASE("mmu: the TLB keeps 16 lines, and replaces the oldest", "[hw][mmu]") {
  RulesBench bench;
  // The last line of a leaf table: nothing is walked ahead.
  const auto va = [](unsigned i) { return kVa + i * kBigPage + 504 * kSmallPage; };
  for (unsigned i = 0; i < 17; ++i) {
    bench.map_pages(va(i), 8);
  }
  for (unsigned i = 0; i < 16; ++i) {
    CHECK(bench.walks([&] { return bench.load(va(i)); }) == 1);
  }
  for (unsigned i = 0; i < 16; ++i) {
    CHECK(bench.walks([&] { return bench.load(va(i)); }) == 0);
  }
  CHECK(bench.walks([&] { return bench.load(va(16)); }) == 1);
  for (unsigned i = 1; i < 17; ++i) {
    CHECK(bench.walks([&] { return bench.load(va(i)); }) == 0);
  }
  CHECK(bench.walks([&] { return bench.load(va(0)); }) == 1);
}

TEST_CASE("mmu: a line that is walked again keeps its place in the TLB", "[hw][mmu]") {
  RulesBench bench;
  const auto va = [](unsigned i) { return kVa + i * kBigPage + 504 * kSmallPage; };
  for (unsigned i = 0; i < 16; ++i) {
    bench.map_pages(va(i), 1);
    CHECK(bench.walks([&] { return bench.load(va(i)); }) == 1);
  }
  for (unsigned page = 1; page < 8; ++page) {
    bench.map_pages(va(15), page + 1);
    CHECK(bench.walks([&] { return bench.load(va(15) + page * kSmallPage); }) == 1);
  }
  for (unsigned i = 0; i < 16; ++i) {
    CHECK(bench.walks([&] { return bench.load(va(i)); }) == 0);
  }
}

TEST_CASE("mmu: spaces do not mix up their tables", "[hw][mmu]") {
  RulesBench bench;
  const std::uint64_t other = bench.tables.make_table();
  bench.set_space(2, {.mode = KESTREL_SPACE_MODE_TABLE, .root = other});
  bench.map_pages(kVa, 512);
  for (unsigned page = 0; page < 512; ++page) {
    const std::uint64_t pa = kPa + (1ull << 40) + page * kSmallPage;
    bench.tables.map(other, kVa + page * kSmallPage, pa | kAll);
  }
  // Through the line, the TLB, and the way to the leaf table; the bench knows where to.
  for (const unsigned page : {0u, 0u, 100u, 200u, 0u, 200u}) {
    CHECK(bench.load(kVa + page * kSmallPage, 1) == KESTREL_FAULT_NONE);
    CHECK(bench.load(kVa + page * kSmallPage, 2) == KESTREL_FAULT_NONE);
  }
}

TEST_CASE("mmu: nothing is walked ahead beyond the leaf table", "[hw][mmu]") {
  RulesBench bench;
  bench.map_pages(kVa, 1024);
  bench.load(kVa + 1016 * kSmallPage);
  bench.load(kVa + 504 * kSmallPage);
  for (int i = 0; i < 200; ++i) {
    bench.cycle();
  }
  CHECK(bench.walk_reads == 8);
}

TEST_CASE("mmu: a leaf table that is known saves the levels above", "[hw][mmu]") {
  RulesBench bench;
  bench.map_pages(kVa, 512);
  bench.load(kVa + 504 * kSmallPage);
  CHECK(bench.walk_reads == 4);
  bench.load(kVa + 256 * kSmallPage);
  for (int i = 0; i < 100; ++i) {
    bench.cycle();
  }
  CHECK(bench.walk_reads == 6);  // The line, and ahead the one after it.
  CHECK(bench.walks([&] { return bench.load(kVa + 264 * kSmallPage); }) == 0);
}

TEST_CASE("mmu: a walk ahead that finds nothing is no fault", "[hw][mmu]") {
  RulesBench bench;
  bench.map_pages(kVa, 8);
  SECTION("nothing is mapped") {}
  SECTION("the bus refuses") {
    bench.tables.refuse_reads(bench.tables.entry_addr(bench.root, kVa + kLine, 0), 2);
  }
  bench.load(kVa);
  for (int i = 0; i < 200; ++i) {
    bench.cycle();
  }
  CHECK(bench.refused == 0);
  CHECK(bench.walk_reads == 5);
  CHECK(bench.load(kVa + kLine) != KESTREL_FAULT_NONE);
}

TEST_CASE("mmu: an entry that becomes valid, or permits more, needs no invalidation", "[hw][mmu]") {
  RulesBench bench;
  bench.map_pages(kVa, 4);
  CHECK(bench.load(kVa) == KESTREL_FAULT_NONE);
  CHECK(bench.load(kVa + 4 * kSmallPage) == KESTREL_FAULT_NOT_PRESENT);
  bench.tables.map(bench.root, kVa + 4 * kSmallPage, kPa | kRead);
  CHECK(bench.load(kVa + 4 * kSmallPage) == KESTREL_FAULT_NONE);
  CHECK(bench.store(kVa + 4 * kSmallPage) == KESTREL_FAULT_PERMISSION);
  bench.tables.map(bench.root, kVa + 4 * kSmallPage, kPa | kAll);
  CHECK(bench.store(kVa + 4 * kSmallPage) == KESTREL_FAULT_NONE);
  CHECK(bench.load(kVa + kBigPage) == KESTREL_FAULT_NOT_PRESENT);
  bench.map_pages(kVa + kBigPage, 1);
  CHECK(bench.load(kVa + kBigPage) == KESTREL_FAULT_NONE);
}

TEST_CASE("mmu: what an invalidation forgets, and what it does not", "[hw][mmu][invalidate]") {
  RulesBench bench;
  bench.set_space(2, {.mode = KESTREL_SPACE_MODE_TABLE, .root = bench.root});
  // Two lines of one table; the last one keeps the other from being fetched ahead.
  const std::uint64_t first = kVa + 496 * kSmallPage, second = kVa + 504 * kSmallPage;
  bench.map_pages(first, 16);
  for (const std::uint64_t va : {first, second}) {
    bench.load(va);
    bench.load(va, 2);
  }
  for (int i = 0; i < 200; ++i) {
    bench.cycle();
  }
  const auto walks = [&](std::uint64_t va, unsigned space = 1) {
    return bench.walks([&] { return bench.load(va, static_cast<std::uint8_t>(space)); });
  };
  REQUIRE(walks(first) + walks(second) + walks(first, 2) + walks(second, 2) == 0);

  SECTION("a range: the lines that it meets") {
    bench.invalidate(false, true, 1, second + 3 * kSmallPage, second + 3 * kSmallPage);
    CHECK(walks(first) == 0);
    CHECK(walks(second, 2) == 0);
    CHECK(walks(second) == 1);
  }
  SECTION("the last page of a line") {
    bench.invalidate(false, true, 1, 0, first + 4095);
    CHECK(walks(second) == 0);
    CHECK(walks(first) == 1);
  }
  SECTION("the first and the last page of a line") {
    bench.invalidate(false, true, 1, first + kLine - 1, second);
    CHECK(walks(second) == 1);
    CHECK(walks(first) == 1);
  }
  SECTION("nothing before and behind") {
    bench.invalidate(false, true, 1, 0, first - 1);
    bench.invalidate(false, true, 1, second + kLine, ~std::uint64_t{0} >> 16);
    CHECK(walks(first) + walks(second) == 0);
  }
  SECTION("a space") {
    bench.invalidate(false, false, 2);
    CHECK(walks(first) + walks(second) == 0);
    CHECK(walks(second, 2) == 1);
  }
  SECTION("a range of all spaces") {
    bench.invalidate(true, true, 9, first, first);
    CHECK(walks(second) + walks(second, 2) == 0);
    CHECK(walks(first) == 1);
    CHECK(walks(first, 2) == 1);
  }
  SECTION("all spaces") {
    bench.invalidate(true, false, 9);
    CHECK(walks(second) == 1);
    CHECK(walks(second, 2) == 1);
  }
  SECTION("the way to the leaf table") {
    const std::uint64_t other = bench.tables.make_table();
    bench.tables.set(other + 504 * 8, 0x5000 | kAll);
    bench.tables.map(bench.root, kVa, other | kPteValid, 1);
    bench.invalidate(false, true, 1, second, second);
    CHECK(bench.load(second) == KESTREL_FAULT_NONE);  // The bench knows where to.
  }
}

TEST_CASE("mmu: an old translation is used until it is invalidated", "[hw][mmu][invalidate]") {
  RulesBench bench;
  bench.map_pages(kVa, 1);
  CHECK(bench.load(kVa) == KESTREL_FAULT_NONE);
  bench.tables.note_changes();
  bench.tables.map(bench.root, kVa, 0);
  CHECK(bench.load(kVa) == KESTREL_FAULT_NONE);
  bench.invalidate(false, true, 1, kVa, kVa);
  bench.tables.forget_changes();
  CHECK(bench.load(kVa) == KESTREL_FAULT_NOT_PRESENT);
}

TEST_CASE("mmu: a stalled request goes on after a retry once its page is there",
          "[hw][mmu][stall]") {
  RulesBench bench;
  bench.stall_faults = true;
  bench.map_pages(kVa, 1);
  bench.make = [&](unsigned direction, unsigned client) {
    const bool wanted = direction == kReads && client == kLoad && bench.taken + bench.refused == 0;
    return wanted ? std::optional(BusRequest{.addr = kVa + 5 * kSmallPage + 48, .space = 1})
                  : std::nullopt;
  };
  const auto run = [&](int cycles) {
    for (int i = 0; i < cycles; ++i) {
      bench.cycle();
    }
  };
  run(300);
  REQUIRE(bench.model->stalled_o);
  CHECK(bench.model->stalled_access_o == KESTREL_ACCESS_LOAD);
  CHECK(bench.model->stalled_fault_o == KESTREL_FAULT_NOT_PRESENT);
  CHECK(!bench.model->busy_o);
  // An invalidation does not wait for it, nor end it.
  bench.invalidate(true, false);
  CHECK(bench.model->stalled_o);
  bench.retry = true;
  run(2);
  CHECK(!bench.model->stalled_o);
  run(300);
  CHECK(bench.model->stalled_o);
  CHECK(bench.stalls == 2);
  SECTION("mapped") {
    bench.map_pages(kVa, 8);
    bench.retry = true;
    run(300);
    CHECK(bench.taken == 1);
    CHECK(bench.refused == 0);
  }
  SECTION("aborted") {
    bench.abort = true;
    run(3);
    CHECK(bench.faults[KESTREL_FAULT_NOT_PRESENT] == 1);
    CHECK(bench.taken == 0);
  }
  CHECK(!bench.model->stalled_o);
}

TEST_CASE("mmu: two directions may stall; the first one is shown", "[hw][mmu][stall]") {
  RulesBench bench({.latency_cycles = 1});
  bench.stall_faults = true;
  const unsigned first = GENERATE(0u, 1u);
  std::array<bool, 2> asked{};
  std::uint64_t second_after = 100;
  bench.make = [&](unsigned direction, unsigned client) -> std::optional<BusRequest> {
    if (client != 1 || asked[direction] || (direction != first && bench.cycles < second_after)) {
      return std::nullopt;
    }
    asked[direction] = true;
    return BusRequest{.addr = kVa + direction, .space = 1};
  };
  for (int i = 0; i < 300; ++i) {
    bench.cycle();
  }
  CHECK(bench.stalls == 1);
  CHECK(bench.model->stalled_addr_o == kVa + first);
  CHECK(bench.model->stalled_access_o ==
        (first == kReads ? KESTREL_ACCESS_LOAD : KESTREL_ACCESS_CONTROL));
  bench.abort = true;
  for (int i = 0; i < 10; ++i) {
    bench.cycle();
  }
  CHECK(bench.refused == 2);
}

TEST_CASE("mmu: a privileged request is refused where others stall", "[hw][mmu][stall]") {
  RulesBench bench;
  bench.stall_faults = true;
  CHECK(bench.request(kReads, 0, {.addr = kVa, .space = 1, .privileged = true}) ==
        KESTREL_FAULT_NOT_PRESENT);
  CHECK(bench.stalls == 0);
}

TEST_CASE("mmu: which fault is reported when there are several", "[hw][mmu]") {
  RulesBench bench;
  CHECK(bench.load(1ull << 63, 5) == KESTREL_FAULT_SPACE_OFF);
  CHECK(bench.load(1ull << 48) == KESTREL_FAULT_NON_CANONICAL);
  CHECK(bench.load(kVa) == KESTREL_FAULT_NOT_PRESENT);
  // What is not present may look as it likes; a wrong format goes before permission; the bus first.
  bench.tables.map(bench.root, kVa, 0xfff0'0000'0000'0ff0 | kPteLeaf);
  CHECK(bench.load(kVa) == KESTREL_FAULT_NOT_PRESENT);
  bench.tables.map(bench.root, kVa, kPteValid | kPteLeaf | 1ull << 52);
  CHECK(bench.load(kVa) == KESTREL_FAULT_TABLE_FORMAT);
  bench.tables.refuse_reads(bench.tables.entry_addr(bench.root, kVa, 0), 3);
  CHECK(bench.load(kVa) == KESTREL_FAULT_TABLE_BUS);
}

TEST_CASE("mmu: fetch goes before load, and does not keep it out", "[hw][mmu]") {
  RulesBench bench({.latency_cycles = 1});
  bench.set_space(0, {.mode = KESTREL_SPACE_MODE_BYPASS});
  bench.make = [](unsigned direction, unsigned) {
    return direction == kReads ? std::optional(BusRequest{.addr = kPa}) : std::nullopt;
  };
  bench.cycle();
  bench.cycle();
  CHECK(bench.taken_of[kReads][0] == 1);
  CHECK(bench.taken_of[kReads][1] == 0);
  for (int i = 0; i < 2000; ++i) {
    bench.cycle();
  }
  CHECK(bench.taken_of[kReads][0] > 450);
  CHECK(bench.taken_of[kReads][1] > 450);
  bench.drain();
}

TEST_CASE("mmu: a request every other cycle, in both directions", "[hw][mmu][speed]") {
  RulesBench bench({.latency_cycles = 1});
  bench.map_pages(kVa, 8);
  const unsigned space = GENERATE(0u, 1u);
  bench.set_space(0, {.mode = KESTREL_SPACE_MODE_BYPASS});
  bench.load(kVa);
  bench.store(kVa);
  const std::uint64_t taken = bench.taken;
  bench.make = [&](unsigned direction, unsigned client) {
    const bool wanted = client == (direction == kReads ? kLoad : kStore);
    const std::uint64_t page = kVa + direction * kSmallPage;
    return wanted
               ? std::optional(BusRequest{.addr = page, .space = static_cast<std::uint8_t>(space)})
               : std::nullopt;
  };
  for (int i = 0; i < 1000; ++i) {
    bench.cycle();
  }
  CHECK(bench.taken - taken >= 980);
  bench.drain();
}

TEST_CASE("mmu: a stream through 4 KiB pages is as fast as the bus, with memory far away",
          "[hw][mmu][speed]") {
  constexpr std::uint64_t kBytes = 1 << 20, kLatency = 500;
  const bool both = GENERATE(false, true);
  RulesBench bench({.latency_cycles = kLatency});
  bench.map_pages(kVa, kBytes / kSmallPage);
  bench.map_pages(kVa + (1ull << 30), kBytes / kSmallPage, kPa + (1ull << 30));
  std::array<std::uint64_t, 2> offset{};
  bench.make = [&](unsigned direction, unsigned client) -> std::optional<BusRequest> {
    const bool wanted = direction == kReads ? client == kLoad : both && client == kStore;
    if (!wanted || offset[direction] == kBytes) {
      return std::nullopt;
    }
    const std::uint64_t va = kVa + direction * (1ull << 30) + offset[direction];
    offset[direction] += 256;
    return BusRequest{.addr = va, .len = 15, .space = 1};
  };
  while (bench.beats < kBytes / 16) {
    REQUIRE(bench.cycles < 2'000'000);
    bench.cycle();
  }
  // Four levels for the first line, or for the first line of both streams, and the first data.
  const std::uint64_t beginning = (both ? 9 : 5) * (kLatency + 20);
  CAPTURE(bench.cycles, bench.misses, bench.waited);
  CHECK(bench.cycles < beginning + kBytes / 16 * 101 / 100);
  bench.drain();
  CHECK(bench.misses == (both ? 2 : 1));
}

}  // namespace presil::testbench
