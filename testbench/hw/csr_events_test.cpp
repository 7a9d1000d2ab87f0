// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// What happens beside the accesses to kestrel's registers: interrupts, invalidation, parity tests,
// the table of address spaces, reset of the engine.

#include <array>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "csr_bench.hpp"
#include "kestrel_regs.h"

namespace presil::testbench {
namespace {

constexpr std::uint32_t kAllVectors = 0x1ffff;

std::uint32_t space_reg(unsigned space, unsigned reg) {
  return 0x200 + space * 0x10 + reg;
}

}  // namespace

TEST_CASE("interrupts: an event is never lost to a write of 1 near it", "[hw][csr]") {
  const int distance = GENERATE(range(-8, 12));
  const unsigned vector = GENERATE(0u, 7u, 16u);
  CAPTURE(distance, vector);
  CsrBench bench;
  const std::uint32_t bit = 1u << vector;
  bench.write32(KESTREL_REG_IRQ_ENABLE, kAllVectors);
  bench.write32(KESTREL_REG_IRQ_FORCE, bit);
  bench.run(5);
  REQUIRE(bench.pulses[vector] == 1);

  // A second event, `distance` cycles after the write is offered.
  const std::uint64_t start = bench.cycles + 10;
  const std::uint64_t event_cycle = start + static_cast<std::uint64_t>(distance);
  std::uint64_t clear_cycle = 0;
  bench.before = [&] {
    bench.model.irq_event_i = bench.cycles == event_cycle ? bit : 0;
    if (bench.cycles == start) {
      bench.axil.post_write(KESTREL_REG_IRQ_STATUS, bit);
    }
  };
  for (int i = 0; i < 40; ++i) {
    const std::uint64_t now = bench.cycles;
    bench.cycle();
    if (bench.write_taken) {
      clear_cycle = now;
    }
  }
  REQUIRE(clear_cycle > start);
  REQUIRE(clear_cycle < start + 10);
  CHECK(bench.pulses[vector] == 2);
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == (event_cycle >= clear_cycle ? bit : 0));
}

TEST_CASE("interrupts: a vector is raised by events while enabled, and by enabling it while set",
          "[hw][csr]") {
  const unsigned seed = GENERATE(range(1u, 5u));
  CAPTURE(seed);
  CsrBench bench(20, seed);
  std::mt19937 random(seed);
  std::uint32_t status = 0, enable = 0;
  std::array<unsigned, 17> pulses{};
  const auto expect = [&](std::uint32_t vectors) {
    for (unsigned vector = 0; vector < 17; ++vector) {
      pulses[vector] += vectors >> vector & 1;
    }
  };
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t value = static_cast<std::uint32_t>(random() & random()) & kAllVectors;
    switch (random() % 4) {
      case 0:
        bench.write32(KESTREL_REG_IRQ_STATUS, value);
        status &= ~value;
        break;
      case 1:
        bench.write32(KESTREL_REG_IRQ_ENABLE, value);
        expect(status & value & ~enable);
        enable = value;
        break;
      case 2:
        bench.write32(KESTREL_REG_IRQ_FORCE, value);
        expect(enable & value);
        status |= value;
        break;
      default:
        // Events in consecutive cycles are as many interrupts.
        bench.model.irq_event_i = value;
        bench.run(1 + i % 2);
        bench.model.irq_event_i = 0;
        expect(enable & value);
        if (i % 2) {
          expect(enable & value);
        }
        status |= value;
        break;
    }
    bench.run(3);
    REQUIRE(bench.pulses == pulses);
    REQUIRE(bench.read32(KESTREL_REG_IRQ_STATUS) == status);
  }
}

TEST_CASE("spaces: the table is read a cycle after it is asked, as software wrote it",
          "[hw][csr]") {
  CsrBench bench(30, 17);
  std::mt19937 random(17);
  struct Space {
    std::uint32_t mode, pasid;
    std::uint64_t root;
  };
  std::array<Space, 16> spaces{};
  for (int round = 0; round < 50; ++round) {
    const unsigned changed = random() % 16;
    const auto config = static_cast<std::uint32_t>(random());
    const auto low = static_cast<std::uint32_t>(random());
    const auto high = static_cast<std::uint32_t>(random());
    bench.write32(space_reg(changed, 0), config);
    bench.write32(space_reg(changed, 8), low);
    bench.write32(space_reg(changed, 0xc), high);
    spaces[changed] = {config & 3, config >> 12, std::uint64_t{high & 0xfffff} << 20 | low >> 12};
    for (int i = 0; i < 32; ++i) {
      const unsigned asked = i < 16 ? static_cast<unsigned>(i) : random() % 16;
      // Software reads the table at the same time.
      if (bench.axil.idle()) {
        bench.axil.post_read(space_reg(random() % 16, 8));
      }
      bench.model.space_i = static_cast<CData>(asked);
      bench.cycle();
      bench.model.space_i = random() % 16;
      bench.model.eval();
      CHECK(bench.model.space_mode_o == spaces[asked].mode);
      CHECK(bench.model.space_pasid_o == spaces[asked].pasid);
      CHECK(bench.model.space_root_o == spaces[asked].root);
    }
  }
}

