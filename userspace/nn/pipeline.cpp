// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/pipeline.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>
#include <utility>

#include "nn/error.hpp"

namespace kestrel::nn {
namespace {

/// Commands that may wait for the load engine, with the one that it executes, before the next one
/// holds up those of the other engines.
constexpr std::size_t kWaitingLoads = 4;

}  // namespace

std::size_t Pipeline::begin_step() {
  if (steps_.size() == kMostSteps)
    refuse("a layer has to be cut into more than {} steps", kMostSteps);
  steps_.emplace_back();
  return steps_.size() - 1;
}

void Pipeline::load(std::vector<Transfer> loads, std::optional<std::size_t> after) {
  assert(!loads.empty() && !steps_.empty());
  loads_.push_back({std::move(loads), after, steps_.size() - 1});
}

void Pipeline::compute(const Compute& command) {
  steps_.back().commands.push_back(command);
}

void Pipeline::wait_for_store(std::size_t store) {
  steps_.back().waits_for = store;
}

std::size_t Pipeline::store(std::vector<Transfer> stores) {
  assert(!stores.empty() && !steps_.back().store);
  steps_.back().stores = std::move(stores);
  steps_.back().store = stores_;
  return stores_++;
}

std::vector<Pipeline::Item> Pipeline::items() const {
  std::vector<std::size_t> waits(steps_.size()), signals(steps_.size());
  std::vector<bool> is_awaited(stores_);
  for (const Loads& group : loads_) {
    ++waits[group.step];
    if (group.after)
      ++signals[*group.after];
  }
  for (const Step& step : steps_) {
    if (step.waits_for)
      is_awaited[*step.waits_for] = true;
  }

  std::vector<Item> items;
  std::size_t next = 0;
  // Loads that later steps need, and the first of their groups.
  std::size_t early = 0, first_early = 0;
  for (std::size_t at = 0; at < steps_.size(); ++at) {
    for (; first_early < next && loads_[first_early].step <= at; ++first_early)
      early -= loads_[first_early].loads.size();
    // A group goes before the step that needs it at the latest. At the earliest it goes behind the
    // step after the one that it waits for: then that one is not held up by it.
    for (; next < loads_.size(); ++next) {
      const Loads& group = loads_[next];
      if (group.step > at) {
        const std::size_t earliest = group.after ? *group.after + 2 : 1;
        if (earliest > at || (early != 0 && early + group.loads.size() >= kWaitingLoads))
          break;
        early += group.loads.size();
      } else {
        first_early = next + 1;
      }
      add_loads(group, items);
    }
    const Step& step = steps_[at];
    add_step(step, waits[at], signals[at], items);
    add_stores(step, step.store && is_awaited[*step.store], items);
  }
  return items;
}

std::vector<Command> Pipeline::commands() const {
  std::vector<Command> commands;
  for (const Item& item : items())
    commands.push_back(std::visit(
        [&item](const auto& command) {
          if constexpr (std::is_same_v<std::decay_t<decltype(command)>, Sync>)
            return encode_sync(item.tokens);
          else
            return command.encode(item.tokens);
        },
        item.command));
  return commands;
}

void Pipeline::add_loads(const Loads& group, std::vector<Item>& items) {
  for (std::size_t i = 0; i < group.loads.size(); ++i)
    items.push_back({group.loads[i],
                     {.wait_next = i == 0 && group.after.has_value(),
                      .signal_next = i + 1 == group.loads.size()}});
}

void Pipeline::add_step(const Step& step, std::size_t waits, std::size_t signals,
                        std::vector<Item>& items) {
  // A command has room for one token of each kind; further ones need commands of their own.
  for (; waits > 1; --waits)
    items.push_back({Sync{}, {.wait_prev = true}});
  const auto first_output = std::ranges::find_if(step.commands, [](const Compute& command) {
    return std::holds_alternative<Output>(command);
  });
  for (auto at = step.commands.begin(); at != step.commands.end(); ++at) {
    Tokens tokens;
    if (at == step.commands.begin())
      tokens.wait_prev = waits == 1;
    // Only OUTPUT writes what stores read.
    if (at == first_output)
      tokens.wait_next = step.waits_for.has_value();
    if (at + 1 == step.commands.end()) {
      tokens.signal_next = step.store.has_value();
      tokens.signal_prev = signals > 0;
    }
    std::visit([&](const auto& command) { items.push_back({command, tokens}); }, *at);
  }
  for (; signals > 1; --signals)
    items.push_back({Sync{}, {.signal_prev = true}});
}

void Pipeline::add_stores(const Step& step, bool is_awaited, std::vector<Item>& items) {
  for (std::size_t i = 0; i < step.stores.size(); ++i)
    items.push_back(
        {step.stores[i],
         {.wait_prev = i == 0, .signal_prev = is_awaited && i + 1 == step.stores.size()}});
}

}  // namespace kestrel::nn
