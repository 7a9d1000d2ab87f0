// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/engine.hpp"

#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "testbench/sim/kestrel/record_builder.hpp"

namespace presil::kestrel {
namespace {

constexpr Picoseconds kNs = 1000;

/// Does what it is told, slice by slice.
class Script final : public Execution {
 public:
  explicit Script(std::vector<Slice>& slices) : slices_(slices) {}
  Slice run() override {
    const Slice slice = slices_.front();
    slices_.erase(slices_.begin());
    return slice;
  }

 private:
  std::vector<Slice>& slices_;
};

constexpr Failure kFault = {.cause = KESTREL_ERROR_CAUSE_TRANSLATION, .addr = 0x1000};

struct Bench {
  explicit Bench(bool stalls_faults = false)
      : engine({.from_prev = &from_prev,
                .from_next = &from_next,
                .to_prev = &to_prev,
                .to_next = &to_next,
                .make = [this](const Record&) { return std::make_unique<Script>(slices); },
                .busy_counter = kStoreBusy,
                .token_counter = kStoreToken,
                .stalls_faults = stalls_faults},
               counts) {}

  void push(const TokenFields& tokens = {}, std::uint32_t offset = 0) {
    engine.push(make_order(KESTREL_OPCODE_SYNC, tokens), offset);
  }
  void advance(Picoseconds now_ps) {
    while (engine.advance(now_ps)) {
    }
  }
  /// Slices that are done at once.
  void add_done(unsigned count = 1) {
    slices.insert(slices.end(), count, Slice{.failure = {}, .is_done = true});
  }

  Tokens from_prev, from_next, to_prev, to_next;
  std::vector<Slice> slices;
  Counts counts = {};
  Engine engine;
};

TEST_CASE("a command waits until both its tokens are there, and takes them together",
          "[sim][kestrel]") {
  Bench bench;
  bench.add_done();
  bench.push({.waits_prev = true, .waits_next = true});
  bench.from_next.put();
  bench.advance(0);
  CHECK(bench.from_next.any());
  CHECK(bench.engine.due_ps() == kNever);
  bench.from_prev.put();
  bench.advance(70 * kNs);
  CHECK_FALSE(bench.from_prev.any());
  CHECK_FALSE(bench.from_next.any());
  CHECK(bench.counts[kStoreToken] == 70);
  bench.advance(bench.engine.due_ps());
  CHECK(bench.engine.is_empty());
}

TEST_CASE("tokens are signalled when the command is done, each when there is room",
          "[sim][kestrel]") {
  Bench bench;
  for (int i = 0; i < 255; ++i)
    bench.to_next.put();
  CHECK_FALSE(bench.to_next.has_room());
  bench.add_done();
  bench.push({.signals_prev = true, .signals_next = true});
  bench.advance(0);
  CHECK_FALSE(bench.to_prev.any());
  bench.advance(bench.engine.due_ps());
  CHECK(bench.to_prev.any());
  CHECK_FALSE(bench.engine.is_empty());
  bench.to_next.take();
  bench.advance(1000 * kNs);
  CHECK_FALSE(bench.to_next.has_room());
  CHECK(bench.engine.is_empty());
}

TEST_CASE("four commands wait behind the first", "[sim][kestrel]") {
  Bench bench;
  for (int i = 0; i < 5; ++i) {
    CHECK(bench.engine.has_room());
    bench.push({.waits_prev = true});
  }
  CHECK_FALSE(bench.engine.has_room());
  bench.add_done();
  bench.from_prev.put();
  bench.advance(0);
  CHECK_FALSE(bench.engine.has_room());
  bench.advance(bench.engine.due_ps());
  CHECK(bench.engine.has_room());
}

TEST_CASE("a command takes its cycles and its answers' time", "[sim][kestrel]") {
  Bench bench;
  bench.slices = {{.failure = {}, .is_done = false, .cycles = 100, .answer_ps = 500 * kNs},
                  {.failure = {}, .is_done = false, .cycles = 100, .answer_ps = 500 * kNs},
                  {.failure = {}, .is_done = true, .cycles = 100, .answer_ps = 500 * kNs}};
  bench.push();
  bench.advance(0);
  // The second slice goes onto the bus behind the first; the third when the first is answered.
  CHECK(bench.engine.due_ps() == 100 * kNs);
  bench.advance(100 * kNs);
  CHECK(bench.engine.due_ps() == 500 * kNs);
  bench.advance(500 * kNs);
  CHECK(bench.engine.due_ps() == 1000 * kNs);
  bench.advance(1000 * kNs);
  CHECK(bench.engine.is_empty());
  CHECK(bench.counts[kStoreBusy] == 1000);
}

TEST_CASE("a failure is told when the answers before it are there, and stays", "[sim][kestrel]") {
  Bench bench;
  bench.slices = {{.failure = kFault, .is_done = false, .cycles = 1, .answer_ps = 500 * kNs}};
  bench.add_done();
  bench.push({}, 0x40);
  bench.push({}, 0x80);
  bench.advance(0);
  bench.advance(499 * kNs);
  CHECK_FALSE(bench.engine.error());
  bench.advance(500 * kNs);
  REQUIRE(bench.engine.error());
  CHECK(*bench.engine.error() == Error{.failure = kFault,
                                       .opcode = KESTREL_OPCODE_SYNC,
                                       .is_in_call = true,
                                       .index = 0,
                                       .offset = 0x40});
  bench.advance(5000 * kNs);
  CHECK(bench.engine.error());
  CHECK(bench.engine.due_ps() == kNever);
}

TEST_CASE("a fault stalls if it is to, until retry or abort", "[sim][kestrel]") {
  Bench bench(true);
  bench.slices = {{.failure = kFault}, {.failure = kFault}};
  bench.add_done();
  bench.push({}, 0xc0);
  bench.advance(0);
  REQUIRE(bench.engine.stalled());
  CHECK(bench.engine.stalled()->failure == kFault);
  CHECK(bench.engine.stalled()->offset == 0xc0);
  CHECK(bench.engine.due_ps() == kNever);
  bench.engine.retry();
  CHECK_FALSE(bench.engine.stalled());
  bench.advance(100);
  CHECK(bench.engine.stalled());
  SECTION("retry") {
    bench.engine.retry();
    bench.advance(200);
    bench.advance(bench.engine.due_ps());
    CHECK(bench.engine.is_empty());
  }
  SECTION("abort") {
    bench.engine.abort();
    bench.advance(200);
    REQUIRE(bench.engine.error());
    CHECK(bench.engine.error()->failure == kFault);
  }
}

TEST_CASE("what is no fault does not stall", "[sim][kestrel]") {
  Bench bench(true);
  bench.slices = {{.failure = {.cause = KESTREL_ERROR_CAUSE_READ_ERROR}}};
  bench.push();
  bench.advance(0);
  bench.advance(100 * kNs);
  CHECK_FALSE(bench.engine.stalled());
  CHECK(bench.engine.error());
}

}  // namespace
}  // namespace presil::kestrel
