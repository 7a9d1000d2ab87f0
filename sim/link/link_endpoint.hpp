// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// LinkEndpoint: the simulator's end of the link, as a SystemC module.
#pragma once

#include <presil_link.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "sim/base/faults.hpp"
#include "sim/base/run_control.hpp"
#include "sim/link/channel.hpp"
#include "sim/pcie/interfaces.hpp"
#include "sim/pcie/tlp.hpp"
#include "sim/record/recorder.hpp"

namespace presil {

/// Outcome of a register access.
struct MmioResult {
  std::uint32_t status = PRESIL_STATUS_SUCCESS;
  std::uint64_t data = 0;
};

/// Turns calls into transactions and transactions into upcalls.
///
/// Upcalls are made from within SystemC processes and block the whole simulator until the answer is
/// there: device time stands still meanwhile. Once the link is down nothing is sent any more; DMA
/// is answered UR and the run ends (RunControl::over).
class LinkEndpoint : public sc_core::sc_module, public MessageInterface {
 public:
  /// Register accesses, to the PCIe endpoint; the transaction blocks until it is over.
  tlm_utils::simple_initiator_socket<LinkEndpoint> requests;
  /// DMA, from the PCIe endpoint, in pieces of at most PRESIL_LINK_MAX_PAYLOAD. Never blocks; the
  /// delay says how far ahead of SystemC's time it is made, and is not touched.
  tlm_utils::simple_target_socket<LinkEndpoint> memory;
  sc_core::sc_export<MessageInterface> messages;

  LinkEndpoint(const sc_core::sc_module_name& name, Channel& channel, RunControl& control,
               Recorder& recorder, Faults& faults);

  // From the main loop, outside SystemC processes:

  /// Waits for the next call. Empty: there will be none, `failure()` says why.
  std::optional<presil_message> next_call();

  /// Makes one register access at the present device time, and runs until it is over (or RunControl
  /// is).
  MmioResult access(bool is_write, const presil_message& call);

  /// Ends the call.
  /// \param next_ps  as in `presil_message.u.ret`
  void send_return(std::uint32_t status, std::uint64_t data, Picoseconds next_ps);

  /// Why the link is down, in words; empty: it is not.
  const std::string& failure() const { return failure_; }

  // MessageInterface:
  void send_msix(std::uint32_t vector) override;
  void send_error(presil_error_severity severity, std::uint32_t status_bit) override;

 private:
  void make_accesses();
  void transfer(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
  std::uint32_t upcall(presil_message& message, Picoseconds time_ps,
                       std::span<const std::byte> payload = {},
                       std::span<std::byte> answer_data = {});
  void send(presil_message& message, std::span<const std::byte> payload, Picoseconds time_ps);
  void stop() { control_.stop(); }
  void fail(std::string reason);
  [[noreturn]] void hang();

  Channel& channel_;
  RunControl& control_;
  Recorder& recorder_;
  Faults& faults_;
  std::string failure_;

  // The register access under way.
  sc_core::sc_event access_wanted_;
  bool access_is_write_ = false;
  bool access_done_ = true;
  presil_message access_call_ = {};
  MmioResult access_result_;
  // Not on the stack of the process, which nobody unwinds when the run ends within an access.
  TlpExtension access_tlp_;
  tlm::tlm_generic_payload access_transaction_;

  sc_core::sc_event stop_due_;  // Of a failed DMA that is to end an ADVANCE.
  Message answer_;              // A member for its size.
};

}  // namespace presil
