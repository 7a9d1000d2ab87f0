// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Bench command: speed, as ratios of what was measured within one call.
#pragma once

#include <vector>

#include "checkout.hpp"
#include "options.hpp"
#include "progress_line.hpp"

namespace presil::cli {

/// Processor time of one boot, with the first accelerator and without any.
struct BootPair {
  double with_device_s = 0.0;
  double without_device_s = 0.0;
};

/// The ratio of the best boot with a device to the best without: the least disturbed of each.
/// There must be a pair.
double boot_ratio(const std::vector<BootPair>& boots);

/// Builds and runs the measurements of testbench/bench and the boots, and prints a table.
///
/// \returns presil's exit status.
/// \throws Error  a measurement failed.
int bench_command(const Checkout& checkout, const BenchOptions& options, ProgressLine& progress);

}  // namespace presil::cli
