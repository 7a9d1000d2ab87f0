// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// FrontBench, the bus; see the header.

#include <algorithm>
#include <cstring>

#include "front_bench.hpp"

namespace presil::testbench {

const BadRange* FrontBench::find(std::uint64_t first, std::uint64_t last, bool refusing) const {
  for (const BadRange& range : bad) {
    if ((range.fault != KESTREL_FAULT_NONE) == refusing && first <= range.last &&
        last >= range.first) {
      return &range;
    }
  }
  return nullptr;
}

void FrontBench::drive_reads() {
  Vfront_bench& m = *model_;
  m.fetch_r_valid_i = m.fetch_ready_i = m.fetch_refuse_i = 0;

  if (!reads_.empty() && reads_.front().due <= cycle_ && !bus_dead) {
    Read& read = reads_.front();
    if (m.isolate_o) {
      reads_.pop_front();
    } else if (!chance(options_.stall_percent)) {
      const std::uint64_t addr = (read.addr & ~std::uint64_t{15}) + read.sent * 16;
      const BadRange* range = find(addr, addr + 15, false);
      m.fetch_r_valid_i = 1;
      m.fetch_r_resp_i = pin(range == nullptr ? 0 : range->resp);
      m.fetch_r_last_i = read.sent + 1 == read.beats;
      std::memcpy(&m.fetch_r_data_i[0], &read.bytes[read.sent * 16], 16);
      event_ = true;
      if (++read.sent == read.beats) {
        reads_.pop_front();
      }
    }
  }

  if (!m.fetch_valid_o || m.engine_clear_o) {
    return;
  }
  const std::uint64_t last = (m.fetch_addr_o & ~std::uint64_t{15}) + m.fetch_len_o * 16 + 15;
  const BadRange* range = find(m.fetch_addr_o, last, true);
  if (fetch_refuse_) {
    fetch_refuse_ = false;
  } else if (fetch_held_ || chance(options_.stall_percent)) {
    return;
  } else if (range == nullptr) {
    m.fetch_ready_i = 1;
    event_ = true;
    return;
  } else if (m.stall_faults_o && !m.fetch_privileged_o) {
    fetch_held_ = std::ranges::none_of(engines_, &Engine::stalled);
    return;
  }
  m.fetch_refuse_i = 1;
  m.fetch_fault_i = pin(range == nullptr ? KESTREL_FAULT_SPACE_OFF : range->fault);
  m.fetch_fault_resp_i = pin(range == nullptr ? 0 : range->resp);
  event_ = true;
}

void FrontBench::sample_reads() {
  Vfront_bench& m = *model_;
  if (fetch_was_valid_ && !m.engine_clear_o &&
      (!m.fetch_valid_o || m.fetch_addr_o != fetch_was_addr_)) {
    violation("a read request was withdrawn or changed");
  }
  fetch_was_valid_ = m.fetch_valid_o && !m.fetch_ready_i && !m.fetch_refuse_i && !m.engine_clear_o;
  fetch_was_addr_ = m.fetch_addr_o;
  if (m.fetch_ready_i) {
    if (m.fetch_addr_o / 256 != (m.fetch_addr_o / 16 * 16 + m.fetch_len_o * 16) / 256) {
      violation("a read crosses a block of 256 bytes");
    }
    const std::uint64_t first = m.fetch_addr_o & ~std::uint64_t{15};
    reads_.push_back({m.fetch_addr_o, latency(options_.latency_cycles), m.fetch_len_o + 1u, 0,
                      memory.read(first, (m.fetch_len_o + 1u) * 16)});
    if (!in_call_ && m.fetch_len_o == 3) {
      const std::vector<std::uint8_t> bytes = memory.read(m.fetch_addr_o, sizeof(Record));
      std::memcpy(ring_record_.data(), bytes.data(), bytes.size());
    }
    if (in_call_ && m.fetch_privileged_o) {
      violation("a command is read with the kernel's right");
    }
  }
  if (m.fault_retry_o && m.fault_abort_o) {
    violation("a fault is to be tried again and given up at once");
  }
  if (m.fault_retry_o || m.fault_abort_o) {
    fetch_refuse_ = fetch_held_ && m.fault_abort_o;
    fetch_held_ = false;
  }
}

void FrontBench::drive_writes() {
  Vfront_bench& m = *model_;
  m.write_ready_i = m.write_refuse_i = m.write_w_ready_i = m.write_b_valid_i = 0;
  if (write_state_ == WriteState::kResponse && write_due_ <= cycle_ && !bus_dead) {
    const BadRange* range = find(write_.addr, write_.addr + 7, false);
    m.write_b_valid_i = !m.isolate_o;
    m.write_b_resp_i = pin(range == nullptr ? 0 : range->resp);
    event_ = event_ || !m.isolate_o;
    write_state_ = WriteState::kIdle;
  } else if (write_state_ == WriteState::kData && m.isolate_o) {
    write_state_ = WriteState::kResponse;
    write_due_ = latency(options_.latency_cycles);
  } else if (write_state_ == WriteState::kData && m.write_w_valid_o &&
             !chance(options_.stall_percent)) {
    m.write_w_ready_i = 1;
    event_ = true;
  } else if (write_state_ == WriteState::kIdle && m.write_valid_o && !m.engine_clear_o &&
             !chance(options_.stall_percent)) {
    const BadRange* range = find(m.write_addr_o, m.write_addr_o + 7, true);
    event_ = true;
    m.write_ready_i = range == nullptr;
    m.write_refuse_i = range != nullptr;
    m.write_fault_i = pin(range == nullptr ? 0 : range->fault);
    m.write_fault_resp_i = pin(range == nullptr ? 0 : range->resp);
  }
}

void FrontBench::sample_writes() {
  Vfront_bench& m = *model_;
  if (m.write_ready_i) {
    write_state_ = WriteState::kData;
    write_ = {m.active_queue_o, m.write_addr_o, 0, m.write_space_o, m.write_privileged_o != 0};
    if (m.write_len_o != 0 || m.write_addr_o % 8 != 0) {
      violation("a control write is not of 64 bits");
    }
  }
  if (m.write_w_valid_o && write_state_ == WriteState::kIdle && !m.engine_clear_o) {
    violation("data of a control write before its request was taken");
  }
  if (m.write_w_ready_i) {
    const unsigned half = write_.addr / 8 % 2;
    write_.value = m.write_w_data_o[half * 2] | std::uint64_t{m.write_w_data_o[half * 2 + 1]} << 32;
    if (m.write_w_strb_o != 0xffu << half * 8 || !m.write_w_last_o) {
      violation("a control write has the wrong strobes");
    }
    if (find(write_.addr, write_.addr + 7, false) == nullptr) {
      write64(write_.addr, write_.value);
      writes.push_back(write_);
    }
    write_state_ = WriteState::kResponse;
    write_due_ = latency(options_.latency_cycles);
  }
}

}  // namespace presil::testbench
