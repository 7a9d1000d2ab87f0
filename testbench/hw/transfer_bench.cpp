// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// TransferBench, see the header.

#include "transfer_bench.hpp"

#include <format>

#include <catch2/catch_test_macros.hpp>

namespace presil::testbench {
namespace {

constexpr unsigned kSpace = 5;

void put(VlWide<4>& pins, const TransferMemory::Beat& beat) {
  for (std::size_t i = 0; i < 4; ++i) {
    pins[i] = beat[4 * i] | beat[4 * i + 1] << 8 | beat[4 * i + 2] << 16 |
              static_cast<std::uint32_t>(beat[4 * i + 3]) << 24;
  }
}

std::uint8_t byte_of(const VlWide<4>& pins, unsigned i) {
  return static_cast<std::uint8_t>(pins[i / 4] >> i % 4 * 8);
}

}  // namespace

TransferBench::TransferBench(std::uint64_t seed)
    : context_(seed), model_(std::make_unique<Vtransfer_bench>(&context_)), random_(seed) {
  Vtransfer_bench& m = *model_;
  m.clear_i = m.load_start_i = m.store_start_i = m.wipe_i = m.flip_arm_i = 0;
  m.rd_ready_i = m.rd_refuse_i = m.r_valid_i = m.wr_ready_i = m.wr_refuse_i = 0;
  m.w_ready_i = m.b_valid_i = m.ra_valid_i = m.wv_valid_i = 0;
  m.space_i = kSpace;
  m.clk_i = 0;
  m.rst_ni = 0;
  context_.begin(m);
  clock();
  clock();
  m.rst_ni = 1;
  for (int i = 0; m.wiping_o; ++i) {
    REQUIRE(i < 300);
    clock();
  }
}

TransferBench::~TransferBench() {
  context_.finish(*model_);
  for (const std::string& violation : violations) {
    FAIL_CHECK(violation);
  }
  CHECK(context_.assertions_failed() == 0);
}

void TransferBench::clock() {
  model_->clk_i = 1;
  model_->eval();
  model_->clk_i = 0;
  model_->eval();
}

void TransferBench::start(bool store, const Transfer& transfer) {
  Vtransfer_bench& m = *model_;
  const auto words = transfer.words();
  for (unsigned i = 0; i < 16; ++i) {
    (store ? m.store_cmd_i : m.load_cmd_i)[i] = words[i];
  }
  (store ? m.store_start_i : m.load_start_i) = 1;
  store_ = store;
  requests_ = 0;
  outcome_ = {};
  m.eval();
  clock();
  m.load_start_i = m.store_start_i = 0;
}

void TransferBench::drive_requests(bool store) {
  Vtransfer_bench& m = *model_;
  auto& ready = store ? m.wr_ready_i : m.rd_ready_i;
  auto& refuse = store ? m.wr_refuse_i : m.rd_refuse_i;
  const std::size_t open = store ? writes_.size() + responses_.size() : reads_.size();
  const bool act = !chance(manner.stall_percent) && open < manner.most_outstanding;
  const auto fate = fates.find(requests_);
  const bool refused = fate != fates.end() && fate->second.refused;
  ready = act && !refused;
  // A refusal answers a request.
  refuse = act && refused && (store ? m.wr_valid_o : m.rd_valid_o);
  m.fault_i = refused ? fate->second.fault : 0;
  m.fault_resp_i = refused ? fate->second.resp : 0;
}

void TransferBench::sample_requests(bool store, Outcome& outcome) {
  Vtransfer_bench& m = *model_;
  if (!(store ? m.wr_valid_o : m.rd_valid_o)) {
    return;
  }
  const BurstRequest request = {store ? m.wr_addr_o : m.rd_addr_o,
                                (store ? m.wr_len_o : m.rd_len_o) + 1u};
  if ((store ? m.wr_space_o : m.rd_space_o) != kSpace ||
      (store ? m.wr_privileged_o : m.rd_privileged_o)) {
    violations.emplace_back("a request has the wrong space");
  }
  if (store ? m.wr_ready_i : m.rd_ready_i) {
    (store ? writes_ : reads_)
        .push_back({request.addr, request.beats, time_ + manner.latency_cycles, requests_});
    const unsigned counted = store ? m.write_beats_o : m.read_beats_o;
    if (counted != request.beats) {
      violations.push_back(std::format("{} beats counted of {}", counted, request.beats));
    }
    outcome.beats += counted;
  } else if (!(store ? m.wr_refuse_i : m.rd_refuse_i)) {
    return;
  }
  outcome.requests.push_back(request);
  ++requests_;
}

void TransferBench::cycle() {
  Vtransfer_bench& m = *model_;
  drive_requests(store_);

  const bool read =
      !reads_.empty() && reads_.front().time <= time_ && !chance(manner.stall_percent);
  m.r_valid_i = read;
  if (read) {
    const Burst& burst = reads_.front();
    const auto fate = fates.find(burst.number);
    put(m.r_data_i, memory.beat(burst.addr / 16 * 16 + burst.beat * 16));
    m.r_last_i = burst.beat + 1 == burst.beats;
    m.r_resp_i = fate != fates.end() && fate->second.beat % burst.beats == burst.beat
                     ? fate->second.resp
                     : 0;
  }
  m.w_ready_i = !writes_.empty() && !chance(manner.stall_percent);
  const bool response =
      !responses_.empty() && responses_.front().time <= time_ && !chance(manner.stall_percent);
  m.b_valid_i = response;
  if (response) {
    const auto fate = fates.find(responses_.front().number);
    m.b_resp_i = fate != fates.end() ? fate->second.resp : 0;
  }

  // Others at the scratchpad, who change nothing.
  m.ra_valid_i = chance(manner.contend_percent);
  m.ra_addr_i = random_() % 16384;
  m.wv_valid_i = chance(manner.contend_percent);
  m.wv_addr_i = random_() % 16384;
  m.wv_strb_i = 0;
  m.eval();

  const bool awake = m.load_busy_o || m.store_busy_o || m.r_valid_i || m.b_valid_i;
  if (!awake && manner.gate_clock) {
    ++outcome_.stopped;
    if (m.load_done_o || m.store_done_o) {
      violations.emplace_back("done with the clock stopped");
    }
  } else {
    // The pins' values before the edge are what both sides see.
    if (m.w_valid_o && (writes_.empty() || writes_.front().beat == writes_.front().beats)) {
      violations.emplace_back("data ahead of its request");
    }
    if (m.w_valid_o && m.w_ready_i) {
      Burst& burst = writes_.front();
      for (unsigned i = 0; i < 16; ++i) {
        if (m.w_strb_o >> i & 1) {
          memory.write(burst.addr / 16 * 16 + burst.beat * 16 + i, byte_of(m.w_data_o, i));
        }
      }
      ++burst.beat;
      if (m.w_last_o != (burst.beat == burst.beats)) {
        violations.emplace_back("last beat at the wrong place");
      }
      if (burst.beat == burst.beats) {
        burst.time = time_ + manner.latency_cycles;
        responses_.push_back(burst);
        writes_.pop_front();
      }
    }
    if (read && ++reads_.front().beat == reads_.front().beats) {
      reads_.pop_front();
    }
    if (response) {
      responses_.pop_front();
    }
    sample_requests(store_, outcome_);
    if (store_ ? m.rd_valid_o : (m.wr_valid_o || m.w_valid_o)) {
      violations.emplace_back("the other engine acts");
    }
    clock();
  }
  ++time_;
  ++outcome_.cycles;
}

Outcome TransferBench::run(bool store, const Transfer& transfer) {
  Vtransfer_bench& m = *model_;
  start(store, transfer);
  for (int idle = 0;;) {
    if (store ? m.store_done_o : m.load_done_o) {
      outcome_.done = true;
      break;
    }
    if (store ? m.store_failed_o : m.load_failed_o) {
      break;
    }
    const std::size_t before = outcome_.requests.size() + reads_.size() + responses_.size();
    cycle();
    // Long runs of padding move nothing that is seen here.
    idle = before == outcome_.requests.size() + reads_.size() + responses_.size() ? idle + 1 : 0;
    if (idle > 1'000'000) {
      violations.emplace_back("nothing moves");
      clear();
      return outcome_;
    }
  }
  Outcome outcome = outcome_;
  if (outcome.done) {
    if (!reads_.empty() || !writes_.empty() || !responses_.empty()) {
      violations.emplace_back("done before the bus has answered");
    }
    cycle();
    if (m.load_done_o || m.store_done_o || m.load_active_o || m.store_active_o) {
      violations.emplace_back("done for more than a cycle");
    }
    return outcome;
  }
  outcome.cause = store ? m.store_cause_o : m.load_cause_o;
  outcome.resp = store ? m.store_resp_o : m.load_resp_o;
  outcome.fault = store ? m.store_fault_o : m.load_fault_o;
  outcome.access = store ? m.store_access_o : m.load_access_o;
  outcome.addr = store ? m.store_address_o : m.load_address_o;
  // Nothing further is requested, but for one that stands already; and the report stays.
  const std::size_t requests = outcome_.requests.size();
  const bool stands = store ? m.wr_valid_o : m.rd_valid_o;
  fates.clear();
  for (int i = 0; i < 40; ++i) {
    cycle();
    if (!(store ? m.store_failed_o : m.load_failed_o) ||
        outcome.addr != (store ? m.store_address_o : m.load_address_o) ||
        outcome.cause != (store ? m.store_cause_o : m.load_cause_o)) {
      violations.emplace_back("a failure did not stay");
    }
  }
  if (outcome_.requests.size() > requests + (stands ? 1 : 0)) {
    violations.emplace_back("requests after a failure");
  }
  clear();
  return outcome;
}

void TransferBench::clear() {
  model_->clear_i = 1;
  reads_.clear();
  writes_.clear();
  responses_.clear();
  model_->r_valid_i = model_->b_valid_i = model_->w_ready_i = 0;
  model_->rd_ready_i = model_->wr_ready_i = model_->rd_refuse_i = model_->wr_refuse_i = 0;
  model_->eval();
  clock();
  clock();
  model_->clear_i = 0;
  model_->eval();
  if (model_->load_failed_o || model_->store_failed_o || model_->load_active_o ||
      model_->store_active_o || model_->load_busy_o || model_->store_busy_o || model_->rd_valid_o ||
      model_->wr_valid_o || model_->w_valid_o) {
    violations.emplace_back("something is left after a clear");
  }
}

void TransferBench::run_and_clear(bool store, const Transfer& transfer, unsigned cycles) {
  Vtransfer_bench& m = *model_;
  start(store, transfer);
  for (unsigned i = 0; i < cycles && !m.load_done_o && !m.store_done_o; ++i) {
    cycle();
  }
  clear();
}

TransferMemory::Beat TransferBench::read_word(unsigned word, bool* error) {
  Vtransfer_bench& m = *model_;
  m.ra_valid_i = 1;
  m.ra_addr_i = static_cast<std::uint16_t>(word);
  m.wv_valid_i = 0;
  m.r_valid_i = m.b_valid_i = m.rd_ready_i = m.wr_ready_i = m.w_ready_i = 0;
  m.rd_refuse_i = m.wr_refuse_i = 0;
  m.eval();
  REQUIRE(m.ra_ready_o);
  clock();
  TransferMemory::Beat beat;
  for (unsigned i = 0; i < 16; ++i) {
    beat[i] = byte_of(m.ra_data_o, i);
  }
  m.ra_valid_i = 0;
  if (error != nullptr) {
    *error = m.ra_error_o;
  } else if (m.ra_error_o) {
    violations.emplace_back("wrong parity");
  }
  return beat;
}

void TransferBench::write_word(unsigned word, const TransferMemory::Beat& data) {
  Vtransfer_bench& m = *model_;
  m.wv_valid_i = 1;
  m.wv_addr_i = static_cast<std::uint16_t>(word);
  m.wv_strb_i = 0xffff;
  put(m.wv_data_i, data);
  m.eval();
  REQUIRE(m.wv_ready_o);
  clock();
  m.wv_valid_i = 0;
}

void TransferBench::wipe() {
  model_->wipe_i = 1;
  clock();
  model_->wipe_i = 0;
  for (int i = 0; model_->wiping_o; ++i) {
    REQUIRE(i < 256);
    clock();
  }
}

void TransferBench::flip(unsigned word, unsigned bit) {
  model_->flip_arm_i = 1;
  model_->flip_addr_i = static_cast<std::uint16_t>(word);
  model_->flip_bit_i = static_cast<std::uint8_t>(bit);
  clock();
  model_->flip_arm_i = 0;
}

}  // namespace presil::testbench
