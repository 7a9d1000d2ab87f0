// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RtlOptions: what of a run concerns the RTL.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/picoseconds.hpp"
#include "sim/rtl/wave_window.hpp"

namespace presil {

struct RtlOptions {
  Picoseconds clock_period_ps = 0;  ///< from the accelerator's description
  unsigned batch_cycles = 1000;     ///< cycles simulated without a look at the rest of the harness
  unsigned stall_percent = 0;       ///< random back-pressure on both buses
  std::uint64_t seed = 1;
  bool random_reset = false;          ///< registers without reset start with seeded random values
  bool stop_on_assert = false;        ///< a failed assertion ends the run
  std::vector<std::string> plusargs;  ///< each with its leading +
  WaveOptions waves;
};

}  // namespace presil
