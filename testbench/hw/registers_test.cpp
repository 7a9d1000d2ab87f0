// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// Every register of the generated description: reset value, access, side effects; and the offsets
// where there is none.

#include <array>
#include <random>
#include <set>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "Vkestrel.h"
#include "kestrel_bench.hpp"
#include "kestrel_regs.h"
#include "kestrel_regs_table.h"

namespace presil::testbench {
namespace {

struct Register {
  const char* name;
  std::uint16_t offset;
  std::uint32_t reset, reset_known, read, write, write_one_clears, single_pulse;
};

constexpr Register kRegisters[] = {
#define REGISTER(name, ...) {#name, __VA_ARGS__},
    KESTREL_FOR_EACH_REG(REGISTER)
#undef REGISTER
};

// What a register must read when the hardware drives it, right after reset.
std::uint32_t driven_at_reset(const Register& reg) {
  switch (reg.offset) {
    case KESTREL_REG_CAPS0:
      return 16u | 2u << KESTREL_CAPS0_VECTORS_SHIFT | 64u << KESTREL_CAPS0_ADDR_BITS_SHIFT |
             4u << KESTREL_CAPS0_DATA_BYTES_LOG2_SHIFT;
    case KESTREL_REG_CAPS1:
      return 1000;
    case KESTREL_REG_STATUS:
      return KESTREL_STATUS_IDLE;
    default:
      return 0;
  }
}

bool is_time(const Register& reg) {
  return reg.offset == KESTREL_REG_TIME_LO;
}

// Written with anything, these start the engine or reset it; they have cases of their own.
bool acts(const Register& reg) {
  return reg.offset == KESTREL_REG_CONTROL || reg.offset == KESTREL_REG_RESET ||
         reg.offset == KESTREL_REG_IRQ_FORCE || reg.offset == KESTREL_REG_IRQ_STATUS;
}

}  // namespace

TEST_CASE("registers: each one has its documented reset value", "[hw][regs]") {
  const unsigned stall_percent = GENERATE(0u, 50u);
  KestrelBench bench({.stall_percent = stall_percent});
  for (const Register& reg : kRegisters) {
    if (is_time(reg)) {
      continue;
    }
    CAPTURE(reg.name);
    const std::uint32_t expected =
        (reg.reset & reg.reset_known) | (driven_at_reset(reg) & ~reg.reset_known);
    CHECK(bench.read32(reg.offset) == (expected & reg.read));
  }
}

TEST_CASE("registers: writable bits keep what is written, others do not change", "[hw][regs]") {
  const unsigned stall_percent = GENERATE(0u, 50u);
  KestrelBench bench({.stall_percent = stall_percent, .seed = 7});
  std::mt19937 random(7);
  for (const Register& reg : kRegisters) {
    if (acts(reg) || is_time(reg)) {
      continue;
    }
    CAPTURE(reg.name);
    for (const std::uint32_t value :
         {0xffff'ffffu, 0x0u, 0x5a5a'a5a5u, static_cast<std::uint32_t>(random())}) {
      const std::uint32_t before = bench.read32(reg.offset);
      bench.write32(reg.offset, value);
      // STATUS.IDLE follows DOORBELL, which this loop writes.
      const std::uint32_t kept = reg.offset == KESTREL_REG_STATUS ? before : before & ~reg.write;
      CHECK(bench.read32(reg.offset) == ((value & reg.write) | kept));
    }
  }
}

TEST_CASE("registers: byte strobes select what is written", "[hw][regs]") {
  KestrelBench bench;
  for (std::uint8_t strb = 0; strb < 16; ++strb) {
    CAPTURE(strb);
    bench.write32(KESTREL_REG_SCRATCH, 0x1122'3344);
    bench.write32(KESTREL_REG_SCRATCH, 0xaabb'ccdd, strb);
    std::uint32_t expected = 0;
    for (unsigned byte = 0; byte < 4; ++byte) {
      const std::uint32_t source = strb >> byte & 1 ? 0xaabb'ccdd : 0x1122'3344;
      expected |= source & 0xffu << (8 * byte);
    }
    CHECK(bench.read32(KESTREL_REG_SCRATCH) == expected);
  }
}

TEST_CASE("registers: a write that strobes no byte of a pulse does nothing", "[hw][regs]") {
  KestrelBench bench;
  bench.write32(KESTREL_REG_IRQ_FORCE, KESTREL_IRQ_FORCE_FENCE, 0xe);
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == 0);
}

TEST_CASE("registers: reserved offsets read 0 and ignore writes", "[hw][regs]") {
  KestrelBench bench;
  bench.write32(KESTREL_REG_SCRATCH, 0x600d'600d);
  std::set<std::uint16_t> known;
  for (const Register& reg : kRegisters) {
    known.insert(reg.offset);
  }
  // The first page in full; above it every register's offset in each page, where it might repeat.
  for (std::uint32_t offset = 0; offset < 0x1'0000; offset += offset < 0x1000 ? 4 : 0xfc) {
    const auto addr = static_cast<std::uint16_t>(offset);
    if (known.contains(addr)) {
      continue;
    }
    CAPTURE(offset);
    bench.write32(addr, 0xffff'ffff);
    REQUIRE(bench.read32(addr) == 0);
  }
  for (std::uint32_t page = 0x100; page < 0x1'0000; page += 0x100) {
    const auto addr = static_cast<std::uint16_t>(page + KESTREL_REG_SCRATCH);
    CAPTURE(page);
    bench.write32(addr, 0xbad);
    REQUIRE(bench.read32(addr) == 0);
  }
  CHECK(bench.read32(KESTREL_REG_SCRATCH) == 0x600d'600d);
  CHECK(bench.read32(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
}

TEST_CASE("registers: write-only registers read 0", "[hw][regs]") {
  KestrelBench bench;
  bench.write32(KESTREL_REG_IRQ_FORCE, 3);
  CHECK(bench.read32(KESTREL_REG_IRQ_FORCE) == 0);
  bench.write32(KESTREL_REG_RESET, 1);
  CHECK(bench.read32(KESTREL_REG_RESET) == 0);
}

TEST_CASE("registers: IRQ_STATUS bits are cleared by writing 1 to them, and only those",
          "[hw][regs]") {
  KestrelBench bench;
  bench.write32(KESTREL_REG_IRQ_FORCE, 3);
  REQUIRE(bench.read32(KESTREL_REG_IRQ_STATUS) == 3);
  bench.write32(KESTREL_REG_IRQ_STATUS, 0);
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == 3);
  bench.write32(KESTREL_REG_IRQ_STATUS, KESTREL_IRQ_STATUS_ERROR);
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == KESTREL_IRQ_STATUS_FENCE);
  bench.write32(KESTREL_REG_IRQ_STATUS, 0xffff'ffff);
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) == 0);
}

TEST_CASE("registers: reading TIME_LO latches TIME_HI; writing it does not", "[hw][regs][time]") {
  KestrelBench bench;
  bench.time_ns = 0x7'ffff'fff0;
  const std::uint32_t low = bench.read32(KESTREL_REG_TIME_LO);
  CHECK(low >= 0xffff'fff0);
  bench.cycles(100);
  // Time has run over into the high half, which is still the one that belongs to `low`.
  bench.write32(KESTREL_REG_TIME_LO, 0);
  CHECK(bench.read32(KESTREL_REG_TIME_HI) == 0x7);
  CHECK(bench.read32(KESTREL_REG_TIME_LO) < 0x1000);
  CHECK(bench.read32(KESTREL_REG_TIME_HI) == 0x8);
}

TEST_CASE("registers: time is the always-on time at the read", "[hw][regs][time]") {
  KestrelBench bench;
  const std::uint64_t before = bench.time_ns;
  const std::uint32_t shown = bench.read32(KESTREL_REG_TIME_LO);
  CHECK(shown > before);
  CHECK(shown <= bench.time_ns);
}

TEST_CASE("registers: back-to-back accesses complete in order", "[hw][regs]") {
  const unsigned stall_percent = GENERATE(0u, 60u);
  KestrelBench bench({.stall_percent = stall_percent, .seed = 3});
  for (std::uint32_t i = 0; i < 50; ++i) {
    bench.axil.post_write(KESTREL_REG_SCRATCH, i);
    bench.axil.post_write(KESTREL_REG_RING_BASE_HI, ~i);
  }
  REQUIRE(bench.run_until([&] { return bench.axil.idle(); }));
  CHECK(bench.axil.write_results.size() == 100);
  CHECK(bench.read32(KESTREL_REG_SCRATCH) == 49);
  for (int i = 0; i < 20; ++i) {
    bench.axil.post_read(KESTREL_REG_ID);
    bench.axil.post_read(KESTREL_REG_RING_BASE_HI);
  }
  bench.axil.read_results.clear();
  REQUIRE(bench.run_until([&] { return bench.axil.idle(); }));
  REQUIRE(bench.axil.read_results.size() == 40);
  for (std::size_t i = 0; i < 40; i += 2) {
    CHECK(bench.axil.read_results[i].data == KESTREL_ID_MAGIC);
    CHECK(bench.axil.read_results[i + 1].data == ~49u);
  }
}

TEST_CASE("registers: hardware reset returns every register to its reset value", "[hw][regs]") {
  KestrelBench bench;
  bench.write32(KESTREL_REG_SCRATCH, 0xffff'ffff);
  bench.write32(KESTREL_REG_IRQ_ENABLE, 3);
  bench.write32(KESTREL_REG_RING_SIZE, 5);
  bench.reset();
  CHECK(bench.read32(KESTREL_REG_SCRATCH) == 0);
  CHECK(bench.read32(KESTREL_REG_IRQ_ENABLE) == 0);
  CHECK(bench.read32(KESTREL_REG_RING_SIZE) == 0);
}

}  // namespace presil::testbench
