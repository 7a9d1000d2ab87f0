// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// The RTL against the functional model: random queues, spaces and programs, with faults and random
// back-pressure, and directed batches that go through the goals one after another. After each batch
// memory, registers and interrupts are the same. The long run fails unless every goal was met, the
// short one unless every pair was; which are met follows from the number of commands alone.
//
// PRESIL_LOCKSTEP_SEED=n replays one seed, and prints what it submits; PRESIL_LOCKSTEP_GOALS=1
// prints every goal and how often it was met.

#include "lockstep.hpp"

#include <cstdio>
#include <cstdlib>

#include <catch2/catch_test_macros.hpp>

#include "directed_batch.hpp"
#include "goals.hpp"
#include "random_batch.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kCommands = PRESIL_LOCKSTEP_COMMANDS;
constexpr std::uint64_t kManyCommands = 100'000;  // Enough to meet every goal.
constexpr unsigned kRandomBatches = 16;           // Of a seed,
constexpr unsigned kDirectedBatches = 3;          // and after each of them.

/// \returns what was submitted, records and commands.
std::uint64_t run(std::uint64_t seed, Goals& goals, bool is_verbose) {
  // A seed with back-pressure follows one without, and meets the same.
  static const std::vector<Cell> cells = possible_cells();
  Lockstep lockstep(seed, goals);
  lockstep.scene().is_verbose = is_verbose;
  std::size_t next = (seed - 1) / 2 * kRandomBatches * kDirectedBatches;
  for (unsigned batch = 0; batch < kRandomBatches; ++batch) {
    CAPTURE(batch);
    RandomBatch(lockstep).run();
    for (unsigned i = 0; i < kDirectedBatches; ++i) {
      const Cell& cell = cells[next++ % cells.size()];
      if (is_verbose)
        std::printf("batch %u: %s\n", batch, name(cell).c_str());
      INFO(name(cell));
      DirectedBatch(lockstep, cell).run();
    }
  }
  return lockstep.scene().records + lockstep.scene().commands;
}

TEST_CASE("lockstep: the RTL does what the functional model does", "[hw][lockstep]") {
  Goals goals;
  if (const char* only = std::getenv("PRESIL_LOCKSTEP_SEED")) {
    run(std::strtoull(only, nullptr, 10), goals, true);
    return;
  }
  std::uint64_t commands = 0;
  for (std::uint64_t seed = 1; commands < kCommands || seed % 2 == 0; ++seed) {
    CAPTURE(seed);
    commands += run(seed, goals, false);
  }
  if (std::getenv("PRESIL_LOCKSTEP_GOALS") != nullptr) {
    for (const std::string& line : goals.listing())
      std::puts(line.c_str());
    std::printf("%llu records and commands; %zu of %zu cells were met\n",
                static_cast<unsigned long long>(commands), Goals::size() - goals.missing().size(),
                Goals::size());
  }
  const bool is_long = kCommands >= kManyCommands;
  for (const std::string& cell : is_long ? goals.missing() : goals.missing_pairs())
    FAIL_CHECK("not met: " << cell);
  for (const std::string& cell : goals.surprising())
    FAIL_CHECK("met: " << cell);
}

}  // namespace
}  // namespace presil::testbench
