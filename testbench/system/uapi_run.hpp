// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// UapiRun: kestrel-uapi-test in a guest, held against the lists of what is expected.
#pragma once

#include <string>
#include <vector>

#include "presil_run.hpp"

namespace presil::system {

struct UapiRun {
  std::string program = "kestrel-uapi-test";
  std::string kernel;                ///< empty: the environment's; or "debug"
  int seed = 0;                      ///< of the program: orders and yields
  std::vector<std::string> options;  ///< more of `presil run`
  std::string after;                 ///< a line for the guest's shell, once the suite is through

  /// Runs it, and checks that the report is as the lists in testbench/uapi/expected/ say.
  RunResult check(const std::string& name) const;
};

}  // namespace presil::system
