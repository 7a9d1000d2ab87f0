// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// PageTables: builds the page tables of an address space in a memory, as a driver does.
#pragma once

#include <cstdint>
#include <functional>

namespace presil::testbench {

/// Four levels of 512 entries. Tables are taken from a range of bus addresses, upwards.
class PageTables {
 public:
  static constexpr std::uint64_t kValid = 1, kRead = 2, kWrite = 4, kLeaf = 8;
  static constexpr std::uint64_t kPageBytes = 4096, kLargeBytes = 2u << 20;

  using Read64 = std::function<std::uint64_t(std::uint64_t addr)>;
  using Write64 = std::function<void(std::uint64_t addr, std::uint64_t value)>;

  /// \param tables  bus address of the root; the pages from there on must be zero.
  PageTables(std::uint64_t tables, Read64 read, Write64 write)
      : root_(tables),
        next_(tables + kPageBytes),
        read_(std::move(read)),
        write_(std::move(write)) {}

  /// In a memory that has read64 and write64; it outlives this.
  template <typename Memory>
  PageTables(std::uint64_t tables, Memory& memory)
      : PageTables(
            tables, [&memory](std::uint64_t addr) { return memory.read64(addr); },
            [&memory](std::uint64_t addr, std::uint64_t value) { memory.write64(addr, value); }) {}

  [[nodiscard]] std::uint64_t root() const { return root_; }

  /// Maps the 4 KiB page of `va`; `permissions` of kRead and kWrite.
  void map(std::uint64_t va, std::uint64_t bus, std::uint64_t permissions) {
    write_(entry(va, 0), bus | permissions | kLeaf | kValid);
  }
  /// Maps the 2 MiB page of `va`.
  void map_large(std::uint64_t va, std::uint64_t bus, std::uint64_t permissions) {
    write_(entry(va, 1), bus | permissions | kLeaf | kValid);
  }
  /// Puts any bits into the entry of `va` at `level`, 0 being the last.
  void put(std::uint64_t va, unsigned level, std::uint64_t bits) { write_(entry(va, level), bits); }

  /// Bus address of the entry of `va` at `level`; tables above it are made.
  std::uint64_t entry(std::uint64_t va, unsigned level) {
    std::uint64_t table = root_;
    for (unsigned at = 3;; --at) {
      const std::uint64_t place = table + 8 * (va >> (12 + 9 * at) & 511);
      if (at == level)
        return place;
      std::uint64_t below = read_(place);
      if ((below & kValid) == 0) {
        below = next_ | kValid;
        next_ += kPageBytes;
        write_(place, below);
      }
      table = below & ~(kPageBytes - 1);
    }
  }

 private:
  std::uint64_t root_, next_;
  Read64 read_;
  Write64 write_;
};

}  // namespace presil::testbench
