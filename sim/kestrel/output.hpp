// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Output: OUTPUT.
#pragma once

#include <array>
#include <cstdint>

#include "sim/kestrel/counters.hpp"
#include "sim/kestrel/execution.hpp"
#include "sim/kestrel/parity_memory.hpp"
#include "sim/kestrel/records.hpp"
#include "sim/kestrel/requantise.hpp"

namespace presil::kestrel {

/// Position by position; what one writes the next ones read.
class Output final : public Execution {
 public:
  /// \param fields  legal; all else outlives this
  Output(const OutputFields& fields, Scratchpad& scratchpad, const Accumulators& accumulators,
         Counts& counts);

  Slice run() override;

 private:
  /// All return KESTREL_ERROR_CAUSE_*.
  std::uint32_t load_parameters();
  std::uint32_t position();
  std::uint32_t read_source(std::array<std::int32_t, kLanes>& values) const;
  /// Bytes of a word, minus a zero point.
  std::uint32_t read_bytes(std::uint32_t word, bool is_unsigned, std::int32_t zero,
                           std::array<std::int32_t, kLanes>& values) const;
  std::uint32_t place(const OutputFields::Place& place) const;
  bool next_position();

  const OutputFields fields_;
  const ResultRange range_;
  Scratchpad& scratchpad_;
  const Accumulators& accumulators_;
  Counts& counts_;

  bool has_begun_ = false;
  std::array<std::uint32_t, 2> index_ = {};  // Of the position.
  std::array<std::int32_t, kLanes> biases_ = {};
  std::array<float, kLanes> scales_ = {};
};

}  // namespace presil::kestrel
