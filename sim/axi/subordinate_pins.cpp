// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/axi/subordinate_pins.hpp"

#include <algorithm>

namespace presil::axi {

SubordinatePins::SubordinatePins(std::size_t bus_bytes, unsigned stall_percent, std::uint64_t seed)
    : bus_bytes_(bus_bytes),
      stall_percent_(stall_percent),
      random_(seed),
      reads_(kMaxOutstanding),
      writes_(kMaxOutstanding) {
  for (BurstSlot& burst : reads_)
    burst.data.resize(kMaxBeats * bus_bytes);
  for (BurstSlot& burst : writes_) {
    burst.data.resize(kMaxBeats * bus_bytes);
    burst.strobes.resize(kMaxBeats);
  }
}

void SubordinatePins::drive_busy(Picoseconds now_ps, bool may_answer) {
  pins_dirty_ = false;
  const auto stalled = [this] { return random_.chance(stall_percent_); };
  pins_.arready = read_addressed_ - read_done_ < kMaxOutstanding && !stalled();
  pins_.awready = write_addressed_ - write_done_ < kMaxOutstanding && !stalled();
  pins_.wready = write_filled_ - write_done_ < kMaxOutstanding && !stalled();

  // A valid that was shown stays until it is taken.
  if (may_answer && !pins_.rvalid && read_done_ != read_performed_) {
    const BurstSlot& burst = reads_[slot(read_done_)];
    pins_.rvalid = burst.ready_ps <= now_ps && !stalled();
    pins_.rid = burst.address.id;
    pins_.rresp = burst.response;
    pins_.rdata = &burst.data[burst.beats * bus_bytes_];
    pins_.rlast = burst.beats == burst.address.len;
  }
  if (may_answer && !pins_.bvalid && write_done_ != write_performed_) {
    const BurstSlot& burst = writes_[slot(write_done_)];
    pins_.bvalid = burst.ready_ps <= now_ps && !stalled();
    pins_.bid = burst.address.id;
    pins_.bresp = burst.response;
  }
}

void SubordinatePins::finish_read_beat() {
  pins_.rvalid = false;
  pins_dirty_ = true;
  BurstSlot& burst = reads_[slot(read_done_)];
  if (burst.beats++ == burst.address.len)
    ++read_done_;
}

void SubordinatePins::finish_write() {
  pins_.bvalid = false;
  pins_dirty_ = true;
  writes_[slot(write_done_)].beats = 0;
  ++write_done_;
}

BurstSlot* SubordinatePins::next_read() {
  return read_performed_ == read_addressed_ ? nullptr : &reads_[slot(read_performed_)];
}

BurstSlot* SubordinatePins::next_write() {
  return write_performed_ == std::min(write_addressed_, write_filled_)
             ? nullptr
             : &writes_[slot(write_performed_)];
}

void SubordinatePins::reset() {
  for (BurstSlot& burst : writes_)
    burst.beats = 0;
  read_addressed_ = read_performed_ = read_done_ = 0;
  write_addressed_ = write_filled_ = write_performed_ = write_done_ = 0;
  pins_ = {};
  pins_dirty_ = true;
}

}  // namespace presil::axi
