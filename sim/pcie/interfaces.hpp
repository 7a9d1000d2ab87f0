// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The two interfaces beside the TLM sockets: interrupts from the RTL, messages to the host.
#pragma once

#include <presil_link.h>

#include <cstdint>

#include <systemc>

namespace presil {

/// Offered by the endpoint to the accelerator: one interrupt pulse, now.
class InterruptInterface : public virtual sc_core::sc_interface {
 public:
  virtual void raise(std::uint32_t vector) = 0;
};

/// Offered by the host's side to the endpoint: a message that has crossed the link, now.
class MessageInterface : public virtual sc_core::sc_interface {
 public:
  virtual void send_msix(std::uint32_t vector) = 0;
  /// \param status_bit  the bit of the AER status register that belongs to the severity.
  virtual void send_error(presil_error_severity severity, std::uint32_t status_bit) = 0;
};

/// Offered by whatever holds a clock: must it be simulated cycle by cycle now?
class ClockInterface : public virtual sc_core::sc_interface {
 public:
  virtual bool clock_running() const = 0;
};

}  // namespace presil
