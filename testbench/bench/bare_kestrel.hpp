// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// BareKestrel: the Verilated model in a plain loop, with the harness's AXI memory and no SystemC.
#pragma once

#include <kestrel_regs.h>

#include <algorithm>
#include <memory>

#include <verilated.h>

#include "Vkestrel.h"
#include "kestrel_job.hpp"
#include "sim/axi/burst_memory.hpp"
#include "sim/pcie/link_timing.hpp"
#include "sim/rtl/ports.hpp"

namespace presil::bench {

/// How the PCIe link and the host behave in time; the harness in a bench is given the same.
struct LinkModel {
  Picoseconds link_latency_ps = 150'000;
  Picoseconds host_latency_ps = 200'000;
  std::uint64_t femtoseconds_per_byte = 0;
  std::uint64_t mps_bytes = 256, mrrs_bytes = 512;
};

/// Does KestrelJobs. Its memory answers when the harness's would, so that the RTL does the same
/// work in each cycle; nothing else of the harness is here.
class BareKestrel : private axi::RunTarget {
 public:
  BareKestrel(const LinkModel& link, Picoseconds period_ps)
      : link_(link),
        period_ps_(period_ps),
        model_(std::make_unique<Vkestrel>(&context_)),
        pins_(kBusBytes, 0, 1),
        bursts_(*this, kBusBytes),
        up_(link.link_latency_ps, link.femtoseconds_per_byte),
        down_(up_) {
    reset();
  }
  ~BareKestrel() override {
    // Verilator's destructors work on the thread's latest context, which may be gone by now.
    Verilated::threadContextp(&context_);
    model_->final();
  }
  BareKestrel(const BareKestrel&) = delete;
  BareKestrel& operator=(const BareKestrel&) = delete;

  /// \param job  is this one's memory, until another takes its place
  void set_job(KestrelJob& job) { job_ = &job; }

  void reset() {
    apply(axi::LiteToDevice{}, *model_);
    apply(axi::ManagerToDevice{}, *model_);
    model_->qreqn_i = 1;
    model_->rst_ni = 0;
    constexpr int kResetCycles = 16;
    for (int i = 0; i < kResetCycles; ++i)
      clock();
    model_->rst_ni = 1;
    pins_.reset();
  }

  /// One register write, over the pins.
  void write(std::uint32_t offset, std::uint32_t value) {
    axi::LiteToDevice lite{.awaddr = offset,
                           .wdata = value,
                           .wstrb = 0xf,
                           .awvalid = true,
                           .wvalid = true,
                           .bready = true};
    for (bool answered = false; !answered;) {
      apply(lite, *model_);
      cycle([&] {
        const auto answer = lite_from(*model_);
        answered = answer.bvalid;
        lite.awvalid = lite.awvalid && !answer.awready;
        lite.wvalid = lite.wvalid && !answer.wready;
      });
    }
    apply(axi::LiteToDevice{}, *model_);
  }

  /// One register read, over the pins.
  std::uint32_t read(std::uint32_t offset) {
    axi::LiteToDevice lite{.araddr = offset, .arvalid = true, .rready = true};
    std::uint32_t value = 0;
    for (bool answered = false; !answered;) {
      apply(lite, *model_);
      cycle([&] {
        const auto answer = lite_from(*model_);
        answered = answer.rvalid;
        value = answer.rdata;
        lite.arvalid = lite.arvalid && !answer.arready;
      });
    }
    apply(axi::LiteToDevice{}, *model_);
    return value;
  }

  /// A counter of the hardware, its queues together, by the offset of its low half. The counters
  /// have been taken with `take_counters`.
  std::uint64_t counter(std::uint32_t low) {
    return read(low) | std::uint64_t{read(low + 4)} << 32;
  }

