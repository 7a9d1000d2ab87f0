// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// HarnessKestrel: the simulator's modules round the Verilated model, with memory of this process
/// in place of the link.
#pragma once

#include <memory>
#include <utility>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "Vkestrel.h"
#include "bare_kestrel.hpp"
#include "kestrel_job.hpp"
#include "sim/app/description.hpp"
#include "sim/app/host_pace.hpp"
#include "sim/pcie/pcie_endpoint.hpp"
#include "sim/rtl/verilated_top.hpp"

namespace presil::bench {

/// Stands where the link's endpoint stands: makes register writes, answers DMA, takes interrupts.
class BenchHost : public sc_core::sc_module, public MessageInterface {
 public:
  tlm_utils::simple_initiator_socket<BenchHost> requests;
  tlm_utils::simple_target_socket<BenchHost> memory;
  sc_core::sc_export<MessageInterface> messages;

  BenchHost(const sc_core::sc_module_name& name, RunControl& control, Recorder& recorder)
      : sc_module(name),
        requests("requests"),
        memory("memory"),
        messages("messages"),
        control_(control),
        recorder_(recorder) {
    memory.register_b_transport(this, &BenchHost::transfer);
    messages.bind(*this);
    SC_THREAD(start_jobs);
    set_stack_size(kThreadStackBytes);
  }

  /// \param job  is this one's memory, until another takes its place
  void start_job(KestrelJob& job) {
    job_ = &job;
    interrupted = false;
    wanted_.notify(sc_core::SC_ZERO_TIME);
  }

  bool interrupted = false;

  void send_msix(std::uint32_t vector) override {
    recorder_.msix(vector, "sent");
    interrupted = true;
    control_.stop();
  }
  void send_error(presil_error_severity, std::uint32_t status_bit) override {
    recorder_.error("", status_bit);
  }

 private:
  void start_jobs() {
    for (;;) {
      wait(wanted_);
      for (auto [offset, value] : job_->register_writes()) {
        TlpExtension tlp;
        tlm::tlm_generic_payload transaction;
        transaction.set_command(tlm::TLM_WRITE_COMMAND);
        transaction.set_address(offset);
        transaction.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
        transaction.set_data_length(sizeof(value));
        transaction.set_streaming_width(sizeof(value));
        transaction.set_extension(&tlp);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        requests->b_transport(transaction, delay);
        transaction.clear_extension(&tlp);
      }
    }
  }

  void transfer(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
    auto& tlp = *transaction.get_extension<TlpExtension>();
    const std::uint64_t addr = transaction.get_address();
    const auto place = job_->at(addr, transaction.get_data_length());
    const std::span data(reinterpret_cast<std::byte*>(transaction.get_data_ptr()),
                         transaction.get_data_length());
    tlp.status = place.empty() ? PRESIL_STATUS_UNSUPPORTED_REQUEST : PRESIL_STATUS_SUCCESS;
    const Picoseconds time_ps = now_ps() + to_picoseconds(delay);
    if (transaction.is_write()) {
      std::ranges::copy(data.first(place.size()), place.begin());
      recorder_.dma_write(time_ps, addr, tlp.attr, tlp.status, data);
    } else {
      std::ranges::copy(place, data.begin());
      recorder_.dma_read(time_ps, addr, tlp.attr, tlp.status, data);
    }
    transaction.set_response_status(to_tlm(tlp.status));
  }

  KestrelJob* job_ = nullptr;
  RunControl& control_;
  Recorder& recorder_;
  sc_core::sc_event wanted_;
};

/// Does KestrelJobs, with all that a run does but the link: event log, MSI-X, pace.
class HarnessKestrel {
 public:
  HarnessKestrel(const LinkModel& link, const Description& description,
                 const std::filesystem::path& events)
      : recorder_(events),
        host_("host", control_, recorder_),
        endpoint_("endpoint",
                  {.personality = description.personality,
                   .completion_timeout_ps = description.completion_timeout_ps,
                   .link_latency_ps = link.link_latency_ps,
                   .host_latency_ps = link.host_latency_ps},
                  control_, recorder_, faults_),
        pace_(1.0, [] {}, [] {}) {
    RtlOptions options;
    options.clock_period_ps = description.personality.clock_period_ps;
    rtl_ = bind_rtl<Vkestrel>().make_rtl(options, control_, recorder_);
    host_.requests.bind(endpoint_.requests);
    endpoint_.memory.bind(host_.memory);
    endpoint_.messages.bind(host_.messages);
    endpoint_.registers.bind(rtl_->registers());
    rtl_->dma().bind(endpoint_.dma);
    rtl_->interrupts.bind(endpoint_.interrupts);
    control_.on_batch = [this] { pace_.on_batch(); };
    endpoint_.set_config(
        {.flags = PRESIL_CONFIG_MEMORY_SPACE | PRESIL_CONFIG_BUS_MASTER | PRESIL_CONFIG_MSIX_ENABLE,
         .mps_bytes = static_cast<std::uint32_t>(link.mps_bytes),
         .mrrs_bytes = static_cast<std::uint32_t>(link.mrrs_bytes)});
    control_.start();
  }

  void reset() { rtl_->reset(); }

  /// Starts a job and runs until its interrupt. \returns cycles.
  std::uint64_t run(KestrelJob& job) {
    constexpr Picoseconds kSlicePs = 100'000'000;  // As QEMU lets an idle guest's device run ahead.
    const std::uint64_t begin = rtl_->cycles();
    host_.start_job(job);
    while (!host_.interrupted)
      control_.run_to(now_ps() + kSlicePs);
    return rtl_->cycles() - begin;
  }

 private:
  RunControl control_;
  Recorder recorder_;
  Faults faults_;
  BenchHost host_;
  PcieEndpoint endpoint_;
  std::unique_ptr<AcceleratorTop> rtl_;
  HostPace pace_;
};

}  // namespace presil::bench
