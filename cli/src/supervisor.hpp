// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Supervisor: starts simulators and QEMU, watches them, and ends them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "accelerator.hpp"
#include "checkout.hpp"
#include "kernel.hpp"
#include "options.hpp"
#include "outcome.hpp"
#include "progress_line.hpp"
#include "run_folder.hpp"

namespace presil::cli {

/// A run that has everything it needs: options, built parts, and its guest image in the folder.
struct RunPlan {
  RunOptions options;
  std::vector<Accelerator> accelerators;  ///< in slot order
  Kernel kernel;
  bool interactive = false;  ///< the guest's console on presil's terminal
  bool echo = true;          ///< copy the command's output to standard output as it comes
};

/// Carries out a run, from the first process to the last.
///
/// SIGINT, SIGTERM and SIGHUP end it early, in order. No process is left behind, however it ends.
///
/// \throws Error  a simulator or QEMU cannot be started.
Outcome supervise(const Checkout& checkout, const RunPlan& plan, const RunFolder& folder,
                  ProgressLine& progress);

}  // namespace presil::cli
