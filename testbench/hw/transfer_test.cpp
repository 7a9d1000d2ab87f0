// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// The transfer engines against a second rendering of what they do.

#include <algorithm>
#include <cstddef>
#include <map>
#include <random>
#include <span>
#include <utility>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "kestrel_regs.h"
#include "transfer_bench.hpp"
#include "transfer_generator.hpp"

namespace presil::testbench {
namespace {

/// A bench beside what scratchpad and memory should hold.
class Comparison {
 public:
  explicit Comparison(std::uint64_t seed) : bench(seed), scratchpad_(kScratchpadBytes) {
    std::mt19937_64 random(seed);
    for (unsigned word = 0; word < kScratchpadBytes / 16; ++word) {
      if (word % 8 == 7) {
        continue;  // Some stay as the wipe left them.
      }
      TransferMemory::Beat beat;
      std::ranges::generate(beat, [&] { return static_cast<std::uint8_t>(random()); });
      bench.write_word(word, beat);
      std::ranges::copy(beat, scratchpad_.begin() + place(word));
    }
  }

  /// Runs a transfer that nothing disturbs, or that reaches beyond the scratchpad.
  Outcome run(bool store, const Transfer& transfer) {
    const Expected expected = expect(transfer);
    const Outcome outcome = bench.run(store, transfer);
    CHECK(outcome.done == !expected.range_error);
    if (expected.range_error) {
      CHECK(outcome.cause == KESTREL_ERROR_CAUSE_OPERAND_RANGE);
      CHECK(outcome.addr == 0);
      CHECK((outcome.resp | outcome.fault | outcome.access) == 0);
    }
    CHECK(outcome.requests == expected.requests);
    unsigned beats = 0;
    for (const BurstRequest& request : expected.requests) {
      beats += request.beats;
    }
    CHECK(outcome.beats == beats);
    if (store) {
      execute_store(expected.runs, memory_, scratchpad_);
    } else {
      execute_load(transfer, expected.runs, memory_, scratchpad_);
    }
    check_memory();
    check_scratchpad(transfer, expected);
    return outcome;
  }

  /// Runs one of which some requests fail.
  void run_failing(bool store, const Transfer& transfer, const std::map<std::size_t, Fate>& fates) {
    const Expected expected = expect(transfer);
    const auto first = fates.begin();
    if (first == fates.end() || first->first >= expected.requests.size()) {
      run(store, transfer);
      return;
    }
    const BurstRequest request = expected.requests[first->first];
    bench.fates = fates;
    const Outcome outcome = bench.run(store, transfer);
    bench.fates.clear();
    CHECK(!outcome.done);
    const Fate& fate = first->second;
    CHECK(outcome.cause == (fate.refused ? KESTREL_ERROR_CAUSE_TRANSLATION
                            : store      ? KESTREL_ERROR_CAUSE_WRITE_ERROR
                                         : KESTREL_ERROR_CAUSE_READ_ERROR));
    CHECK(outcome.resp == fate.resp);
    CHECK(outcome.fault == (fate.refused ? fate.fault : 0));
    CHECK(outcome.access == (store ? KESTREL_ACCESS_STORE : KESTREL_ACCESS_LOAD));
    CHECK(outcome.addr == request.addr);
    REQUIRE(outcome.requests.size() <= expected.requests.size());
    REQUIRE(outcome.requests.size() > first->first);
    CHECK(std::ranges::equal(outcome.requests,
                             std::span(expected.requests).first(outcome.requests.size())));
    if (fate.refused) {
      CHECK(outcome.requests.size() == first->first + 1);
    }
    // What the command had to do may be done or not; all else is as it was.
    if (store) {
      check_scratchpad(transfer, expected);
      for (const Run& run : expected.runs) {
        for (unsigned b = run.begin; b < run.end; ++b) {
          const std::uint64_t at = run.addr + b - run.begin;
          memory_.write(at, bench.memory.read(at));
        }
      }
      check_memory();
    } else {
      check_memory();
      for (const Run& run : expected.runs) {
        for (unsigned word = run.spad / 16; word <= (run.spad + transfer.n[0] - 1) / 16; ++word) {
          const TransferMemory::Beat beat = bench.read_word(word);
          for (unsigned i = 0; i < 16; ++i) {
            const unsigned at = word * 16 + i;
            if (run.spad <= at && at < run.spad + transfer.n[0]) {
              scratchpad_[at] = beat[i];
            }
          }
        }
      }
      check_scratchpad(transfer, expected);
    }
  }

