// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/transfer.hpp"

#include <map>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "testbench/sim/kestrel/record_builder.hpp"
#include "testbench/sim/kestrel/test_bus.hpp"

namespace presil::kestrel {
namespace {

constexpr std::uint32_t kSpace = 2;

/// Memory, a scratchpad, and a space in which addresses are those of the bus.
struct Bench {
  Bench() { spaces[kSpace].mode = KESTREL_SPACE_MODE_BYPASS; }

  /// Slice by slice to the end. \returns the failure, if any.
  Failure run(const TransferFields& fields) {
    Transfer transfer(fields, kSpace, spaces, scratchpad, counts);
    for (;;) {
      const Slice slice = transfer.run();
      CHECK(slice.cycles <= 4096);
      ++slices;
      if (slice.failure || slice.is_done)
        return slice.failure;
    }
  }

  std::vector<std::uint8_t> scratchpad_bytes() const {
    std::vector<std::uint8_t> bytes(kScratchpadBytes);
    CHECK(scratchpad.read(0, bytes));
    return bytes;
  }

  TestBus bus;
  Counts counts = {};
  AddressSpaces spaces{bus, counts};
  Scratchpad scratchpad;
  unsigned slices = 0;
};

/// What the reference says of a transfer, byte by byte.
struct Expected {
  std::map<std::uint64_t, std::uint8_t> memory;
  std::vector<std::uint8_t> scratchpad;
  bool is_out_of_range = false;
};

Expected expected(const TransferFields& f, const testbench::SparseMemory& memory,
                  std::vector<std::uint8_t> scratchpad) {
  Expected result{.memory = {}, .scratchpad = std::move(scratchpad)};
  std::array<std::uint32_t, 4> i;
  for (i[3] = 0; i[3] < f.loops[3].count; ++i[3])
    for (i[2] = 0; i[2] < f.loops[2].count; ++i[2])
      for (i[1] = 0; i[1] < f.loops[1].count; ++i[1])
        for (i[0] = 0; i[0] < f.loops[0].count; ++i[0]) {
          std::int64_t y = f.y, x = f.x, s = f.scratchpad;
          for (std::size_t k = 0; k < 4; ++k) {
            y += std::int64_t{i[k]} * f.loops[k].y_step;
            x += std::int64_t{i[k]} * f.loops[k].x_step;
            s += std::int64_t{i[k]} * f.loops[k].scratchpad_step;
          }
          y = static_cast<std::int32_t>(y);
          x = static_cast<std::int32_t>(x);
          s = static_cast<std::int32_t>(s);
          if (s < 0 || s + f.run_bytes > kScratchpadBytes) {
            result.is_out_of_range = true;
            return result;
          }
          for (std::uint32_t b = 0; b < f.run_bytes; ++b) {
            const bool is_inside = y >= 0 && y < f.height && x + b >= 0 && x + b < f.width;
            const std::uint64_t addr = f.addr + static_cast<std::uint64_t>(y * f.pitch + x + b);
            auto& byte = result.scratchpad[static_cast<std::size_t>(s) + b];
            if (f.is_store) {
              if (is_inside)
                result.memory[addr] = byte;
            } else {
              byte = is_inside ? memory.read(addr, 1)[0] : f.pad;
            }
          }
        }
  return result;
}

TransferFields random_transfer(std::mt19937& random) {
  const auto up_to = [&random](std::uint32_t most) {
    return static_cast<std::uint32_t>(random() % (most + 1));
  };
  const auto within = [&](std::int32_t most) {
    return static_cast<std::int32_t>(up_to(static_cast<std::uint32_t>(2 * most))) - most;
  };
  TransferFields f;
  f.is_store = random() % 2 != 0;
  f.pad = static_cast<std::uint8_t>(random());
  f.pitch = within(600);
  f.addr = 0x10'0000 + up_to(1000);
  f.height = static_cast<std::int32_t>(up_to(12));
  f.width = static_cast<std::int32_t>(up_to(700));
  f.y = within(6);
  f.x = within(300);
  f.run_bytes = 1 + (random() % 3 ? up_to(40) : up_to(700));
  f.scratchpad = 20'000 + up_to(1000);
  for (auto& loop : f.loops)
    loop = {.count = 1 + up_to(3),
            .y_step = within(3),
            .x_step = within(100),
            .scratchpad_step = within(1500)};
  return f;
}

TEST_CASE("transfers move what the formula says", "[sim][kestrel]") {
  std::mt19937 random(20);
  unsigned stores = 0;
  for (int round = 0; round < 150; ++round) {
    CAPTURE(round);
    Bench bench;
    for (std::uint64_t addr = 0x10'0000 - 16384; addr < 0x10'0000 + 16384; ++addr)
      bench.bus.memory.at(addr) = static_cast<std::uint8_t>(random());
    for (std::uint32_t addr = 0; addr < 60'000; ++addr)
      bench.scratchpad.fill(addr, 1, static_cast<std::uint8_t>(random()));
    const TransferFields fields = random_transfer(random);
    stores += fields.is_store;
    const testbench::SparseMemory before = bench.bus.memory;
    const Expected wanted = expected(fields, before, bench.scratchpad_bytes());
    REQUIRE_FALSE(wanted.is_out_of_range);

    CHECK_FALSE(bench.run(fields));
    CHECK(bench.scratchpad_bytes() == wanted.scratchpad);
    CHECK(bench.bus.illegal == 0);
    std::uint64_t beats = 0;
    for (const auto& access : bench.bus.log) {
      CHECK(access.is_write == fields.is_store);
      beats += burst_beats(access.addr, access.bytes);
    }
    CHECK(bench.counts[fields.is_store ? kWriteBytes : kReadBytes] == beats * 16);
    for (std::uint64_t addr = 0x10'0000 - 16384; addr < 0x10'0000 + 16384; ++addr) {
      const auto found = wanted.memory.find(addr);
      const std::uint8_t byte =
          found != wanted.memory.end() ? found->second : before.read(addr, 1)[0];
      if (bench.bus.memory.at(addr) != byte)
        FAIL("memory differs at " << addr);
    }
  }
  CHECK(stores > 30);
  CHECK(stores < 120);
}

TEST_CASE("a run is cut at blocks of 256 bytes", "[sim][kestrel]") {
  Bench bench;
  CHECK_FALSE(bench.run(one_run(false, 0x10f3, 0, 600)));
  CHECK(bench.bus.log == std::vector<TestBus::Access>{{false, 0x10f3, 13, 0},
                                                      {false, 0x1100, 256, 0},
                                                      {false, 0x1200, 256, 0},
                                                      {false, 0x1300, 80, 0}});
  bench.bus.log.clear();
  CHECK_FALSE(bench.run(one_run(true, 0x10f3, 0, 600)));
  CHECK(bench.bus.log == std::vector<TestBus::Access>{{true, 0x10f3, 13, 0},
                                                      {true, 0x1100, 256, 0},
                                                      {true, 0x1200, 256, 0},
                                                      {true, 0x1300, 75, 0}});
}

TEST_CASE("addresses wrap at 2^64, coordinates at 2^32", "[sim][kestrel]") {
  Bench bench;
  bench.bus.memory.at(5) = 0x55;
  auto fields = one_run(false, ~std::uint64_t{0} - 9, 100, 16);
  CHECK_FALSE(bench.run(fields));
  CHECK(bench.scratchpad.word(115 / 16)[115 % 16] == 0x55);

  // 513 steps of -2^23 in the scratchpad are -2^23 again, which is out of range; 512 are 0.
  fields = one_run(true, 0x1000, 7, 1);
  const auto step = [&fields](std::uint32_t first) {
    fields.loops[0] = {.count = 1, .y_step = 0, .x_step = 0, .scratchpad_step = 0};
    fields.loops[3] = {.count = first, .y_step = 1, .x_step = 0, .scratchpad_step = -0x80'0000};
  };
  step(2);
  CHECK(bench.run(fields).cause == KESTREL_ERROR_CAUSE_OPERAND_RANGE);
}

TEST_CASE("a run that leaves the scratchpad ends the command when its turn comes",
          "[sim][kestrel]") {
  for (const bool is_store : {false, true}) {
    CAPTURE(is_store);
    Bench bench;
    auto fields = one_run(is_store, 0x1000, kScratchpadBytes - 32, 16);
    fields.height = 10;
    fields.pitch = 256;
    fields.loops[0] = {.count = 2, .y_step = 1, .x_step = 0, .scratchpad_step = 16};
    CHECK_FALSE(bench.run(fields));
    fields.loops[0].count = 3;
    CHECK(bench.run(fields) == Failure{.cause = KESTREL_ERROR_CAUSE_OPERAND_RANGE});
    CHECK(bench.bus.log.size() == 4);
    // Also where nothing is inside.
    fields = one_run(is_store, 0x1000, kScratchpadBytes - 1, 2);
    fields.height = 0;
    CHECK(bench.run(fields) == Failure{.cause = KESTREL_ERROR_CAUSE_OPERAND_RANGE});
    fields = one_run(is_store, 0x1000, 4, 1);
    fields.loops[1] = {.count = 2, .y_step = 0, .x_step = 0, .scratchpad_step = -5};
    CHECK(bench.run(fields) == Failure{.cause = KESTREL_ERROR_CAUSE_OPERAND_RANGE});
  }
}

TEST_CASE("the first burst that fails ends the command", "[sim][kestrel]") {
  for (const bool is_store : {false, true}) {
    Bench bench;
    bench.bus.fail(0x2340, 1, kDecerr);
    CHECK(bench.run(one_run(is_store, 0x2201, 0, 0x400)) ==
          Failure{
              .cause = is_store ? KESTREL_ERROR_CAUSE_WRITE_ERROR : KESTREL_ERROR_CAUSE_READ_ERROR,
              .response = kDecerr,
              .fault = KESTREL_FAULT_NONE,
              .access = is_store ? KESTREL_ACCESS_STORE : KESTREL_ACCESS_LOAD,
              .addr = 0x2300});
    CHECK(bench.bus.log.size() == 2);
  }
}

TEST_CASE("after a fault the same burst can be tried again", "[sim][kestrel]") {
  Bench bench;
  bench.spaces[kSpace].mode = KESTREL_SPACE_MODE_OFF;
  for (unsigned i = 0; i < 32; ++i)
    bench.bus.memory.at(0x10f0 + i) = static_cast<std::uint8_t>(i);
  Transfer transfer(one_run(false, 0x10f0, 0, 32), kSpace, bench.spaces, bench.scratchpad,
                    bench.counts);
  for (int i = 0; i < 2; ++i) {
    const Slice slice = transfer.run();
    CHECK(slice.failure == Failure{.cause = KESTREL_ERROR_CAUSE_TRANSLATION,
                                   .response = 0,
                                   .fault = KESTREL_FAULT_SPACE_OFF,
                                   .access = KESTREL_ACCESS_LOAD,
                                   .addr = 0x10f0});
  }
  bench.spaces[kSpace].mode = KESTREL_SPACE_MODE_BYPASS;
  CHECK(transfer.run().is_done);
  CHECK(bench.scratchpad.word(1)[15] == 31);
  CHECK(bench.counts[kReadBytes] == 32);
}

TEST_CASE("a STORE of a word with wrong parity fails", "[sim][kestrel]") {
  Bench bench;
  bench.scratchpad.arm(2, 0);
  bench.scratchpad.fill(0, 64, 1);
  CHECK_FALSE(bench.run(one_run(true, 0x1000, 0, 32)));
  CHECK(bench.run(one_run(true, 0x1000, 0, 33)) == Failure{.cause = KESTREL_ERROR_CAUSE_PARITY});
}

TEST_CASE("a long command comes in slices", "[sim][kestrel]") {
  Bench bench;
  CHECK_FALSE(bench.run(one_run(false, 0, 0, 0xffff)));
  CHECK(bench.slices >= 8);
}

}  // namespace
}  // namespace presil::kestrel
