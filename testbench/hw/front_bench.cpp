// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// FrontBench, but for the bus; see the header.

#include "front_bench.hpp"

#include <algorithm>
#include <cstring>
#include <format>
#include <ostream>

#include <catch2/catch_test_macros.hpp>

namespace presil::testbench {

std::ostream& operator<<(std::ostream& out, const ErrorRegisters& error) {
  return out << std::format(
             "cause {} resp {} fault {} access {} opcode {} in_call {} index {} offset {} "
             "addr {:#x}",
             error.cause, error.resp, error.fault, error.access, error.opcode, error.in_call,
             error.index, error.offset, error.addr);
}

FrontBench::FrontBench(const FrontOptions& options)
    : options_(options),
      random_(options.seed),
      context_(options.seed),
      model_(std::make_unique<Vfront_bench>(&context_)) {
  // Inputs start random, like registers.
  Vfront_bench& m = *model_;
  m.reg_write_i = m.reg_read_i = m.engine_reset_i = 0;
  m.reg_addr_i = m.reg_wdata_i = 0;
  m.error_vector_i = kErrorVector;
  m.counters_busy_i = m.wiping_i = m.isolated_i = m.stalled_i = 0;
  m.fetch_ready_i = m.fetch_refuse_i = m.fetch_r_valid_i = 0;
  m.write_ready_i = m.write_refuse_i = m.write_w_ready_i = m.write_b_valid_i = 0;
  m.done_i = m.failed_i = 0;
  m.time_ns_i = time_ns;
  m.clk_i = 0;
  m.rst_ni = 0;
  context_.begin(m);
  clock();
  m.rst_ni = 1;
  m.eval();
}

FrontBench::~FrontBench() {
  context_.finish(*model_);
  for (const std::string& what : violations_) {
    FAIL_CHECK(what);
  }
  CHECK(context_.assertions_failed() == 0);
}

void FrontBench::violation(const std::string& what) {
  if (violations_.size() < 10) {
    violations_.push_back(std::format("cycle {}: {}", cycle_, what));
  }
}

void FrontBench::clock() {
  model_->clk_i = 1;
  model_->eval();
  model_->clk_i = 0;
  model_->eval();
}

void FrontBench::step() {
  Vfront_bench& m = *model_;
  ++cycle_;
  time_ns += time_step_ns;
  m.time_ns_i = time_ns;
  event_ = m.reg_write_i || m.reg_read_i || m.engine_reset_i;
  m.counters_busy_i = cycle_ < counters_until_;
  if (wiping_ && cycle_ >= wiping_until_) {
    wiping_ = false;
    if (contents_ != Contents::kUnknown) {
      contents_ = Contents::kEmpty;
    }
  }
  m.wiping_i = wiping_;
  m.eval();
  drive_engines();
  drive_rest();
  drive_reads();
  drive_writes();
  m.eval();
  m.isolated_i = m.isolate_o && reads_.empty() && write_state_ == WriteState::kIdle;
  m.eval();
  if (event_ || m.busy_o || time_ns >= m.wake_ns_o || !options_.stop_clock) {
    sample();
    ++edges;
    clock();
  }
  if (every_cycle) {
    every_cycle();
  }
}

void FrontBench::steps(unsigned cycles) {
  for (; cycles > 0; --cycles) {
    step();
  }
}

bool FrontBench::until(const std::function<bool()>& reached, unsigned limit) {
  for (; limit > 0; --limit) {
    if (reached()) {
      return true;
    }
    step();
  }
  return false;
}

bool FrontBench::until_idle(unsigned limit) {
  return until([&] { return model_->idle_o && !model_->resetting_o && !open_; }, limit);
}

///////////////
// Registers //
///////////////

void FrontBench::write(std::uint32_t addr, std::uint32_t value) {
  model_->reg_write_i = 1;
  model_->reg_addr_i = addr;
  model_->reg_wdata_i = value;
  step();
  model_->reg_write_i = 0;
}

std::uint32_t FrontBench::read(std::uint32_t addr) {
  model_->reg_read_i = 1;
  model_->reg_addr_i = addr;
  step();
  model_->reg_read_i = 0;
  return model_->reg_rdata_o;
}

void FrontBench::reset_engine() {
  model_->engine_reset_i = 1;
  step();
  model_->engine_reset_i = 0;
  tails_ = {};
}

void FrontBench::set_up(unsigned queue, const QueueSetup& setup, bool enable) {
  write(KESTREL_REG_QUEUE_RING_BASE_LO(queue), static_cast<std::uint32_t>(ring_base(queue)));
  write(KESTREL_REG_QUEUE_RING_BASE_HI(queue), static_cast<std::uint32_t>(ring_base(queue) >> 32));
  write(KESTREL_REG_QUEUE_STATUS_ADDR_LO(queue), static_cast<std::uint32_t>(status_page(queue)));
  write(KESTREL_REG_QUEUE_STATUS_ADDR_HI(queue), 0);
  write(KESTREL_REG_QUEUE_BUDGET(queue), setup.budget);
  write(KESTREL_REG_QUEUE_CONFIG(queue),
        (enable ? KESTREL_QUEUE_CONFIG_ENABLE : 0) | (setup.user ? KESTREL_QUEUE_CONFIG_USER : 0) |
            (setup.stall_faults ? KESTREL_QUEUE_CONFIG_STALL_FAULTS : 0) |
            (setup.write_status ? KESTREL_QUEUE_CONFIG_WRITE_STATUS : 0) |
            setup.space << KESTREL_QUEUE_CONFIG_SPACE_SHIFT |
            setup.prio << KESTREL_QUEUE_CONFIG_PRIO_SHIFT |
            setup.vector << KESTREL_QUEUE_CONFIG_VECTOR_SHIFT |
            setup.log2 << KESTREL_QUEUE_CONFIG_RING_LOG2_SHIFT);
  logs_[queue] = setup.log2;
  tails_[queue] = 0;
}

void FrontBench::push(unsigned queue, const Record& record) {
  std::array<std::uint8_t, sizeof(Record)> bytes;
  std::memcpy(bytes.data(), record.data(), bytes.size());
  const std::uint64_t entry = tails_[queue] & ((1u << logs_[queue]) - 1);
  memory.write(ring_base(queue) + entry * sizeof(Record), bytes);
  ++tails_[queue];
}

void FrontBench::ring(unsigned queue) {
  write(KESTREL_REG_DOORBELL_TAIL(queue), tails_[queue]);
}

Record FrontBench::call(std::uint64_t addr, const std::vector<Record>& program) {
  std::vector<std::uint8_t> bytes(program.size() * sizeof(Record));
  std::memcpy(bytes.data(), program.data(), bytes.size());
  memory.write(addr, bytes);
  return records::call(addr, static_cast<std::uint32_t>(bytes.size()));
}

ErrorRegisters FrontBench::error(unsigned queue) {
  const std::uint32_t word = read(KESTREL_REG_QUEUE_ERROR_CAUSE(queue));
  ErrorRegisters error;
  error.cause = word & 0xff;
  error.resp = word >> KESTREL_QUEUE_ERROR_CAUSE_RESP_SHIFT & 3;
  error.fault = word >> KESTREL_QUEUE_ERROR_CAUSE_FAULT_SHIFT & 7;
  error.access = word >> KESTREL_QUEUE_ERROR_CAUSE_ACCESS_SHIFT & 3;
  error.opcode = word >> KESTREL_QUEUE_ERROR_CAUSE_OPCODE_SHIFT & 0xff;
  error.in_call = (word & KESTREL_QUEUE_ERROR_CAUSE_IN_CALL) != 0;
  error.index = read(KESTREL_REG_QUEUE_ERROR_INDEX(queue));
  error.offset = read(KESTREL_REG_QUEUE_ERROR_OFFSET(queue));
  error.addr = read(KESTREL_REG_QUEUE_ERROR_ADDR_LO(queue));
  error.addr |= std::uint64_t{read(KESTREL_REG_QUEUE_ERROR_ADDR_HI(queue))} << 32;
  return error;
}

void FrontBench::write64(std::uint64_t addr, std::uint64_t value) {
  memory.write32(addr, static_cast<std::uint32_t>(value));
  memory.write32(addr + 4, static_cast<std::uint32_t>(value >> 32));
}

/////////////
// Engines //
/////////////

void FrontBench::drive_engines() {
  Vfront_bench& m = *model_;
  m.done_i = m.failed_i = 0;
  for (unsigned i = 0; i < engines_.size(); ++i) {
    Engine& engine = engines_[i];
    if (engine.running && !engine.failed && !engine.stalled && engine.due <= cycle_ && !bus_dead) {
      const bool faults = engine.fate.stalls && !engine.retried;
      if (faults && m.stall_faults_o) {
        engine.stalled = !fetch_held_ && std::ranges::none_of(engines_, &Engine::stalled);
      } else if (faults || (engine.fate.cause != KESTREL_ERROR_CAUSE_NONE && !engine.fate.stalls)) {
        engine.failed = true;
      } else if (!m.engine_clear_o) {
        engine.running = false;
        m.done_i |= 1u << i;
        event_ = true;
        if (const std::string what = program_.complete(i); !what.empty()) {
          violation(what);
        }
      }
    }
    if (engine.failed) {
      m.failed_i |= 1u << i;
      m.failure_cause_i[i] =
          pin(engine.fate.stalls ? KESTREL_ERROR_CAUSE_TRANSLATION : engine.fate.cause);
      m.failure_resp_i[i] = pin(engine.fate.resp);
      m.failure_fault_i[i] = pin(engine.fate.fault);
      m.failure_access_i[i] = pin(engine.fate.access);
      m.failure_addr_i[i] = engine.fate.addr;
    }
  }
}

void FrontBench::fail_together() {
  for (Engine& engine : engines_) {
    engine.failed = engine.running && engine.fate.cause != KESTREL_ERROR_CAUSE_NONE;
  }
}

void FrontBench::drive_rest() {
  Vfront_bench& m = *model_;
  m.stalled_i = fetch_held_;
  if (fetch_held_) {
    const std::uint64_t last = (m.fetch_addr_o & ~std::uint64_t{15}) + m.fetch_len_o * 16 + 15;
    const BadRange* range = find(m.fetch_addr_o, last, true);
    m.stalled_fault_i = pin(range == nullptr ? KESTREL_FAULT_SPACE_OFF : range->fault);
    m.stalled_resp_i = pin(range == nullptr ? 0 : range->resp);
    m.stalled_addr_i = m.fetch_addr_o;
    m.stalled_access_i = KESTREL_ACCESS_FETCH;
  }
  for (const Engine& engine : engines_) {
    if (engine.stalled) {
      m.stalled_i = 1;
      m.stalled_fault_i = pin(engine.fate.fault);
      m.stalled_resp_i = pin(engine.fate.resp);
      m.stalled_addr_i = engine.fate.addr;
      m.stalled_access_i = pin(engine.fate.access);
    }
  }
}

void FrontBench::sample_engines() {
  Vfront_bench& m = *model_;
  for (unsigned i = 0; i < engines_.size(); ++i) {
    Engine& engine = engines_[i];
    if (engine.stalled && (m.fault_retry_o || m.fault_abort_o)) {
      engine.stalled = false;
      engine.failed = m.fault_abort_o;
      engine.retried = m.fault_retry_o;
      engine.due = latency(10);
    }
    const auto& pins = i == 0 ? m.load_cmd_o : i == 1 ? m.compute_cmd_o : m.store_cmd_o;
    Record command;
    std::copy_n(&pins[0], command.size(), command.begin());
    if (engine.running && command != engine.command && !m.engine_clear_o) {
      violation(std::format("the command of engine {} changed", i));
    }
    if ((m.start_o >> i & 1) == 0) {
      continue;
    }
    ++starts;
    if (engine.running || wiping_ || m.engine_clear_o) {
      violation(std::format("engine {} is started while it cannot", i));
    }
    if (const std::string what = program_.start(i, command); !what.empty()) {
      violation(what);
    }
    engine = {};
    engine.running = true;
    engine.command = command;
    if (fate) {
      engine.fate = fate(i, command);
      engine.due = cycle_ + 1 + engine.fate.cycles;
    } else {
      engine.due = latency(options_.engine_cycles);
    }
  }
}

//////////////////
// Other blocks //
//////////////////

void FrontBench::sample_record() {
  Vfront_bench& m = *model_;
  const bool counting = cycle_ < counters_until_;
  if (m.record_begin_o) {
    if (open_ || counting || !m.active_valid_o || m.engine_reset_i || m.engine_clear_o) {
      violation("a record begins while it cannot");
    }
    open_ = true;
    begun.push_back(m.active_queue_o);
  }
  if (m.call_o) {
    ++calls;
    in_call_ = true;
    const std::uint64_t addr = ring_record_[2] | std::uint64_t{ring_record_[3]} << 32;
    std::vector<Record> program(ring_record_[1] / sizeof(Record));
    const std::vector<std::uint8_t> bytes = memory.read(addr, program.size() * sizeof(Record));
    std::memcpy(program.data(), bytes.data(), bytes.size());
    program_.begin(std::move(program));
    if (wiping_ || contents_ == Contents::kUnknown ||
        (contents_ == Contents::kOwned && owner_ != m.job_space_o)) {
      violation("a CALL begins with what another has left in the memories on chip");
    }
    contents_ = Contents::kOwned;
    owner_ = m.job_space_o;
  }
  if (m.record_done_o) {
    ++done;
    done_ = true;
    if (const std::string what = program_.end(); in_call_ && !what.empty()) {
      violation(what);
    }
    in_call_ = false;
  }
  if (m.record_end_o) {
    if (!open_ || (m.record_done_o && m.record_end_o)) {
      violation("a record ends that cannot");
    }
    open_ = done_ = false;
    ++ended;
  }
  commands += m.command_o;
  token_waits += m.load_token_o + m.compute_token_o + m.store_token_o;
  if (m.clear_queue_o) {
    if (counting || m.record_end_o) {
      violation("a queue's counters are to be cleared while they are added to");
    }
    cleared.push_back(m.clear_number_o);
  }
  if (m.record_end_o || m.clear_queue_o || m.engine_reset_i) {
    counters_until_ = latency(options_.counters_cycles);
  }
  for (unsigned vector = 0; vector < vectors.size(); ++vector) {
    vectors[vector] += m.irq_event_o >> vector & 1;
  }
}

void FrontBench::drop_all() {
  engines_ = {};
  program_.forget();
  fetch_held_ = fetch_refuse_ = false;
  if (in_call_ || wiping_) {
    contents_ = Contents::kUnknown;
  }
  in_call_ = false;
}

void FrontBench::sample() {
  Vfront_bench& m = *model_;
  sample_reads();
  sample_writes();
  sample_engines();
  sample_record();
  if (m.engine_clear_o) {
    ++clears;
    drop_all();
  }
  if (m.engine_clear_o != m.isolate_o) {
    violation("cleared without being cut off, or the other way round");
  }
  if (m.engine_reset_i) {
    open_ = false;
  }
  if (m.wipe_o) {
    ++wipes;
    if (wiping_) {
      violation("a wipe begins before the one before it has ended");
    }
    wiping_ = true;
    contents_ = Contents::kEmpty;
    wiping_until_ = cycle_ + 1 + random_() % 256;
  }
}

}  // namespace presil::testbench
