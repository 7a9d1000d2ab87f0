// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Options: the command line of a simulator program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/base/faults.hpp"
#include "sim/base/time.hpp"
#include "sim/rtl/rtl_options.hpp"

namespace presil {

/// What stands behind the endpoint.
enum class ModelKind { kRtl, kFunctional };

struct Options {
  std::filesystem::path description;
  std::filesystem::path socket;
  std::filesystem::path events;   ///< empty: no event log
  std::filesystem::path summary;  ///< empty: no summary
  ModelKind model = ModelKind::kRtl;
  RtlOptions rtl;
  double slow_factor = 1;  ///< host time is stretched by this, device time is not touched
  Picoseconds link_latency_ps = 0;
  Picoseconds host_latency_ps = 0;
  Picoseconds jitter_ps = 0;  ///< most that a DMA read or an MSI-X takes longer, by the seed
  Faults faults;
  bool wait_for_debugger = false;
};

/// Reads the command line.
/// Errors: throws Error (configuration). Prints the help and throws Finished when asked for it.
Options parse_options(int argument_count, char** arguments);

/// There is nothing to simulate, and nothing is wrong.
struct Finished {};

}  // namespace presil