  /// Takes what is there for right; after a clear.
  void adopt() {
    for (unsigned word = 0; word < kScratchpadBytes / 16; ++word) {
      std::ranges::copy(bench.read_word(word), scratchpad_.begin() + place(word));
    }
    memory_ = bench.memory;
  }

  /// All of the scratchpad.
  void check_all() {
    for (unsigned word = 0; word < kScratchpadBytes / 16; ++word) {
      check_word(word);
    }
  }

  TransferBench bench;

 private:
  /// Of a word's first byte.
  static std::ptrdiff_t place(unsigned word) { return static_cast<std::ptrdiff_t>(word) * 16; }

  void check_memory() {
    std::uint64_t difference = 0;
    if (!bench.memory.same(memory_, difference)) {
      FAIL("memory differs at " << std::hex << difference);
    }
    bench.memory.clear();
    memory_.clear();
  }
  void check_word(unsigned word) {
    const TransferMemory::Beat beat = bench.read_word(word);
    if (!std::equal(beat.begin(), beat.end(), scratchpad_.begin() + place(word))) {
      FAIL("scratchpad differs in word " << word);
    }
  }
  /// The words that the transfer touches, and their neighbours.
  void check_scratchpad(const Transfer& transfer, const Expected& expected) {
    std::vector<unsigned> words;
    for (const Run& run : expected.runs) {
      for (unsigned word = run.spad / 16; word <= (run.spad + transfer.n[0] - 1) / 16; ++word) {
        words.push_back(word);
      }
      words.push_back((run.spad / 16 + 16383) % 16384);
      words.push_back(((run.spad + transfer.n[0] - 1) / 16 + 1) % 16384);
    }
    std::ranges::sort(words);
    const auto rest = std::ranges::unique(words);
    words.erase(rest.begin(), rest.end());
    for (const unsigned word : words) {
      check_word(word);
    }
  }

