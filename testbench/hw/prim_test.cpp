// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// The cells of hw/common, one by one.

#include <deque>
#include <memory>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "Vprim_bench.h"
#include "axi_memory.hpp"
#include "rtl_context.hpp"

namespace presil::testbench {
namespace {

/// The cells, a clock, and a memory below the isolator.
class PrimBench {
 public:
  explicit PrimBench(const AxiTiming& timing = {}, bool big_isolator = false)
      : memory(timing), context_(timing.seed), model(std::make_unique<Vprim_bench>(&context_)) {
    // Inputs start random, like registers.
    model->fifo_clear_i = model->fifo_wr_valid_i = model->fifo_rd_ready_i = 0;
    model->skid_valid_i = model->skid_ready_i = 0;
    model->clock_busy_i = 0;
    model->clock_qreqn_i = 1;
    model->domain_busy_i = model->domain_wake_i = model->domain_with_i = 0;
    model->big_i = big_isolator;
    model->isolate_i = 0;
    model->up_aw_valid_i = model->up_w_valid_i = model->up_ar_valid_i = 0;
    put(*model, AxiToManager{});
    model->clk_i = 0;
    model->rst_ni = 0;
    context_.begin(*model);
    clock();
    clock();
    model->rst_ni = 1;
    settle();
  }
  ~PrimBench() {
    context_.finish(*model);
    for (const std::string& violation : memory.violations()) {
      FAIL_CHECK(violation);
    }
    CHECK(context_.assertions_failed() == assertions_expected);
  }
  PrimBench(const PrimBench&) = delete;
  PrimBench& operator=(const PrimBench&) = delete;

  void settle() { model->eval(); }
  void clock() {
    model->clk_i = 1;
    model->eval();
    model->clk_i = 0;
    model->eval();
  }
  /// Lets the memory decide on its pins for this cycle; then clock_memory() ends the cycle.
  void drive_memory() {
    put(*model, memory.drive());
    settle();
  }
  void clock_memory() {
    get(*model, pins_);
    memory.sample(pins_);
    clock();
  }

  AxiMemory memory;
  unsigned assertions_expected = 0;

 private:
  RtlContext context_;
  AxiFromManager pins_;

