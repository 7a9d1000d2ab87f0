// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// The scratchpad against an array of bytes.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "Vscratchpad_bench.h"
#include "rtl_context.hpp"

namespace presil::testbench {
namespace {

constexpr unsigned kWords = 16384, kBankWords = 2048;
enum Reader { kA, kB, kS, kReaders };
enum Writer { kV, kL, kWriters };

using Word = std::array<std::uint8_t, 16>;

/// The scratchpad and what it should hold. In a cycle, first set pins, then call cycle().
class ScratchpadBench {
 public:
  explicit ScratchpadBench(std::uint64_t seed)
      : context_(seed), model(std::make_unique<Vscratchpad_bench>(&context_)), words(kWords) {
    model->wipe_i = model->flip_arm_i = model->flip_forget_i = 0;
    idle();
    model->clk_i = 0;
    model->rst_ni = 0;
    context_.begin(*model);
    clock();
    clock();
    model->rst_ni = 1;
    model->eval();
    CHECK(model->wiping_o);
    wait_for_wipe();
  }
  ~ScratchpadBench() {
    context_.finish(*model);
    CHECK(context_.assertions_failed() == 0);
  }
  ScratchpadBench(const ScratchpadBench&) = delete;
  ScratchpadBench& operator=(const ScratchpadBench&) = delete;

  void clock() {
    model->clk_i = 1;
    model->eval();
    model->clk_i = 0;
    model->eval();
  }
  void idle() {
    for (unsigned port = 0; port < kReaders; ++port) {
      model->rd_valid_i[port] = 0;
    }
    for (unsigned port = 0; port < kWriters; ++port) {
      model->wr_valid_i[port] = 0;
    }
  }
  /// Waits for the end of a wipe; gives its cycles.
  unsigned wait_for_wipe() {
    unsigned cycles = 0;
    for (; model->wiping_o; ++cycles) {
      REQUIRE(cycles <= 256);
      CHECK(model->busy_o);
      clock();
    }
    words.assign(kWords, {});
    return cycles;
  }
  void read(Reader port, unsigned word) {
    model->rd_valid_i[port] = 1;
    model->rd_addr_i[port] = static_cast<std::uint16_t>(word);
  }
  void write(Writer port, unsigned word, const Word& value, unsigned strb = 0xffff) {
    model->wr_valid_i[port] = 1;
    model->wr_addr_i[port] = static_cast<std::uint16_t>(word);
    model->wr_strb_i[port] = static_cast<std::uint16_t>(strb);
    for (std::size_t i = 0; i < 4; ++i) {
      model->wr_data_i[port][i] = value[4 * i] | value[4 * i + 1] << 8 | value[4 * i + 2] << 16 |
                                  static_cast<std::uint32_t>(value[4 * i + 3]) << 24;
    }
  }
  /// Ends the cycle: checks who may go, and in the next cycle what was read.
  void cycle() {
    Vscratchpad_bench& m = *model;
    m.eval();
    std::array<std::optional<unsigned>, kReaders> reads;
    for (unsigned port = 0; port < kReaders; ++port) {
      bool first = true;
      for (unsigned other = 0; other < port; ++other) {
        first = first && !(m.rd_valid_i[other] && same_bank(m.rd_addr_i[port], m.rd_addr_i[other]));
      }
      if (m.rd_valid_i[port]) {
        CHECK(m.rd_ready_o[port] == first);
        waits += !first;
        if (first) {
          reads[port] = m.rd_addr_i[port];
        }
      }
    }
    std::array<Word, kReaders> expected;
    for (unsigned port = 0; port < kReaders; ++port) {
      expected[port] = words[reads[port].value_or(0)];
    }
    for (unsigned port = 0; port < kWriters; ++port) {
      const bool first =
          port == kV || !m.wr_valid_i[kV] || !same_bank(m.wr_addr_i[kV], m.wr_addr_i[kL]);
      if (m.wr_valid_i[port]) {
        CHECK(m.wr_ready_o[port] == first);
        waits += !first;
        for (unsigned i = 0; first && i < 16; ++i) {
          if (m.wr_strb_i[port] >> i & 1) {
            words[m.wr_addr_i[port]][i] =
                static_cast<std::uint8_t>(m.wr_data_i[port][i / 4] >> i % 4 * 8);
          }
        }
      }
    }
    clock();
    for (unsigned port = 0; port < kReaders; ++port) {
      errors[port] = m.rd_error_o[port];
      for (unsigned i = 0; i < 16; ++i) {
        data[port][i] = static_cast<std::uint8_t>(m.rd_data_o[port][i / 4] >> i % 4 * 8);
      }
      if (reads[port] && !errors[port]) {
        CHECK(data[port] == expected[port]);
        ++compared;
      }
    }
  }
  /// Reads one word; true if its parity is wrong.
  bool wrong(unsigned word, Reader port = kA) {
    idle();
    read(port, word);
    cycle();
    idle();
    return errors[port];
  }
  void put(unsigned word, const Word& value, unsigned strb = 0xffff, Writer port = kV) {
    idle();
    write(port, word, value, strb);
    cycle();
    idle();
  }
  void flip(unsigned word, unsigned bit) {
    model->flip_arm_i = 1;
    model->flip_addr_i = static_cast<std::uint16_t>(word);
    model->flip_bit_i = static_cast<std::uint8_t>(bit);
    cycle();
    model->flip_arm_i = 0;
  }
  static bool same_bank(unsigned left, unsigned right) {
    return left / kBankWords == right / kBankWords;
  }

