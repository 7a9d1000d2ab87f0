// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Device time as SystemC's clock carries it. Its resolution is left at the default, 1 ps.
#pragma once

#include <cstddef>
#include <cstdint>

#include <systemc>

#include "sim/base/picoseconds.hpp"

namespace presil {

/// Stack of a SystemC thread. Its default, 64 KiB, is little for code that formats or is sanitized.
inline constexpr std::size_t kThreadStackBytes = 256u << 10;

inline sc_core::sc_time to_sc_time(Picoseconds span_ps) {
  return sc_core::sc_time::from_value(span_ps);
}

inline Picoseconds to_picoseconds(const sc_core::sc_time& time) {
  return time.value();
}

/// Device time now.
inline Picoseconds now_ps() {
  return sc_core::sc_time_stamp().value();
}

}  // namespace presil
