// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Accumulate: ACCUMULATE.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "sim/kestrel/counters.hpp"
#include "sim/kestrel/execution.hpp"
#include "sim/kestrel/parity_memory.hpp"
#include "sim/kestrel/records.hpp"

namespace presil::kestrel {

/// Adds 32-bit numbers as the hardware does: modulo 2^32.
constexpr std::int32_t wrapping_add(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

/// Pass by pass: one step of the reduction for all positions.
class Accumulate final : public Execution {
 public:
  /// \param fields  legal; all else outlives this
  Accumulate(const AccumulateFields& fields, const Scratchpad& scratchpad,
             Accumulators& accumulators, Counts& counts);

  Slice run() override;

 private:
  using Row = std::array<std::int32_t, kLanes>;
  /// Four lanes, as a vector of any CPU's has them. Products of bytes and sums of 16 of them are
  /// exact in a float's 24 bits, and floats are what every CPU multiplies four at a time.
  using Floats = float __attribute__((vector_size(16)));
  using Integers = std::int32_t __attribute__((vector_size(16)));
  static constexpr std::uint32_t kFloats = 4, kGroups = kLanes / kFloats;

  /// \returns KESTREL_ERROR_CAUSE_*
  std::uint32_t pass();
  std::uint32_t load_weights();
  std::uint32_t position(std::uint32_t activation, std::uint32_t row);
  /// What a word of activations adds to a row.
  void multiply(const Row& activations, Row& sums) const;
  bool next_pass();

  const AccumulateFields fields_;
  const Scratchpad& scratchpad_;
  Accumulators& accumulators_;
  Counts& counts_;

  std::array<std::uint32_t, 3> index_ = {};  // Of the reduction's loops.
  std::uint64_t pass_ = 0;                   // k
  std::array<std::array<Floats, kGroups>, kLanes> weights_ = {};
};

}  // namespace presil::kestrel
