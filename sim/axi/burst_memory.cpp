// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/axi/burst_memory.hpp"

#include <algorithm>
#include <cstring>

namespace presil::axi {
namespace {

Response worse(Response one, Response other) {
  return std::max(one, other);
}

std::uint64_t lane_mask(std::size_t first, std::size_t count) {
  return (count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1) << first;
}

}  // namespace

bool BurstMemory::refuse(BurstSlot& burst, std::string_view rule) {
  if (rule.empty())
    return false;
  target_.broken_rule(burst.address, rule);
  burst.response = Response::kSlverr;
  return true;
}

void BurstMemory::read(BurstSlot& burst) {
  const Address& address = burst.address;
  const unsigned beats = address.len + 1u;
  burst.response = Response::kOkay;
  std::fill_n(burst.data.begin(), beats * bus_bytes_, std::byte{0});
  if (refuse(burst, illegal_because(address, bus_bytes_)))
    return;

  // FIXED reads the same bytes again for every beat; the others are one run, which WRAP enters
  // midway.
  const bool is_fixed = address.burst == Burst::kFixed;
  const unsigned runs = is_fixed ? beats : 1;
  const unsigned beats_per_run = is_fixed ? 1 : beats;
  for (unsigned run = 0; run < runs; ++run) {
    // The last byte and not the one behind it, which is 0 where addresses end.
    std::uint64_t low = ~std::uint64_t{0}, last = 0;
    for (unsigned beat = 0; beat < beats_per_run; ++beat) {
      const BeatRange range = beat_range(address, beat);
      low = std::min(low, range.first);
      last = std::max(last, range.first + range.bytes - 1);
    }
    run_.resize(last - low + 1);
    burst.response = worse(burst.response, target_.read(address, low, run_));
    for (unsigned beat = 0; beat < beats_per_run; ++beat) {
      const BeatRange range = beat_range(address, beat);
      std::memcpy(&burst.data[(run + beat) * bus_bytes_ + range.first % bus_bytes_],
                  &run_[range.first - low], range.bytes);
    }
  }
}

void BurstMemory::write(BurstSlot& burst) {
  const Address& address = burst.address;
  burst.response = Response::kOkay;
  if (refuse(burst, illegal_because(address, bus_bytes_)) ||
      refuse(burst, burst.beats == address.len + 1u ? "" : "WLAST on another beat than AWLEN says"))
    return;

  // Before any is performed: a burst that breaks a rule leaves memory alone.
  for (unsigned beat = 0; beat < burst.beats; ++beat) {
    const BeatRange range = beat_range(address, beat);
    const std::uint64_t wanted = lane_mask(range.first % bus_bytes_, range.bytes);
    if (refuse(burst,
               (burst.strobes[beat] & ~wanted) == 0 ? "" : "strobe outside the bytes of its beat"))
      return;
  }

  run_.clear();
  for (unsigned beat = 0; beat < burst.beats; ++beat) {
    const BeatRange range = beat_range(address, beat);
    const std::size_t lane = range.first % bus_bytes_;
    const std::uint64_t container = range.first - lane;
    const std::uint64_t wanted = lane_mask(lane, range.bytes);
    const std::uint64_t strobes = burst.strobes[beat];
    const std::byte* data = &burst.data[beat * bus_bytes_];
    if (strobes == wanted) {
      add_to_run(burst, range.first, data + lane, range.bytes);
      continue;
    }
    for (std::size_t byte = lane; byte < lane + range.bytes; ++byte) {
      if ((strobes >> byte & 1) != 0)
        add_to_run(burst, container + byte, data + byte, 1);
    }
  }
  end_run(burst);
}

void BurstMemory::add_to_run(BurstSlot& burst, std::uint64_t addr, const std::byte* data,
                             std::size_t bytes) {
  if (run_.empty() || addr != run_addr_ + run_.size()) {
    end_run(burst);
    run_addr_ = addr;
  }
  run_.insert(run_.end(), data, data + bytes);
}

void BurstMemory::end_run(BurstSlot& burst) {
  if (run_.empty())
    return;
  burst.response = worse(burst.response, target_.write(burst.address, run_addr_, run_));
  run_.clear();
}

}  // namespace presil::axi
