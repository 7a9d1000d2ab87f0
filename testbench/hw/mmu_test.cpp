// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// The memory path of kestrel under random traffic, judged by what the page tables say.

#include <algorithm>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "mmu_bench.hpp"
#include "mmu_world.hpp"

namespace presil::testbench {
namespace {

/// Timing of a seed: from a bus that is always ready to one that hardly ever is.
AxiTiming timing(std::uint64_t seed) {
  return {.stall_percent = static_cast<unsigned>(seed % 4 * 25),
          .latency_cycles = static_cast<unsigned>(1 + seed * 7 % 60),
          .interleave = seed % 3 == 1,
          .seed = seed};
}

/// Lets every client ask for something of `world` in `percent` of the cycles.
void let_ask(MmuBench& bench, MmuWorld& world, std::mt19937_64& random, unsigned percent) {
  bench.make = [&, percent](unsigned, unsigned) {
    return random() % 100 < percent ? std::optional(world.request()) : std::nullopt;
  };
}

}  // namespace

TEST_CASE("mmu: random requests go where the tables say, or are refused as they say", "[hw][mmu]") {
  const std::uint64_t seed = GENERATE(range(1u, 17u));
  CAPTURE(seed);
  MmuBench bench(timing(seed));
  MmuWorld world(bench, seed);
  std::mt19937_64 random(seed);
  bench.write_data_percent = 30 + seed % 3 * 35;
  bench.read_ahead_beats = seed % 2 ? 1024 : 32;
  let_ask(bench, world, random, seed % 5 == 0 ? 100 : 20);
  for (int i = 0; bench.taken < 2000; ++i) {
    REQUIRE(i < 1'000'000);
    bench.cycle();
  }
  bench.drain();
  CHECK(bench.refused > 100);
  CHECK(bench.checked_beats > 100);
  for (unsigned direction = 0; direction < 2; ++direction) {
    CHECK(bench.taken_of[direction][0] > 200);
    CHECK(bench.taken_of[direction][1] > 200);
  }
  for (int i = 0; bench.model->busy_o || bench.memory.reads_open() != 0; ++i) {
    REQUIRE(i < 1000);  // A walk ahead may be under way.
    bench.cycle();
  }
}

TEST_CASE("mmu: random requests meet every fault", "[hw][mmu]") {
  std::array<std::uint64_t, 7> faults{};
  for (std::uint64_t seed = 100; seed < 104; ++seed) {
    CAPTURE(seed);
    MmuBench bench({.latency_cycles = 1, .seed = seed});
    MmuWorld world(bench, seed);
    std::mt19937_64 random(seed);
    let_ask(bench, world, random, 50);
    for (int i = 0; i < 20'000; ++i) {
      bench.cycle();
    }
    bench.drain();
    for (unsigned fault = 0; fault < faults.size(); ++fault) {
      faults[fault] += bench.faults[fault];
    }
  }
  for (unsigned fault = KESTREL_FAULT_SPACE_OFF; fault <= KESTREL_FAULT_TABLE_FORMAT; ++fault) {
    CAPTURE(fault);
    CHECK(faults[fault] > 20);
  }
}

TEST_CASE("mmu: tables change under traffic; after an invalidation nothing old is used",
          "[hw][mmu]") {
  const std::uint64_t seed = GENERATE(range(1u, 17u));
  CAPTURE(seed);
  MmuBench bench(timing(seed));
  MmuWorld world(bench, seed);
  std::mt19937_64 random(seed);
  bench.write_data_percent = 60;
  let_ask(bench, world, random, 30);
  for (int round = 0; round < 200; ++round) {
    for (auto i = random() % 400; i > 0; --i) {
      bench.cycle();
    }
    bench.tables.note_changes();
    const bool one = random() % 2;
    std::vector<MmuWorld::Changed> changed;
    for (auto changes = one ? 1 : 1 + random() % 8; changes > 0; --changes) {
      changed.push_back(world.change());
      for (auto i = random() % 20; i > 0; --i) {
        bench.cycle();
      }
    }
    if (!one) {
      bench.invalidate(true, false);
    } else {
      const bool range = random() % 2;
      const std::uint64_t first =
          changed[0].first_va - std::min(changed[0].first_va, random() % 4 * kSmallPage);
      const std::uint64_t last = changed[0].last_va + random() % 4 * kSmallPage;
      bench.invalidate(false, range, changed[0].space, first, last);
      if (changed[0].space == 1) {
        bench.invalidate(false, range, 7, first, last);  // It shares the tables.
      }
    }
    bench.tables.forget_changes();
  }
  bench.drain();
  CHECK(bench.taken > 100);
}

TEST_CASE("mmu: cleared at any moment, it forgets requests and translations", "[hw][mmu]") {
  const std::uint64_t seed = GENERATE(range(1u, 13u));
  CAPTURE(seed);
  MmuBench bench(timing(seed));
  MmuWorld world(bench, seed);
  std::mt19937_64 random(seed);
  bench.stall_faults = seed % 2;
  let_ask(bench, world, random, 50);
  for (int round = 0; round < 60; ++round) {
    for (auto i = random() % 400; i > 0; --i) {
      bench.cycle();
    }
    const bool invalidates = random() % 3 == 0;
    if (invalidates) {
      bench.start_invalidate(random() % 2, false, random() % 8, 0, 0);
    }
    for (auto i = random() % 3; i > 0; --i) {
      bench.cycle();
    }
    // Nothing is left that could use what the tables said before.
    bench.clear([&] {
      for (int i = 0; i < 10; ++i) {
        world.change();
      }
    });
    if (invalidates) {
      for (int i = 0; bench.model->inv_busy_o; ++i) {
        REQUIRE(i < 10);
        bench.cycle();
      }
    }
  }
  CHECK(bench.taken > 20);
  bench.stall_faults = false;
  bench.clear();
  bench.drain();
}

TEST_CASE("mmu: stalled faults wait for a retry or an abort", "[hw][mmu][stall]") {
  const std::uint64_t seed = GENERATE(range(1u, 13u));
  CAPTURE(seed);
  MmuBench bench(timing(seed));
  MmuWorld world(bench, seed);
  std::mt19937_64 random(seed);
  bench.stall_faults = true;
  let_ask(bench, world, random, 30);
  unsigned retries = 0;
  for (int i = 0; i < 30'000; ++i) {
    if (bench.model->stalled_o && random() % 40 == 0) {
      const auto choice = random() % 4;
      if (choice == 0) {
        const Space& space = bench.spaces[1 + random() % 3];
        // A page that appears needs no invalidation.
        if (bench.model->stalled_fault_o == KESTREL_FAULT_NOT_PRESENT) {
          bench.tables.note_changes();
          world.repair(space.root, bench.model->stalled_addr_o);
        }
      }
      bench.abort = choice >= 2;
      bench.retry = !bench.abort;
      retries += bench.retry;
    }
    if (random() % 1000 == 0) {
      bench.invalidate(random() % 2, random() % 2, random() % 8, random() % (1ull << 47),
                       1ull << 47);
    }
    bench.cycle();
  }
  CHECK(bench.stalls > 50);
  CHECK(bench.aborted > 20);
  CHECK(retries > 20);
  // What is stalled stays so until it is aborted.
  bench.make = nullptr;
  for (int i = 0; i < 20'000; ++i) {
    bench.abort = bench.model->stalled_o;
    bench.cycle();
  }
  bench.drain();
}

}  // namespace presil::testbench
