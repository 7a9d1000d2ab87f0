// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// A plot of where the cycles of a network went.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace presil::cli {

/// One bar.
struct CyclesBar {
  std::string_view name, operation;
  std::uint64_t cycles = 0;
  std::uint64_t busy = 0;  ///< of them, drawn dark
};

/// An SVG element: a bar for each, from top to bottom, over a scale of cycles. Colours come from
/// the page's classes "busy", "rest", "grid" and "dim". It has a title and a description for those
/// who do not see it. Without bars, or with all of them 0, the scale goes to 1.
std::string cycles_plot(std::span<const CyclesBar> bars);

/// A step for a scale from 0 to `most`, 1, 2 or 5 times a power of ten, that gives at most six.
std::uint64_t scale_step(std::uint64_t most);

}  // namespace presil::cli
