// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// Every register of the generated description that is not in the front end: reset value, access,
// side effects. Registers of queues go to a stand-in.

#include <random>
#include <set>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "csr_bench.hpp"
#include "csr_register_model.hpp"
#include "kestrel_regs.h"

namespace presil::testbench {
namespace {

// Reads back every global register that nothing but software changes.
void check_all(CsrBench& bench, const CsrRegisterModel& expected) {
  for (const KestrelRegister& reg : kKestrelRegisters) {
    if (!is_in_front(reg.offset) && reg.offset != KESTREL_REG_TIME_LO &&
        reg.offset != KESTREL_REG_TIME_HI) {
      CAPTURE(reg.name);
      CHECK(bench.read32(reg.offset) == expected.read(reg.offset));
    }
  }
}

std::set<std::uint32_t> front_offsets() {
  std::set<std::uint32_t> offsets;
  for (const KestrelRegister& reg : kKestrelRegisters) {
    if (is_in_front(reg.offset)) {
      offsets.insert(reg.offset);
    }
  }
  return offsets;
}

// STATUS says that nothing is under way.
void settle(CsrBench& bench) {
  for (unsigned left = 100; (bench.read32(KESTREL_REG_STATUS) & 0x1e) != 0; --left) {
    REQUIRE(left != 0);
  }
}

}  // namespace

TEST_CASE("csr: each register has its documented reset value", "[hw][csr]") {
  const unsigned stall_percent = GENERATE(0u, 50u);
  CsrBench bench(stall_percent);
  check_all(bench, CsrRegisterModel{});
  CHECK(bench.front_accesses.empty());
}

TEST_CASE("csr: each register keeps its writable bits, and no other one changes", "[hw][csr]") {
  const std::uint32_t pattern = GENERATE(0xffff'ffffu, 0x5a96'c30fu, 0xa569'3cf0u);
  CsrBench bench(0, pattern);
  CsrRegisterModel expected;
  for (const KestrelRegister& reg : kKestrelRegisters) {
    if (!is_in_front(reg.offset) && reg.single_pulse == 0) {
      CAPTURE(reg.name);
      bench.write32(reg.offset, pattern);
      expected.write(reg.offset, pattern, 0xf);
      CHECK(bench.read32(reg.offset) ==
            (reg.offset == KESTREL_REG_TIME_LO ? 0 : expected.read(reg.offset)));
    }
  }
  check_all(bench, expected);
  CHECK(bench.front_accesses.empty());
  CHECK(bench.engine_resets == 0);
  CHECK(bench.invalidations.empty());
  CHECK(bench.flips.empty());
}

TEST_CASE("csr: a write with a strobe missing is answered and does nothing", "[hw][csr]") {
  const unsigned strb = GENERATE(range(0u, 15u));
  CsrBench bench(0, strb + 1);
  for (const KestrelRegister& reg : kKestrelRegisters) {
    bench.write32(reg.offset, 0xffff'ffff, static_cast<std::uint8_t>(strb));
  }
  check_all(bench, CsrRegisterModel{});
  CHECK(bench.front_accesses.empty());
  CHECK(bench.engine_resets == 0);
  CHECK(bench.invalidations.empty());
  CHECK(bench.flips.empty());
  CHECK(bench.pulses == std::array<unsigned, 17>{});
}

TEST_CASE("csr: registers of queues and doorbells go to the front end, once each", "[hw][csr]") {
  const unsigned stall_percent = GENERATE(0u, 60u);
  CsrBench bench(stall_percent, 3);
  std::mt19937 random(3);
  std::vector<CsrBench::FrontAccess> expected;
  for (const std::uint32_t offset : front_offsets()) {
    CAPTURE(offset);
    const auto value = static_cast<std::uint32_t>(random());
    bench.write32(offset, value);
    expected.push_back({true, offset, value});
    CHECK(bench.read32(offset) == value);
    expected.push_back({false, offset, 0});
  }
  CHECK(bench.front_accesses == expected);
  CHECK(expected.size() == 2 * (16 * 15 + 16));
}

TEST_CASE("csr: where no register is, reads give 0 and writes do nothing", "[hw][csr]") {
  CsrBench bench;
  std::set<std::uint32_t> registers;
  for (const KestrelRegister& reg : kKestrelRegisters) {
    registers.insert(reg.offset);
  }
  const std::set<std::uint32_t> in_front = front_offsets();
  // All of the lower part, and the neighbourhood of what a decoder might confuse.
  std::vector<std::uint32_t> offsets;
  for (std::uint32_t offset = 0; offset < 0x2000; offset += 4) {
    offsets.push_back(offset);
  }
  for (std::uint32_t bit = 13; bit < 21; ++bit) {
    for (std::uint32_t offset : {0x0u, 0x10u, 0x4u, 0x48u, 0x100u, 0x17cu, 0x200u, 0x1000u}) {
      offsets.push_back(offset | 1u << bit);
    }
  }
  for (std::uint32_t doorbell = 0; doorbell < 16; ++doorbell) {
    for (std::uint32_t offset : {0x4u, 0x80u, 0x1000u, 0x8000u, 0xfffcu}) {
      offsets.push_back(0x100000 + doorbell * 0x10000 + offset);
    }
  }
  unsigned holes = 0;
  for (const std::uint32_t offset : offsets) {
    // Between a queue's registers are holes that are the front end's to answer.
    const bool in_queue = offset >= 0x1000 && offset < 0x1800 && (offset & 0x40) == 0;
    if (!registers.contains(offset) && !in_queue) {
      CAPTURE(offset);
      bench.write32(offset, 0xffff'ffff);
      CHECK(bench.read32(offset) == 0);
      ++holes;
    }
  }
  CHECK(holes > 1500);
  check_all(bench, CsrRegisterModel{});
  CHECK(bench.front_accesses.empty());
  CHECK(bench.engine_resets == 0);
  CHECK(bench.pulses == std::array<unsigned, 17>{});
}

TEST_CASE("csr: random accesses do what the description says and nothing else", "[hw][csr]") {
  const unsigned seed = GENERATE(range(1u, 9u));
  const unsigned stall_percent = seed % 2 * 40;
  CAPTURE(seed);
  CsrBench bench(stall_percent, seed);
  bench.reset_cycles = seed * 5;
  CsrRegisterModel expected;
  std::mt19937 random(seed);
  std::vector<CsrBench::FrontAccess> front;
  const std::set<std::uint32_t> in_front = front_offsets();
  constexpr std::size_t kRegisters = std::size(kKestrelRegisters);

  for (int i = 0; i < 10'000; ++i) {
    std::uint32_t offset = kKestrelRegisters[random() % kRegisters].offset;
    switch (random() % 8) {
      case 0:
        offset = random() % 0x400;
        break;
      case 1:
        offset = random() % 0x200000;
        break;
      case 2:
      case 3:
      case 4:
        offset = random() % 0xa0 & ~3u;  // Where most of the side effects are.
        break;
      default:
        break;
    }
    const bool in_queue = offset >= 0x1000 && offset < 0x1800 && (offset & 0x40) == 0;
    const bool to_front = in_queue || in_front.contains(offset & ~3u);
    CAPTURE(i, offset);
    if (random() % 2) {
      const auto data = static_cast<std::uint32_t>(random());
      const auto strb = static_cast<std::uint8_t>(random() % 4 == 0 ? random() : 0xf) & 0xf;
      bench.write32(offset, data, static_cast<std::uint8_t>(strb));
      expected.write(offset, data, static_cast<std::uint8_t>(strb));
      if (to_front && strb == 0xf) {
        front.push_back({true, offset & ~3u, data});
      }
      const std::uint32_t reg = offset & ~3u;
      if (reg == KESTREL_REG_RESET || reg == KESTREL_REG_INVALIDATE ||
          reg == KESTREL_REG_COUNTER_SNAPSHOT) {
        settle(bench);
      }
    } else if (to_front) {
      const std::uint32_t value = bench.front_values[offset & ~3u];
      CHECK(bench.read32(offset) == value);
      front.push_back({false, offset & ~3u, 0});
    } else {
      CHECK(bench.read32(offset) == expected.read(offset));
    }
  }
  check_all(bench, expected);
  CHECK(bench.front_accesses == front);
  CHECK(bench.engine_resets == expected.engine_resets);
  CHECK(bench.invalidations == expected.invalidations);
  CHECK(bench.flips == expected.flips);
  CHECK(bench.pulses == expected.pulses);
  CHECK(expected.engine_resets > 10);
  CHECK(expected.invalidations.size() > 10);
  CHECK(expected.flips.size() > 10);
}

TEST_CASE("csr: reads and writes that never end take turns", "[hw][csr]") {
  CsrBench bench;
  for (int i = 0; i < 100; ++i) {
    bench.axil.post_write(KESTREL_REG_SCRATCH, static_cast<std::uint32_t>(i));
    bench.axil.post_read(KESTREL_REG_SCRATCH);
  }
  bench.finish();
  for (std::size_t i = 0; i < 100; ++i) {
    CHECK(bench.axil.read_results[i].data == i);
  }
  CHECK(bench.cycles <= 100 * 7 + 2);
}

TEST_CASE("csr: busy while an access is under way, and not for longer", "[hw][csr]") {
  CsrBench bench(30, 5);
  bench.run(5);
  CHECK(!bench.model.busy_o);
  for (const std::uint32_t offset :
       {KESTREL_REG_SCRATCH, KESTREL_REG_IRQ_FORCE, KESTREL_REG_PARITY_FLIP,
        KESTREL_REG_COUNTER_SNAPSHOT, KESTREL_REG_RESET, 0x1004}) {
    CAPTURE(offset);
    bench.write32(static_cast<std::uint32_t>(offset), 0xffff'ffff);
    bench.read32(static_cast<std::uint32_t>(offset));
    bench.run(30);
    CHECK(!bench.model.busy_o);
  }
}

TEST_CASE("csr: reading TIME_LO latches TIME_HI", "[hw][csr]") {
  const unsigned stall_percent = GENERATE(0u, 50u);
  CsrBench bench(stall_percent, 11);
  std::set<std::uint64_t> times;
  // Low halves wrap while they are read.
  bench.time_ns = 0x1'ffff'ff00;
  bench.before = [&] {
    bench.time_ns += 0x1000'0001;
    bench.model.time_ns_i = bench.time_ns;
    times.insert(bench.time_ns);
  };
  std::uint64_t previous = 0;
  for (int i = 0; i < 200; ++i) {
    times.clear();
    std::uint64_t time = bench.read32(KESTREL_REG_TIME_LO);
    const std::set<std::uint64_t> during = times;
    bench.run(static_cast<unsigned>(i % 7));
    bench.read32(KESTREL_REG_SCRATCH);
    time |= std::uint64_t{bench.read32(KESTREL_REG_TIME_HI)} << 32;
    CHECK(during.contains(time));
    CHECK(time > previous);
    CHECK(bench.read32(KESTREL_REG_TIME_HI) == time >> 32);
    previous = time;
  }
}

TEST_CASE("csr: status, queues in error and the active queue read as they are", "[hw][csr]") {
  CsrBench bench(20, 13);
  std::mt19937 random(13);
  for (int i = 0; i < 100; ++i) {
    bench.model.idle_i = random() % 2;
    bench.model.reset_stuck_i = random() % 2;
    bench.model.error_queues_i = static_cast<std::uint16_t>(random());
    bench.model.active_valid_i = random() % 2;
    bench.model.active_queue_i = random() % 16;
    CHECK(bench.read32(KESTREL_REG_STATUS) ==
          (bench.model.idle_i | unsigned{bench.model.reset_stuck_i} << 2));
    CHECK(bench.read32(KESTREL_REG_ERROR_QUEUES) == bench.model.error_queues_i);
    CHECK(bench.read32(KESTREL_REG_ACTIVE) ==
          (unsigned{bench.model.active_valid_i} << 8 | bench.model.active_queue_i));
    const unsigned vector = random() % 32;
    bench.write32(KESTREL_REG_ERROR_VECTOR, vector);
    CHECK(bench.model.error_vector_o == vector);
  }
}

}  // namespace presil::testbench
