// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// AcceleratorTop: what the harness needs of whatever stands behind the PCIe endpoint.
#pragma once

#include <cstdint>
#include <string>

#include <systemc>
#include <tlm>

#include "sim/pcie/interfaces.hpp"

namespace presil {

/// An accelerator as the endpoint sees it: Verilated RTL, a functional model, or somebody's own
/// SystemC model.
class AcceleratorTop : public sc_core::sc_module, public ClockInterface {
 public:
  sc_core::sc_port<InterruptInterface> interrupts;

  explicit AcceleratorTop(const sc_core::sc_module_name& name)
      : sc_module(name), interrupts("interrupts") {}

  /// Register accesses: aligned 32-bit words, write strobes as byte enables. `b_transport` may
  /// block for as long as the accelerator takes.
  virtual tlm::tlm_target_socket<>& registers() = 0;

  /// DMA. `b_transport` does not block; its delay says when the answer is there. AxUSER rides along
  /// as the `attr` of a TlpExtension.
  virtual tlm::tlm_initiator_socket<>& dma() = 0;

  /// As if the reset pin were pulled: everything under way is forgotten.
  virtual void reset() = 0;

  /// Clock edges evaluated, and edges at which the clock stood still. At a device time that is the
  /// end of a call, the two add up to the edges that a running clock would have had.
  virtual std::uint64_t cycles() const = 0;
  virtual std::uint64_t cycles_skipped() const = 0;

  /// How the accelerator ended the run, in words; empty: it did not.
  virtual const std::string& end_reason() const = 0;

  /// Told of every interrupt that was sent and of every register write, for whoever records by
  /// them.
  virtual void note_msix() {}
  virtual void note_write(std::uint64_t /*offset*/) {}

  /// The run is over: files are closed.
  virtual void finish() {}
};

}  // namespace presil
