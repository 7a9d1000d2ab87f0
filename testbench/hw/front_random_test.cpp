// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel's front end: random command buffers, and random records of all queues side by side, with
// failures, resets and suspensions, against what each queue's order allows.

#include <algorithm>
#include <array>
#include <format>
#include <optional>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "front_bench.hpp"

namespace presil::testbench {

namespace {

/// Commands with tokens such that executed one after another none ever waits: so, however the
/// engines run side by side, they come to an end.
std::vector<Record> random_program(std::mt19937_64& random, unsigned most) {
  std::vector<Record> commands;
  std::array<std::array<int, 2>, 3> tokens{};  // For each engine: of the one before, after.
  const auto wants = [&](int& count) {
    const bool wait = count > 0 && random() % 2 == 0;
    count -= wait ? 1 : 0;
    return wait;
  };
  const auto gives = [&](int& count) {
    const bool signal = count < 200 && random() % 2 == 0;
    count += signal ? 1 : 0;
    return signal;
  };
  for (auto left = 1 + random() % most; left > 0; --left) {
    const auto number = static_cast<std::uint32_t>(commands.size());
    switch (random() % 8) {
      case 0:
        commands.push_back(random() % 4 != 0 ? records::nop() : records::barrier());
        break;
      case 1:
      case 2: {
        const KestrelTokens bits{.wait_next = wants(tokens[0][1]),
                                 .signal_next = gives(tokens[1][0])};
        commands.push_back(records::load({.tokens = bits, .addr = number}));
        break;
      }
      case 3:
      case 4: {
        const KestrelTokens bits{.wait_prev = wants(tokens[2][0]),
                                 .signal_prev = gives(tokens[1][1])};
        commands.push_back(records::store({.tokens = bits, .addr = number}));
        break;
      }
      default: {
        const KestrelTokens bits{.wait_prev = wants(tokens[1][0]),
                                 .wait_next = wants(tokens[1][1]),
                                 .signal_prev = gives(tokens[0][1]),
                                 .signal_next = gives(tokens[2][0])};
        switch (random() % 3) {
          case 0:
            commands.push_back(records::sync(bits));
            break;
          case 1:
            commands.push_back(records::accumulate({.tokens = bits, .acc = number}));
            break;
          default:
            commands.push_back(records::output({.tokens = bits, .src = number}));
        }
      }
    }
  }
  return commands;
}

}  // namespace

TEST_CASE("front: random command buffers run in the order that tokens and barriers say",
          "[hw][front]") {
  const unsigned seed = GENERATE(range(1u, 9u));
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  FrontBench bench({.seed = seed,
                    .stall_percent = static_cast<unsigned>(random() % 60),
                    .latency_cycles = static_cast<unsigned>(random() % 40),
                    .engine_cycles = seed % 3 == 0 ? 1u : static_cast<unsigned>(random() % 60)});
  bench.set_up(0, {.log2 = 8});
  unsigned expected = 0;
  for (unsigned i = 0; i < 60; ++i) {
    const std::vector<Record> commands = random_program(random, 80);
    expected += static_cast<unsigned>(std::ranges::count_if(
        commands, [](const Record& command) { return engine_of(command) < 3; }));
    bench.push(0, bench.call(0x4000'0000 + i * 0x1'0000 + random() % 4 * 64, commands));
  }
  bench.ring(0);
  REQUIRE(bench.until_idle(2'000'000));
  CHECK(bench.head(0) == 60);
  CHECK(bench.starts == expected);
  CHECK(bench.commands == expected);
  CHECK((seed % 3 == 0 || bench.token_waits > 100));  // Fast engines find their tokens there.
  CHECK(bench.clears == 0);
}

namespace {

/// What a record of a queue is to do.
struct Planned {
  Record record{};
  bool fails = false;
};

/// Sixteen queues with random records, and somebody who feeds them.
class Traffic {
 public:
  Traffic(FrontBench& bench, std::uint64_t seed, bool failures)
      : bench_(bench), random_(seed), failures_(failures) {
    for (unsigned queue = 0; queue < FrontBench::kQueues; ++queue) {
      setups_[queue] = {.log2 = 1 + static_cast<unsigned>(random_() % 4),
                        .write_status = random_() % 2 == 0,
                        .space = static_cast<unsigned>(random_() % 3),
                        .prio = static_cast<unsigned>(random_() % 4),
                        .vector = queue};
      bench_.set_up(queue, setups_[queue]);
    }
    for (unsigned i = 0; i < 600; ++i) {
      plan();
    }
    bench_.fate = [&](unsigned, const Record& command) { return fate(command); };
    bench_.every_cycle = [&] { look(); };
  }
  ~Traffic() {
    bench_.fate = nullptr;
    bench_.every_cycle = nullptr;
  }
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  /// Feeds queues, repairs those in error, and suspends some for a while. False: all is done.
  bool feed() {
    const unsigned queue = random_() % FrontBench::kQueues;
    if ((bench_.model().error_queues_o >> queue & 1) != 0) {
      repair(queue);
    } else if (random_() % 16 == 0) {
      bench_.control(queue, KESTREL_QUEUE_CONTROL_SUSPEND);
    } else if (random_() % 2 == 0) {
      bench_.control(queue, KESTREL_QUEUE_CONTROL_RESUME);
    } else {
      const std::uint32_t entries = 1u << setups_[queue].log2;
      const std::uint32_t head = bench_.head(queue);
      for (auto left = random_() % entries + 1; left > 0; --left) {
        if (pushed_[queue] < planned_[queue].size() && bench_.tail(queue) - head < entries) {
          bench_.push(queue, planned_[queue][pushed_[queue]++].record);
        }
      }
      bench_.ring(queue);
    }
    bench_.steps(static_cast<unsigned>(random_() % 200));
    for (unsigned i = 0; i < FrontBench::kQueues; ++i) {
      if (done_[i] != planned_[i].size()) {
        return true;
      }
    }
    return false;
  }

