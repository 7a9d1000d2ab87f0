// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// PinManager: an AXI4 manager at the pins of a SubordinatePins, and who performs its bursts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "sim/axi/subordinate_pins.hpp"

namespace presil::axi {

struct WriteBeat {
  std::byte data;  // On every lane.
  bool last;
};

/// Offers what is queued on every channel at once, and keeps what comes back.
class PinManager {
 public:
  static constexpr std::size_t kBusBytes = 8;
  static constexpr Picoseconds kPeriodPs = 1000;

  explicit PinManager(unsigned stall_percent = 0, std::uint64_t seed = 1)
      : pins_(kBusBytes, stall_percent, seed) {}

  std::deque<Address> reads, writes;
  std::deque<WriteBeat> data;
  bool rready = true, bready = true;
  bool may_answer = true;

  struct ReadBeat {
    std::uint64_t id;
    std::byte data;
    Response response;
    bool last;
    Picoseconds time_ps;
  };
  std::vector<ReadBeat> read_beats;
  struct Answer {
    std::uint64_t id;
    Response response;
    Picoseconds time_ps;
  };
  std::vector<Answer> answers;

  /// One clock cycle. \returns what sample() said: whether a burst waits.
  bool cycle() {
    now_ps_ += kPeriodPs;
    moved_ = pins_.drive(now_ps_, may_answer);
    const ManagerToDevice& pins = pins_.pins();
    const ManagerFromDevice device = {.awvalid = !writes.empty(),
                                      .wvalid = !data.empty(),
                                      .arvalid = !reads.empty(),
                                      .bready = bready,
                                      .rready = rready};
    if (pins.rvalid && rready)
      read_beats.push_back({pins.rid, pins.rdata[0], pins.rresp, pins.rlast, now_ps_});
    if (pins.bvalid && bready)
      answers.push_back({pins.bid, pins.bresp, now_ps_});
    const ManagerToDevice before = pins;
    const bool waits = pins_.sample(device, *this);
    if (device.arvalid && before.arready)
      reads.pop_front();
    if (device.awvalid && before.awready)
      writes.pop_front();
    if (device.wvalid && before.wready)
      data.pop_front();
    return waits;
  }

  void cycles(unsigned count) {
    for (unsigned i = 0; i < count; ++i)
      cycle();
  }

  /// Performs what waits: read data are the burst's id on every lane, answers show at `ready_ps`.
  void perform(Picoseconds ready_ps = 0) {
    while (BurstSlot* burst = pins_.next_write()) {
      performed_writes.push_back(burst->address.id);
      write_beats.push_back(burst->beats);
      first_data.push_back(burst->data[0]);
      burst->ready_ps = ready_ps;
      burst->response = Response::kOkay;
      pins_.write_performed();
    }
    while (BurstSlot* burst = pins_.next_read()) {
      std::ranges::fill(burst->data, static_cast<std::byte>(burst->address.id));
      burst->ready_ps = ready_ps;
      burst->response = Response::kOkay;
      pins_.read_performed();
    }
  }

  std::vector<std::uint64_t> performed_writes;
  std::vector<unsigned> write_beats;  // Of each performed burst.
  std::vector<std::byte> first_data;

  SubordinatePins& pins() { return pins_; }
  const ManagerToDevice& shown() const { return pins_.pins(); }
  bool moved() const { return moved_; }
  Picoseconds now_ps() const { return now_ps_; }

  // As ManagerPort:
  void read_address(Address& address) const { address = reads.front(); }
  void write_address(Address& address) const { address = writes.front(); }
  bool write_beat(std::byte* lanes, std::uint64_t& strobes) const {
    std::fill_n(lanes, kBusBytes, data.front().data);
    strobes = 0xff;
    return data.front().last;
  }

 private:
  SubordinatePins pins_;
  Picoseconds now_ps_ = 0;
  bool moved_ = false;
};

}  // namespace presil::axi
