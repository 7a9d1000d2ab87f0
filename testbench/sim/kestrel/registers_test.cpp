// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/registers.hpp"

#include <map>

#include <catch2/catch_test_macros.hpp>

namespace presil::kestrel {
namespace {

struct Bench {
  std::uint32_t read(std::uint32_t offset) { return registers.read(offset, status); }

  Interrupts interrupts{[](std::uint32_t) {}};
  Registers registers{interrupts};
  DeviceStatus status;
};

TEST_CASE("identification and capabilities", "[sim][kestrel]") {
  Bench bench;
  CHECK(bench.read(KESTREL_REG_ID) == 0x4b53'5452);
  CHECK(bench.read(KESTREL_REG_VERSION) == 0x0002'0000);
  CHECK(bench.read(KESTREL_REG_CAPS0) == (16u | 17u << 8 | 64u << 16 | 4u << 24));
  CHECK(bench.read(KESTREL_REG_CAPS1) == (1000u | 16u << 16 | 16u << 24));
  CHECK(bench.read(KESTREL_REG_CAPS2) == (16u | 16u << 8 | 16u << 16 | 4u << 24));
  CHECK(bench.read(KESTREL_REG_CAPS3) == (256u | 1024u << 16));
  CHECK(bench.read(KESTREL_REG_CAPS4) == (16u | 48u << 8 | 14u << 16));
}

TEST_CASE("registers keep what they name, and a reset what it should", "[sim][kestrel]") {
  Bench bench;
  struct Kept {
    std::uint32_t value, after_engine_reset, after_reset;
  };
  const std::map<std::uint32_t, Kept> kept = {
      {KESTREL_REG_SCRATCH, {0xffff'ffff, 0xffff'ffff, 0}},
      {KESTREL_REG_IRQ_ENABLE, {0x1'ffff, 0x1'ffff, 0}},
      {KESTREL_REG_ERROR_VECTOR, {0x1f, 0x1f, 16}},
      {KESTREL_REG_INVALIDATE_FIRST_LO, {0xffff'f000, 0, 0}},
      {KESTREL_REG_INVALIDATE_FIRST_HI, {0xffff, 0, 0}},
      {KESTREL_REG_INVALIDATE_LAST_LO, {0xffff'f000, 0, 0}},
      {KESTREL_REG_INVALIDATE_LAST_HI, {0xffff, 0, 0}},
      {KESTREL_REG_INVALIDATE, {0x3f, 0, 0}},
      {KESTREL_REG_COUNTER_SNAPSHOT, {0x1f, 0, 0}},
      {KESTREL_REG_PARITY_PLACE, {0x8000'3fff, 0, 0}},
      {KESTREL_REG_PARITY_FLIP, {0x1ff, 0, 0}}};
  const auto value_of = [&kept](std::uint32_t offset, std::uint32_t Kept::* member) {
    const auto found = kept.find(offset);
    return found == kept.end() ? 0 : found->second.*member;
  };
  std::map<std::uint32_t, std::uint32_t> before;
  for (std::uint32_t offset = 0; offset < 0x100; offset += 4) {
    before[offset] = bench.read(offset);
    bench.registers.write(offset, 0xffff'ffff);
  }
  for (std::uint32_t offset = 0; offset < 0x100; offset += 4) {
    CAPTURE(offset);
    const bool is_kept = kept.contains(offset);
    CHECK(bench.read(offset) == (is_kept                            ? value_of(offset, &Kept::value)
                                 : offset == KESTREL_REG_IRQ_STATUS ? 0x1'ffff
                                                                    : before[offset]));
  }
  bench.registers.engine_reset();
  for (const auto& [offset, values] : kept)
    CHECK(bench.read(offset) == values.after_engine_reset);
  CHECK(bench.read(KESTREL_REG_IRQ_STATUS) == 0x1'ffff);
  bench.registers.reset();
  for (const auto& [offset, values] : kept)
    CHECK(bench.read(offset) == values.after_reset);
  CHECK(bench.read(KESTREL_REG_IRQ_STATUS) == 0);
}

TEST_CASE("the high half of the time is that of the latest read of the low one", "[sim][kestrel]") {
  Bench bench;
  bench.status.time_ns = 0x5'0000'0006;
  CHECK(bench.read(KESTREL_REG_TIME_HI) == 0);
  CHECK(bench.read(KESTREL_REG_TIME_LO) == 6);
  bench.status.time_ns = 0x9'0000'0000;
  CHECK(bench.read(KESTREL_REG_TIME_HI) == 5);
}

TEST_CASE("the device's status is shown", "[sim][kestrel]") {
  Bench bench;
  CHECK(bench.read(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
  bench.status = {.is_idle = false,
                  .is_resetting = true,
                  .is_reset_stuck = true,
                  .error_queues = 0x8001,
                  .active_queue = 9,
                  .is_active = true,
                  .time_ns = 0};
  CHECK(bench.read(KESTREL_REG_STATUS) == (KESTREL_STATUS_RESETTING | KESTREL_STATUS_RESET_STUCK));
  CHECK(bench.read(KESTREL_REG_ERROR_QUEUES) == 0x8001);
  CHECK(bench.read(KESTREL_REG_ACTIVE) == (9 | KESTREL_ACTIVE_VALID));
}

TEST_CASE("writes of GO and RESET have their effects", "[sim][kestrel]") {
  Bench bench;
  auto& registers = bench.registers;
  CHECK(registers.write(KESTREL_REG_RESET, 1) == RegisterEffect::kReset);
  CHECK(registers.write(KESTREL_REG_RESET, 2) == RegisterEffect::kNone);
  CHECK(registers.write(KESTREL_REG_COUNTER_SNAPSHOT, 16) == RegisterEffect::kNone);
  CHECK(registers.write(KESTREL_REG_COUNTER_SNAPSHOT, 16 | 1u << 31) == RegisterEffect::kSnapshot);
  CHECK(registers.snapshot_index() == 16);
  registers.write(KESTREL_REG_PARITY_PLACE, 0x8000'0005);
  CHECK(registers.write(KESTREL_REG_PARITY_FLIP, 77 | 1u << 31) == RegisterEffect::kFlip);
  CHECK(registers.flips_accumulators());
  CHECK(registers.flip_place() == 5);
  CHECK(registers.flip_bit() == 77);

  registers.write(KESTREL_REG_INVALIDATE_FIRST_LO, 0x1234'5fff);
  registers.write(KESTREL_REG_INVALIDATE_FIRST_HI, 0x11);
  registers.write(KESTREL_REG_INVALIDATE_LAST_LO, 0x2345'6000);
  registers.write(KESTREL_REG_INVALIDATE_LAST_HI, 0x22);
  CHECK(registers.write(KESTREL_REG_INVALIDATE, 3 | KESTREL_INVALIDATE_RANGE | 1u << 31) ==
        RegisterEffect::kInvalidate);
  auto what = registers.invalidation();
  CHECK_FALSE(what.all_spaces);
  CHECK(what.space == 3);
  CHECK(what.first == 0x11'1234'5000);
  CHECK(what.last == 0x22'2345'6fff);
  registers.write(KESTREL_REG_INVALIDATE, KESTREL_INVALIDATE_ALL_SPACES | 1u << 31);
  what = registers.invalidation();
  CHECK(what.all_spaces);
  CHECK(what.first == 0);
  CHECK(what.last == ~std::uint64_t{0});
}

}  // namespace
}  // namespace presil::kestrel
