// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Execution: a command in an engine, done in slices.
#pragma once

#include <cstdint>

#include "sim/base/picoseconds.hpp"
#include "sim/kestrel/failure.hpp"

namespace presil::kestrel {

/// What a slice did, and how long it takes.
struct Slice {
  Failure failure;            ///< if any: nothing of the command is done after it
  bool is_done = false;       ///< the command is complete
  std::uint64_t cycles = 0;   ///< of the engine
  Picoseconds answer_ps = 0;  ///< from now until the last answer of the bus is there
};

/// A command of an engine. A slice is bounded, however long the command is; after one that failed
/// by TRANSLATION the next one tries the same access again.
class Execution {
 public:
  virtual ~Execution() = default;
  virtual Slice run() = 0;
};

}  // namespace presil::kestrel
