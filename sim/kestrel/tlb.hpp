// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Tlb: lines of eight leaf entries of page tables, as they were when they were read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "sim/kestrel/sizes.hpp"

namespace presil::kestrel {

/// An entry of a page table.
struct TableEntry {
  std::uint64_t bits = 0;

  bool is_valid() const { return (bits & 1) != 0; }
  bool is_leaf() const { return (bits & 8) != 0; }
  bool permits(bool is_write) const { return (bits & (is_write ? 4u : 2u)) != 0; }
  std::uint64_t addr() const { return bits & 0x000f'ffff'ffff'f000; }

  /// What is wrong with it at a level (3: root): KESTREL_FAULT_*, permission left out.
  std::uint32_t fault(unsigned level) const;
};

inline constexpr std::size_t kLineEntries = 8;
using TableLine = std::array<TableEntry, kLineEntries>;

/// Bytes of address space that an entry of a level maps.
constexpr std::uint64_t entry_span(unsigned level) {
  return std::uint64_t{1} << (12 + 9 * level);
}

/// What an INVALIDATE forgets: inclusive addresses of a space, or of all of them.
struct Invalidation {
  bool all_spaces = false;
  std::uint32_t space = 0;
  std::uint64_t first = 0, last = ~std::uint64_t{0};

  /// Without RANGE.
  bool is_whole() const { return first == 0 && last == ~std::uint64_t{0}; }
};

class Tlb {
 public:
  /// \returns the bus address, if a line knows it and permits the access.
  std::optional<std::uint64_t> look_up(std::uint32_t space, std::uint64_t addr,
                                       bool is_write) const;
  /// \param level  0, or 1 for pages of 2 MiB
  void fill(std::uint32_t space, std::uint64_t addr, unsigned level, const TableLine& entries);
  void invalidate(const Invalidation& what);
  void clear() { *this = {}; }

 private:
  struct Line {
    bool is_valid = false;
    std::uint32_t space = 0;
    unsigned level = 0;
    std::uint64_t first = 0;  // Address of its first entry's page.
    TableLine entries;

    std::uint64_t span() const { return kLineEntries * entry_span(level); }
    bool covers(std::uint32_t other_space, std::uint64_t addr) const {
      return is_valid && space == other_space && addr - first < span();
    }
  };

  std::array<Line, kTlbLines> lines_ = {};
  std::size_t oldest_ = 0;
};

}  // namespace presil::kestrel