 public:
  std::unique_ptr<Vprim_bench> model;
};

}  // namespace

TEST_CASE("fifo: keeps order and loses nothing, at any mix of pushes and pops", "[hw][prim]") {
  const unsigned push_percent = GENERATE(10u, 50u, 90u, 100u);
  const unsigned pop_percent = GENERATE(10u, 50u, 90u, 100u);
  CAPTURE(push_percent, pop_percent);
  PrimBench bench;
  Vprim_bench& model = *bench.model;
  std::mt19937 random(push_percent * 101 + pop_percent);
  std::deque<std::uint16_t> expected;
  std::size_t most_held = 0, moved = 0;
  for (int i = 0; i < 2000; ++i) {
    model.fifo_wr_valid_i = random() % 100 < push_percent;
    model.fifo_wr_data_i = static_cast<std::uint16_t>(random());
    model.fifo_rd_ready_i = random() % 100 < pop_percent;
    bench.settle();
    if (model.fifo_rd_valid_o) {
      REQUIRE(!expected.empty());
      REQUIRE(model.fifo_rd_data_o == expected.front());
      if (model.fifo_rd_ready_i) {
        expected.pop_front();
        ++moved;
      }
    }
    if (model.fifo_wr_valid_i && model.fifo_wr_ready_o) {
      expected.push_back(model.fifo_wr_data_i);
    }
    most_held = std::max(most_held, expected.size());
    bench.clock();
  }
  CHECK(most_held <= 5);
  CHECK(moved > 100);
  if (push_percent == 100 && pop_percent == 100) {
    CHECK(moved >= 2000 - 2);  // One word a cycle, two cycles of latency.
  }
  if (push_percent > pop_percent) {
    CHECK(most_held == 5);  // Four in storage and one at the output.
  }
}

TEST_CASE("fifo: clear drops everything, also what comes with it", "[hw][prim]") {
  PrimBench bench;
  Vprim_bench& model = *bench.model;
  model.fifo_wr_valid_i = 1;
  for (int i = 0; i < 3; ++i) {
    bench.clock();
  }
  model.fifo_clear_i = 1;
  bench.clock();
  model.fifo_clear_i = 0;
  model.fifo_wr_valid_i = 0;
  for (int i = 0; i < 5; ++i) {
    bench.settle();
    CHECK(!model.fifo_rd_valid_o);
    bench.clock();
  }
  model.fifo_wr_valid_i = 1;
  model.fifo_wr_data_i = 0x1234;
  bench.clock();
  model.fifo_wr_valid_i = 0;
  bench.clock();
  CHECK(model.fifo_rd_valid_o);
  CHECK(model.fifo_rd_data_o == 0x1234);
}

TEST_CASE("skid buffer: keeps order and loses nothing, and holds what it offers", "[hw][prim]") {
  const unsigned send_percent = GENERATE(20u, 60u, 100u);
  const unsigned take_percent = GENERATE(20u, 60u, 100u);
  CAPTURE(send_percent, take_percent);
  PrimBench bench;
  Vprim_bench& model = *bench.model;
  std::mt19937 random(send_percent * 7 + take_percent);
  std::deque<std::uint16_t> expected;
  std::size_t moved = 0;
  bool held = false;
  for (int i = 0; i < 2000; ++i) {
    // The sender changes its mind freely: only an accepted word counts.
    model.skid_valid_i = random() % 100 < send_percent;
    model.skid_data_i = static_cast<std::uint16_t>(random());
    model.skid_ready_i = random() % 100 < take_percent;
    bench.settle();
    REQUIRE((!held || model.skid_valid_o));
    if (model.skid_valid_o) {
      REQUIRE(!expected.empty());
      REQUIRE(model.skid_data_o == expected.front());
    }
    held = model.skid_valid_o && !model.skid_ready_i;
    if (model.skid_valid_o && model.skid_ready_i) {
      expected.pop_front();
      ++moved;
    }
    if (model.skid_valid_i && model.skid_ready_o) {
      expected.push_back(model.skid_data_i);
    }
    REQUIRE(expected.size() <= 2);
    bench.clock();
  }
  CHECK(moved > 200);
  if (send_percent == 100 && take_percent == 100) {
    CHECK(moved == 1999);  // One word a cycle, one cycle of latency.
  }
}

TEST_CASE("clock request: accepts when quiescent, denies when busy", "[hw][prim]") {
  PrimBench bench;
  Vprim_bench& model = *bench.model;
  const auto state = [&] { return model.clock_qacceptn_o << 1 | model.clock_qdeny_o; };
  constexpr int kRun = 2, kStopped = 0, kDenied = 3;
  CHECK(state() == kRun);

  SECTION("quiescent") {
    model.clock_qreqn_i = 0;
    bench.clock();
    CHECK(state() == kStopped);
    bench.clock();
    CHECK(state() == kStopped);
    model.clock_qreqn_i = 1;
    bench.clock();
    CHECK(state() == kRun);
  }
  SECTION("busy, and later quiescent: the denial stays until the request is withdrawn") {
    model.clock_busy_i = 1;
    model.clock_qreqn_i = 0;
    bench.clock();
    CHECK(state() == kDenied);
    model.clock_busy_i = 0;
    bench.clock();
    CHECK(state() == kDenied);
    model.clock_qreqn_i = 1;
    bench.clock();
    CHECK(state() == kRun);
  }
  SECTION("work in the stopped state is a fault of the device, and said") {
    model.clock_qreqn_i = 0;
    bench.clock();
    model.clock_busy_i = 1;
    bench.clock();
    bench.assertions_expected = 1;
  }
  SECTION("active follows busy") {
    model.clock_busy_i = 1;
    bench.settle();
    CHECK(model.clock_qactive_o);
    model.clock_busy_i = 0;
    bench.settle();
    CHECK(!model.clock_qactive_o);
  }
}

TEST_CASE("clock domain: runs while there is work and three cycles longer, or with another",
          "[hw][prim]") {
  PrimBench bench;
  auto& model = *bench.model;
  std::mt19937 random(1);
  unsigned left = 3;  // With reset.
  std::uint32_t edges = 0;
  unsigned rests = 0;
  for (int cycle = 0; cycle < 20'000; ++cycle) {
    // Inputs settle in the low phase, and the gate must follow them until its end.
    model.domain_with_i = random() % 2;
    bench.settle();
    model.domain_busy_i = random() % 12 == 0;
    model.domain_wake_i = random() % 12 == 0;
    model.domain_with_i = random() % 8 == 0;
    bench.settle();
    const bool runs = left > 0 || model.domain_with_i;
    REQUIRE(model.domain_running_o == runs);
    REQUIRE(model.domain_clk_o == 0);
    left = model.domain_busy_i || model.domain_wake_i ? 3 : left > 0 ? left - 1 : 0;
    edges += runs ? 1 : 0;
    rests += runs ? 0 : 1;

    model.clk_i = 1;
    bench.settle();
    REQUIRE(model.domain_clk_o == (runs ? 1 : 0));
    REQUIRE(model.domain_edges_o == edges);
    // Nothing in the high phase makes or cuts a pulse.
    model.domain_with_i = random() % 2;
    bench.settle();
    REQUIRE(model.domain_clk_o == (runs ? 1 : 0));
    REQUIRE(model.domain_edges_o == edges);
    model.clk_i = 0;
  }
  CHECK(rests > 2000);
}

namespace {

/// A manager above the isolator that makes random bursts and can be cut off in the middle.
class RandomManager {
 public:
  RandomManager(PrimBench& bench, std::uint64_t seed) : bench_(bench), random_(seed) {}