TEST_CASE("invalidation: what is forgotten stays the same until the end, a GO before is ignored",
          "[hw][csr]") {
  CsrBench bench;
  bench.inv_cycles = 200;
  bench.write32(KESTREL_REG_INVALIDATE_FIRST_LO, 0x1234'5fff);
  bench.write32(KESTREL_REG_INVALIDATE_FIRST_HI, 0xffff'abcd);
  bench.write32(KESTREL_REG_INVALIDATE_LAST_LO, 0x8765'4000);
  bench.write32(KESTREL_REG_INVALIDATE_LAST_HI, 0x0000'dcba);
  bench.write32(KESTREL_REG_INVALIDATE, 0x8000'0017);
  CHECK(bench.read32(KESTREL_REG_STATUS) == KESTREL_STATUS_INVALIDATING);

  bench.write32(KESTREL_REG_INVALIDATE_FIRST_LO, 0);
  bench.write32(KESTREL_REG_INVALIDATE_LAST_HI, 0);
  bench.write32(KESTREL_REG_INVALIDATE, 0x8000'0028);
  CHECK(bench.read32(KESTREL_REG_INVALIDATE) == 0x17);
  CHECK(bench.read32(KESTREL_REG_STATUS) == KESTREL_STATUS_INVALIDATING);
  CHECK(bench.model.inv_first_o == 0xa'bcd1'2345);
  CHECK(bench.model.inv_last_o == 0xd'cba8'7654);
  CHECK(bench.model.inv_space_o == 7);
  CHECK(bench.model.inv_range_o);

  bench.run(200);
  CHECK(bench.read32(KESTREL_REG_STATUS) == 0);
  bench.write32(KESTREL_REG_INVALIDATE, 0x8000'0028);
  const std::vector<CsrBench::Invalidation> expected{{false, true, 7, 0xa'bcd1'2345, 0xd'cba8'7654},
                                                     {true, false, 8, 0xa'bcd0'0000, 0x8'7654}};
  CHECK(bench.invalidations == expected);
}

TEST_CASE("engine reset: clears what it must, keeps the rest, and holds until all is done",
          "[hw][csr]") {
  const unsigned reset_cycles = GENERATE(0u, 1u, 50u, 500u);
  CAPTURE(reset_cycles);
  CsrBench bench(0, reset_cycles + 1);
  bench.reset_cycles = reset_cycles;
  bench.model.idle_i = 1;
  for (const KestrelRegister& reg : kKestrelRegisters) {
    if (!is_in_front(reg.offset) && reg.single_pulse == 0) {
      bench.write32(reg.offset, 0xffff'ffff);
    }
  }
  bench.write32(KESTREL_REG_INVALIDATE, 0x3f);
  bench.write32(KESTREL_REG_COUNTER_SNAPSHOT, 0x1f);
  bench.write32(KESTREL_REG_PARITY_FLIP, 0x8000'01ff);
  bench.write32(KESTREL_REG_IRQ_FORCE, 0x15555);
  bench.run(10);
  CHECK(!bench.model.flip_forget_o);

  bench.write32(KESTREL_REG_RESET, 0xffff'fffe);
  bench.run(10);
  CHECK(bench.engine_resets == 0);
  bench.write32(KESTREL_REG_RESET, 1);
  CHECK(bench.engine_resets == 1);
  CHECK(bench.model.flip_forget_o);
  if (reset_cycles >= 50) {
    // Not idle, whatever the front end says; and nothing is taken that the reset is to clear.
    CHECK(bench.read32(KESTREL_REG_STATUS) == KESTREL_STATUS_RESETTING);
    bench.write32(space_reg(3, 0), 0xffff'ffff);
    bench.write32(KESTREL_REG_INVALIDATE, 0x8000'0000);
    bench.write32(KESTREL_REG_PARITY_FLIP, 0x8000'0000);
    CHECK(bench.model.flip_forget_o);
    CHECK(bench.invalidations.empty());
    CHECK(bench.flips.size() == 1);
  }
  bench.run(reset_cycles + 10);
  CHECK(!bench.model.flip_forget_o);
  CHECK(!bench.model.busy_o);
  CHECK(bench.engine_resets == 1);
  CHECK(bench.read32(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
  for (const KestrelRegister& reg : kKestrelRegisters) {
    CAPTURE(reg.name);
    if (reg.offset == KESTREL_REG_SCRATCH) {
      CHECK(bench.read32(reg.offset) == 0xffff'ffff);
    } else if (reg.offset == KESTREL_REG_IRQ_ENABLE) {
      CHECK(bench.read32(reg.offset) == kAllVectors);
    } else if (reg.offset == KESTREL_REG_IRQ_STATUS) {
      CHECK(bench.read32(reg.offset) == 0x15555);
    } else if (reg.offset == KESTREL_REG_ERROR_VECTOR) {
      CHECK(bench.read32(reg.offset) == 0x1f);
    } else if (!is_in_front(reg.offset) && reg.write != 0) {
      CHECK(bench.read32(reg.offset) == reg.reset);
    }
  }
  for (unsigned space = 0; space < 16; ++space) {
    bench.model.space_i = static_cast<CData>(space);
    bench.cycle();
    bench.model.eval();
    CHECK(bench.model.space_mode_o == 0);
  }
  // And from now on they can be written again.
  bench.write32(space_reg(3, 0), 0xffff'ffff);
  CHECK(bench.read32(space_reg(3, 0)) == 0xffff'f003);
}

}  // namespace presil::testbench
