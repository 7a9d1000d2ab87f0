// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/registers.hpp"

#include <catch2/catch_test_macros.hpp>

namespace presil::kestrel {
namespace {

TEST_CASE("the high half of a 64-bit value is that of the latest read of the low one",
          "[sim][kestrel]") {
  Registers registers;
  registers.bytes = 0x1'0000'0002;
  CHECK(registers.read(KESTREL_REG_TIME_HI, 0x5'0000'0006) == 0);
  CHECK(registers.read(KESTREL_REG_TIME_LO, 0x5'0000'0006) == 6);
  CHECK(registers.read(KESTREL_REG_TIME_HI, 0x9'0000'0000) == 5);
  CHECK(registers.read(KESTREL_REG_COUNT_BYTES_LO, 0) == 2);
  registers.bytes = 0x7'0000'0000;
  CHECK(registers.read(KESTREL_REG_COUNT_BYTES_HI, 0) == 1);
}

TEST_CASE("a soft reset keeps what software has set up", "[sim][kestrel]") {
  Registers registers;
  registers.scratch = 1;
  registers.irq_enable = 2;
  registers.ring_base = 0x3'0000'0040;
  registers.ring_log2 = 4;
  registers.doorbell = registers.head = 5;
  registers.has_error = registers.is_enabled = true;
  registers.failure = {.cause = KESTREL_ERROR_CAUSE_READ_ERROR, .response = 2, .addr = 0x100};
  registers.soft_reset();
  CHECK(registers.read(KESTREL_REG_SCRATCH, 0) == 1);
  CHECK(registers.read(KESTREL_REG_IRQ_ENABLE, 0) == 2);
  CHECK(registers.read(KESTREL_REG_RING_BASE_LO, 0) == 0x40);
  CHECK(registers.read(KESTREL_REG_RING_BASE_HI, 0) == 3);
  CHECK(registers.read(KESTREL_REG_RING_SIZE, 0) == 4);
  CHECK(registers.read(KESTREL_REG_STATUS, 0) == KESTREL_STATUS_IDLE);
  for (const auto offset : {KESTREL_REG_CONTROL, KESTREL_REG_DOORBELL, KESTREL_REG_RING_HEAD,
                            KESTREL_REG_ERROR_CAUSE, KESTREL_REG_ERROR_ADDR_LO}) {
    CAPTURE(offset);
    CHECK(registers.read(offset, 0) == 0);
  }
}

TEST_CASE("an offset without a register reads zero", "[sim][kestrel]") {
  Registers registers;
  CHECK(registers.read(0x02c, ~0ull) == 0);
  CHECK(registers.read(0x0fc, ~0ull) == 0);
  CHECK(registers.read(0xfffc, ~0ull) == 0);
}

}  // namespace
}  // namespace presil::kestrel
