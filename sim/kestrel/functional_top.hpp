// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// FunctionalTop: kestrel as software sees it, without its clock, behind the harness's sockets.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "sim/app/binding.hpp"
#include "sim/base/time.hpp"
#include "sim/kestrel/bus.hpp"
#include "sim/kestrel/device.hpp"
#include "sim/pcie/accelerator_top.hpp"
#include "sim/pcie/tlp.hpp"

namespace presil::kestrel {

/// The functional model: a Device that stands where the Verilated RTL stands. See Device for what
/// is exact of it and what is approximate. A register access takes no time.
///
/// Threads: one; all within SystemC processes.
class FunctionalTop final : public AcceleratorTop, private Bus {
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
  /// Lets the device do what is due, one process.
  void run();

  // Bus: the device's DMA.
  BusAnswer read(std::uint64_t addr, std::span<std::byte> data, std::uint32_t user) override;
  BusAnswer write(std::uint64_t addr, std::span<const std::byte> data, std::uint32_t user) override;
  BusAnswer transport(tlm::tlm_command command, std::uint64_t addr, std::byte* data,
                      std::size_t bytes, std::uint32_t user);

  tlm_utils::simple_target_socket<FunctionalTop> registers_socket_;
  tlm_utils::simple_initiator_socket<FunctionalTop> dma_socket_;
  const Picoseconds clock_period_ps_;
  const std::string end_reason_;

  sc_core::sc_event changed_;  // Something may be due earlier than the device has said.
  // Members, as nobody unwinds a process's stack when the run ends.
  TlpExtension attributes_;
  tlm::tlm_generic_payload transaction_;
  Device device_;
};

/// For AcceleratorBinding::make_functional.
std::unique_ptr<AcceleratorTop> make_functional(Picoseconds clock_period_ps);

}  // namespace presil::kestrel
