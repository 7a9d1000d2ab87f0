// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// A boot in which kestrel-recovery tries rows of the recovery table.
#pragma once

#include <string>
#include <vector>

#include "recovery_table.hpp"

namespace presil::system {

struct RecoveryBoot {
  std::string name;                 ///< of the run's folder
  std::string load;                 ///< of all its rows
  std::vector<std::string> faults;  ///< in this order; a device that is gone does not come back
  std::vector<std::string> options = {};  ///< of presil run
  /// Guest time before which nothing strikes from outside: by then the guest is up and has tried
  /// the faults that it makes by itself, seconds.
  unsigned first_strike_s = 30;
  unsigned bus_errors = 1;  ///< DMAs in a row that are answered with an error
  unsigned stretch = 1;     ///< as of kestrel-recovery
  /// Else the rows need not be those of the table: a slow kernel does not keep all queues busy.
  bool compares = true;
  bool looks_for_leaks = false;  ///< needs the debug kernel
};

/// Faults that one boot can try one after another, and that end the device at last.
std::vector<std::string> faults_until(const std::string& last);

/// Runs the boot, and checks each row against recovery_table(), and that the kernel reports
/// nothing. Catch2 assertions; to be called within a case.
/// \returns the rows as they were measured
std::vector<RecoveryRow> check_boot(const RecoveryBoot& boot);

}  // namespace presil::system
