// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// AxiSubordinate: AXI4 pins in, TLM transactions out.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

#include "sim/axi/burst_memory.hpp"
#include "sim/axi/subordinate_pins.hpp"
#include "sim/pcie/tlp.hpp"

namespace presil {

/// The memory that an accelerator's AXI4 manager port sees. Every run of bytes of a burst is one
/// `b_transport`; its annotated delay says when the answer may show on the pins.
///
/// AxUSER becomes the `attr` of a TlpExtension: bits 19:0 PASID, 20 PASID valid, 21 privileged.
///
/// Errors: TLM address errors become DECERR, all others SLVERR. The target must not consume time
/// within `b_transport`; that is checked, and fatal.
class AxiSubordinate : public sc_core::sc_module, private axi::RunTarget {
 public:
  tlm_utils::simple_initiator_socket<AxiSubordinate> socket;

  AxiSubordinate(const sc_core::sc_module_name& name, std::size_t bus_bytes, unsigned stall_percent,
                 std::uint64_t seed);

  /// The pin level; its owner calls `drive` and `sample` for every clock cycle.
  axi::SubordinatePins& pins() { return pins_; }

  /// Performs the bursts that wait.
  /// \param ahead_ps  how far the edge that completed them lies ahead of SystemC's time; what the
  ///                  target sees as delay.
  void settle(Picoseconds ahead_ps);

  /// Told of every broken AXI rule, with the rule in words.
  std::function<void(std::string_view rule)> on_broken_rule = [](std::string_view) {};

 private:
  axi::Response read(const axi::Address& burst, std::uint64_t addr,
                     std::span<std::byte> data) override;
  axi::Response write(const axi::Address& burst, std::uint64_t addr,
                      std::span<const std::byte> data) override;
  void broken_rule(const axi::Address& burst, std::string_view rule) override;
  axi::Response transport(tlm::tlm_command command, const axi::Address& burst, std::uint64_t addr,
                          std::byte* data, std::size_t bytes);

  axi::SubordinatePins pins_;
  axi::BurstMemory memory_;
  tlm::tlm_generic_payload transaction_;
  TlpExtension attributes_;
  sc_core::sc_time ahead_;  // Of the edge at which the present bursts begin.
  sc_core::sc_time delay_;  // Of the burst being performed, over all its runs.
};

}  // namespace presil
