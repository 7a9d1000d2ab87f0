// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// AxiLiteManager: TLM transactions in, AXI4-Lite pins out.
#pragma once

#include <cstdint>
#include <functional>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "sim/axi/signals.hpp"
#include "sim/base/random.hpp"
#include "sim/base/time.hpp"

namespace presil {

/// Drives one 32-bit register access at a time onto the pins. `b_transport` blocks until the
/// accelerator has answered; a reset answers with TLM_INCOMPLETE_RESPONSE.
///
/// Protocol of a clock cycle, kept by the owner of the pins: `drive`, evaluate, `sample`, clock
/// edge; when `sample` says so, `settle` once SystemC's time has reached the cycle.
///
/// Shape: aligned words; write strobes as TLM byte enables.
class AxiLiteManager : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<AxiLiteManager> socket;

  /// \param stall_percent  how often a response is kept waiting for a cycle.
  AxiLiteManager(const sc_core::sc_module_name& name, unsigned stall_percent, std::uint64_t seed);

  /// Called when there is something to drive, so that a stopped clock can be started.
  std::function<void()> on_work = [] {};

  /// Nothing to drive and nothing to wait for.
  bool idle() const { return phase_ == Phase::kIdle; }

  /// Sets the pins for the coming edge. \returns whether they differ from the cycle before.
  bool drive(axi::LiteToDevice& pins) {
    if (phase_ == Phase::kIdle && !pins_dirty_)
      return false;
    return drive_busy(pins);
  }

  /// Takes the pins as they are just before the edge. \returns whether the access is over.
  bool sample(const axi::LiteToDevice& driven, const axi::LiteFromDevice& pins);

  /// Hands the answer over, at the device time of the edge that brought it.
  void settle() { done_.notify(sc_core::SC_ZERO_TIME); }

  void reset();

 private:
  enum class Phase { kIdle, kBusy, kDone };

  void access(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
  bool drive_busy(axi::LiteToDevice& pins);

  const unsigned stall_percent_;
  Random random_;
  sc_core::sc_event done_;

  Phase phase_ = Phase::kIdle;
  bool is_write_ = false;
  bool address_sent_ = false;
  bool data_sent_ = false;
  bool pins_dirty_ = true;
  bool was_reset_ = false;
  std::uint32_t address_ = 0;
  std::uint32_t word_ = 0;
  std::uint8_t strobes_ = 0;
  axi::Response response_ = axi::Response::kOkay;
};

}  // namespace presil
