// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// A bit that flips in a memory on chip is found, and stops the queue that would have used it.

#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "kestrel_bench.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kCommands = 0x5'0000'0000, kMemory = 0x6'0000'0000;

class Part {
 public:
  Part() {
    bench.start();
    bench.set_space(1, KESTREL_SPACE_MODE_BYPASS);
    bench.start_queue(0);
  }
  /// \returns the cause of the error, 0 without.
  std::uint32_t run(const std::vector<KestrelRecord>& commands) {
    const std::uint32_t bytes = bench.write_commands(kCommands, commands);
    REQUIRE(bench.execute(0, kestrel_call(kCommands, bytes)));
    const std::uint32_t cause = bench.read32(KESTREL_REG_QUEUE_ERROR_CAUSE(0));
    if ((bench.queue_status(0) & KESTREL_QUEUE_STATUS_ERROR) == 0)
      return 0;
    offset = bench.read32(KESTREL_REG_QUEUE_ERROR_OFFSET(0));
    REQUIRE(bench.reset_queue(0));
    bench.start_queue(0);
    return cause & KESTREL_QUEUE_ERROR_CAUSE_CAUSE_MASK;
  }
  void flip(std::uint32_t addr, std::uint32_t index, bool accumulators) {
    bench.write32(KESTREL_REG_PARITY_PLACE,
                  addr | (accumulators ? KESTREL_PARITY_PLACE_ACCUMULATORS : 0));
    bench.write32(KESTREL_REG_PARITY_FLIP, index | KESTREL_PARITY_FLIP_GO);
  }

  KestrelBench bench;
  std::uint32_t offset = 0;
};

std::vector<KestrelRecord> fill(std::uint32_t words) {
  return {KestrelTransfer{.pad = 0x33, .n = {words * 16, 1, 1, 1, 1}}.load(), kestrel_barrier()};
}

TEST_CASE("parity: a flipped bit of the scratchpad stops who reads it", "[hw][parity]") {
  Part part;
  const std::uint32_t index = GENERATE(0u, 63u, 127u);
  const unsigned reader = GENERATE(0u, 1u, 2u, 3u);
  CAPTURE(index, reader);
  const std::vector<KestrelRecord> readers = {
      KestrelTransfer::run(kMemory, 0, 256).store(),
      KestrelAccumulate{.mode = KESTREL_ACCUMULATE_MODE_SUM, .n = {16, 1}, .s = {1, 0}}.record(),
      KestrelAccumulate{.act = 100, .weight = 0}.record(),
      KestrelOutput{
          .src_scratchpad = true, .n = {16, 1}, .dst = 64, .ss = {1, 0}, .ds = {1, 0}, .scale = 1}
          .record()};
  part.flip(5, index, false);
  auto commands = fill(128);
  commands.push_back(readers[reader]);
  CHECK(part.run(commands) == KESTREL_ERROR_CAUSE_PARITY);
  CHECK(part.offset == 2 * KESTREL_RECORD_BYTES);
  // Once only.
  CHECK(part.run(commands) == 0);
}

TEST_CASE("parity: a flipped bit of an accumulator stops who reads it", "[hw][parity]") {
  Part part;
  const std::uint32_t index = GENERATE(0u, 31u, 255u, 511u);
  const bool by_output = GENERATE(false, true);
  CAPTURE(index, by_output);
  part.flip(7, index, true);
  auto commands = fill(128);
  commands.push_back(
      KestrelAccumulate{.mode = KESTREL_ACCUMULATE_MODE_SUM, .n = {16, 1}, .s = {1, 0}}.record());
  commands.push_back(
      by_output
          ? KestrelOutput{.n = {16, 1}, .dst = 64, .ss = {1, 0}, .ds = {1, 0}, .scale = 1}.record()
          : KestrelAccumulate{.mode = KESTREL_ACCUMULATE_MODE_MAX,
                              .keep = true,
                              .n = {16, 1},
                              .s = {1, 0}}
                .record());
  CHECK(part.run(commands) == KESTREL_ERROR_CAUSE_PARITY);
  CHECK(part.run(commands) == 0);
}

TEST_CASE("parity: a flip that was armed is forgotten by a reset of the engine", "[hw][parity]") {
  Part part;
  part.flip(5, 3, false);
  REQUIRE(part.bench.reset_engine());
  part.bench.set_space(0, KESTREL_SPACE_MODE_BYPASS);
  part.bench.set_space(1, KESTREL_SPACE_MODE_BYPASS);
  part.bench.start_queue(0);
  auto commands = fill(128);
  commands.push_back(KestrelTransfer::run(kMemory, 0, 256).store());
  CHECK(part.run(commands) == 0);
  CHECK(part.bench.memory.memory().at(kMemory + 80) == 0x33);
}

}  // namespace
}  // namespace presil::testbench
