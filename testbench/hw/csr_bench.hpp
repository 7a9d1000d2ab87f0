// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// CsrBench: kestrel's registers and counters between an AXI4-Lite manager and a stand-in for the
/// rest of kestrel.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "Vcsr_bench.h"
#include "axil_driver.hpp"
#include "kestrel_regs_table.h"
#include "rtl_context.hpp"

namespace presil::testbench {

/// A register of the generated description; the last six are bit masks, see kestrel_regs_table.h.
struct KestrelRegister {
  const char* name;
  std::uint32_t offset;
  std::uint32_t reset, reset_known, read, write, write_one_clears, single_pulse;
};

inline constexpr KestrelRegister kKestrelRegisters[] = {
#define REGISTER(name, ...) {#name, __VA_ARGS__},
    KESTREL_FOR_EACH_REG(REGISTER)
#undef REGISTER
};

/// Of the arrays that lie in the front end, QUEUE and DOORBELL.
inline bool is_in_front(std::uint32_t offset) {
  return offset >= 0x1000;
}

/// Drives the block cycle by cycle. The stand-in holds what is written to registers of queues,
/// resets for `reset_cycles` cycles when told to, and invalidates for `inv_cycles`.
class CsrBench {
 public:
  /// An access that the front end saw.
  struct FrontAccess {
    bool write;
    std::uint32_t addr, data;
    bool operator==(const FrontAccess&) const = default;
  };
  /// What came with INVALIDATE.GO.
  struct Invalidation {
    bool all_spaces, range;
    unsigned space;
    std::uint64_t first, last;
    bool operator==(const Invalidation&) const = default;
  };
  /// What came with PARITY_FLIP.GO.
  struct Flip {
    bool accumulators;
    unsigned addr, bit;
    bool operator==(const Flip&) const = default;
  };

  explicit CsrBench(unsigned stall_percent = 0, std::uint64_t seed = 1)
      : axil(seed),
        context_(seed),
        random_(seed),
        model_owner_(std::make_unique<Vcsr_bench>(&context_)),
        model(*model_owner_) {
    axil.stall_percent = stall_percent;
    clear_inputs();
    model.rst_ni = 0;
    model.clk_i = 0;
    context_.begin(model);
    for (int i = 0; i < 4; ++i) {
      clock();
    }
    model.rst_ni = 1;
    model.eval();
  }
  ~CsrBench() {
    context_.finish(model);
    CHECK(context_.assertions_failed() == 0);
  }
  CsrBench(const CsrBench&) = delete;
  CsrBench& operator=(const CsrBench&) = delete;

  /// One cycle. `before` sets inputs of the block.
  void cycle() {
    model.time_ns_i = time_ns;
    // What is read is there for one cycle only.
    model.reg_rdata_i = read_pending_ ? read_value_ : static_cast<std::uint32_t>(random_());
    model.resetting_i = resetting_left_ != 0;
    model.inv_busy_i = inv_left_ != 0;
    put(model, axil.drive());
    if (before) {
      before();
    }
    model.eval();

    AxilFromSubordinate pins;
    get(model, pins);
    write_taken = model.s_axil_awvalid_i && pins.awready;
    axil.sample(pins);
    watch();
    clock();
    ++cycles;
  }
  void run(unsigned count) {
    while (count-- > 0) {
      cycle();
    }
  }

  std::uint32_t read32(std::uint32_t offset) {
    axil.read_results.clear();
    axil.post_read(offset);
    finish();
    CHECK(axil.read_results.at(0).resp == 0);
    return axil.read_results.at(0).data;
  }
  void write32(std::uint32_t offset, std::uint32_t value, std::uint8_t strb = 0xf) {
    axil.write_results.clear();
    axil.post_write(offset, value, strb);
    finish();
    CHECK(axil.write_results.at(0).resp == 0);
  }
  /// Until every access that was posted is answered.
  void finish() {
    for (unsigned left = 1000; !axil.idle(); --left) {
      REQUIRE(left != 0);
      cycle();
    }
  }

  AxilDriver axil;
  std::function<void()> before;
  std::uint64_t time_ns = 0;
  std::uint64_t cycles = 0;
  unsigned reset_cycles = 3;
  unsigned inv_cycles = 3;

  // What the block did.
  std::vector<FrontAccess> front_accesses;
  std::map<std::uint32_t, std::uint32_t> front_values;
  unsigned engine_resets = 0;
  std::vector<Invalidation> invalidations;
  std::vector<Flip> flips;
  std::array<unsigned, 17> pulses{};
  bool write_taken = false;  ///< In the latest cycle.

 private:
  void clear_inputs() {
    put(model, AxilToSubordinate{});
    model.time_ns_i = 0;
    model.reg_rdata_i = 0;
    model.idle_i = model.resetting_i = model.reset_stuck_i = 0;
    model.error_queues_i = 0;
    model.active_valid_i = model.active_queue_i = 0;
    model.irq_event_i = 0;
    model.space_i = 0;
    model.inv_busy_i = 0;
    model.record_begin_i = model.record_end_i = model.queue_i = 0;
    model.record_done_i = model.call_i = 0;
    model.clear_queue_i = model.clear_number_i = 0;
    clear_events();
  }

  void watch() {
    if (resetting_left_ != 0) {
      --resetting_left_;
    }
    if (inv_left_ != 0) {
      --inv_left_;
    }
    read_pending_ = false;
    CHECK(!(model.reg_write_o && model.reg_read_o));
    if (model.reg_write_o || model.reg_read_o) {
      const std::uint32_t addr = model.reg_addr_o;
      CHECK(is_in_front(addr));
      CHECK(addr % 4 == 0);
      front_accesses.push_back(
          {model.reg_write_o != 0, addr, model.reg_write_o ? model.reg_wdata_o : 0});
      if (model.reg_write_o) {
        front_values[addr] = model.reg_wdata_o;
      } else {
        read_pending_ = true;
        read_value_ = front_values[addr];
      }
    }
    if (model.engine_reset_o) {
      ++engine_resets;
      resetting_left_ = reset_cycles;
      inv_left_ = 0;
    }
    if (model.inv_start_o) {
      CHECK(inv_left_ == 0);
      invalidations.push_back({model.inv_all_spaces_o != 0, model.inv_range_o != 0,
                               model.inv_space_o, model.inv_first_o, model.inv_last_o});
      inv_left_ = inv_cycles;
    }
    CHECK(!(model.flip_spad_arm_o && model.flip_acc_arm_o));
    if (model.flip_spad_arm_o || model.flip_acc_arm_o) {
      flips.push_back({model.flip_acc_arm_o != 0, model.flip_addr_o, model.flip_bit_o});
    }
    for (unsigned vector = 0; vector < pulses.size(); ++vector) {
      pulses[vector] += model.irq_o >> vector & 1;
    }
  }

  void clock() {
    model.clk_i = 1;
    model.eval();
    model.clk_i = 0;
    model.eval();
  }

  RtlContext context_;
  std::mt19937_64 random_;
  std::unique_ptr<Vcsr_bench> model_owner_;
  bool read_pending_ = false;
  std::uint32_t read_value_ = 0;
  unsigned resetting_left_ = 0, inv_left_ = 0;

 public:
  void clear_events() {
    model.command_i = model.compute_busy_i = model.output_busy_i = 0;
    model.load_busy_i = model.store_busy_i = 0;
    model.compute_token_i = model.load_token_i = model.store_token_i = 0;
    model.translation_i = model.tlb_miss_i = 0;
    model.read_beats_i = model.write_beats_i = model.macs16_i = 0;
  }

  Vcsr_bench& model;
};

}  // namespace presil::testbench
