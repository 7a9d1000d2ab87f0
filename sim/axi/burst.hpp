// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Bursts: which bytes of memory each beat of an AXI burst touches, and which bursts are legal.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/axi/signals.hpp"

namespace presil::axi {

inline constexpr std::uint64_t kPageBytes = 4096;

/// Why `address` begins no legal burst on a bus of `bus_bytes`; empty: it does.
/// Source: IHI 0022, A3.4.1.
std::string_view illegal_because(const Address& address, std::size_t bus_bytes);

/// Bytes of memory that one beat covers: from `first` (which may lie within the beat, unaligned) up
/// to the end of the beat's aligned container.
struct BeatRange {
  std::uint64_t first = 0;
  std::uint64_t bytes = 0;
};

/// Range of beat `index` (0 .. len) of a legal burst.
BeatRange beat_range(const Address& address, unsigned index);

}  // namespace presil::axi
