// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// TemporaryFolder: a folder for one test case, and how the command reads and writes files.
#pragma once

#include "checkout.hpp"
#include "testbench/support/temporary_folder.hpp"

namespace presil::cli {

using testbench::TemporaryFolder;

}  // namespace presil::cli
