// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Timeline: how long the device takes for a layer's commands, by estimate.
#pragma once

#include <cstdint>
#include <span>

#include "nn/pipeline.hpp"

namespace kestrel::nn {

/// Cycles from the moment at which a command buffer's first commands are there until all of its
/// commands have completed.
///
/// Follows the commands on their way: they are fetched a few at a time, handed to the engines in
/// order, wait there for the engine and for tokens, and take the time that their engine needs.
/// Memory answers after what a round trip over the link takes; banks of the scratchpad that are
/// wanted twice, and translations, cost nothing here. Compares ways to compute a layer: that the
/// result is right depends on nothing of this.
///
/// Sources: hw/kestrel/docs/theory_of_operation.md, and what the device counted in layers.
/// \param items  in which no command waits for one that stands behind it, as from Pipeline::items()
std::int64_t estimate_cycles(std::span<const Pipeline::Item> items);

}  // namespace kestrel::nn
