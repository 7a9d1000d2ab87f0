// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Summary: how a run ended, as JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "sim/base/error.hpp"
#include "sim/base/picoseconds.hpp"
#include "sim/record/recorder.hpp"

namespace presil {

struct Summary {
  ExitStatus status = ExitStatus::kInternal;
  std::string reason;  ///< one line for the user
  Picoseconds device_ps = 0;
  std::uint64_t rtl_cycles = 0;
  std::uint64_t rtl_cycles_skipped = 0;
  Totals totals;

  /// Writes the file, whole or not at all.
  /// Errors: throws Error (system).
  void write(const std::filesystem::path& file) const;
};

}  // namespace presil
