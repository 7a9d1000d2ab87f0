// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What a guest's kernel says when it finds something wrong with itself or with a driver.
#pragma once

#include <string>

namespace presil::system {

/// The console's lines in which a check of the kernel reports something; empty is good.
std::string kernel_reports(const std::string& console);

/// A guest's shell command that prints objects that nobody refers to any more, on a debug kernel.
/// It looks twice: an object is not called leaked before it is 5 s old.
std::string look_for_leaks();

}  // namespace presil::system
