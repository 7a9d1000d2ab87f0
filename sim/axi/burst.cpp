// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/axi/burst.hpp"

namespace presil::axi {

std::string_view illegal_because(const Address& address, std::size_t bus_bytes) {
  const std::uint64_t beat_bytes = std::uint64_t{1} << address.size;
  const unsigned beats = address.len + 1u;
  if (beat_bytes > bus_bytes)
    return "beat wider than the bus";
  switch (address.burst) {
    case Burst::kFixed:
      return beats > 16 ? "FIXED burst of more than 16 beats" : "";
    case Burst::kIncr: {
      const std::uint64_t start = address.addr & ~(beat_bytes - 1);
      const std::uint64_t last = start + beats * beat_bytes - 1;
      return start / kPageBytes != last / kPageBytes ? "burst crosses a 4 KiB boundary" : "";
    }
    case Burst::kWrap:
      if (beats != 2 && beats != 4 && beats != 8 && beats != 16)
        return "WRAP burst of a length other than 2, 4, 8, 16";
      return address.addr % beat_bytes != 0 ? "WRAP burst not aligned to its beat" : "";
    default:
      return "reserved burst type";
  }
}

BeatRange beat_range(const Address& address, unsigned index) {
  const std::uint64_t beat_bytes = std::uint64_t{1} << address.size;
  const std::uint64_t start = address.addr & ~(beat_bytes - 1);
  switch (address.burst) {
    case Burst::kFixed:
      return {address.addr, start + beat_bytes - address.addr};
    case Burst::kWrap: {
      const std::uint64_t window = (address.len + 1u) * beat_bytes;
      const std::uint64_t base = address.addr & ~(window - 1);
      return {base + (address.addr - base + index * beat_bytes) % window, beat_bytes};
    }
    default:
      if (index == 0)
        return {address.addr, start + beat_bytes - address.addr};
      return {start + index * beat_bytes, beat_bytes};
  }
}

}  // namespace presil::axi
