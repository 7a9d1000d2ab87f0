// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// GuestModules: modules of the guest's kernel that no driver needs, and a test does.
#pragma once

#include <string>
#include <vector>

namespace presil::system {

/// What a run takes to have them.
struct GuestModules {
  std::vector<std::string> options;  ///< of `presil run`
  std::string load;                  ///< a line for the guest's shell that loads them
};

/// \param names   of modules, as modprobe knows them; what they need comes along
/// \param kernel  empty: the environment's kernel; or "debug"
/// \throws cli::Error  the kernel has no such module, or there is no such kernel
GuestModules guest_modules(const std::vector<std::string>& names, const std::string& kernel);

}  // namespace presil::system
