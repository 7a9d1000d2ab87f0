// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/app/simulator.hpp"

#include <algorithm>
#include <format>
#include <utility>

#include "sim/base/signals.hpp"

namespace presil {
Simulator::Simulator(const Options& options, const Description& description,
                     const AcceleratorBinding& binding, Channel& channel, Recorder& recorder)
    : faults_(options.faults),
      recorder_(recorder),
      channel_(channel),
      link_("link", channel, control_, recorder_, faults_),
      endpoint_("endpoint",
                {.personality = description.personality,
                 .completion_timeout_ps = description.completion_timeout_ps,
                 .link_latency_ps = options.link_latency_ps,
                 .host_latency_ps = options.host_latency_ps,
                 .jitter_ps = options.jitter_ps,
                 .seed = options.rtl.seed},
                control_, recorder_, faults_),
      pace_(options.slow_factor, [this] { show_progress(); }, [this] { look_at_host(); }) {
  const Picoseconds period_ps = description.personality.clock_period_ps;
  if (options.model == ModelKind::kFunctional) {
    top_ = binding.make_functional(period_ps);
  } else {
    RtlOptions rtl_options = options.rtl;
    rtl_options.clock_period_ps = period_ps;
    top_ = binding.make_rtl(rtl_options, control_, recorder_);
  }
  link_.requests.bind(endpoint_.requests);
  endpoint_.memory.bind(link_.memory);
  endpoint_.messages.bind(link_.messages);
  endpoint_.registers.bind(top_->registers());
  top_->dma().bind(endpoint_.dma);
  top_->interrupts.bind(endpoint_.interrupts);
  recorder_.on_msix_sent = [this] { top_->note_msix(); };
  control_.on_batch = [this] { pace_.on_batch(); };
}

Summary Simulator::run() {
  try {
    control_.start();
    while (!quit_ && !control_.over()) {
      const auto call = link_.next_call();
      if (!call)
        break;
      pace_.restart();
      serve(*call);
    }
  } catch (const sc_core::sc_report& report) {
    host_failure_ = std::format("{}: {}", report.get_msg_type(), report.get_msg());
    recorder_.note("harness-error", host_failure_);
  }
  return conclude();
}

void Simulator::answer_quit() {
  if (quit_)
    link_.send_return(PRESIL_STATUS_SUCCESS, 0, PRESIL_LINK_NEVER);
}

void Simulator::serve(const presil_message& call) {
  // Whatever the call is, the device first lives up to its time. ADVANCE says how itself.
  const std::uint32_t type = call.header.type;
  if (type == PRESIL_CALL_ADVANCE) {
    advance(call);
    return;
  }
  control_.run_to(call.header.time_ps);

  switch (type) {
    case PRESIL_CALL_MMIO_READ: {
      const MmioResult result = link_.access(false, call);
      finish_call(result.status, result.data);
      break;
    }
    case PRESIL_CALL_MMIO_WRITE:
      top_->note_write(call.u.mmio.offset);
      link_.access(true, call);
      finish_call(PRESIL_STATUS_SUCCESS);
      break;
    case PRESIL_CALL_CONFIG:
      configure(call);
      break;
    case PRESIL_CALL_RESET:
      reset(call);
      break;
    case PRESIL_CALL_QUIT:
      quit_ = !control_.over();
      break;
    default:  // SAVE and LOAD; the link has checked that there is nothing else.
      finish_call(PRESIL_STATUS_UNSUPPORTED);
      break;
  }
}

void Simulator::advance(const presil_message& call) {
  control_.set_stop_at_event((call.u.advance.flags & PRESIL_ADVANCE_STOP_AT_EVENT) != 0);
  const bool reached = control_.run_to(call.header.time_ps);
  control_.set_stop_at_event(false);
  finish_call(reached ? PRESIL_STATUS_SUCCESS : PRESIL_STATUS_STOPPED);
}

void Simulator::configure(const presil_message& call) {
  const auto& config = call.u.config;
  recorder_.config(config.flags, config.mps_bytes, config.mrrs_bytes, config.power_state);
  endpoint_.set_config({.flags = config.flags,
                        .mps_bytes = config.mps_bytes,
                        .mrrs_bytes = config.mrrs_bytes,
                        .power_state = config.power_state});
  finish_call(PRESIL_STATUS_SUCCESS);
}

void Simulator::reset(const presil_message& call) {
  recorder_.reset(call.u.reset.kind == PRESIL_RESET_FUNCTION ? "function" : "conventional");
  endpoint_.reset();
  top_->reset();
  control_.run_to(now_ps());
  finish_call(PRESIL_STATUS_SUCCESS);
}

void Simulator::finish_call(std::uint32_t status, std::uint64_t data) {
  show_progress();
  // A run that is over ends with the link, never with an answer.
  if (!recorder_.failure().empty())
    control_.stop_for_good();
  if (!control_.over())
    link_.send_return(status, data, next_ps());
}

Picoseconds Simulator::next_ps() const {
  return top_->clock_running() ? now_ps() : RunControl::next_activity_ps();
}

void Simulator::show_progress() {
  presil_simulator_progress& progress = channel_.progress();
  const auto store = [](std::uint64_t& field, std::uint64_t value) {
    __atomic_store_n(&field, value, __ATOMIC_RELAXED);
  };
  store(progress.heartbeat, progress.heartbeat + 1);
  store(progress.device_ps, now_ps());
  store(progress.rtl_cycles, top_->cycles());
  store(progress.rtl_cycles_skipped, top_->cycles_skipped());
}

void Simulator::look_at_host() {
  if (termination_requested() != 0)
    host_failure_ = "ended by a signal";
  else if (!channel_.peer_alive())
    host_failure_ = channel_.failure();
  if (!host_failure_.empty())
    control_.stop_for_good();
}

Summary Simulator::conclude() {
  top_->finish();
  Summary summary;
  summary.device_ps = now_ps();
  summary.rtl_cycles = top_->cycles();
  summary.rtl_cycles_skipped = top_->cycles_skipped();
  recorder_.close();
  summary.totals = recorder_.totals();

  if (!recorder_.failure().empty()) {
    summary.status = ExitStatus::kSystem;
    summary.reason = std::format("event log: {}", recorder_.failure());
  } else if (!top_->end_reason().empty()) {
    summary.status = ExitStatus::kRtlEnded;
    summary.reason = top_->end_reason();
  } else if (!quit_) {
    summary.status = ExitStatus::kLinkDown;
    summary.reason = host_failure_.empty() ? link_.failure() : host_failure_;
  } else if (summary.totals.rtl_failures != 0) {
    summary.status = ExitStatus::kRtlEnded;
    summary.reason = std::format("{} RTL assertions failed", summary.totals.rtl_failures);
  } else {
    summary.status = ExitStatus::kQuit;
    summary.reason = "QEMU said QUIT";
  }
  return summary;
}

}  // namespace presil
