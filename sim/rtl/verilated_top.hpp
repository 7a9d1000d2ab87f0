// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// VerilatedTop: owns a Verilated accelerator, its clock, its reset and its waves.
#pragma once

#include <algorithm>
#include <cstdint>
#include <format>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <systemc>
#include <verilated.h>
#include <verilated_fst_c.h>

#include "sim/app/binding.hpp"
#include "sim/axi/axi_lite_manager.hpp"
#include "sim/axi/axi_subordinate.hpp"
#include "sim/base/random.hpp"
#include "sim/base/run_control.hpp"
#include "sim/pcie/accelerator_top.hpp"
#include "sim/record/recorder.hpp"
#include "sim/rtl/clock_gate.hpp"
#include "sim/rtl/ports.hpp"
#include "sim/rtl/rtl_messages.hpp"
#include "sim/rtl/rtl_options.hpp"
#include "sim/rtl/wave_window.hpp"

namespace presil {

/// Clocks the model in batches: many cycles per turn of SystemC's scheduler.
///
/// Clock edges lie at multiples of the period. A batch stays below RunControl::horizon(), so
/// nothing falls due within it, and ends with the cycle in which the accelerator does something
/// that the harness must act on at that very time: a burst complete, an access answered, an
/// interrupt, the clock stopped. At an edge's time everything else in the harness goes first. Hence
/// the batch length changes nothing but speed.
///
/// The clock stands still while the accelerator asks for none and no register access, no answer to
/// its DMA and no time that it wants to be woken at is near. It runs again early enough for what is
/// due to reach the accelerator at the same edge as if it had never stopped.
template <ShellModel Model>
class VerilatedTop final : public AcceleratorTop {
 public:
  VerilatedTop(const sc_core::sc_module_name& name, const RtlOptions& options, RunControl& control,
               Recorder& recorder)
      : AcceleratorTop(name),
        options_(options),
        period_ps_(options.clock_period_ps),
        control_(control),
        recorder_(recorder),
        lite_("registers", options.stall_percent, stream_seed(options.seed, kRegisterStream)),
        memory_("memory", kPortBytes<decltype(std::declval<Model>().m_axi_rdata_i)>,
                options.stall_percent, stream_seed(options.seed, kMemoryStream)),
        axi_(memory_.pins()),
        waves_(options.waves) {
    context_.threads(1);  // Else Verilator starts threads that a model of one thread never uses.
    context_.randSeed(static_cast<int>(options.seed & 0x7fff'ffff) | 1);  // 0 would take the time.
    context_.randReset(options.random_reset ? 2 : 0);
    context_.traceEverOn(!options.waves.file.empty());
    pass_plusargs();
    model_ = std::make_unique<Model>(&context_);
    set_rtl_message_handler(
        [this](RtlMessage kind, std::string_view text) { take_message(kind, text); });
    lite_.on_work = [this] { work_.notify(sc_core::SC_ZERO_TIME); };
    memory_.on_broken_rule = [this](std::string_view rule) {
      fail(context_.time(), "axi-violation", rule, options_.stop_on_assert);
    };
    SC_THREAD(run);
    set_stack_size(kStackBytes);
  }

  ~VerilatedTop() override {
    set_rtl_message_handler([](RtlMessage, std::string_view) {});
    finish();
  }

  tlm::tlm_target_socket<>& registers() override { return lite_.socket; }
  tlm::tlm_initiator_socket<>& dma() override { return memory_.socket; }

  bool clock_running() const override { return gate_.is_clocked(); }

  void reset() override {
    lite_.reset();
    axi_.reset();
    reset_cycles_left_ = kResetCycles;
    work_.notify(sc_core::SC_ZERO_TIME);
  }

  std::uint64_t cycles() const override { return cycles_; }

  std::uint64_t cycles_skipped() const override {
    return cycles_skipped_ + (gate_.is_clocked() ? 0 : now_ps() / period_ps_ - edge_);
  }

  const std::string& end_reason() const override { return end_reason_; }

  void note_msix() override { waves_.on_msix(now_ps()); }
  void note_write(std::uint64_t offset) override { waves_.on_write(now_ps(), offset); }

  void finish() override {
    if (finished_)
      return;
    finished_ = true;
    fst_.reset();
    model_->final();
  }

 private:
  static constexpr unsigned kResetCycles = 16;
  static constexpr Picoseconds kNever = std::numeric_limits<Picoseconds>::max();
  // Random streams. From 8 on they are the endpoint's.
  static constexpr std::uint64_t kRegisterStream = 1, kMemoryStream = 2;
  // Of the process that evaluates the model: as much as a program's own stack. Waves need it, too.
  static constexpr std::size_t kStackBytes = 8u << 20;

  // ------------------------------------------------------------------------------ SystemC's side

  void run() {
    power_on();
    for (;;) {
      if (!gate_.is_clocked())
        wait_for_work();
      wait_until((edge_ + 1) * period_ps_);
      // Everything else that happens at this time goes first.
      while (sc_core::sc_pending_activity_at_current_time())
        wait(sc_core::SC_ZERO_TIME);

      run_batch();
      if (must_settle()) {
        wait_until(edge_ * period_ps_);
        settle();
      }
      control_.on_batch();
    }
  }

  void power_on() {
    apply(axi::LiteToDevice{}, *model_);
    apply(axi::ManagerToDevice{}, *model_);
    model_->qreqn_i = 1;
    model_->rst_ni = 0;
    model_->clk_i = 0;
    model_->time_ns_i = 0;
    model_->eval();
    reset_cycles_left_ = kResetCycles;
  }

  void wait_until(Picoseconds time_ps) {
    if (time_ps > now_ps())
      wait(to_sc_time(time_ps - now_ps()));
  }

  // The clock stands still until a register access, a reset, or shortly before something is due.
  // Edges up to now count as skipped.
  void wait_for_work() {
    while (lite_.idle() && reset_cycles_left_ == 0) {
      const Picoseconds due_ps = next_due_ps();
      if (due_ps == kNever) {
        wait(work_);
        continue;
      }
      const std::uint64_t due_edge = (due_ps + period_ps_ - 1) / period_ps_;
      constexpr std::uint64_t kAhead = ClockGate::kWakeEdges + 1;  // The last edge that is skipped.
      if (due_edge <= now_ps() / period_ps_ + kAhead)
        break;
      wait(to_sc_time((due_edge - kAhead) * period_ps_ - now_ps()), work_);
    }
    gate_.wake();
    const std::uint64_t latest_edge = now_ps() / period_ps_;
    cycles_skipped_ += latest_edge - edge_;
    edge_ = latest_edge;
  }

  // Time from which on the accelerator gets an answer, or finds that its time has come; kNever: in
  // this run it will not.
  Picoseconds next_due_ps() const {
    Picoseconds due_ps = axi_.next_due_ps();
    if (const std::uint64_t ns = wake_ns(*model_); ns <= kLatestTime / kPicosecondsPerNanosecond)
      due_ps = std::min(due_ps, ns * kPicosecondsPerNanosecond);
    return due_ps <= kLatestTime ? due_ps : kNever;
  }

  // What others in the harness must learn at the very time of the edge.
  bool must_settle() const {
    return lite_answered_ || interrupted_ || ended_ || !gate_.is_clocked();
  }

  void settle() {
    if (lite_answered_)
      lite_.settle();
    if (interrupted_)
      for_each_set_bit(irq_, [this](std::uint32_t vector) { interrupts->raise(vector); });
    lite_answered_ = interrupted_ = false;
    if (ended_)
      control_.stop_for_good();
  }

  // ----------------------------------------------------------------------------- the RTL's side

  // Runs one cycle, and more while nothing else falls due and nothing must be settled.
  void run_batch() {
    Picoseconds horizon_ps = control_.horizon();
    for (unsigned left = options_.batch_cycles;;) {
      run_cycle();
      if (axi_waits_) {
        // Memory takes no time of its own, so this needs no turn of SystemC's scheduler; but it may
        // have made something fall due.
        memory_.settle(edge_ * period_ps_ - now_ps());
        horizon_ps = control_.horizon();
      }
      if (--left == 0 || must_settle() || (edge_ + 1) * period_ps_ >= horizon_ps)
        return;
    }
  }

  void run_cycle() {
    Model& m = *model_;
    const Picoseconds time_ps = (edge_ + 1) * period_ps_;
    context_.time(time_ps);
    drive(time_ps);
    m.clk_i = 0;
    m.eval();
    if (context_.calcUnusedSigs()) [[unlikely]]
      dump_waves(time_ps, time_ps - period_ps_ / 2);
    sample();
    m.clk_i = 1;
    m.eval();
    if (fst_) [[unlikely]]
      fst_->dump(time_ps);
    ++edge_;
    ++cycles_;
  }

  void drive(Picoseconds time_ps) {
    Model& m = *model_;
    m.time_ns_i = time_ps / kPicosecondsPerNanosecond;
    m.qreqn_i = gate_.qreqn();
    m.rst_ni = reset_cycles_left_ == 0;
    if (axi_.drive(time_ps, gate_.allows_traffic()))
      apply(axi_.pins(), m);
    if (gate_.allows_traffic() && lite_.drive(lite_pins_))
      apply(lite_pins_, m);
  }

  void sample() {
    const Model& m = *model_;
    axi_waits_ = false;
    if (reset_cycles_left_ != 0) {
      --reset_cycles_left_;
      gate_.reset();
      return;
    }
    const ManagerPins<Model> port{m};
    const axi::ManagerFromDevice offers = port.handshakes();
    axi_waits_ = axi_.sample(offers, port);
    if (!lite_.idle())
      lite_answered_ = lite_.sample(lite_pins_, lite_from(m));
    if (any_bit_set(m.irq_o)) {
      interrupted_ = true;
      irq_ = m.irq_o;
    }
    gate_.sample(
        {.active = m.qactive_o != 0, .accepts = m.qacceptn_o == 0, .denies = m.qdeny_o != 0},
        is_idle(offers));
  }

  // The harness has nothing for the accelerator, nor will it soon. Called before the coming edge is
  // counted.
  bool is_idle(const axi::ManagerFromDevice& offers) const {
    return lite_.idle() && !offers.arvalid && !offers.awvalid && !offers.wvalid &&
           next_due_ps() > (edge_ + 1 + ClockGate::kLeadEdges) * period_ps_;
  }

  // ------------------------------------------------------------------------- messages and waves

  void take_message(RtlMessage kind, std::string_view text) {
    const Picoseconds time_ps = context_.time();
    if (finished_)
      return;
    switch (kind) {
      case RtlMessage::kFinish:
        recorder_.rtl_message(time_ps, "rtl-finish", text, false);
        end(std::format("$finish at {}", text));
        break;
      case RtlMessage::kAssertion:
        fail(time_ps, "rtl-assert", text, options_.stop_on_assert);
        break;
      case RtlMessage::kFatal:
        fail(time_ps, "rtl-fatal", text, true);
        break;
    }
  }

  void fail(Picoseconds time_ps, std::string_view kind, std::string_view text, bool is_end) {
    recorder_.rtl_message(time_ps, kind, text, true);
    if (is_end)
      end(std::format("{} at {} ps: {}", kind, time_ps, text));
  }

  void end(std::string reason) {
    if (!ended_)
      end_reason_ = std::move(reason);
    ended_ = true;
  }

  void dump_waves(Picoseconds edge_ps, Picoseconds dump_ps) {
    if (!waves_.covers(edge_ps)) {
      fst_.reset();
      return;
    }
    if (!fst_) {
      fst_ = std::make_unique<VerilatedFstC>();
      model_->trace(fst_.get(), 99);
      fst_->open(options_.waves.file.c_str());
    }
    fst_->dump(dump_ps);
  }

  void pass_plusargs() {
    std::vector<const char*> arguments = {"presil"};
    for (const std::string& argument : options_.plusargs)
      arguments.push_back(argument.c_str());
    context_.commandArgs(static_cast<int>(arguments.size()), arguments.data());
  }

  const RtlOptions options_;
  const Picoseconds period_ps_;
  RunControl& control_;
  Recorder& recorder_;
  AxiLiteManager lite_;
  AxiSubordinate memory_;
  axi::SubordinatePins& axi_;

  VerilatedContext context_;
  std::unique_ptr<Model> model_;
  std::unique_ptr<VerilatedFstC> fst_;  // While waves are being recorded.
  WaveWindow waves_;

  ClockGate gate_;
  sc_core::sc_event work_;
  axi::LiteToDevice lite_pins_;
  unsigned reset_cycles_left_ = 0;
  std::uint64_t edge_ = 0;  // Latest edge passed: evaluated, or skipped before now.
  std::uint64_t cycles_ = 0;
  std::uint64_t cycles_skipped_ = 0;

  // What the latest cycle left to settle.
  bool axi_waits_ = false;
  bool lite_answered_ = false;
  bool interrupted_ = false;
  std::remove_cvref_t<decltype(std::declval<Model>().irq_o)> irq_ = {};

  bool ended_ = false;
  bool finished_ = false;
  std::string end_reason_;
};

/// The binding of a Verilated accelerator with the shell's ports.
template <ShellModel Model>
AcceleratorBinding bind_rtl() {
  return {.make_rtl = [](const RtlOptions& options, RunControl& control, Recorder& recorder) {
    return std::make_unique<VerilatedTop<Model>>("rtl", options, control, recorder);
  }};
}

}  // namespace presil
