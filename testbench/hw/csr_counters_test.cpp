// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel's counters: random records of random queues against a rendering in C++ that is told
// everything at once, seen through snapshots.

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "csr_bench.hpp"
#include "kestrel_regs.h"

namespace presil::testbench {
namespace {

constexpr unsigned kSum = 16;

using Counts = std::array<std::uint64_t, 16>;  ///< In the order of the COUNT_* registers.
using Rows = std::array<Counts, 17>;

/// Plays the front end: a record after the other, with events in each, and now and then the reset
/// of a queue.
class RecordSource {
 public:
  RecordSource(CsrBench& bench, std::uint64_t seed) : bench_(bench), random_(seed) {
    versions.push_back({});
    bench_.before = [this] { step(); };
  }
  ~RecordSource() { bench_.before = nullptr; }
  RecordSource(const RecordSource&) = delete;
  RecordSource& operator=(const RecordSource&) = delete;

  /// The rows after each record or reset of a queue, from the first on.
  std::vector<Rows> versions;
  bool paused = false;
  unsigned records = 0, clears = 0, clears_with_end = 0;

  [[nodiscard]] bool idle() const { return !open_ && !bench_.model.counters_busy_o; }

  /// As a reset of the engine does.
  void forget() {
    open_ = false;
    record_ = {};
    versions.push_back({});
  }

 private:
  bool chance(unsigned percent) { return random_() % 100 < percent; }

  void step() {
    Vcsr_bench& m = bench_.model;
    m.record_begin_i = m.record_end_i = m.record_done_i = m.call_i = m.clear_queue_i = 0;
    bench_.clear_events();
    // Time goes on while the clock stands still, too.
    bench_.time_ns += chance(5) ? random_() % 1'000'000 : 1;
    m.time_ns_i = bench_.time_ns;

    const bool may_begin = !open_ && !m.counters_busy_o && !paused;
    bool ends = false;
    if (may_begin && chance(50)) {
      m.record_begin_i = 1;
      m.queue_i = static_cast<CData>(random_() % 16);
      begin_ns_ = bench_.time_ns;
      open_ = true;
      done_ = false;
      busy_percent_ = std::array{0u, 10u, 60u, 100u}[random_() % 4];
      events();
    } else if (open_) {
      events();
      // Completed with its end or before, or not at all.
      if (!done_ && chance(10)) {
        m.record_done_i = 1;
        ++record_[0];
        done_ = true;
      }
      ends = chance(paused ? 50 : 4);
      if (ends) {
        m.record_end_i = 1;
        record_[3] += bench_.time_ns - begin_ns_;
        open_ = false;
        ++records;
        Rows rows = versions.back();
        for (std::size_t i = 0; i < record_.size(); ++i) {
          rows[m.queue_i][i] += record_[i];
          rows[kSum][i] += record_[i];
        }
        versions.push_back(rows);
        record_ = {};
      }
    }
    if (!paused && chance(ends ? 20 : 1)) {
      m.clear_queue_i = 1;
      m.clear_number_i = static_cast<CData>(chance(50) ? m.queue_i : random_() % 16);
      clears_with_end += ends && m.clear_number_i == m.queue_i;
      ++clears;
      versions.push_back(versions.back());
      versions.back()[m.clear_number_i] = {};
    }
  }

  void events() {
    Vcsr_bench& m = bench_.model;
    const auto flag = [&](CData& pin, std::size_t counter) {
      pin = chance(busy_percent_);
      record_[counter] += pin;
    };
    flag(m.call_i, 1);
    flag(m.command_i, 2);
    flag(m.compute_busy_i, 4);
    flag(m.output_busy_i, 5);
    flag(m.load_busy_i, 6);
    flag(m.store_busy_i, 7);
    flag(m.compute_token_i, 8);
    flag(m.load_token_i, 9);
    flag(m.store_token_i, 10);
    flag(m.translation_i, 11);
    flag(m.tlb_miss_i, 15);
    m.read_beats_i = static_cast<CData>(chance(busy_percent_) ? random_() % 17 : 0);
    m.write_beats_i = static_cast<CData>(chance(busy_percent_) ? random_() % 17 : 0);
    m.macs16_i = static_cast<CData>(chance(busy_percent_) ? (chance(50) ? 16 : 1) : 0);
    record_[12] += 16u * m.read_beats_i;
    record_[13] += 16u * m.write_beats_i;
    record_[14] += 16u * m.macs16_i;
  }

