// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// SparseMemory, see the header.

#include "sparse_memory.hpp"

namespace presil::testbench {

void SparseMemory::write64(std::uint64_t addr, std::uint64_t value) {
  write32(addr, static_cast<std::uint32_t>(value));
  write32(addr + 4, static_cast<std::uint32_t>(value >> 32));
}

std::uint8_t& SparseMemory::at(std::uint64_t addr) {
  const std::uint64_t index = addr / kPageBytes;
  if (recent_ == nullptr || index != recent_index_) {
    recent_ = &pages_[index];  // Value-initialised: zeros.
    recent_index_ = index;
  }
  return (*recent_)[addr % kPageBytes];
}

void SparseMemory::write(std::uint64_t addr, std::span<const std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) {
    at(addr++) = byte;
  }
}

void SparseMemory::read(std::uint64_t addr, std::span<std::uint8_t> bytes) const {
  auto page = pages_.end();
  std::uint64_t index = 0;
  bool known = false;
  for (std::uint8_t& byte : bytes) {
    if (!known || addr / kPageBytes != index) {
      index = addr / kPageBytes;
      page = pages_.find(index);
      known = true;
    }
    byte = page == pages_.end() ? 0 : page->second[addr % kPageBytes];
    ++addr;
  }
}

std::vector<std::uint8_t> SparseMemory::read(std::uint64_t addr, std::size_t size_bytes) const {
  std::vector<std::uint8_t> bytes(size_bytes);
  read(addr, bytes);
  return bytes;
}

std::uint64_t SparseMemory::read64(std::uint64_t addr) const {
  std::array<std::uint8_t, 8> bytes{};
  read(addr, bytes);
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | bytes[i];
  }
  return value;
}

void SparseMemory::write32(std::uint64_t addr, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) {
    at(addr + i) = static_cast<std::uint8_t>(value >> (8 * i));
  }
}

}  // namespace presil::testbench
