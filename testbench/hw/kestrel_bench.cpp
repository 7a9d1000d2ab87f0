// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// KestrelBench, see the header.

#include "kestrel_bench.hpp"

#include <catch2/catch_test_macros.hpp>

#include "Vkestrel.h"
#include "kestrel_regs.h"

namespace presil::testbench {

Command Command::nop() {
  return {.header = KESTREL_OPCODE_NOP};
}

Command Command::copy(std::uint64_t dst, std::uint64_t src, std::uint32_t length) {
  return {.header = KESTREL_OPCODE_COPY, .length = length, .src = src, .dst = dst};
}

Command Command::fence(std::uint64_t dst, std::uint64_t value) {
  return {.header = KESTREL_OPCODE_FENCE, .dst = dst, .value = value};
}

KestrelBench::KestrelBench(const AxiTiming& timing)
    : memory(timing),
      axil(timing.seed),
      context_(timing.seed),
      model_(std::make_unique<Vkestrel>(&context_)) {
  axil.stall_percent = timing.stall_percent;
  reset();
}

KestrelBench::~KestrelBench() {
  model_->final();
  for (const std::string& violation : memory.violations()) {
    FAIL_CHECK(violation);
  }
  CHECK(context_.assertions_failed() == 0);
}

void KestrelBench::cycle() {
  put(*model_, memory.drive());
  put(*model_, axil.drive());
  model_->qreqn_i = qreqn;
  model_->time_ns_i = ++time_ns;
  model_->eval();
  get(*model_, axi_pins_);
  get(*model_, axil_pins_);
  for (unsigned vector = 0; vector < pulses_.size(); ++vector) {
    if (model_->irq_o >> vector & 1) {
      pulses_[vector].push_back(cycle_);
    }
  }
  memory.sample(axi_pins_);
  axil.sample(axil_pins_);
  model_->clk_i = 1;
  model_->eval();
  model_->clk_i = 0;
  ++cycle_;
}

void KestrelBench::cycles(std::uint64_t count) {
  while (count-- > 0) {
    cycle();
  }
}

bool KestrelBench::run_until(const std::function<bool()>& done, std::uint64_t limit) {
  for (; limit > 0; --limit) {
    if (done()) {
      return true;
    }
    cycle();
  }
  return done();
}

void KestrelBench::reset() {
  model_->rst_ni = 0;
  memory.reset();
  axil.reset();
  put(*model_, AxiToManager{});
  put(*model_, AxilToSubordinate{});
  model_->qreqn_i = 1;
  for (int i = 0; i < 4; ++i) {
    model_->clk_i = 1;
    model_->eval();
    model_->clk_i = 0;
    model_->eval();
  }
  model_->rst_ni = 1;
  model_->eval();
  qreqn = true;
  ring_index_ = 0;
}

std::uint32_t KestrelBench::read32(std::uint16_t offset) {
  axil.read_results.clear();
  axil.post_read(offset);
  REQUIRE(run_until([&] { return !axil.read_results.empty(); }));
  CHECK(axil.read_results[0].resp == 0);
  return axil.read_results[0].data;
}

void KestrelBench::write32(std::uint16_t offset, std::uint32_t value, std::uint8_t strb) {
  axil.write_results.clear();
  axil.post_write(offset, value, strb);
  REQUIRE(run_until([&] { return !axil.write_results.empty(); }));
  CHECK(axil.write_results[0].resp == 0);
}

void KestrelBench::start_ring(unsigned log2_entries, std::uint64_t base) {
  ring_base_ = base;
  ring_entries_ = 1u << log2_entries;
  ring_index_ = 0;
  write32(KESTREL_REG_RING_BASE_LO, static_cast<std::uint32_t>(base));
  write32(KESTREL_REG_RING_BASE_HI, static_cast<std::uint32_t>(base >> 32));
  write32(KESTREL_REG_RING_SIZE, log2_entries);
  write32(KESTREL_REG_IRQ_ENABLE, KESTREL_IRQ_ENABLE_FENCE | KESTREL_IRQ_ENABLE_ERROR);
  write32(KESTREL_REG_CONTROL, KESTREL_CONTROL_ENABLE);
}

void KestrelBench::push(const Command& command) {
  const std::uint64_t entry =
      ring_base_ + std::uint64_t{ring_index_ % ring_entries_} * KESTREL_COMMAND_BYTES;
  SparseMemory& bytes = memory.memory();
  const auto write64 = [&](std::uint64_t addr, std::uint64_t value) {
    bytes.write32(addr, static_cast<std::uint32_t>(value));
    bytes.write32(addr + 4, static_cast<std::uint32_t>(value >> 32));
  };
  bytes.write32(entry + KESTREL_COMMAND_HEADER, command.header);
  bytes.write32(entry + KESTREL_COMMAND_LENGTH, command.length);
  write64(entry + KESTREL_COMMAND_SRC_LO, command.src);
  write64(entry + KESTREL_COMMAND_DST_LO, command.dst);
  write64(entry + KESTREL_COMMAND_VALUE_LO, command.value);
  for (std::size_t i = 0; i < command.extra.size(); ++i) {
    bytes.write32(entry + 0x20 + 4 * i, command.extra[i]);
  }
  ++ring_index_;
}

void KestrelBench::ring_doorbell() {
  write32(KESTREL_REG_DOORBELL, ring_index_);
}

bool KestrelBench::execute(const Command& command) {
  push(command);
  ring_doorbell();
  return wait_settled();
}

bool KestrelBench::wait_settled() {
  const std::uint64_t limit = cycle_ + kLimit;
  while (cycle_ < limit) {
    if ((read32(KESTREL_REG_STATUS) & (KESTREL_STATUS_IDLE | KESTREL_STATUS_ERROR)) != 0) {
      return true;
    }
  }
  return false;
}

bool KestrelBench::soft_reset() {
  write32(KESTREL_REG_RESET, KESTREL_RESET_SOFT);
  ring_index_ = 0;
  const std::uint64_t limit = cycle_ + kLimit;
  while (cycle_ < limit) {
    if ((read32(KESTREL_REG_STATUS) & KESTREL_STATUS_RESETTING) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace presil::testbench
