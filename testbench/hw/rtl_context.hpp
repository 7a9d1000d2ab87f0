// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RtlContext: the Verilator context of a block test.
#pragma once

#include <cstdint>

#include <verilated.h>

namespace presil::testbench {

/// A context in which a failed assertion is counted and the run goes on, and in which registers
/// without reset value start with random ones. In the coverage preset it leaves what was covered
/// in a file of its own in the folder $PRESIL_COVERAGE_DIR, if that is set.
class RtlContext : public VerilatedContext {
 public:
  explicit RtlContext(std::uint64_t seed);
  ~RtlContext();

  /// Failed assertions so far.
  [[nodiscard]] unsigned assertions_failed() const { return static_cast<unsigned>(errorCount()); }
};

}  // namespace presil::testbench