  CsrBench& bench_;
  std::mt19937_64 random_;
  bool open_ = false, done_ = false;
  unsigned busy_percent_ = 0;
  std::uint64_t begin_ns_ = 0;
  Counts record_{};
};

void copy_row(CsrBench& bench, unsigned index) {
  bench.write32(KESTREL_REG_COUNTER_SNAPSHOT, 1u << 31 | index);
  for (unsigned left = 100; (bench.read32(KESTREL_REG_STATUS) & KESTREL_STATUS_SNAPSHOT_BUSY) != 0;
       --left) {
    REQUIRE(left != 0);
  }
}

Counts read_counts(CsrBench& bench) {
  Counts counts{};
  for (unsigned i = 0; i < 32; ++i) {
    const std::uint64_t half = bench.read32(KESTREL_REG_COUNT_RECORDS_LO + 4 * i);
    counts[i / 2] |= half << (i % 2 * 32);
  }
  return counts;
}

Counts snapshot(CsrBench& bench, unsigned index) {
  copy_row(bench, index);
  return read_counts(bench);
}

}  // namespace

TEST_CASE("counters: a snapshot shows one moment between two records", "[hw][csr]") {
  const unsigned seed = GENERATE(range(1u, 7u));
  CAPTURE(seed);
  CsrBench bench(seed % 2 * 30, seed);
  bench.time_ns = seed % 3 == 0 ? ~std::uint64_t{0} - 1'000'000 : 1'000;  // Or: time wraps.
  std::mt19937 random(seed);
  RecordSource source(bench, seed);
  unsigned not_zero = 0;
  for (int i = 0; i < 400; ++i) {
    bench.run(static_cast<unsigned>(random() % 200));
    const unsigned index = random() % 3 == 0 ? kSum : random() % 16;
    CAPTURE(i, index);
    // The record that ended last may still be being added: then the snapshot waits.
    const std::size_t first = source.versions.size() - 1;
    copy_row(bench, index);
    const std::size_t last = source.versions.size() - 1;
    const Counts counts = read_counts(bench);
    bool found = false;
    for (std::size_t version = first; version <= last; ++version) {
      found |= source.versions[version][index] == counts;
    }
    REQUIRE(found);
    not_zero += counts != Counts{};
  }
  CHECK(not_zero > 200);
  CHECK(source.clears > 20);
  CHECK(source.clears_with_end > 5);
  CHECK(source.records > 500);

  // And all of them in the end.
  source.paused = true;
  while (!source.idle()) {
    bench.cycle();
  }
  for (unsigned index = 0; index <= kSum; ++index) {
    CAPTURE(index);
    CHECK(snapshot(bench, index) == source.versions.back()[index]);
  }
  CHECK(snapshot(bench, 17) == Counts{});
  CHECK(snapshot(bench, 31) == Counts{});
}

TEST_CASE("counters: read 0 before a snapshot and after a reset of the engine", "[hw][csr]") {
  CsrBench bench(0, 23);
  RecordSource source(bench, 23);
  bench.run(3000);
  for (unsigned i = 0; i < 32; ++i) {
    CHECK(bench.read32(KESTREL_REG_COUNT_RECORDS_LO + 4 * i) == 0);
  }
  CHECK(snapshot(bench, kSum) != Counts{});

  // In the middle of whatever: a record, an addition, a copy.
  for (unsigned delay = 0; delay < 150; ++delay) {
    CAPTURE(delay);
    source.paused = false;
    bench.run(delay + 200);
    if (delay % 2 != 0) {
      bench.axil.post_write(KESTREL_REG_COUNTER_SNAPSHOT, 1u << 31 | kSum);
    }
    bench.axil.post_write(KESTREL_REG_RESET, 1);
    while (!bench.model.flip_forget_o) {
      bench.cycle();
      bench.model.eval();
    }
    source.paused = true;
    source.forget();
    bench.finish();
    bench.run(20);
    CHECK(!bench.model.busy_o);
    for (unsigned i = 0; i < 32; ++i) {
      REQUIRE(bench.read32(KESTREL_REG_COUNT_RECORDS_LO + 4 * i) == 0);
    }
    const unsigned index = delay % 17;
    REQUIRE(snapshot(bench, index) == Counts{});
  }
  source.paused = false;
  bench.run(3000);
  source.paused = true;
  while (!source.idle()) {
    bench.cycle();
  }
  for (unsigned index = 0; index <= kSum; ++index) {
    CHECK(snapshot(bench, index) == source.versions.back()[index]);
  }
}

TEST_CASE("counters: a GO while a snapshot is under way is ignored", "[hw][csr]") {
  CsrBench bench;
  {
    RecordSource source(bench, 29);
    bench.run(5000);
    source.paused = true;
    while (!source.idle()) {
      bench.cycle();
    }
  }
  const Counts sum = snapshot(bench, kSum);
  const Counts none = snapshot(bench, 17);
  REQUIRE(sum != none);
  bench.write32(KESTREL_REG_COUNTER_SNAPSHOT, 1u << 31 | kSum);
  bench.write32(KESTREL_REG_COUNTER_SNAPSHOT, 1u << 31 | 17);
  CHECK(bench.read32(KESTREL_REG_COUNTER_SNAPSHOT) == kSum);
  bench.run(50);
  CHECK(bench.read32(KESTREL_REG_COUNT_MACS_LO) == static_cast<std::uint32_t>(sum[14]));
  // Without GO nothing is copied.
  bench.write32(KESTREL_REG_COUNTER_SNAPSHOT, 17);
  bench.run(50);
  CHECK(bench.read32(KESTREL_REG_COUNT_MACS_LO) == static_cast<std::uint32_t>(sum[14]));
}

TEST_CASE("counters: an event outside of records is counted in the end", "[hw][csr]") {
  CsrBench bench;
  std::mt19937 random(31);
  std::uint64_t loads = 0, beats = 0;
  bench.before = [&] {
    bench.model.load_busy_i = random() % 2;
    bench.model.read_beats_i = static_cast<CData>(random() % 17);
    loads += bench.model.load_busy_i;
    beats += bench.model.read_beats_i;
  };
  const auto record = [&] {
    bench.model.record_begin_i = 1;
    bench.cycle();
    bench.model.record_begin_i = 0;
    bench.run(3);
    bench.model.record_end_i = 1;
    bench.cycle();
    bench.model.record_end_i = 0;
  };
  for (int i = 0; i < 20; ++i) {
    record();
    bench.run(40 + static_cast<unsigned>(random() % 10));
  }
  bench.before = nullptr;
  bench.clear_events();
  record();
  bench.run(50);
  const Counts counts = snapshot(bench, kSum);
  CHECK(counts[6] == loads);
  CHECK(counts[12] == 16 * beats);
}

}  // namespace presil::testbench
