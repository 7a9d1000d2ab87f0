// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Description: what the platform must know of an accelerator, from its accelerator.toml.
#pragma once

#include <presil_link.h>

#include <filesystem>

#include "sim/base/picoseconds.hpp"

namespace presil {

/// The parts of accelerator.toml that concern the simulator.
struct Description {
  presil_personality personality = {};
  Picoseconds completion_timeout_ps = 0;

  /// Reads and checks the file.
  /// Errors: throws Error (configuration) that names the file, the key and what is wrong with it.
  static Description load(const std::filesystem::path& file);
};

}  // namespace presil
