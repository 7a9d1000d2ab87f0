// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Pipeline: orders the commands of a layer among the engines, by tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "nn/commands.hpp"

namespace kestrel::nn {

/// A layer is a row of steps, each some commands of the compute engine. Loads come before the step
/// that needs them, stores after the step whose results they write. What a load or a step
/// overwrites may still be in use: so a group of loads names the step that must have ended, and a
/// step the store that must have.
///
/// Tokens have no names. They mean the right thing because each engine works in order: of the
/// groups of loads, the steps and the stores, those that are named may not go backwards.
class Pipeline {
 public:
  using Compute = std::variant<Accumulate, Output>;
  /// Tokens only, by the compute engine.
  struct Sync {};
  /// A command in its place.
  struct Item {
    std::variant<Transfer, Accumulate, Output, Sync> command;
    Tokens tokens;
  };

  /// So many steps a layer may have: more than any sensible one, and few enough to be kept.
  static constexpr std::size_t kMostSteps = std::size_t{1} << 19;

  /// Begins the next step. \returns its number, from 0
  /// \throws Refusal  there are too many
  std::size_t begin_step();
  /// Loads that the current step, and later ones, need.
  /// \param after  the step that must have ended before; none: nothing is overwritten
  void load(std::vector<Transfer> loads, std::optional<std::size_t> after);
  /// A command of the current step.
  void compute(const Compute& command);
  /// The current step's results may only be written once this store has ended. For each store once
  /// at most: it gives one token.
  void wait_for_store(std::size_t store);
  /// Stores of what the current step, and those before, computed. \returns their number, from 0
  std::size_t store(std::vector<Transfer> stores);

  [[nodiscard]] std::size_t steps() const { return steps_.size(); }

  /// All commands in order. After them no token is left.
  ///
  /// The order matters for more than looks: the device hands commands to its engines in order, and
  /// only a few wait in front of each. So loads for later stand as early as their token can come,
  /// but no more of them than can wait without holding up the others, and never in front of what
  /// they wait for.
  [[nodiscard]] std::vector<Item> items() const;
  /// The same as the device reads them.
  /// \throws Refusal  a field does not fit
  [[nodiscard]] std::vector<Command> commands() const;

 private:
  struct Loads {
    std::vector<Transfer> loads;
    std::optional<std::size_t> after;
    std::size_t step;  // that needs them first
  };
  struct Step {
    std::vector<Compute> commands;
    std::optional<std::size_t> waits_for;  // store
    std::vector<Transfer> stores;
    std::optional<std::size_t> store;  // their number
  };

  static void add_loads(const Loads& group, std::vector<Item>& items);
  /// \param waits, signals  tokens from and to the load engine
  static void add_step(const Step& step, std::size_t waits, std::size_t signals,
                       std::vector<Item>& items);
  static void add_stores(const Step& step, bool is_awaited, std::vector<Item>& items);

  std::vector<Loads> loads_;
  std::vector<Step> steps_;
  std::size_t stores_ = 0;
};

}  // namespace kestrel::nn
