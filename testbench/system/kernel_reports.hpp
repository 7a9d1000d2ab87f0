// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What a debug kernel reports.
#pragma once

#include <string>
#include <vector>

namespace presil::system {

/// The console's lines in which a check of the kernel reports something; "" if there is none.
std::string kernel_reports(const std::string& console);

/// A line for the guest's shell that prints what kmemleak finds, after its two looks: an object is
/// not called a leak before it is 5 s old.
extern const std::string kLookForLeaks;

/// Options of a run on the debug kernel, which is slow.
std::vector<std::string> on_debug_kernel(std::vector<std::string> options = {});

}  // namespace presil::system
