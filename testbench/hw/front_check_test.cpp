// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel's front end: which commands are legal, against the reference's words.

#include <algorithm>
#include <array>
#include <initializer_list>
#include <random>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "front_bench.hpp"

namespace presil::testbench {

namespace {

constexpr std::uint64_t kBuffer = 0x4000'0000;

const Record kSync = records::sync({});

/// Bits that must be zero, by word, from the reference.
std::array<std::uint32_t, 16> reserved(unsigned opcode) {
  std::array<std::uint32_t, 16> bits{};
  switch (opcode) {
    case KESTREL_OPCODE_LOAD:
    case KESTREL_OPCODE_STORE:
      bits[0] = 0x00ff'f000;
      bits[8] = 0xffff'0000;
      bits[11] = 0xfffc'0000;
      break;
    case KESTREL_OPCODE_ACCUMULATE:
      bits = {0xfff0'f000, 0, 0xffff'0000, 0, 0, 0, 0xffff'0000, 0, 0xffff'0000};
      std::fill(bits.begin() + 9, bits.end(), ~0u);
      break;
    case KESTREL_OPCODE_OUTPUT:
      bits[0] = 0xffc0'f000;
      bits[8] = 0xffff'0000;
      std::fill(bits.begin() + 13, bits.end(), ~0u);
      break;
    default:
      bits.fill(~0u);
      bits[0] = opcode == KESTREL_OPCODE_SYNC ? 0xffff'f000 : 0xffff'ff00;
  }
  return bits;
}

int half(const Record& record, unsigned offset) {
  return static_cast<std::int16_t>(record[offset / 4] >> offset % 4 * 8);
}

bool is_byte(int value, bool is_unsigned) {
  return is_unsigned ? value >= 0 && value <= 255 : value >= -128 && value <= 127;
}

/// The cause with which a command must be refused, as the reference says it.
unsigned reference_check(const Record& record) {
  const unsigned opcode = record[0] & 0xff;
  if (opcode >= KESTREL_OPCODE_CALL && opcode <= KESTREL_OPCODE_TIMESTAMP) {
    return KESTREL_ERROR_CAUSE_PRIVILEGED;
  }
  if (opcode != KESTREL_OPCODE_NOP && (opcode < 16 || opcode > 21)) {
    return KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE;
  }
  bool good = true;
  const std::array<std::uint32_t, 16> zero = reserved(opcode);
  for (unsigned word = 0; word < 16; ++word) {
    good = good && (record[word] & zero[word]) == 0;
  }
  const auto counts = [&](std::initializer_list<unsigned> offsets) {
    for (const unsigned offset : offsets) {
      good = good && half(record, offset) != 0;
    }
  };
  switch (opcode) {
    case KESTREL_OPCODE_LOAD:
      good = good && (record[0] & 0x500) == 0;
      counts({0x18, 0x1a, 0x1c, 0x1e, 0x20});
      break;
    case KESTREL_OPCODE_STORE:
      good = good && (record[0] & 0xff00'0a00) == 0;
      counts({0x18, 0x1a, 0x1c, 0x1e, 0x20});
      break;
    case KESTREL_OPCODE_ACCUMULATE:
      counts({0x0c, 0x0e, 0x14, 0x16, 0x18});
      break;
    case KESTREL_OPCODE_OUTPUT: {
      const bool out_unsigned = (record[0] & KESTREL_OUTPUT_HEADER_OUT_UNSIGNED) != 0;
      counts({0x04, 0x06});
      for (const unsigned offset : {0x1cu, 0x24u, 0x26u}) {
        good = good && is_byte(half(record, offset), out_unsigned);
      }
      good = good && half(record, 0x24) <= half(record, 0x26);
      if ((record[0] & KESTREL_OUTPUT_HEADER_SRC_SCRATCHPAD) != 0) {
        good = good &&
               is_byte(half(record, 0x1e), (record[0] & KESTREL_OUTPUT_HEADER_SRC_UNSIGNED) != 0);
      } else {
        good = good && half(record, 0x1e) == 0;
      }
      if ((record[0] & KESTREL_OUTPUT_HEADER_RES) != 0) {
        good = good &&
               is_byte(half(record, 0x20), (record[0] & KESTREL_OUTPUT_HEADER_RES_UNSIGNED) != 0);
      }
      break;
    }
    default:
      break;
  }
  return good ? KESTREL_ERROR_CAUSE_NONE : KESTREL_ERROR_CAUSE_ILLEGAL_FIELD;
}

/// A command that is legal, with fields of which many are at a limit.
Record legal(std::mt19937& random) {
  const auto count = [&](unsigned most) { return static_cast<unsigned>(1 + random() % most); };
  KestrelTransfer transfer{.addr = random()};
  transfer.n = {count(0xffff), count(3), count(3), 1, 0xffff};
  switch (random() % 7) {
    case 0:
      transfer.pad = random() % 256;
      return records::load(transfer);
    case 1:
      return records::store(transfer);
    case 2:
      return records::accumulate({.mode = static_cast<unsigned>(random() % 4)});
    case 3:
    case 4: {
      KestrelOutput output;
      const auto flag = [&] { return random() % 2 == 0; };
      output.src_scratchpad = flag();
      output.src_unsigned = flag();
      output.res = flag();
      output.res_unsigned = flag();
      output.out_unsigned = flag();
      output.per_channel = flag();
      const auto limit = [&](bool is_unsigned) {
        return (flag() ? 0 : 255) - (is_unsigned ? 0 : 128);
      };
      output.min = output.out_unsigned ? 0 : -128;
      output.max = limit(output.out_unsigned);
      output.out_zero = limit(output.out_unsigned);
      output.src_zero = output.src_scratchpad ? limit(output.src_unsigned) : 0;
      output.res_zero = output.res ? limit(output.res_unsigned) : static_cast<int>(random());
      return records::output(output);
    }
    case 5:
      return random() % 2 == 0 ? records::nop() : records::barrier();
    default:
      return kSync;
  }
}

}  // namespace

TEST_CASE("front: commands are checked", "[hw][front]") {
  const unsigned seed = GENERATE(range(1u, 5u));
  CAPTURE(seed);
  FrontBench bench({.seed = seed, .stall_percent = 0, .latency_cycles = 2, .engine_cycles = 2});
  std::mt19937 random(seed);
  std::array<unsigned, 13> seen{};
  for (unsigned i = 0; i < 1500; ++i) {
    Record command = legal(random);
    REQUIRE(reference_check(command) == KESTREL_ERROR_CAUSE_NONE);
    switch (random() % 5) {
      case 0:
        break;
      case 1:
        command[0] = (command[0] & ~0xffu) | random() % 32;
        break;
      case 2:  // A count or a zero point that is just wrong.
        command[1 + random() % 9] &= random() % 2 == 0 ? 0xffffu : 0xffff'0000u;
        break;
      case 3: {
        const unsigned offset = std::array{0x1cu, 0x1eu, 0x20u, 0x24u, 0x26u}[random() % 5];
        const int value = std::array{-129, -128, -1, 0, 127, 128, 255, 256}[random() % 8];
        std::uint32_t& word = command[offset / 4];
        word = (word & ~(0xffffu << offset % 4 * 8)) | (static_cast<std::uint32_t>(value) & 0xffffu)
                                                           << offset % 4 * 8;
        break;
      }
      default:
        command[random() % 16] ^= 1u << random() % 32;
    }
    // Tokens that never come would be waited for.
    if (reference_check(command) == KESTREL_ERROR_CAUSE_NONE) {
      command[0] &= ~std::uint32_t{KESTREL_ORDER_HEADER_WAIT_PREV | KESTREL_ORDER_HEADER_WAIT_NEXT};
    }
    const unsigned cause = reference_check(command);
    ++seen[cause];
    bench.set_up(2);
    bench.push(2, bench.call(kBuffer, {kSync, command, kSync}));
    bench.ring(2);
    REQUIRE(bench.until_idle());
    INFO("command " << i << ", opcode " << (command[0] & 0xff));
    if (cause == KESTREL_ERROR_CAUSE_NONE) {
      REQUIRE(bench.error(2) == ErrorRegisters{});
      REQUIRE(bench.head(2) == 1);
    } else {
      REQUIRE(bench.error(2) ==
              ErrorRegisters{
                  .cause = cause, .opcode = command[0] & 0xff, .in_call = true, .offset = 64});
    }
    bench.control(2, KESTREL_QUEUE_CONTROL_RESET);
    REQUIRE(bench.until_idle());
  }
  CHECK(seen[KESTREL_ERROR_CAUSE_NONE] > 100);
  CHECK(seen[KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE] > 100);
  CHECK(seen[KESTREL_ERROR_CAUSE_ILLEGAL_FIELD] > 100);
  CHECK(seen[KESTREL_ERROR_CAUSE_PRIVILEGED] > 20);
}

}  // namespace presil::testbench
