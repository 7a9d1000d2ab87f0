// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/pipeline.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace kestrel::nn {
namespace {

/// A command by what it was marked with: loads and stores by address, computes by a field.
struct Marked {
  char engine;  // 'l', 'c', 's'
  std::uint32_t header;
  std::uint64_t mark;
};

std::uint32_t word(const Command& command, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, &command[offset], sizeof(value));
  return value;
}

Marked marked(const Command& command) {
  const std::uint32_t header = word(command, 0);
  switch (header & 0xff) {
    case KESTREL_OPCODE_LOAD:
      return {'l', header, word(command, KESTREL_TRANSFER_ADDR_LO)};
    case KESTREL_OPCODE_STORE:
      return {'s', header, word(command, KESTREL_TRANSFER_ADDR_LO)};
    case KESTREL_OPCODE_ACCUMULATE:
      return {'c', header, word(command, KESTREL_ACCUMULATE_ROWS)};
    case KESTREL_OPCODE_OUTPUT:
      return {'c', header, word(command, KESTREL_OUTPUT_BIAS)};
    default:
      return {'c', header, ~0ull};
  }
}

/// Executes commands as the device does: handed out in order to three engines with four places in
/// front of each, which start when their tokens are there and end when `random` lets them.
class Engines {
 public:
  explicit Engines(const std::vector<Command>& commands) {
    for (const Command& command : commands)
      commands_.push_back(marked(command));
  }

  /// \returns whether all was done and no token is left
  bool run(std::mt19937& random) {
    std::size_t next = 0;
    for (unsigned idle = 0; idle < 200;) {
      bool acts = false;
      if (next < commands_.size()) {
        auto& queue = queues_[commands_[next].engine];
        if (queue.size() < 4) {
          queue.push_back(commands_[next++]);
          acts = true;
        }
      }
      for (const char engine : {'l', 'c', 's'}) {
        if (random() % 3 == 0)
          acts = act(engine) || acts;
      }
      idle = acts ? 0 : idle + 1;
    }
    return next == commands_.size() &&
           std::ranges::all_of(queues_, [](const auto& queue) { return queue.second.empty(); }) &&
           tokens_ == std::array<int, 4>{};
  }

  [[nodiscard]] std::size_t began(char engine, std::uint64_t mark) const {
    return events_.at({engine, mark}).first;
  }
  [[nodiscard]] std::size_t ended(char engine, std::uint64_t mark) const {
    return events_.at({engine, mark}).second;
  }

 private:
  enum Channel : std::uint8_t { kLoadToCompute, kComputeToLoad, kComputeToStore, kStoreToCompute };

  bool act(char engine) {
    auto& queue = queues_[engine];
    if (queue.empty())
      return false;
    const Marked command = queue.front();
    const bool is_running = running_[engine];
    const auto bit = [&](std::uint32_t mask) { return (command.header & mask) != 0; };
    const bool wait_prev = bit(KESTREL_ORDER_HEADER_WAIT_PREV),
               wait_next = bit(KESTREL_ORDER_HEADER_WAIT_NEXT);
    const Channel from_prev = engine == 's' ? kComputeToStore : kLoadToCompute;
    const Channel from_next = engine == 'l' ? kComputeToLoad : kStoreToCompute;
    if (!is_running) {
      if ((wait_prev && tokens_[from_prev] == 0) || (wait_next && tokens_[from_next] == 0))
        return false;
      tokens_[from_prev] -= wait_prev;
      tokens_[from_next] -= wait_next;
      events_[{engine, command.mark}].first = ++time_;
      running_[engine] = true;
      return true;
    }
    events_[{engine, command.mark}].second = ++time_;
    tokens_[engine == 's' ? kStoreToCompute : kComputeToLoad] +=
        bit(KESTREL_ORDER_HEADER_SIGNAL_PREV);
    tokens_[engine == 'l' ? kLoadToCompute : kComputeToStore] +=
        bit(KESTREL_ORDER_HEADER_SIGNAL_NEXT);
    running_[engine] = false;
    queue.pop_front();
    return true;
  }

  std::vector<Marked> commands_;
  std::map<char, std::deque<Marked>> queues_;
  std::map<char, bool> running_;
  std::array<int, 4> tokens_ = {};
  std::map<std::pair<char, std::uint64_t>, std::pair<std::size_t, std::size_t>> events_;
  std::size_t time_ = 0;
};

