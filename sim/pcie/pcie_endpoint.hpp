// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// PcieEndpoint: the accelerator's end of the PCIe link.
#pragma once

#include <presil_link.h>

#include <cstdint>
#include <deque>
#include <list>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "sim/base/faults.hpp"
#include "sim/base/run_control.hpp"
#include "sim/base/time.hpp"
#include "sim/pcie/interfaces.hpp"
#include "sim/pcie/jitter.hpp"
#include "sim/pcie/link_timing.hpp"
#include "sim/pcie/tlp.hpp"
#include "sim/record/recorder.hpp"

namespace presil {

/// What the guest has set, as CONFIG tells it. Reset leaves it alone: QEMU owns it.
struct EndpointConfig {
  std::uint32_t flags = 0;  ///< PRESIL_CONFIG_*
  std::uint32_t mps_bytes = 128;
  std::uint32_t mrrs_bytes = 512;
  std::uint32_t power_state = 0;  ///< 0: D0; 3: D3hot

  bool decodes_memory() const { return (flags & PRESIL_CONFIG_MEMORY_SPACE) && power_state == 0; }
  bool masters_bus() const { return (flags & PRESIL_CONFIG_BUS_MASTER) && power_state == 0; }
  bool msix_enabled() const { return (flags & PRESIL_CONFIG_MSIX_ENABLE) != 0; }
};

/// Decodes register accesses to 32-bit words, sends DMA and MSI-X upstream, reports errors.
///
/// Time: a register access reaches the accelerator one link latency after it was made. What goes
/// upstream (DMA, MSI-X, completions) leaves in order at the link's bandwidth and arrives one
/// latency later; guest memory is read and written at the moment a DMA leaves the accelerator, and
/// only its completion carries the delay. MSI-X and completions therefore never overtake a DMA
/// write. Jitter delays completions of DMA reads, and MSI-X behind the link, as a host's memory and
/// interrupt controllers do; both stay in order.
///
/// Errors: see docs/protocol.md, "Errors".
class PcieEndpoint : public sc_core::sc_module, public InterruptInterface {
 public:
  /// Register accesses waiting at the accelerator's end of the link.
  static constexpr std::size_t kQueueDepth = 32;

  struct Parameters {
    presil_personality personality = {};
    Picoseconds completion_timeout_ps = 0;
    Picoseconds link_latency_ps = 0;  ///< one way
    Picoseconds host_latency_ps = 0;  ///< root complex and memory, for a DMA read
    Picoseconds jitter_ps = 0;        ///< most that a DMA read or an MSI-X takes longer
    std::uint64_t seed = 1;           ///< of what is random: the jitter
  };

  /// From the host: one access of 1 to 8 bytes, any alignment. Blocks (uses wait) until a read
  /// completes, or a write is queued.
  tlm_utils::simple_target_socket<PcieEndpoint> requests;
  /// To the registers: one aligned 32-bit word, byte enables on writes. May block.
  tlm_utils::simple_initiator_socket<PcieEndpoint> registers;
  /// From the DMA engine: any length within the address space. Never blocks; the delay is
  /// annotated.
  tlm_utils::simple_target_socket<PcieEndpoint> dma;
  /// To guest memory: pieces as PCIe allows them. Must not block.
  tlm_utils::simple_initiator_socket<PcieEndpoint> memory;
  sc_core::sc_export<InterruptInterface> interrupts;
  sc_core::sc_port<MessageInterface> messages;

  PcieEndpoint(const sc_core::sc_module_name& name, const Parameters& parameters,
               RunControl& control, Recorder& recorder, Faults& faults);
  ~PcieEndpoint() override;

  void set_config(const EndpointConfig& config) { config_ = config; }

  /// Drops what is queued and under way in both directions. Does not touch the accelerator.
  void reset();

  /// InterruptInterface: sends MSI-X `vector` behind everything that left before.
  void raise(std::uint32_t vector) override;

 private:
  struct Request;
  struct Upstream;

  void accept_request(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
  void forward_dma(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
  void serve_requests();
  void send_upstream();
  void send_msix(std::uint32_t vector);
  void strike_in_time();
  void strike_errors();
  bool wait_for_room(Picoseconds deadline_ps);
  void execute(Request& request);
  std::uint32_t access_word(bool is_write, std::uint64_t offset, std::uint32_t& word,
                            const std::uint8_t* byte_enables);
  void report(presil_error_severity severity, std::uint32_t status_bit);
  void report_failed(const Request& request);
  void answer(Request& request);
  void forget_unused();
  void queue_upstream(const Upstream& message);

  const Parameters parameters_;
  EndpointConfig config_;
  // Members, as making one is dear, and as nobody unwinds the stack of a process when the run ends.
  tlm::tlm_generic_payload word_access_;
  TlpExtension piece_tlp_;
  tlm::tlm_generic_payload piece_;  // Of a DMA.
  RunControl& control_;
  Recorder& recorder_;
  Faults& faults_;

  // Those that a process of this module still looks at. The processes own none: SystemC does not
  // unwind their stacks at the end.
  std::list<Request> live_;
  std::deque<Request*> queue_;
  std::uint64_t generation_ = 0;  // Resets so far: what was begun before one is dropped.
  sc_core::sc_event arrived_, room_, completed_;

  std::deque<Upstream> upstream_;
  sc_core::sc_event upstream_changed_;
  LinkDirection up_, down_;
  Jitter read_jitter_, msix_jitter_;
};

}  // namespace presil
