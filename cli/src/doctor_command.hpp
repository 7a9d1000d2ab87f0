// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Doctor command: what is there, what is missing, and how to put it right.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "checkout.hpp"

namespace presil::cli {

/// What one check found.
struct Finding {
  bool good = false;
  std::string text;    ///< version, place or number; or what is wrong
  std::string remedy;  ///< what to do; empty when good
};

struct Check {
  std::string name;
  std::function<Finding()> look;
};

/// Every check, in the order in which they are printed.
std::vector<Check> doctor_checks(const Checkout& checkout);

/// Prints a line for each check; a check that throws counts as bad.
///
/// \returns presil's exit status: 0 when all is good.
int doctor_command(const Checkout& checkout);

}  // namespace presil::cli
