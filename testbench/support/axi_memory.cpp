// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// AxiMemory, see the header.

#include "axi_memory.hpp"

#include <algorithm>
#include <format>

namespace presil::testbench {
namespace {

constexpr std::uint64_t kBeatBytes = 16;
constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint8_t kBurstIncr = 1;
constexpr std::uint8_t kSizeFull = 4;

std::uint64_t beat_addr(const AxiRequest& request, std::uint64_t beat) {
  return (request.addr & ~(kBeatBytes - 1)) + beat * kBeatBytes;
}

}  // namespace

void AxiMemory::reset() {
  pins_ = {};
  reads_.clear();
  writes_.clear();
  answers_.clear();
}

void AxiMemory::add_fault(std::uint64_t begin, std::uint64_t end, std::uint8_t resp, bool reads,
                          bool writes) {
  faults_.push_back({begin, end, resp, reads, writes});
}

std::uint8_t AxiMemory::response(std::uint64_t begin, std::uint64_t end, bool write) const {
  for (const Fault& fault : faults_) {
    if ((write ? fault.writes : fault.reads) && begin < fault.end && end > fault.begin) {
      return fault.resp;
    }
  }
  return 0;
}

void AxiMemory::check(const AxiRequest& request, const char* kind) {
  const std::uint64_t begin = beat_addr(request, 0);
  const std::uint64_t last = beat_addr(request, request.len) + kBeatBytes - 1;
  if (request.burst != kBurstIncr) {
    violations_.push_back(
        std::format("{} at {:#x} has burst type {}", kind, request.addr, request.burst));
  }
  if (request.size != kSizeFull) {
    violations_.push_back(std::format("{} at {:#x} has size {}", kind, request.addr, request.size));
  }
  if (begin / kPageBytes != last / kPageBytes) {
    violations_.push_back(std::format("{} at {:#x} of {} beats crosses a 4 KiB boundary", kind,
                                      request.addr, request.len + 1));
  }
}

// The read to give data of: the oldest one, or with interleaving the oldest one of any id.
std::size_t AxiMemory::pick_read() {
  if (!timing_.interleave) {
    return 0;
  }
  std::vector<std::size_t> heads;
  std::uint32_t seen_ids = 0;
  for (std::size_t i = 0; i < reads_.size(); ++i) {
    const std::uint32_t id_bit = 1u << reads_[i].request.id;
    if ((seen_ids & id_bit) == 0 && reads_[i].due_cycle <= cycle_) {
      heads.push_back(i);
    }
    seen_ids |= id_bit;
  }
  return heads.empty() ? 0 : heads[random_() % heads.size()];
}

void AxiMemory::offer_read(std::size_t index) {
  const Read& read = reads_[index];
  const std::uint64_t addr = beat_addr(read.request, read.beat);
  std::array<std::uint8_t, kBeatBytes> bytes{};
  memory_.read(addr, bytes);
  for (std::size_t i = 0; i < pins_.rdata.size(); ++i) {
    pins_.rdata[i] = static_cast<std::uint32_t>(bytes[4 * i]) |
                     static_cast<std::uint32_t>(bytes[4 * i + 1]) << 8 |
                     static_cast<std::uint32_t>(bytes[4 * i + 2]) << 16 |
                     static_cast<std::uint32_t>(bytes[4 * i + 3]) << 24;
  }
  pins_.rid = read.request.id;
  pins_.rresp = response(std::max(addr, read.request.addr), addr + kBeatBytes, false);
  pins_.rlast = read.beat == read.request.len;
  pins_.rvalid = true;
  read_offered_ = index;
}

void AxiMemory::offer_answer() {
  const Write& write = answers_.front();
  const std::uint64_t begin = write.request.addr;
  const std::uint64_t end = beat_addr(write.request, write.beats.size());
  pins_.bid = write.request.id;
  pins_.bresp = response(begin, end, true);
  pins_.bvalid = true;
  if (pins_.bresp != 0) {
    return;
  }
  for (std::size_t beat = 0; beat < write.beats.size(); ++beat) {
    const std::uint64_t addr = beat_addr(write.request, beat);
    for (unsigned byte = 0; byte < kBeatBytes; ++byte) {
      if (write.beats[beat].strb >> byte & 1) {
        memory_.at(addr + byte) =
            static_cast<std::uint8_t>(write.beats[beat].data[byte / 4] >> (8 * (byte % 4)));
      }
    }
  }
}

const AxiToManager& AxiMemory::drive() {
  pins_.awready = !stall();
  pins_.wready = !stall();
  pins_.arready = !stall();
  // What was offered stays until it is taken.
  if (!pins_.rvalid && !reads_.empty() && !stall()) {
    const std::size_t index = pick_read();
    if (reads_[index].due_cycle <= cycle_) {
      offer_read(index);
    }
  }
  if (!pins_.bvalid && !answers_.empty() && !stall() && answers_.front().due_cycle <= cycle_) {
    offer_answer();
  }
  return pins_;
}

void AxiMemory::sample(const AxiFromManager& pins) {
  if (pins.arvalid && pins_.arready) {
    check(pins.ar, "read");
    accesses_.push_back({pins.ar, cycle_, false});
    reads_.push_back({pins.ar, cycle_ + timing_.latency_cycles});
    most_reads_open_ = std::max(most_reads_open_, reads_.size());
  }
  if (pins_.rvalid && pins.rready) {
    pins_.rvalid = false;
    Read& read = reads_[read_offered_];
    if (read.beat++ == read.request.len) {
      reads_.erase(reads_.begin() + static_cast<std::ptrdiff_t>(read_offered_));
    }
  }
  if (pins_.bvalid && pins.bready) {
    pins_.bvalid = false;
    answers_.pop_front();
  }
  if (pins.wvalid && pins_.wready) {
    if (writes_.empty()) {
      violations_.push_back("write data without a request");
    } else {
      Write& write = writes_.front();
      write.beats.push_back({pins.wdata, pins.wstrb});
      beats_written_ += pins.wstrb != 0;
      const bool last = write.beats.size() == write.request.len + 1u;
      if (pins.wlast != last) {
        violations_.push_back(std::format("WLAST is {} in beat {} of {}", pins.wlast,
                                          write.beats.size(), write.request.len + 1));
      }
      if (last) {
        write.due_cycle = cycle_ + timing_.latency_cycles;
        answers_.push_back(std::move(write));
        writes_.pop_front();
      }
    }
  }
  if (pins.awvalid && pins_.awready) {
    check(pins.aw, "write");
    accesses_.push_back({pins.aw, cycle_, true});
    writes_.push_back({pins.aw, 0, {}});
  }
  ++cycle_;
}

}  // namespace presil::testbench
