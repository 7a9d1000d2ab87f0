// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// SubordinatePins: the pin level of an AXI4 memory, without SystemC.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "sim/axi/burst.hpp"
#include "sim/axi/signals.hpp"
#include "sim/base/picoseconds.hpp"
#include "sim/base/random.hpp"

namespace presil::axi {

/// Fetches what came with a handshake from the accelerator's pins.
template <typename Port>
concept ManagerPort =
    requires(const Port& port, Address& address, std::byte* data, std::uint64_t& strobes) {
      port.read_address(address);
      port.write_address(address);
      // \returns WLAST
      { port.write_beat(data, strobes) } -> std::same_as<bool>;
    };

/// One burst of either direction, from its address to its last response.
struct BurstSlot {
  Address address;
  unsigned beats = 0;        ///< reads: beats answered; writes: data beats that came
  Picoseconds ready_ps = 0;  ///< the response may show from this device time on
  Response response = Response::kOkay;
  std::vector<std::byte> data;         ///< beat after beat, each as wide as the bus
  std::vector<std::uint64_t> strobes;  ///< writes: one word a beat, bit n for lane n
};

/// Accepts bursts and plays the answers back. Who performs the bursts asks `next_read` and
/// `next_write`, fills in the answer, and calls `done`.
///
/// Bursts of one direction are answered in the order of their addresses, beats are not interleaved.
/// Write data may come before their address. Illegal bursts are reported and answered SLVERR,
/// and not performed.
///
/// Protocol of a clock cycle: `drive`, evaluate, `sample`, clock edge; when `sample` says so,
/// perform what waits. An answer shows at the first edge whose time is at least its `ready_ps`, so
/// the order in which the rest of the harness runs within that time does not matter.
///
/// Cycles in which nothing is offered and no answer is due may be left out: see `next_due_ps`.
class SubordinatePins {
 public:
  /// Bursts of each direction under way at a time.
  static constexpr std::uint64_t kMaxOutstanding = 128;

  /// \param bus_bytes      width of the data bus, a power of two, at most kMaxBusBytes
  /// \param stall_percent  how often each ready and each new valid is withheld for a cycle
  SubordinatePins(std::size_t bus_bytes, unsigned stall_percent, std::uint64_t seed);

  /// Nothing is under way.
  bool idle() const {
    return read_done_ == read_addressed_ && write_done_ == write_addressed_ &&
           write_done_ == write_filled_ && writes_[slot(write_filled_)].beats == 0;
  }

  /// Device time before which this has nothing to show to the accelerator: when the next answer is
  /// due. 0: an answer is shown, or a burst waits to be performed; UINT64_MAX: none is to come.
  Picoseconds next_due_ps() const {
    if (pins_.rvalid || pins_.bvalid || read_performed_ != read_addressed_ ||
        write_performed_ != std::min(write_addressed_, write_filled_))
      return 0;
    Picoseconds due_ps = std::numeric_limits<Picoseconds>::max();
    if (read_done_ != read_performed_)
      due_ps = reads_[slot(read_done_)].ready_ps;
    if (write_done_ != write_performed_)
      due_ps = std::min(due_ps, writes_[slot(write_done_)].ready_ps);
    return due_ps;
  }

  const ManagerToDevice& pins() const { return pins_; }

  /// Sets the pins for the edge at `now_ps`. \returns whether they may differ from the edge before.
  /// \param may_answer  an answer that is due may begin to show
  bool drive(Picoseconds now_ps, bool may_answer = true) {
    if (stall_percent_ == 0 && !pins_dirty_ && read_done_ == read_addressed_ &&
        write_done_ == write_addressed_)
      return false;
    drive_busy(now_ps, may_answer);
    return true;
  }

  /// Takes the pins as they are just before the edge. \returns whether a burst waits to be
  /// performed.
  template <ManagerPort Port>
  bool sample(const ManagerFromDevice& device, const Port& port) {
    if (pins_.rvalid && device.rready)
      finish_read_beat();
    if (pins_.bvalid && device.bready)
      finish_write();
    bool waits = false;
    if (device.arvalid && pins_.arready) {
      BurstSlot& burst = reads_[slot(read_addressed_)];
      port.read_address(burst.address);
      burst.beats = 0;
      ++read_addressed_;
      waits = true;
    }
    if (device.awvalid && pins_.awready) {
      port.write_address(writes_[slot(write_addressed_)].address);
      ++write_addressed_;
      waits |= write_addressed_ <= write_filled_;
    }
    if (device.wvalid && pins_.wready) {
      BurstSlot& burst = writes_[slot(write_filled_)];
      const unsigned beat = burst.beats % kMaxBeats;  // Too many are told from `beats`.
      ++burst.beats;
      if (port.write_beat(&burst.data[beat * bus_bytes_], burst.strobes[beat])) {
        ++write_filled_;
        pins_dirty_ = true;
        waits |= write_filled_ <= write_addressed_;
      }
    }
    return waits;
  }

  /// The oldest burst that waits to be performed; null: none does.
  BurstSlot* next_read();
  BurstSlot* next_write();
  /// Says that the burst `next_read` (`next_write`) gave has its answer filled in.
  void read_performed() { ++read_performed_; }
  void write_performed() { ++write_performed_; }

  /// Drops everything.
  void reset();

  std::size_t bus_bytes() const { return bus_bytes_; }

 private:
  static constexpr unsigned kMaxBeats = 256;

  static std::size_t slot(std::uint64_t count) { return count % kMaxOutstanding; }
  void drive_busy(Picoseconds now_ps, bool may_answer);
  void finish_read_beat();
  void finish_write();

  const std::size_t bus_bytes_;
  const unsigned stall_percent_;
  Random random_;
  ManagerToDevice pins_;
  bool pins_dirty_ = true;

  // Rings; the counters only grow, and each names the next slot of its stage. A read passes
  // addressed, performed, done; a write is addressed and filled in any order, then performed, done.
  std::vector<BurstSlot> reads_, writes_;
  std::uint64_t read_addressed_ = 0, read_performed_ = 0, read_done_ = 0;
  std::uint64_t write_addressed_ = 0, write_filled_ = 0, write_performed_ = 0, write_done_ = 0;
};

}  // namespace presil::axi
