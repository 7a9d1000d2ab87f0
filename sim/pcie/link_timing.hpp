// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// LinkTiming: how long a packet takes from one end of the PCIe link to the other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "sim/base/picoseconds.hpp"

namespace presil {

/// Header, sequence number, LCRC and framing of a packet with a 64-bit address, bytes.
inline constexpr std::size_t kPacketOverheadBytes = 24;

/// One direction of a link: packets leave one after the other and arrive after a fixed latency, in
/// order, never two at the same time.
class LinkDirection {
 public:
  LinkDirection(Picoseconds latency_ps, std::uint64_t femtoseconds_per_byte)
      : latency_ps_(latency_ps), femtoseconds_per_byte_(femtoseconds_per_byte) {}

  /// Puts a packet on the link.
  /// \param now_ps  when it is ready to leave; may lie ahead of device time.
  /// \returns when its last byte has left. It arrives `latency_ps` later.
  Picoseconds send(Picoseconds ready_ps, std::size_t payload_bytes) {
    const std::uint64_t bytes = payload_bytes + kPacketOverheadBytes;
    free_ps_ = std::max(ready_ps, free_ps_) + bytes * femtoseconds_per_byte_ / 1000 + 1;
    return free_ps_;
  }

  Picoseconds latency_ps() const { return latency_ps_; }

  void reset() { free_ps_ = 0; }

 private:
  Picoseconds latency_ps_;
  std::uint64_t femtoseconds_per_byte_;
  Picoseconds free_ps_ = 0;  // When the last byte of the latest packet has left.
};

/// Raw time of a byte, in femtoseconds.
/// \param speed  as in the personality: 1 .. 6 for 2.5 .. 64 GT/s.
/// \param lanes  1 .. 16
inline std::uint64_t femtoseconds_per_byte(unsigned speed, unsigned lanes) {
  // Gigatransfers a second times ten; 8b/10b coding below 8 GT/s, 128b/130b (about none) above.
  constexpr std::uint64_t kRateTimesTen[] = {25, 50, 80, 160, 320, 640};
  const std::uint64_t bits_per_byte = speed <= 2 ? 10 : 8;
  return bits_per_byte * 10'000'000 / kRateTimesTen[speed - 1] / lanes;
}

}  // namespace presil