  void start(unsigned writes, unsigned reads) {
    writes_left_ = writes;
    reads_left_ = reads;
  }
  /// As a reset does: forgets everything.
  void forget() {
    data_.clear();
    writes_left_ = reads_left_ = 0;
    open_writes = open_reads = 0;
  }
  [[nodiscard]] bool done() const {
    return writes_left_ == 0 && reads_left_ == 0 && data_.empty() && open_writes == 0 &&
           open_reads == 0;
  }

  void cycle() {
    Vprim_bench& model = *bench_.model;
    model.up_aw_valid_i = writes_left_ > 0 && random_() % 4 != 0;
    model.up_aw_addr_i = 0x1000 + random_() % 16 * 256;
    model.up_aw_len_i = random_() % 8;
    model.up_aw_user_i = static_cast<IData>(random_());
    model.up_ar_valid_i = reads_left_ > 0 && random_() % 4 != 0;
    model.up_ar_addr_i = 0x1000 + random_() % 16 * 256;
    model.up_ar_len_i = random_() % 8;
    model.up_ar_user_i = static_cast<IData>(random_());
    model.up_w_valid_i = !data_.empty() && random_() % 4 != 0;
    model.up_w_last_i = !data_.empty() && data_.front();
    model.up_w_data_i = 0xd0d0'd0d0;
    model.up_b_ready_i = random_() % 4 != 0;
    model.up_r_ready_i = random_() % 4 != 0;
    bench_.drive_memory();
    if (model.up_aw_valid_i && model.up_aw_ready_o) {
      for (unsigned beat = 0; beat <= model.up_aw_len_i; ++beat) {
        data_.push_back(beat == model.up_aw_len_i);
      }
      --writes_left_;
      ++open_writes;
      writes.push_back({model.up_aw_addr_i, model.up_aw_user_i, model.up_aw_len_i});
      most_open = std::max(most_open, open_writes);
    }
    if (model.up_w_valid_i && model.up_w_ready_o) {
      data_.pop_front();
    }
    if (model.up_ar_valid_i && model.up_ar_ready_o) {
      --reads_left_;
      ++open_reads;
      reads.push_back({model.up_ar_addr_i, model.up_ar_user_i, model.up_ar_len_i});
      most_open = std::max(most_open, open_reads);
    }
    answers += model.up_b_valid_o + model.up_r_valid_o;
    open_writes -= model.up_b_valid_o && model.up_b_ready_i;
    open_reads -= model.up_r_valid_o && model.up_r_ready_i && model.up_r_last_o;
    bench_.clock_memory();
  }

  /// What a request carries.
  struct Request {
    std::uint64_t addr;
    std::uint32_t user;
    unsigned len;
    bool operator==(const Request&) const = default;
  };

