// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Test command: builds everything and hands over to CTest.
#pragma once

#include <string>
#include <vector>

#include "checkout.hpp"
#include "options.hpp"
#include "progress_line.hpp"

namespace presil::cli {

/// CTest's command line for the options given; see TestOptions.
///
/// \param jobs  tests that run at the same time.
std::vector<std::string> ctest_arguments(const Checkout& checkout, const TestOptions& options,
                                         unsigned jobs);

/// Builds, runs the tests, and returns CTest's exit status. The last line is CTest's own.
int test_command(const Checkout& checkout, const TestOptions& options, ProgressLine& progress);

}  // namespace presil::cli
