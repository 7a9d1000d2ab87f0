// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/tlb.hpp"

#include <kestrel_regs.h>

namespace presil::kestrel {
namespace {

/// All that an entry may have set: V, R, W, LEAF and the address.
constexpr std::uint64_t kNamedBits = 0x000f'ffff'ffff'f00f;
constexpr std::uint64_t kPermissionBits = 6;

}  // namespace

std::uint32_t TableEntry::fault(unsigned level) const {
  if (!is_valid())
    return KESTREL_FAULT_NOT_PRESENT;
  const bool may_be_leaf = level <= 1, must_be_leaf = level == 0;
  const bool is_format_legal =
      (bits & ~kNamedBits) == 0 && (is_leaf() ? may_be_leaf && addr() % entry_span(level) == 0
                                              : !must_be_leaf && (bits & kPermissionBits) == 0);
  return is_format_legal ? KESTREL_FAULT_NONE : KESTREL_FAULT_TABLE_FORMAT;
}

std::optional<std::uint64_t> Tlb::look_up(std::uint32_t space, std::uint64_t addr,
                                          bool is_write) const {
  for (const Line& line : lines_) {
    if (!line.covers(space, addr))
      continue;
    const std::uint64_t page = entry_span(line.level);
    const TableEntry entry = line.entries[(addr - line.first) / page];
    // Whatever else is in the line may have changed without an invalidation.
    if (entry.fault(line.level) == KESTREL_FAULT_NONE && entry.is_leaf() && entry.permits(is_write))
      return entry.addr() | addr % page;
  }
  return std::nullopt;
}

void Tlb::fill(std::uint32_t space, std::uint64_t addr, unsigned level, const TableLine& entries) {
  const std::uint64_t span = kLineEntries * entry_span(level);
  const std::uint64_t first = addr - addr % span;
  Line* place = nullptr;
  for (Line& line : lines_) {
    if (line.is_valid && line.space == space && line.level == level && line.first == first)
      place = &line;
  }
  if (place == nullptr) {
    place = &lines_[oldest_];
    oldest_ = (oldest_ + 1) % lines_.size();
  }
  *place = {.is_valid = true, .space = space, .level = level, .first = first, .entries = entries};
}

void Tlb::invalidate(const Invalidation& what) {
  for (Line& line : lines_) {
    if ((what.all_spaces || line.space == what.space) && line.first <= what.last &&
        line.first + line.span() - 1 >= what.first)
      line.is_valid = false;
  }
}

}  // namespace presil::kestrel
