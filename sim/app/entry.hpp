// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The entry of a simulator program.
#pragma once

#include "sim/app/binding.hpp"

namespace presil {

/// Runs a simulator program from its command line to its exit status.
int simulator_main(int argument_count, char** arguments, const AcceleratorBinding& binding);

}  // namespace presil
