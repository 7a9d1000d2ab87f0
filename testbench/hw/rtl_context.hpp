// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RtlContext: the Verilator context of a block test.
#pragma once

#include <cstdint>

#include <verilated.h>

namespace presil::testbench {

/// A context in which a failed assertion is counted and the run goes on, and in which registers
/// without reset value start with random ones, but with zeros in the coverage preset: there a value
/// that is made up must not count as one that changed.
class RtlContext : public VerilatedContext {
 public:
  explicit RtlContext(std::uint64_t seed);

  /// First evaluation of a model, its reset active and its clock low. Nothing before it counts as
  /// covered, since Verilator takes the first values for changed ones.
  template <typename Model>
  void begin(Model& model) {
    model.eval();
    forget_coverage();
  }

  /// Ends a model, before it is destroyed. In the coverage preset it leaves what the model covered
  /// in a file of its own in the folder $PRESIL_COVERAGE_DIR, if that is set.
  template <typename Model>
  void finish(Model& model) {
    model.final();
    write_coverage();
  }

  /// Failed assertions so far.
  [[nodiscard]] unsigned assertions_failed() const { return static_cast<unsigned>(errorCount()); }

 private:
  void forget_coverage();
  void write_coverage();
};

}  // namespace presil::testbench