  void take_counters() {
    const std::uint32_t queues =
        (read(KESTREL_REG_CAPS1) & KESTREL_CAPS1_QUEUES_MASK) >> KESTREL_CAPS1_QUEUES_SHIFT;
    write(KESTREL_REG_COUNTER_SNAPSHOT, KESTREL_COUNTER_SNAPSHOT_GO | queues);
    while ((read(KESTREL_REG_STATUS) & KESTREL_STATUS_SNAPSHOT_BUSY) != 0) {
    }
  }

  /// Clocks until the first interrupt. \returns cycles.
  std::uint64_t run() {
    const std::uint64_t begin = cycles_;
    for (bool interrupted = false; !interrupted;)
      cycle([&] { interrupted = model_->irq_o != 0; });
    return cycles_ - begin;
  }

 private:
  static constexpr std::size_t kBusBytes =
      kPortBytes<decltype(std::declval<Vkestrel>().m_axi_rdata_i)>;

  void clock() {
    model_->clk_i = 0;
    model_->eval();
    model_->clk_i = 1;
    model_->eval();
    ++cycles_;
  }

  /// \param look  sees the pins as they are just before the edge
  template <typename Look>
  void cycle(Look look) {
    Vkestrel& m = *model_;
    edge_ps_ = (cycles_ + 1) * period_ps_;
    m.time_ns_i = edge_ps_ / kPicosecondsPerNanosecond;
    if (pins_.drive(edge_ps_))
      apply(pins_.pins(), m);
    m.clk_i = 0;
    m.eval();
    const ManagerPins<Vkestrel> port{m};
    const bool waits = pins_.sample(port.handshakes(), port);
    look();
    m.clk_i = 1;
    m.eval();
    ++cycles_;
    if (waits)
      perform();
  }

  void perform() {
    while (axi::BurstSlot* burst = pins_.next_write()) {
      ready_ps_ = edge_ps_;
      bursts_.write(*burst);
      burst->ready_ps = ready_ps_;
      pins_.write_performed();
    }
    while (axi::BurstSlot* burst = pins_.next_read()) {
      ready_ps_ = edge_ps_;
      bursts_.read(*burst);
      burst->ready_ps = ready_ps_;
      pins_.read_performed();
    }
  }

  axi::Response read(const axi::Address&, std::uint64_t addr, std::span<std::byte> data) override {
    const auto from = job_->at(addr, data.size());
    std::ranges::copy(from, data.begin());
    for_each_piece(data.size(), link_.mrrs_bytes, [this](std::size_t bytes) {
      const auto requested_ps = up_.send(edge_ps_, 0) + up_.latency_ps();
      ready_ps_ = down_.send(requested_ps + link_.host_latency_ps, bytes) + down_.latency_ps();
    });
    return from.empty() ? axi::Response::kDecerr : axi::Response::kOkay;
  }

  axi::Response write(const axi::Address&, std::uint64_t addr,
                      std::span<const std::byte> data) override {
    const auto to = job_->at(addr, data.size());
    std::ranges::copy(data.first(to.size()), to.begin());
    for_each_piece(data.size(), link_.mps_bytes,
                   [this](std::size_t bytes) { ready_ps_ = up_.send(edge_ps_, bytes); });
    return to.empty() ? axi::Response::kDecerr : axi::Response::kOkay;
  }

  void broken_rule(const axi::Address&, std::string_view) override {}

  template <typename Send>
  static void for_each_piece(std::size_t bytes, std::uint64_t limit, Send send) {
    for (; bytes > limit; bytes -= limit)
      send(limit);
    send(bytes);
  }

  KestrelJob* job_ = nullptr;
  const LinkModel link_;
  const Picoseconds period_ps_;
  VerilatedContext context_;
  std::unique_ptr<Vkestrel> model_;
  axi::SubordinatePins pins_;
  axi::BurstMemory bursts_;
  LinkDirection up_, down_;
  Picoseconds edge_ps_ = 0, ready_ps_ = 0;
  std::uint64_t cycles_ = 0;
};

}  // namespace presil::bench