 private:
  RtlContext context_;

 public:
  std::unique_ptr<Vscratchpad_bench> model;
  std::vector<Word> words;
  std::array<bool, kReaders> errors = {};
  std::array<Word, kReaders> data = {};
  std::size_t compared = 0, waits = 0;
};

Word random_word(std::mt19937_64& random) {
  Word word;
  for (std::uint8_t& byte : word) {
    byte = static_cast<std::uint8_t>(random());
  }
  return word;
}

}  // namespace

TEST_CASE("scratchpad: five ports at once see one memory", "[hw][scratchpad]") {
  const std::uint64_t seed = GENERATE(range(1u, 5u));
  // Few words meet often, in a word or in a bank; many reach every place.
  const bool few = GENERATE(true, false);
  CAPTURE(seed, few);
  ScratchpadBench bench(seed);
  std::mt19937_64 random(seed);
  const auto word = [&] {
    return static_cast<unsigned>(few ? random() % 4 * 3000 + random() % 3 : random() % kWords);
  };
  for (int i = 0; i < 40'000; ++i) {
    bench.idle();
    for (const Reader port : {kA, kB, kS}) {
      if (random() % 3 != 0) {
        bench.read(port, word());
      }
    }
    for (const Writer port : {kV, kL}) {
      if (random() % 3 != 0) {
        bench.write(port, word(), random_word(random),
                    random() % 2 == 0 ? 0xffff : static_cast<unsigned>(random() % 0x10000));
      }
    }
    bench.cycle();
    REQUIRE(!(bench.errors[kA] || bench.errors[kB] || bench.errors[kS]));
  }
  CHECK(bench.compared > 40'000);
  CHECK(bench.waits > (few ? 10'000 : 5'000));
}

TEST_CASE("scratchpad: ports in different banks do not wait for one another", "[hw][scratchpad]") {
  ScratchpadBench bench(1);
  for (unsigned i = 0; i < 1000; ++i) {
    bench.read(kA, i);
    bench.read(kB, kBankWords + i);
    bench.read(kS, 2 * kBankWords + i);
    bench.write(kV, 3 * kBankWords + i, {});
    bench.write(kL, 4 * kBankWords + i, {});
    bench.cycle();
  }
  CHECK(bench.waits == 0);
  CHECK(bench.compared == 3000);
}

TEST_CASE("scratchpad: after a wipe every word is zero and parity is right", "[hw][scratchpad]") {
  ScratchpadBench bench(2);
  std::mt19937_64 random(2);
  for (unsigned word = 0; word < kWords; ++word) {
    bench.put(word, random_word(random));
  }
  bench.model->wipe_i = 1;
  bench.clock();
  bench.model->wipe_i = 0;
  CHECK(bench.model->wiping_o);
  // Nobody gets in meanwhile.
  bench.read(kA, 5);
  bench.write(kL, 5, random_word(random));
  bench.model->eval();
  CHECK(!bench.model->rd_ready_o[kA]);
  CHECK(!bench.model->rd_ready_o[kB]);
  CHECK(!bench.model->rd_ready_o[kS]);
  CHECK(!bench.model->wr_ready_o[kV]);
  CHECK(!bench.model->wr_ready_o[kL]);
  CHECK(bench.wait_for_wipe() <= 256);
  bench.idle();
  bench.model->eval();
  CHECK(!bench.model->busy_o);
  for (unsigned word = 0; word < kWords; ++word) {
    REQUIRE(!bench.wrong(word));
  }
  // One byte written makes the others zero.
  bench.put(77, random_word(random), 0x0100);
  CHECK(!bench.wrong(77));
  // A write of no byte as well.
  bench.put(78, random_word(random), 0);
  CHECK(!bench.wrong(78));
}

TEST_CASE("scratchpad: a flipped bit is found at any place, by any port, until it is written over",
          "[hw][scratchpad]") {
  ScratchpadBench bench(3);
  std::mt19937_64 random(3);
  for (unsigned bit = 0; bit < 128; ++bit) {
    CAPTURE(bit);
    const auto word = static_cast<unsigned>(random() % kWords);
    const unsigned other = word ^ 1;
    bench.flip(word, bit);
    bench.put(other, random_word(random));
    const Word value = random_word(random);
    bench.put(word, value, 0xffff, bit % 2 == 0 ? kV : kL);
    for (const Reader port : {kA, kB, kS}) {
      CHECK(bench.wrong(word, port));
    }
    Word stored = value;
    stored[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    CHECK(bench.data[kS] == stored);
    CHECK(!bench.wrong(other));
    // A write of another byte leaves the error.
    bench.put(word, random_word(random), 0xffff & ~(1u << bit / 8));
    CHECK(bench.wrong(word));
    // Once only.
    bench.put(word, random_word(random), 1u << bit / 8);
    CHECK(!bench.wrong(word));
  }
}

TEST_CASE("scratchpad: a flip waits for the write of its byte, and can be forgotten",
          "[hw][scratchpad]") {
  ScratchpadBench bench(4);
  std::mt19937_64 random(4);
  bench.put(9, random_word(random));
  bench.flip(9, 8 * 3 + 1);
  bench.put(9, random_word(random), 0xfff7);
  CHECK(!bench.wrong(9));
  SECTION("written") {
    bench.put(9, random_word(random), 0x0008);
    CHECK(bench.wrong(9));
  }
  SECTION("forgotten") {
    bench.model->flip_forget_i = 1;
    bench.cycle();
    bench.model->flip_forget_i = 0;
    bench.put(9, random_word(random));
    CHECK(!bench.wrong(9));
  }
  SECTION("armed elsewhere") {
    bench.flip(10, 0);
    bench.put(9, random_word(random));
    CHECK(!bench.wrong(9));
    bench.put(10, random_word(random));
    CHECK(bench.wrong(10));
  }
  SECTION("a wipe hides the error") {
    bench.put(9, random_word(random));
    CHECK(bench.wrong(9));
    bench.model->wipe_i = 1;
    bench.clock();
    bench.model->wipe_i = 0;
    bench.wait_for_wipe();
    CHECK(!bench.wrong(9));
  }
}

}  // namespace presil::testbench
