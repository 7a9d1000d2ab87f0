// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Session: a program in a device's memory, run again and again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "nn/error.hpp"
#include "nn/host.hpp"
#include "nn/program.hpp"

namespace kestrel::nn {

/// Memory that a program sees, and what runs its commands. Whoever has a device implements it.
class Machine {
 public:
  virtual ~Machine() = default;

  /// Backs a region with memory that holds zeros. Called once for each region that is not empty.
  /// \returns the memory, as long as the machine lives
  virtual Result<std::span<std::byte>> map(const Region& region) = 0;

  /// Runs command buffers one after another and returns when all have completed. What was written
  /// to memory before is seen by them, and what they wrote after.
  virtual Result<void> run(std::span<const CommandBuffer> buffers) = 0;
};

/// Threads: one at a time.
class Session {
 public:
  /// Puts the program into memory.
  /// \param program, machine  outlive the session
  /// \returns the session, or what `Machine::map` says
  static Result<Session> create(const Program& program, Machine& machine);

  /// Writes the inputs, in the order of Program::input_ports.
  /// Errors: their number, type or size is not the program's.
  Result<void> write_inputs(std::span<const Values> inputs);
  /// Runs all layers.
  Result<void> execute();
  /// Runs each buffer of growing_buffers(), so that the machine can count what layers add. The
  /// outputs mean nothing afterwards, because layers before have been run again.
  Result<void> execute_growing();
  /// \returns the results, in the order of Program::output_ports
  [[nodiscard]] std::vector<Values> read_outputs() const;

  /// All three.
  Result<std::vector<Values>> run(std::span<const Values> inputs);

  [[nodiscard]] const Program& program() const { return *program_; }

 private:
  Session(const Program& program, Machine& machine) : program_(&program), machine_(&machine) {}

  const Program* program_;
  Machine* machine_;
  std::span<std::byte> inputs_, outputs_;
};

}  // namespace kestrel::nn