  unsigned open_writes = 0, open_reads = 0, most_open = 0, answers = 0;
  std::vector<Request> writes, reads;  ///< That were taken from the manager.

 private:
  PrimBench& bench_;
  std::mt19937_64 random_;
  std::deque<bool> data_;  // Beats owed; true: last of its burst.
  unsigned writes_left_ = 0, reads_left_ = 0;
};

}  // namespace

TEST_CASE("isolator: passes traffic on, within its limits", "[hw][prim][isolator]") {
  const unsigned stall_percent = GENERATE(0u, 30u, 70u);
  const bool big = GENERATE(false, true);
  // So late that the big one, too, runs into its limit: 128 bursts of 4.5 beats on average.
  const unsigned latency_cycles = big ? GENERATE(0u, 3000u) : GENERATE(0u, 30u);
  CAPTURE(stall_percent, latency_cycles, big);
  PrimBench bench({.stall_percent = stall_percent,
                   .latency_cycles = latency_cycles,
                   .seed = latency_cycles + 1},
                  big);
  RandomManager manager(bench, stall_percent + 1);
  const unsigned bursts = big ? 400 : 100;
  manager.start(bursts, bursts);
  for (int i = 0; !manager.done(); ++i) {
    REQUIRE(i < 40'000);
    manager.cycle();
  }
  const unsigned limit = big ? 128 : 3;
  CHECK(manager.most_open <= limit);
  if (latency_cycles != 0) {
    CHECK(manager.most_open == limit);
  }
  // All of a request's members get through, in order.
  std::vector<RandomManager::Request> writes, reads;
  for (const AxiAccess& access : bench.memory.accesses()) {
    (access.write ? writes : reads)
        .push_back({access.request.addr, access.request.user, access.request.len});
  }
  CHECK(writes.size() == bursts);
  CHECK(reads.size() == bursts);
  CHECK(writes == manager.writes);
  CHECK(reads == manager.reads);
  bench.settle();
  CHECK(!bench.model->isolator_busy_o);
  CHECK(!bench.model->isolated_o);
}

TEST_CASE("isolator: cut off at any moment, it ends what was begun and writes nothing more",
          "[hw][prim][isolator]") {
  const std::uint64_t seed = GENERATE(range(1u, 13u));
  const bool big = GENERATE(false, true);
  CAPTURE(seed, big);
  // Late enough for many to be under way when the cut comes.
  PrimBench bench({.stall_percent = static_cast<unsigned>(seed % 3 * 30),
                   .latency_cycles = static_cast<unsigned>(seed * 5 % 40) + (big ? 300 : 0),
                   .seed = seed},
                  big);
  RandomManager manager(bench, seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 40; ++round) {
    manager.start(big ? 200 : 20, big ? 200 : 20);
    for (auto i = random() % (big ? 1000 : 200); i > 0; --i) {
      manager.cycle();
    }
    bench.model->isolate_i = 1;
    const unsigned answers = manager.answers;
    // Beats in the register stage were the manager's; everything formed from now on is empty.
    const std::uint64_t written = bench.memory.beats_written();
    manager.forget();
    for (int i = 0;; ++i) {
      REQUIRE(i < 5000);
      manager.start(5, 5);  // It shouts; nobody hears.
      manager.cycle();
      bench.settle();
      if (bench.model->isolated_o) {
        break;
      }
    }
    CHECK(manager.answers == answers);
    CHECK(bench.memory.beats_written() <= written + 2);
    CHECK(bench.memory.reads_open() == 0);
    CHECK(bench.memory.writes_open() == 0);
    manager.forget();
    manager.cycle();
    bench.model->isolate_i = 0;
  }
  manager.start(20, 20);
  for (int i = 0; !manager.done(); ++i) {
    REQUIRE(i < 20'000);
    manager.cycle();
  }
}

TEST_CASE("isolator: with nothing outstanding it is isolated at once", "[hw][prim][isolator]") {
  PrimBench bench;
  bench.model->isolate_i = 1;
  bench.settle();
  CHECK(bench.model->isolated_o);
}

}  // namespace presil::testbench