  std::vector<std::uint8_t> scratchpad_;
  TransferMemory memory_;
};

BusManner random_manner(TransferGenerator& generator) {
  BusManner manner;
  const unsigned percents[] = {0, 0, 20, 60};
  manner.stall_percent = percents[generator.between(0, 3)];
  manner.contend_percent = percents[generator.between(0, 3)];
  const unsigned latencies[] = {2, 3, 5, 40, 500};
  manner.latency_cycles = latencies[generator.between(0, 4)];
  manner.most_outstanding = generator.one_in(3) ? 2 : 128;
  manner.gate_clock = generator.one_in(2);
  return manner;
}

/// One run of bytes.
Transfer line(std::uint64_t addr, std::uint32_t scratchpad, std::uint16_t bytes) {
  Transfer t;
  t.addr = addr;
  t.width = bytes;
  t.n[0] = bytes;
  t.scratchpad = scratchpad;
  return t;
}

}  // namespace

TEST_CASE("transfer: random records move what they say, whatever the bus does", "[hw][transfer]") {
  const std::uint64_t seed = GENERATE(range(1u, 9u));
  CAPTURE(seed);
  Comparison comparison(seed);
  TransferGenerator generator(seed);
  for (int i = 0; i < 500; ++i) {
    CAPTURE(i);
    const bool store = generator.one_in(2);
    comparison.bench.manner = random_manner(generator);
    comparison.run(store, generator.transfer(store));
    REQUIRE(comparison.bench.violations.empty());
  }
  comparison.check_all();
}

TEST_CASE("transfer: the first request that fails is reported, and nothing follows it",
          "[hw][transfer]") {
  const std::uint64_t seed = GENERATE(range(101u, 105u));
  CAPTURE(seed);
  Comparison comparison(seed);
  TransferGenerator generator(seed);
  for (int i = 0; i < 500; ++i) {
    CAPTURE(i);
    const bool store = generator.one_in(2);
    comparison.bench.manner = random_manner(generator);
    const Transfer transfer = generator.transfer(store);
    const std::size_t requests = expect(transfer).requests.size();
    std::map<std::size_t, Fate> fates;
    for (auto faults = generator.between(1, 3); faults > 0 && requests > 0; --faults) {
      Fate fate;
      fate.refused = generator.one_in(2);
      fate.resp = static_cast<std::uint8_t>(generator.between(2, 3));
      fate.fault = static_cast<std::uint8_t>(generator.between(1, 6));
      fate.beat = static_cast<unsigned>(generator.between(0, 15));
      // Often close together, so that they race.
      const std::size_t number =
          fates.empty() || generator.one_in(3)
              ? static_cast<std::size_t>(generator.between(0, static_cast<int>(requests) - 1))
              : fates.begin()->first + static_cast<std::size_t>(generator.between(1, 4));
      fates.emplace(number, fate);
    }
    comparison.run_failing(store, transfer, fates);
    REQUIRE(comparison.bench.violations.empty());
  }
  comparison.check_all();
}

TEST_CASE("transfer: a clear at any moment leaves an engine as new", "[hw][transfer]") {
  const std::uint64_t seed = GENERATE(range(201u, 203u));
  CAPTURE(seed);
  Comparison comparison(seed);
  TransferGenerator generator(seed);
  for (int i = 0; i < 60; ++i) {
    CAPTURE(i);
    for (int j = 0; j < 5; ++j) {
      const bool store = generator.one_in(2);
      comparison.bench.manner = random_manner(generator);
      comparison.bench.run_and_clear(store, generator.transfer(store),
                                     static_cast<unsigned>(generator.between(0, 300)));
    }
    comparison.adopt();
    comparison.bench.manner = random_manner(generator);
    const bool store = generator.one_in(2);
    comparison.run(store, generator.transfer(store));
    REQUIRE(comparison.bench.violations.empty());
  }
}

TEST_CASE("transfer: a long run goes at 16 bytes a cycle over a far bus", "[hw][transfer]") {
  const bool store = GENERATE(false, true);
  const unsigned latency_cycles = GENERATE(3u, 500u);
  const unsigned from = GENERATE(0u, 3u, 13u);
  const unsigned to = GENERATE(0u, 5u);
  CAPTURE(store, latency_cycles, from, to);
  Comparison comparison(7);
  comparison.bench.manner.latency_cycles = latency_cycles;
  const Outcome outcome = comparison.run(store, line(0x10000 + from, 0x800 + to, 64000));
  // Both ends may be in a beat of their own.
  CHECK(outcome.cycles <= 64000 / 16 + 2 + latency_cycles + 25);
}

TEST_CASE("transfer: rows of 64 bytes go at 16 bytes a cycle over a far bus", "[hw][transfer]") {
  const bool store = GENERATE(false, true);
  const unsigned latency_cycles = GENERATE(3u, 480u);
  CAPTURE(store, latency_cycles);
  Comparison comparison(8);
  comparison.bench.manner.latency_cycles = latency_cycles;
  Transfer t = line(0x4000, 0x1000, 64);
  t.height = 1000;
  t.pitch = 320;
  t.n[1] = 1000;
  t.ys[0] = 1;
  t.ss[0] = 64;
  const Outcome outcome = comparison.run(store, t);
  CHECK(outcome.cycles <= 4000 * 102 / 100 + latency_cycles + 25);
}

TEST_CASE("transfer: a small run takes one cycle, or two where it meets two words or beats",
          "[hw][transfer]") {
  const bool store = GENERATE(false, true);
  const unsigned bytes = GENERATE(1u, 3u, 9u, 15u);
  const unsigned step = GENERATE(16u, 9u);  // Of both addresses.
  CAPTURE(store, bytes, step);
  Comparison comparison(9);
  Transfer t = line(0x4000, 0x1000, static_cast<std::uint16_t>(bytes));
  t.width = 20000;
  t.n[1] = 1000;
  t.xs[0] = static_cast<std::int16_t>(step);
  t.ss[0] = static_cast<std::int32_t>(step);
  const Outcome outcome = comparison.run(store, t);
  CHECK(outcome.cycles <= (step == 16 ? 1000 : 2000) + 40);
}

TEST_CASE("transfer: LOAD keeps the beats in flight that it has room for", "[hw][transfer]") {
  Comparison comparison(10);
  comparison.bench.manner.latency_cycles = 2000;
  // 1024 beats a round trip.
  const Outcome outcome = comparison.run(false, line(0x4000, 0, 60000));
  CHECK(outcome.cycles >= 3 * 2000);
  CHECK(outcome.cycles <= 4 * 2000 + 1024);
}

TEST_CASE("transfer: padding costs no bus access, one word a cycle", "[hw][transfer]") {
  Comparison comparison(11);
  Transfer t = line(0x4000, 0, 64000);
  t.height = 0;
  t.pad = 0x5a;
  const Outcome outcome = comparison.run(false, t);
  CHECK(outcome.requests.empty());
  CHECK(outcome.cycles <= 4000 + 20);
  CHECK(comparison.run(true, t).requests.empty());
}

TEST_CASE("transfer: x and s far out are outside and out of range, not wrapped", "[hw][transfer]") {
  Comparison comparison(12);
  Transfer t = line(0x4000, 0, 1);
  t.width = 65535;
  t.x0 = 32767;
  t.xs = {32767, 0, 0, 0};
  t.n = {1, 65535, 1, 1, 1};
  SECTION("x up to 2^31") {
    CHECK(comparison.run(false, t).requests.size() == 2);
  }
  SECTION("x down to -2^31") {
    t.xs[0] = -32768;
    CHECK(comparison.run(false, t).requests.size() == 1);
  }
  SECTION("x beyond 2^31 comes round") {
    t.n[2] = 5;
    t.xs[1] = 32767;
    comparison.run(true, t);
  }
  SECTION("s beyond the end and before the begin") {
    t.n[1] = 3;
    t.ss[0] = 1 << 17;
    CHECK(!comparison.run(false, t).done);
    t.ss[0] = -1;
    CHECK(!comparison.run(true, t).done);
    t.ss[0] = -(1 << 23);
    CHECK(!comparison.run(true, t).done);
  }
  SECTION("the last byte is in range") {
    CHECK(comparison.run(false, line(0x123, kScratchpadBytes - 77, 77)).done);
    CHECK(comparison.run(true, line(0x123, kScratchpadBytes - 77, 77)).done);
    CHECK(!comparison.run(true, line(0x123, kScratchpadBytes - 77, 78)).done);
  }
}

TEST_CASE("transfer: the clock may stand while an engine waits for the bus", "[hw][transfer]") {
  const bool store = GENERATE(false, true);
  Comparison comparison(13);
  comparison.bench.manner.latency_cycles = 500;
  comparison.bench.manner.gate_clock = true;
  const Outcome outcome = comparison.run(store, line(0x4000, 0, 100));
  CHECK(outcome.stopped >= 480);
}

TEST_CASE("transfer: STORE stops at a word with the wrong parity", "[hw][transfer]") {
  Comparison comparison(14);
  TransferBench& bench = comparison.bench;
  const auto [word, bit] = GENERATE(std::pair{0x200u, 0u}, std::pair{0x203u, 127u});
  bench.flip(word, bit);
  bench.write_word(word, bench.read_word(word));
  bool error = false;
  bench.read_word(word, &error);
  CHECK(error);
  CHECK(bench.run(true, line(0x4000, word * 16 - 16, 16)).done);
  const Outcome outcome = bench.run(true, line(0x4000, 0x1ff * 16, 100));
  CHECK(!outcome.done);
  CHECK(outcome.cause == KESTREL_ERROR_CAUSE_PARITY);
  CHECK((outcome.resp | outcome.fault | outcome.access) == 0);
  CHECK(outcome.addr == 0);
  // Written again, it is right again.
  bench.write_word(word, {});
  CHECK(bench.run(true, line(0x4000, 0x1ff * 16, 100)).done);
}

}  // namespace presil::testbench
