// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// SparseMemory: a 64-bit address space whose pages come into being when touched.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace presil::testbench {

/// Bytes at 64-bit addresses; what was never written reads as 0. Accesses may cross pages, and wrap
/// at the end of the address space. Not synchronised.
class SparseMemory {
 public:
  void write(std::uint64_t addr, std::span<const std::uint8_t> bytes);
  void read(std::uint64_t addr, std::span<std::uint8_t> bytes) const;

  [[nodiscard]] std::vector<std::uint8_t> read(std::uint64_t addr, std::size_t size_bytes) const;
  [[nodiscard]] std::uint64_t read64(std::uint64_t addr) const;
  void write32(std::uint64_t addr, std::uint32_t value);
  void write64(std::uint64_t addr, std::uint64_t value);

  /// The byte at `addr`, made if it does not exist.
  std::uint8_t& at(std::uint64_t addr);

 private:
  static constexpr std::size_t kPageBytes = 4096;
  using Page = std::array<std::uint8_t, kPageBytes>;

  std::unordered_map<std::uint64_t, Page> pages_;
  std::uint64_t recent_index_ = ~std::uint64_t{0};
  Page* recent_ = nullptr;  // Page `recent_index_`; unordered_map never moves its elements.
};

}  // namespace presil::testbench
