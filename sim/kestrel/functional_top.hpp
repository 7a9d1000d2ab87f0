// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// FunctionalTop: kestrel as software sees it, without its clock.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "sim/app/binding.hpp"
#include "sim/base/time.hpp"
#include "sim/kestrel/command.hpp"
#include "sim/kestrel/registers.hpp"
#include "sim/pcie/accelerator_top.hpp"
#include "sim/pcie/tlp.hpp"

namespace presil::kestrel {

/// The functional model: stands where the Verilated RTL stands, behind the same sockets.
///
/// Exact: registers, commands, errors (cause, response, address, index), interrupts, and every byte
/// that reaches memory when a command completes. Where the RTL leaves something open it may differ:
/// the order of bus accesses within a COPY, which of several that fail is reported, and what a COPY
/// that fails has written before.
///
/// Approximate: time. A register access takes no clock cycle; a COPY reads and writes in turn, so
/// it is slower on the bus than the RTL, which does both at once. BUSY counts accordingly.
///
/// Threads: one; all within SystemC processes.
/// Source: docs/programmers_guide.md.
class FunctionalTop final : public AcceleratorTop {
 public:
  FunctionalTop(const sc_core::sc_module_name& name, Picoseconds clock_period_ps);

  tlm::tlm_target_socket<>& registers() override { return registers_socket_; }
  tlm::tlm_initiator_socket<>& dma() override { return dma_socket_; }

  /// What is to happen next is an event of its own; there is no clock to run.
  bool clock_running() const override { return false; }
  void reset() override;
  std::uint64_t cycles() const override { return 0; }
  std::uint64_t cycles_skipped() const override { return now_ps() / clock_period_ps_; }
  const std::string& end_reason() const override { return end_reason_; }

 private:
  void access(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
  void write_register(std::uint32_t offset, std::uint32_t value, std::uint32_t mask);
  void raise(std::uint32_t vector);

  // The engine, one process.
  void run();
  void step();
  Failure fetch(Command& command);
  Failure execute(const Command& command);
  Failure copy(const Command& command);
  Failure fence(const Command& command);

  /// One burst: at most kBurstBytes, within one block of that size.
  /// \returns AXI's response, 0 for OKAY; `done_ps_` is moved on to when the answer is there.
  std::uint32_t burst(tlm::tlm_command command, std::uint64_t addr, std::span<std::byte> data);
  /// Waits for the answers of all bursts. \returns false when the engine was stopped meanwhile.
  bool wait_for_bursts();

  tlm_utils::simple_target_socket<FunctionalTop> registers_socket_;
  tlm_utils::simple_initiator_socket<FunctionalTop> dma_socket_;
  const Picoseconds clock_period_ps_;
  const std::string end_reason_;

  Registers state_;
  sc_core::sc_event changed_;     // Software wrote something that the engine may have waited for.
  bool is_stopping_ = false;      // A soft reset, until what is on the bus has been answered.
  std::uint64_t generation_ = 0;  // Pulls of the reset pin: what began before one is forgotten.
  Picoseconds done_ps_ = 0;       // When the latest answer is there.

  // Members, as nobody unwinds the engine's stack when the run ends.
  std::array<std::byte, KESTREL_COMMAND_BYTES> record_;
  std::vector<std::byte> data_;  // Of the command in execution.
  TlpExtension attributes_;
  tlm::tlm_generic_payload transaction_;
};

/// For AcceleratorBinding::make_functional.
std::unique_ptr<AcceleratorTop> make_functional(Picoseconds clock_period_ps);

}  // namespace presil::kestrel