  unsigned failed = 0;
  std::vector<std::string> wrong;

 private:
  static std::uint64_t word(unsigned queue) { return 0x5000'0000 + queue * 24; }

  void plan() {
    const unsigned queue = random_() % FrontBench::kQueues;
    std::vector<Planned>& records = planned_[queue];
    switch (random_() % 6) {
      case 0:
        records.push_back({records::nop()});
        break;
      case 1:
        records.push_back({records::timestamp(word(queue) + 8)});
        break;
      case 2: {
        // For a number that another queue writes with a record that was planned before.
        const unsigned other = random_() % FrontBench::kQueues;
        records.push_back({records::wait(word(other), fences_[other])});
        break;
      }
      case 3: {
        const bool fails = failures_ && random_() % 4 == 0;
        std::vector<Record> commands = random_program(random_, 20);
        if (fails) {
          // The command with this PITCH fails; or it is illegal.
          KestrelTransfer transfer{.pitch = 0xbad};
          transfer.n[0] = random_() % 2 == 0 ? 1 : 0;
          commands.insert(commands.begin() + static_cast<int>(random_() % commands.size()),
                          records::load(transfer));
        }
        buffer_ += 0x1000;
        records.push_back({bench_.call(buffer_, commands), fails});
        break;
      }
      default:
        records.push_back({records::fence(word(queue), ++fences_[queue])});
    }
  }

  Fate fate(const Record& command) {
    Fate result{.cycles = static_cast<unsigned>(random_() % 30)};
    if ((command[0] & 0xff) == KESTREL_OPCODE_LOAD && command[1] == 0xbad) {
      result.cause = KESTREL_ERROR_CAUSE_READ_ERROR;
    }
    return result;
  }

  void expect(bool good, const std::string& what) {
    if (!good && wrong.size() < 10) {
      wrong.push_back(what);
    }
  }

  /// Compares a record that has completed with the next one of its queue.
  void look() {
    if (bench_.done == seen_done_) {
      return;
    }
    seen_done_ = bench_.done;
    const unsigned queue = bench_.begun.back();
    if (done_[queue] >= pushed_[queue]) {
      expect(false, std::format("queue {}: a record too many", queue));
      return;
    }
    const Planned& planned = planned_[queue][done_[queue]];
    const std::uint64_t value = planned.record[4] | std::uint64_t{planned.record[5]} << 32;
    const std::uint64_t addr = planned.record[2] | std::uint64_t{planned.record[3]} << 32;
    const std::uint32_t index = ++heads_[queue];
    ++done_[queue];
    expect(!planned.fails, std::format("queue {}: what should fail completed", queue));

    std::vector<ControlWrite> writes;
    switch (planned.record[0]) {
      case KESTREL_OPCODE_FENCE:
        writes.push_back({queue, addr, value, 0, true});
        break;
      case KESTREL_OPCODE_TIMESTAMP:
        writes.push_back({queue, addr, bench_.memory.read64(addr), 0, true});
        expect(writes.back().value > stamp_ && writes.back().value <= bench_.time_ns,
               std::format("queue {}: wrong time", queue));
        stamp_ = writes.back().value;
        break;
      case KESTREL_OPCODE_WAIT:
        expect(bench_.memory.read64(addr) >= value,
               std::format("queue {}: a WAIT completed too early", queue));
        break;
      default:
        break;
    }
    if (setups_[queue].write_status) {
      writes.push_back({queue, FrontBench::status_page(queue), index, 0, true});
    }
    expect(bench_.writes == writes, std::format("queue {}: wrong writes", queue));
    bench_.writes.clear();
  }

  void repair(unsigned queue) {
    const Planned& planned = planned_[queue][done_[queue]];
    const ErrorRegisters error = bench_.error(queue);
    expect(planned.fails && error.in_call && error.index == heads_[queue] &&
               error.opcode == KESTREL_OPCODE_LOAD,
           std::format("queue {}: failed with cause {} at {}", queue, error.cause, error.index));
    ++failed;
    bench_.control(queue, KESTREL_QUEUE_CONTROL_RESET);
    expect(bench_.until([&] { return !bench_.model().resetting_o; }), "a reset does not end");
    bench_.set_up(queue, setups_[queue]);
    // Behind the one that failed, from the beginning of the ring.
    pushed_[queue] = ++done_[queue];
    heads_[queue] = 0;
  }

  FrontBench& bench_;
  std::mt19937_64 random_;
  bool failures_;
  std::array<QueueSetup, FrontBench::kQueues> setups_;
  std::array<std::vector<Planned>, FrontBench::kQueues> planned_;
  std::array<std::size_t, FrontBench::kQueues> pushed_{}, done_{};
  std::array<std::uint32_t, FrontBench::kQueues> heads_{};
  std::array<std::uint64_t, FrontBench::kQueues> fences_{};
  std::uint64_t buffer_ = 0x4000'0000, stamp_ = 0;
  unsigned seen_done_ = 0;
};

}  // namespace

TEST_CASE("front: random records of sixteen queues", "[hw][front]") {
  const unsigned seed = GENERATE(range(1u, 13u));
  const bool failures = seed % 2 == 0;
  CAPTURE(seed, failures);
  FrontBench bench({.seed = seed,
                    .stall_percent = seed * 7 % 60,
                    .latency_cycles = seed * 11 % 50,
                    .stop_clock = seed % 4 != 3});
  Traffic traffic(bench, seed, failures);
  unsigned rounds = 0;
  while (traffic.feed() && traffic.wrong.empty()) {
    REQUIRE(++rounds < 20'000);
  }
  for (const std::string& what : traffic.wrong) {
    FAIL_CHECK(what);
  }
  REQUIRE(bench.until_idle());
  CHECK((traffic.failed > 10) == failures);
  CHECK(bench.done + traffic.failed == 600);
  CHECK(bench.vectors[FrontBench::kErrorVector] == traffic.failed);
}

}  // namespace presil::testbench
