// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Debug kernel: a kernel that checks memory, locks and DMA while it runs, built once and cached.
#pragma once

#include <filesystem>

#include "checkout.hpp"
#include "options.hpp"
#include "progress_line.hpp"

namespace presil::cli {

/// The folder of this checkout's debug kernel, built or not. Its name is a hash of all that the
/// kernel is made from: what cli/guest/kernel holds, the source package, and the compiler.
///
/// \throws Error  the launcher has not fetched the source.
std::filesystem::path debug_kernel_folder(const Checkout& checkout);

/// The options with `--kernel debug` replaced by that kernel and its modules; others unchanged.
///
/// \throws Error  it is not built, or the options name modules as well.
RunOptions with_debug_kernel(const Checkout& checkout, RunOptions options);

/// `presil kernel debug`: builds it unless it is there.
int kernel_command(const Checkout& checkout, ProgressLine& progress);

}  // namespace presil::cli
