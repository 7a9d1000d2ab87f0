// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// KestrelBench, see the header.

#include "kestrel_bench.hpp"

#include <catch2/catch_test_macros.hpp>

#include "Vkestrel.h"
#include "kestrel_regs.h"

namespace presil::testbench {

KestrelBench::KestrelBench(const AxiTiming& timing)
    : memory(timing),
      axil(timing.seed),
      context_(timing.seed),
      model_(std::make_unique<Vkestrel>(&context_)) {
  axil.stall_percent = timing.stall_percent;
  model_->clk_i = model_->rst_ni = 0;
  context_.begin(*model_);
  reset();
}

KestrelBench::~KestrelBench() {
  context_.finish(*model_);
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
  rings_ = {};
}

void KestrelBench::start() {
  set_space(0, KESTREL_SPACE_MODE_BYPASS);
  write32(KESTREL_REG_IRQ_ENABLE, (1u << kVectors) - 1);
}

std::uint32_t KestrelBench::read32(std::uint32_t offset) {
  axil.read_results.clear();
  axil.post_read(offset);
  REQUIRE(run_until([&] { return !axil.read_results.empty(); }));
  CHECK(axil.read_results[0].resp == 0);
  return axil.read_results[0].data;
}

void KestrelBench::write32(std::uint32_t offset, std::uint32_t value, std::uint8_t strb) {
  axil.write_results.clear();
  axil.post_write(offset, value, strb);
  REQUIRE(run_until([&] { return !axil.write_results.empty(); }));
  CHECK(axil.write_results[0].resp == 0);
}

std::uint64_t KestrelBench::read64(std::uint32_t offset) {
  const std::uint64_t low = read32(offset);
  return low | static_cast<std::uint64_t>(read32(offset + 4)) << 32;
}

void KestrelBench::write64(std::uint32_t offset, std::uint64_t value) {
  write32(offset, static_cast<std::uint32_t>(value));
  write32(offset + 4, static_cast<std::uint32_t>(value >> 32));
}

void KestrelBench::set_space(unsigned space, std::uint32_t mode, std::uint64_t root,
                             std::uint32_t pasid) {
  write64(KESTREL_REG_SPACE_ROOT_LO(space), root);
  write32(KESTREL_REG_SPACE_CONFIG(space), mode | pasid << KESTREL_SPACE_CONFIG_PASID_SHIFT);
}

void KestrelBench::invalidate(unsigned space) {
  write32(KESTREL_REG_INVALIDATE, space | KESTREL_INVALIDATE_GO);
  REQUIRE(
      run_until([&] { return (read32(KESTREL_REG_STATUS) & KESTREL_STATUS_INVALIDATING) == 0; }));
}

void KestrelBench::start_queue(unsigned queue, const QueueSetup& setup) {
  rings_.at(queue) = {.entries = 1u << setup.ring_log2, .index = 0};
  write64(KESTREL_REG_QUEUE_RING_BASE_LO(queue), ring_base(queue));
  write64(KESTREL_REG_QUEUE_STATUS_ADDR_LO(queue), setup.status_addr);
  write32(KESTREL_REG_QUEUE_BUDGET(queue), setup.budget_ns);
  write32(KESTREL_REG_QUEUE_CONFIG(queue),
          KESTREL_QUEUE_CONFIG_ENABLE | setup.flags |
              setup.space << KESTREL_QUEUE_CONFIG_SPACE_SHIFT |
              setup.priority << KESTREL_QUEUE_CONFIG_PRIO_SHIFT |
              setup.vector << KESTREL_QUEUE_CONFIG_VECTOR_SHIFT |
              setup.ring_log2 << KESTREL_QUEUE_CONFIG_RING_LOG2_SHIFT);
}

void KestrelBench::push(unsigned queue, const KestrelRecord& record) {
  Ring& ring = rings_.at(queue);
  const std::uint64_t entry =
      ring_base(queue) + std::uint64_t{ring.index++ % ring.entries} * KESTREL_RECORD_BYTES;
  write_commands(entry, {&record, 1});
}

void KestrelBench::ring(unsigned queue) {
  write32(KESTREL_REG_DOORBELL_TAIL(queue), rings_.at(queue).index);
}

std::uint32_t KestrelBench::write_commands(std::uint64_t addr,
                                           std::span<const KestrelRecord> commands) {
  for (const KestrelRecord& command : commands) {
    for (const std::uint32_t word : command.words()) {
      memory.memory().write32(addr, word);
      addr += sizeof(word);
    }
  }
  return static_cast<std::uint32_t>(commands.size() * KESTREL_RECORD_BYTES);
}

std::uint32_t KestrelBench::queue_status(unsigned queue) {
  return read32(KESTREL_REG_QUEUE_STATUS(queue));
}

bool KestrelBench::settle(unsigned queue) {
  constexpr std::uint32_t kWorking = KESTREL_QUEUE_STATUS_PENDING | KESTREL_QUEUE_STATUS_RUNNING;
  constexpr std::uint32_t kStopped = KESTREL_QUEUE_STATUS_PARKED | KESTREL_QUEUE_STATUS_ERROR |
                                     KESTREL_QUEUE_STATUS_SUSPENDED |
                                     KESTREL_QUEUE_STATUS_FAULT_STALLED;
  for (const std::uint64_t limit = cycle_ + kLimit; cycle_ < limit; cycles(16)) {
    const std::uint32_t status = queue_status(queue);
    if ((status & kWorking) == 0 || (status & kStopped) != 0) {
      return true;
    }
  }
  return false;
}

bool KestrelBench::execute(unsigned queue, const KestrelRecord& record) {
  push(queue, record);
  ring(queue);
  return settle(queue);
}

bool KestrelBench::reset_queue(unsigned queue) {
  write32(KESTREL_REG_QUEUE_CONTROL(queue), KESTREL_QUEUE_CONTROL_RESET);
  rings_.at(queue) = {};
  for (const std::uint64_t limit = cycle_ + kLimit; cycle_ < limit;) {
    if ((queue_status(queue) & KESTREL_QUEUE_STATUS_RESETTING) == 0) {
      return true;
    }
  }
  return false;
}

bool KestrelBench::reset_engine() {
  write32(KESTREL_REG_RESET, KESTREL_RESET_ENGINE);
  rings_ = {};
  for (const std::uint64_t limit = cycle_ + kLimit; cycle_ < limit;) {
    if ((read32(KESTREL_REG_STATUS) & KESTREL_STATUS_RESETTING) == 0) {
      return true;
    }
  }
  return false;
}

std::array<std::uint64_t, 16> KestrelBench::counters(unsigned index) {
  write32(KESTREL_REG_COUNTER_SNAPSHOT, index | KESTREL_COUNTER_SNAPSHOT_GO);
  REQUIRE(
      run_until([&] { return (read32(KESTREL_REG_STATUS) & KESTREL_STATUS_SNAPSHOT_BUSY) == 0; }));
  std::array<std::uint64_t, 16> values{};
  for (unsigned i = 0; i < values.size(); ++i) {
    values[i] = read64(KESTREL_REG_COUNT_RECORDS_LO + 8 * i);
  }
  return values;
}

}  // namespace presil::testbench
