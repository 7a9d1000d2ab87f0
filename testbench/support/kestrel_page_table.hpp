// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// KestrelPageTable: makes page tables as kestrel's address spaces read them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace presil::testbench {

/// A page table in the making: four levels of 512 entries, 4 KiB pages. It keeps the tables;
/// `for_each_table` hands them out once everything is mapped.
class KestrelPageTable {
 public:
  static constexpr std::uint64_t kPageBytes = 4096;
  static constexpr std::uint64_t kValid = 1, kRead = 2, kWrite = 4, kLeaf = 8;

  /// \param tables  bus address from which on the tables will lie, 4 KiB aligned; the root is first
  explicit KestrelPageTable(std::uint64_t tables) : tables_at_(tables), tables_(1) {}

  /// Maps the page at virtual address `va` to the one at bus address `pa`.
  void map(std::uint64_t va, std::uint64_t pa, std::uint64_t rights = kRead | kWrite) {
    std::size_t table = 0;
    for (unsigned level = 3; level > 0; --level)
      table = below(table, index(va, level));
    tables_[table][index(va, 0)] = pa | rights | kLeaf | kValid;
  }

  [[nodiscard]] std::uint64_t root() const { return tables_at_; }
  /// Bytes of all tables.
  [[nodiscard]] std::uint64_t size_bytes() const { return tables_.size() * kPageBytes; }

  /// Calls `function(bus address, bytes of the table)`.
  template <typename Function>
  void for_each_table(Function function) const {
    for (std::size_t i = 0; i < tables_.size(); ++i)
      function(tables_at_ + i * kPageBytes, std::as_bytes(std::span(tables_[i])));
  }

 private:
  using Table = std::array<std::uint64_t, 512>;

  static std::size_t index(std::uint64_t va, unsigned level) {
    return va >> (12 + 9 * level) & 0x1ff;
  }

  /// The table that an entry points to; made if there is none.
  std::size_t below(std::size_t table, std::size_t entry) {
    if (tables_[table][entry] == 0) {
      tables_[table][entry] = (tables_at_ + tables_.size() * kPageBytes) | kValid;
      tables_.emplace_back();
    }
    return ((tables_[table][entry] & ~std::uint64_t{0xfff}) - tables_at_) / kPageBytes;
  }

  const std::uint64_t tables_at_;
  std::vector<Table> tables_;
};

}  // namespace presil::testbench
