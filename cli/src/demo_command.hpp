// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Demo command: the accelerator's own demonstration, and what is made of its results.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "accelerator.hpp"
#include "checkout.hpp"
#include "options.hpp"
#include "progress_line.hpp"

namespace presil::cli {

/// The options of the run that an accelerator's demonstration is: its command, with {count} filled
/// in, and its files, before those that were asked for.
///
/// \throws Error  it has none, nothing in it is counted, or a file is not there.
RunOptions demo_run(const Checkout& checkout, const Accelerator& accelerator,
                    const RunOptions& options, const DemoOptions& demo);

/// In what a demonstration printed, the line that is a JSON object; nothing if there is none.
std::optional<std::string> demo_document(const std::string& output);

/// Runs the demonstration of the first accelerator. Of one with pictures shows these in the
/// terminal, and leaves demo.json and demo.html in the run's folder.
///
/// \returns presil's exit status.
/// \throws Error  before anything could be started, or the results are not what they should be.
int demo_command(const Checkout& checkout, const RunOptions& options, const DemoOptions& demo,
                 ProgressLine& progress);

}  // namespace presil::cli
