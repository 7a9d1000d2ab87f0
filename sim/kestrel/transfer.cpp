// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/transfer.hpp"

#include <algorithm>
#include <span>

namespace presil::kestrel {
namespace {

/// Bounds of a slice; two of 8 KiB in flight are what the load engine reads ahead.
constexpr std::uint64_t kSliceBeats = (1u << kReadAheadLog2) / 2 / kBeatBytes;
constexpr std::uint64_t kSliceCycles = 2048;

}  // namespace

Transfer::Transfer(const TransferFields& fields, std::uint32_t space, AddressSpaces& spaces,
                   Scratchpad& scratchpad, Counts& counts)
    : fields_(fields), space_(space), spaces_(spaces), scratchpad_(scratchpad), counts_(counts) {}

Slice Transfer::run() {
  Slice slice;
  std::uint64_t beats = 0;
  while (beats < kSliceBeats && slice.cycles < kSliceCycles) {
    if (!is_in_run_) {
      ++slice.cycles;
      if (!begin_run()) {
        slice.failure = {.cause = KESTREL_ERROR_CAUSE_OPERAND_RANGE};
        return slice;
      }
      is_in_run_ = true;
    }
    if (position_ < end_) {
      const std::uint64_t addr = addr_ + position_;
      const std::uint64_t bytes = burst_bytes(addr, end_ - position_);
      const Outcome outcome = burst(bytes);
      slice.answer_ps = std::max(slice.answer_ps, outcome.latency_ps);
      if (outcome.failure) {
        slice.failure = outcome.failure;
        return slice;
      }
      position_ += static_cast<std::uint32_t>(bytes);
      beats += burst_beats(addr, bytes);
      slice.cycles += burst_beats(addr, bytes);
      continue;
    }
    is_in_run_ = false;
    if (!next_run()) {
      slice.is_done = true;
      return slice;
    }
  }
  return slice;
}

bool Transfer::begin_run() {
  auto y = static_cast<std::uint32_t>(fields_.y), x = static_cast<std::uint32_t>(fields_.x);
  std::uint32_t s = fields_.scratchpad;
  for (std::size_t i = 0; i < index_.size(); ++i) {
    const auto& loop = fields_.loops[i];
    y += index_[i] * static_cast<std::uint32_t>(loop.y_step);
    x += index_[i] * static_cast<std::uint32_t>(loop.x_step);
    s += index_[i] * static_cast<std::uint32_t>(loop.scratchpad_step);
  }
  const std::int64_t run = fields_.run_bytes;
  const auto row = static_cast<std::int32_t>(y);
  const std::int64_t column = static_cast<std::int32_t>(x);
  const auto place = static_cast<std::int32_t>(s);
  if (place < 0 || place + run > kScratchpadBytes)
    return false;

  std::int64_t first = std::clamp<std::int64_t>(-column, 0, run);
  std::int64_t last = std::clamp<std::int64_t>(fields_.width - column, first, run);
  if (row < 0 || row >= fields_.height)
    first = last = run;
  scratchpad_addr_ = s;
  addr_ = fields_.addr + static_cast<std::uint64_t>(std::int64_t{row} * fields_.pitch) +
          static_cast<std::uint64_t>(column);
  position_ = static_cast<std::uint32_t>(first);
  end_ = static_cast<std::uint32_t>(last);
  if (!fields_.is_store) {
    scratchpad_.fill(s, position_, fields_.pad);
    scratchpad_.fill(s + end_, fields_.run_bytes - end_, fields_.pad);
  }
  return true;
}

bool Transfer::next_run() {
  for (std::size_t i = 0; i < index_.size(); ++i) {
    if (++index_[i] < fields_.loops[i].count)
      return true;
    index_[i] = 0;
  }
  return false;
}

Outcome Transfer::burst(std::uint64_t bytes) {
  std::array<std::uint8_t, kBlockBytes> buffer;
  const auto data = std::span(buffer).first(bytes);
  const std::uint32_t place = scratchpad_addr_ + position_;
  const Access access = {.addr = addr_ + position_,
                         .space = space_,
                         .is_privileged = false,
                         .kind = fields_.is_store ? KESTREL_ACCESS_STORE : KESTREL_ACCESS_LOAD};
  Outcome outcome;
  if (fields_.is_store) {
    if (!scratchpad_.read(place, data))
      return {.failure = {.cause = KESTREL_ERROR_CAUSE_PARITY}};
    outcome = spaces_.write(access, std::as_bytes(data));
  } else {
    outcome = spaces_.read(access, std::as_writable_bytes(data));
    if (!outcome.failure)
      scratchpad_.write(place, data);
  }
  if (outcome.failure.cause != KESTREL_ERROR_CAUSE_TRANSLATION)
    counts_[fields_.is_store ? kWriteBytes : kReadBytes] +=
        burst_beats(access.addr, bytes) * kBeatBytes;
  return outcome;
}

}  // namespace presil::kestrel
