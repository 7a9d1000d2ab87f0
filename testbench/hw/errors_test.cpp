// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// Every cause of an error: what is reported, what has been done, and how the engine comes back.

#include <functional>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "Vkestrel.h"
#include "kestrel_bench.hpp"
#include "kestrel_regs.h"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kFence = 0x5'0000'0040;
constexpr std::uint64_t kSource = 0x6'0000'0000;
constexpr std::uint64_t kDestination = 0x7'0000'0000;
constexpr std::uint8_t kSlverr = 2, kDecerr = 3;

struct Expected {
  std::uint32_t cause, resp, opcode, index;
  std::uint64_t addr;
};

/// The engine has stopped and says why; it touches nothing more until it is reset, then works.
void check_stopped(KestrelBench& bench, const Expected& expected) {
  CHECK((bench.read32(KESTREL_REG_STATUS) & 7) == KESTREL_STATUS_ERROR);
  CHECK(bench.read32(KESTREL_REG_CONTROL) == 0);
  const std::uint32_t cause = bench.read32(KESTREL_REG_ERROR_CAUSE);
  CHECK((cause & KESTREL_ERROR_CAUSE_CAUSE_MASK) == expected.cause);
  CHECK((cause & KESTREL_ERROR_CAUSE_RESP_MASK) >> KESTREL_ERROR_CAUSE_RESP_SHIFT == expected.resp);
  CHECK((cause & KESTREL_ERROR_CAUSE_OPCODE_MASK) >> KESTREL_ERROR_CAUSE_OPCODE_SHIFT ==
        expected.opcode);
  CHECK(bench.read32(KESTREL_REG_ERROR_INDEX) == expected.index);
  CHECK(bench.read32(KESTREL_REG_ERROR_ADDR_LO) == static_cast<std::uint32_t>(expected.addr));
  CHECK(bench.read32(KESTREL_REG_ERROR_ADDR_HI) == expected.addr >> 32);
  CHECK(bench.read32(KESTREL_REG_RING_HEAD) == expected.index);
  CHECK(bench.read32(KESTREL_REG_IRQ_STATUS) & KESTREL_IRQ_STATUS_ERROR);
  CHECK(bench.pulses(1).size() == 1);
  CHECK(bench.memory.reads_open() == 0);
  CHECK(bench.memory.writes_open() == 0);

  const std::size_t accesses = bench.memory.accesses().size();
  bench.write32(KESTREL_REG_CONTROL, KESTREL_CONTROL_ENABLE);
  bench.write32(KESTREL_REG_DOORBELL, 40);
  bench.cycles(100);
  CHECK(bench.read32(KESTREL_REG_CONTROL) == 0);
  CHECK(bench.memory.accesses().size() == accesses);

  REQUIRE(bench.soft_reset());
  CHECK(bench.read32(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
  CHECK(bench.read32(KESTREL_REG_ERROR_CAUSE) == 0);
  CHECK(bench.read32(KESTREL_REG_ERROR_INDEX) == 0);
  CHECK(bench.read32(KESTREL_REG_ERROR_ADDR_LO) == 0);
  bench.memory.clear_faults();
  bench.start_ring();
  REQUIRE(bench.execute(Command::fence(kFence + 0x100, 0xabcd)));
  CHECK(bench.memory.memory().read64(kFence + 0x100) == 0xabcd);
}

}  // namespace

TEST_CASE("errors: an unknown opcode", "[hw][errors]") {
  const std::uint32_t opcode = GENERATE(3u, 4u, 0x7fu, 0x80u, 0xffu);
  KestrelBench bench;
  bench.start_ring();
  bench.push(Command::nop());
  REQUIRE(bench.execute({.header = opcode}));
  check_stopped(bench, {KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE, 0, opcode, 1, 0});
}

TEST_CASE("errors: one reserved field that is not zero", "[hw][errors]") {
  // Each row: a legal command, and one bit too many.
  const auto nop = Command::nop();
  const auto copy = Command::copy(kDestination, kSource, 64);
  const auto fence = Command::fence(kFence, 1);
  struct Row {
    const char* name;
    Command command;
    std::function<void(Command&)> spoil;
  };
  std::vector<Row> rows = {
      {"nop length", nop, [](Command& c) { c.length = 1; }},
      {"nop source, low", nop, [](Command& c) { c.src = 1; }},
      {"nop source, high", nop, [](Command& c) { c.src = 1ull << 63; }},
      {"nop destination, low", nop, [](Command& c) { c.dst = 8; }},
      {"nop destination, high", nop, [](Command& c) { c.dst = 1ull << 32; }},
      {"nop value, low", nop, [](Command& c) { c.value = 1; }},
      {"nop value, high", nop, [](Command& c) { c.value = 1ull << 40; }},
      {"copy value, low", copy, [](Command& c) { c.value = 1ull << 31; }},
      {"copy value, high", copy, [](Command& c) { c.value = 1ull << 32; }},
      {"fence length", fence, [](Command& c) { c.length = 1u << 31; }},
      {"fence source, low", fence, [](Command& c) { c.src = 4; }},
      {"fence source, high", fence, [](Command& c) { c.src = 1ull << 33; }},
      {"fence destination + 1", fence, [](Command& c) { c.dst += 1; }},
      {"fence destination + 2", fence, [](Command& c) { c.dst += 2; }},
      {"fence destination + 4", fence, [](Command& c) { c.dst += 4; }},
  };
  for (const Command& command : {nop, copy, fence}) {
    for (unsigned bit = 8; bit < 32; bit += 23) {
      rows.push_back({"header bit", command, [bit](Command& c) { c.header |= 1u << bit; }});
    }
    for (std::size_t word = 0; word < 8; ++word) {
      rows.push_back(
          {"reserved word", command, [word](Command& c) { c.extra[word] = 0x8000'0000; }});
      rows.push_back({"reserved word", command, [word](Command& c) { c.extra[word] = 1; }});
    }
  }
  for (const Row& row : rows) {
    Command command = row.command;
    row.spoil(command);
    CAPTURE(row.name, command.header);
    KestrelBench bench;
    bench.start_ring();
    REQUIRE(bench.execute(command));
    check_stopped(bench, {KESTREL_ERROR_CAUSE_ILLEGAL_FIELD, 0, command.header & 0xff, 0, 0});
  }
}

TEST_CASE("errors: one reserved word does not stick to the next command", "[hw][errors]") {
  KestrelBench bench;
  bench.start_ring();
  bench.push(Command::nop());
  Command bad = Command::nop();
  bad.extra[7] = 1;
  bench.push(bad);
  bench.push(Command::nop());
  bench.ring_doorbell();
  REQUIRE(bench.wait_settled());
  CHECK(bench.read32(KESTREL_REG_ERROR_INDEX) == 1);
  REQUIRE(bench.soft_reset());
  bench.start_ring();
  REQUIRE(bench.execute(Command::nop()));
  CHECK(bench.read32(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
}

TEST_CASE("errors: the fetch of a command fails", "[hw][errors]") {
  const std::uint8_t resp = GENERATE(kSlverr, kDecerr);
  const unsigned beat = GENERATE(0u, 1u, 2u, 3u);
  const unsigned stall_percent = GENERATE(0u, 40u);
  CAPTURE(resp, beat, stall_percent);
  KestrelBench bench({.stall_percent = stall_percent});
  bench.start_ring();
  const std::uint64_t entry = KestrelBench::kRingBase + 2 * KESTREL_COMMAND_BYTES;
  bench.memory.add_fault(entry + 16 * beat, entry + 16 * beat + 1, resp, true, false);
  bench.push(Command::nop());
  bench.push(Command::fence(kFence, 1));
  for (int i = 0; i < 4; ++i) {
    bench.push(Command::nop());
  }
  bench.ring_doorbell();
  REQUIRE(bench.wait_settled());
  // What is before it has been done, though it was fetched ahead.
  CHECK(bench.memory.memory().read64(kFence) == 1);
  const std::uint32_t opcode = 0;
  check_stopped(bench, {KESTREL_ERROR_CAUSE_FETCH_ERROR, resp, opcode, 2, entry});
}

TEST_CASE("errors: reading data fails", "[hw][errors]") {
  const std::uint8_t resp = GENERATE(kSlverr, kDecerr);
  const unsigned stall_percent = GENERATE(0u, 40u);
  // First, inner and last burst; the burst's address is reported.
  struct Place {
    std::uint64_t fault, addr;
  };
  const Place place = GENERATE(Place{0x13, 0x13}, Place{0x345, 0x300}, Place{0x13 + 4999, 0x1300});
  CAPTURE(resp, stall_percent, place.fault);
  KestrelBench bench({.stall_percent = stall_percent, .seed = place.fault});
  bench.start_ring();
  bench.memory.add_fault(kSource + place.fault, kSource + place.fault + 1, resp, true, false);
  bench.push(Command::nop());
  bench.push(Command::copy(kDestination + 5, kSource + 0x13, 5000));
  bench.push(Command::fence(kFence, 1));
  bench.ring_doorbell();
  REQUIRE(bench.wait_settled());
  CHECK(bench.memory.memory().read64(kFence) == 0);  // Nothing after the error is done.
  check_stopped(
      bench, {KESTREL_ERROR_CAUSE_READ_ERROR, resp, KESTREL_OPCODE_COPY, 1, kSource + place.addr});
}

TEST_CASE("errors: writing data fails", "[hw][errors]") {
  const std::uint8_t resp = GENERATE(kSlverr, kDecerr);
  const unsigned stall_percent = GENERATE(0u, 40u);
  struct Place {
    std::uint64_t fault, addr;
  };
  const Place place = GENERATE(Place{0x21, 0x21}, Place{0x345, 0x300}, Place{0x21 + 4999, 0x1300});
  CAPTURE(resp, stall_percent, place.fault);
  KestrelBench bench({.stall_percent = stall_percent, .seed = place.fault});
  bench.start_ring();
  bench.memory.add_fault(kDestination + place.fault, kDestination + place.fault + 1, resp, false,
                         true);
  bench.push(Command::nop());
  bench.push(Command::nop());
  bench.push(Command::copy(kDestination + 0x21, kSource, 5000));
  bench.push(Command::fence(kFence, 1));
  bench.ring_doorbell();
  REQUIRE(bench.wait_settled());
  CHECK(bench.memory.memory().read64(kFence) == 0);
  check_stopped(bench, {KESTREL_ERROR_CAUSE_WRITE_ERROR, resp, KESTREL_OPCODE_COPY, 2,
                        kDestination + place.addr});
}

TEST_CASE("errors: after an error no byte is written that is not the copy's", "[hw][errors]") {
  KestrelBench bench({.stall_percent = 30});
  bench.start_ring();
  SparseMemory& memory = bench.memory.memory();
  memory.write(kSource, std::vector<std::uint8_t>(6000, 0x11));
  memory.write(kDestination - 64, std::vector<std::uint8_t>(6128, 0xee));
  bench.memory.add_fault(kSource + 3000, kSource + 3001, kSlverr, true, false);
  REQUIRE(bench.execute(Command::copy(kDestination, kSource, 6000)));
  const std::vector<std::uint8_t> after = memory.read(kDestination - 64, 6128);
  std::size_t foreign = 0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const bool inside = i >= 64 && i < 64 + 6000;
    foreign += after[i] != 0xee && !(inside && after[i] == 0x11);
  }
  CHECK(foreign == 0);
  CHECK(after[64 + 3000 + 1024] == 0xee);  // The writes stopped.
}

TEST_CASE("errors: the write of a fence fails", "[hw][errors]") {
  KestrelBench bench;
  bench.start_ring();
  bench.memory.add_fault(kFence + 8, kFence + 16, kDecerr, false, true);
  REQUIRE(bench.execute(Command::fence(kFence + 8, 1)));
  CHECK(bench.pulses(0).empty());
  check_stopped(bench,
                {KESTREL_ERROR_CAUSE_WRITE_ERROR, kDecerr, KESTREL_OPCODE_FENCE, 0, kFence + 8});
}

TEST_CASE("errors: the size of the ring is out of range", "[hw][errors]") {
  const std::uint32_t log2_entries = GENERATE(0u, 17u, 31u);
  CAPTURE(log2_entries);
  KestrelBench bench;
  bench.start_ring();
  bench.write32(KESTREL_REG_RING_SIZE, log2_entries);
  CHECK((bench.read32(KESTREL_REG_STATUS) & KESTREL_STATUS_ERROR) == 0);  // Not before a command.
  REQUIRE(bench.execute(Command::nop()));
  check_stopped(bench, {KESTREL_ERROR_CAUSE_RING_CONFIG, 0, 0, 0, 0});
}

TEST_CASE("errors: the doorbell is further ahead than the ring has entries", "[hw][errors]") {
  KestrelBench bench;
  bench.start_ring(3);
  SECTION("exactly full is legal") {
    for (int i = 0; i < 8; ++i) {
      bench.push(Command::nop());
    }
    bench.ring_doorbell();
    REQUIRE(bench.wait_settled());
    CHECK(bench.read32(KESTREL_REG_RING_HEAD) == 8);
    CHECK(bench.read32(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
  }
  SECTION("one more is not") {
    bench.push(Command::nop());
    bench.ring_doorbell();
    REQUIRE(bench.wait_settled());
    bench.write32(KESTREL_REG_DOORBELL, 10);
    REQUIRE(bench.wait_settled());
    check_stopped(bench, {KESTREL_ERROR_CAUSE_RING_OVERRUN, 0, 0, 1, 0});
  }
  SECTION("a doorbell that goes back is one that is far ahead") {
    bench.push(Command::nop());
    bench.push(Command::nop());
    bench.ring_doorbell();
    REQUIRE(bench.wait_settled());
    bench.write32(KESTREL_REG_DOORBELL, 1);
    REQUIRE(bench.wait_settled());
    check_stopped(bench, {KESTREL_ERROR_CAUSE_RING_OVERRUN, 0, 0, 2, 0});
  }
}

TEST_CASE("errors: the interrupt comes only when the bus is quiet", "[hw][errors]") {
  KestrelBench bench({.latency_cycles = 300});
  bench.start_ring();
  bench.memory.add_fault(kSource, kSource + 1, kSlverr, true, false);
  bench.push(Command::copy(kDestination, kSource, 8192));
  bench.ring_doorbell();
  REQUIRE(bench.run_until([&] { return !bench.pulses(1).empty(); }));
  CHECK(bench.memory.reads_open() == 0);
  CHECK(bench.memory.writes_open() == 0);
}

}  // namespace presil::testbench
