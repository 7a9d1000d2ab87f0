// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Device time in tests of single sources.
#pragma once

#include "sim/base/time.hpp"

namespace presil::testbench {

/// Lets device time go on. A program has one, which all its cases share and none can turn back.
inline void pass(Picoseconds span_ps) {
  sc_core::sc_start(to_sc_time(span_ps));
}

}  // namespace presil::testbench