Transfer transfer(bool is_store, std::size_t mark) {
  Transfer result;
  result.is_store = is_store;
  result.address = mark;
  return result;
}
Accumulate accumulate(std::size_t mark) {
  Accumulate result;
  result.row = static_cast<std::int64_t>(mark);
  return result;
}
Output output(std::size_t mark) {
  Output result;
  result.bias = static_cast<std::int64_t>(mark);
  return result;
}

/// What a random pipeline has to keep.
struct Orders {
  Pipeline pipeline;
  std::vector<std::array<std::pair<char, std::uint64_t>, 2>>
      all;  // first ends before second begins
};

/// Steps with two to four commands; loads of some, with up to six commands; stores after some.
Orders random_pipeline(std::mt19937& random) {
  Orders orders;
  const std::size_t steps = 1 + random() % 12;
  const bool loads_each = random() % 2, stores_each = random() % 2;
  std::uint64_t loads = 0, stores = 0;
  std::vector<std::uint64_t> last_store;  // mark of the last command of each store
  std::size_t next_awaited = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    orders.pipeline.begin_step();
    const std::uint64_t first = 1000 * step + 1, last = 1000 * step + 500;
    if (step == 0 || loads_each || step % 3 == 0) {
      for (unsigned group = 0; group < 1 + random() % 2; ++group) {
        std::vector<Transfer> transfers;
        for (unsigned i = 0; i < 1 + random() % 6; ++i)
          transfers.push_back(transfer(false, ++loads));
        const auto after = step >= 2 ? std::optional(step - 2) : std::nullopt;
        if (after)
          orders.all.push_back(
              {std::pair{'c', 1000 * *after + 500},
               std::pair{'l', static_cast<std::uint64_t>(loads - transfers.size() + 1)}});
        orders.all.push_back({std::pair{'l', loads}, std::pair{'c', first}});
        orders.pipeline.load(transfers, after);
      }
    }
    for (unsigned i = 0; i < 1 + random() % 3; ++i)
      orders.pipeline.compute(accumulate(first + i));
    // Every store is waited for once at most.
    if (last_store.size() >= 2 && last_store.size() - 2 >= next_awaited) {
      next_awaited = last_store.size() - 1;
      orders.pipeline.wait_for_store(last_store.size() - 2);
      orders.all.push_back(
          {std::pair{'s', last_store[last_store.size() - 2]}, std::pair{'c', last}});
    }
    orders.pipeline.compute(output(last));
    if (stores_each || step % 2 == 1 || step + 1 == steps) {
      std::vector<Transfer> transfers;
      for (unsigned i = 0; i < 1 + random() % 6; ++i)
        transfers.push_back(transfer(true, ++stores));
      orders.all.push_back(
          {std::pair{'c', last},
           std::pair{'s', static_cast<std::uint64_t>(stores - transfers.size() + 1)}});
      last_store.push_back(stores);
      orders.pipeline.store(transfers);
    }
  }
  return orders;
}

TEST_CASE("engines never wait for ever, keep the order, and leave no token", "[userspace][nn]") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    Orders orders = random_pipeline(random);
    Engines engines(orders.pipeline.commands());
    REQUIRE(engines.run(random));
    for (const auto& [first, second] : orders.all)
      CHECK(engines.ended(first.first, first.second) < engines.began(second.first, second.second));
  }
}

TEST_CASE("loads for later stand before the steps that do not need them", "[userspace][nn]") {
  Pipeline pipeline;
  for (std::size_t step = 0; step < 4; ++step) {
    pipeline.begin_step();
    if (step == 0 || step == 3)
      pipeline.load({transfer(false, step)}, std::nullopt);
    pipeline.compute(accumulate(step));
  }
  std::string order;
  for (const Command& command : pipeline.commands())
    order += marked(command).engine;
  CHECK(order == "lclccc");
}

TEST_CASE("no more loads stand early than can wait without holding up the others",
          "[userspace][nn]") {
  Pipeline pipeline;
  for (std::size_t step = 0; step < 8; ++step) {
    pipeline.begin_step();
    pipeline.load({transfer(false, step)}, std::nullopt);
    pipeline.compute(accumulate(step));
  }
  std::string order;
  for (const Command& command : pipeline.commands())
    order += marked(command).engine;
  CHECK(order == "lcllllclclclcccc");
}

}  // namespace
}  // namespace kestrel::nn
