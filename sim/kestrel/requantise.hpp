// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Requantisation: from sums of 32 bits to bytes.
#pragma once

#include <cstdint>

namespace presil::kestrel {

/// Range and zero point of results.
struct ResultRange {
  std::int32_t min = 0, max = 0, zero = 0;
};

/// float32(value) * scale, each step rounded to nearest even.
float scaled(std::int32_t value, float scale);

/// Integer nearest to `product`, half to even, clamped; not a number gives the least result.
std::int32_t quantise(float product, const ResultRange& range);

/// The same with a residual: the sum of both products in steps of 1/65536, each clamped first.
std::int32_t quantise_sum(float product, float residual, const ResultRange& range);

}  // namespace presil::kestrel
