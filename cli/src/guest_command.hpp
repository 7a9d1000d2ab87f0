// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Guest command: run and boot, the subcommands that start a guest.
#pragma once

#include <string>

#include "checkout.hpp"
#include "options.hpp"
#include "progress_line.hpp"
#include <nlohmann/json.hpp>

namespace presil::cli {

/// Builds what the run needs, boots the guest, and leaves the run's folder.
///
/// \param name  part of the folder's name: "run", "demo", "boot", "bench".
/// \param echo  copy the command's output to standard output.
/// \returns the summary; its "exit_status" is presil's.
/// \throws Error  before anything could be started.
nlohmann::ordered_json run_guest(const Checkout& checkout, const std::string& name,
                                 const RunOptions& options, ProgressLine& progress,
                                 bool echo = true);

int run_command(const Checkout& checkout, const RunOptions& options, ProgressLine& progress);
int boot_command(const Checkout& checkout, const RunOptions& options, ProgressLine& progress);

}  // namespace presil::cli
