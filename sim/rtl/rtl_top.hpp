// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RtlTop: what the rest of the simulator needs of a Verilated accelerator, whatever its type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <systemc>

#include "sim/axi/axi_lite_manager.hpp"
#include "sim/axi/axi_subordinate.hpp"
#include "sim/base/run_control.hpp"
#include "sim/pcie/interfaces.hpp"
#include "sim/record/recorder.hpp"
#include "sim/rtl/wave_window.hpp"

namespace presil {

/// What of a run concerns the RTL.
struct RtlOptions {
  Picoseconds clock_period_ps = 0;  ///< from the accelerator's description
  unsigned batch_cycles = 1000;     ///< cycles simulated without a look at the rest of the harness
  std::uint64_t seed = 1;
  bool random_reset = false;          ///< registers without reset start with seeded random values
  bool stop_on_assert = false;        ///< a failed assertion ends the run
  std::vector<std::string> plusargs;  ///< each with its leading +
  WaveOptions waves;
};

/// The harness that a VerilatedTop plays in. All outlive it.
struct RtlSurroundings {
  RunControl& control;
  Recorder& recorder;
  AxiLiteManager& registers;
  AxiSubordinate& memory;
};

class RtlTop : public sc_core::sc_module, public ClockInterface {
 public:
  sc_core::sc_port<InterruptInterface> interrupts;

  explicit RtlTop(const sc_core::sc_module_name& name)
      : sc_module(name), interrupts("interrupts") {}

  /// Pulls rst_ni for some clock cycles, from the next edge on, and forgets what the bus adapters
  /// had under way.
  virtual void reset() = 0;

  /// Clock edges evaluated, and edges at which the clock stood still. At a device time that is the
  /// end of a call, the two add up to the edges that a running clock would have had.
  virtual std::uint64_t cycles() const = 0;
  virtual std::uint64_t cycles_skipped() const = 0;

  /// How the RTL ended the run, in words; empty: it did not.
  virtual const std::string& end_reason() const = 0;

  /// Tells the wave window of an event.
  virtual void note_msix() = 0;
  virtual void note_write(std::uint64_t offset) = 0;

  /// Closes the waves; the model is not clocked any more.
  virtual void finish() = 0;
};

/// Makes the accelerator's VerilatedTop; the only thing that differs between accelerators.
struct RtlBinding {
  std::function<std::unique_ptr<RtlTop>(const RtlOptions&, const RtlSurroundings&)> make_top;
  std::size_t bus_bytes;  ///< width of the AXI4 manager port
};

}  // namespace presil
