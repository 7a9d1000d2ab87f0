// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// CopyJob: memory with one job for the reference accelerator in it, and what starts that job.
#pragma once

#include <kestrel_regs.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

namespace presil::bench {

/// Flat memory at address 0, with a ring of a COPY and a FENCE in its first page.
class CopyJob {
 public:
  /// \param bytes  length of the copy
  explicit CopyJob(std::uint32_t bytes) : bytes_(bytes), memory_(kData + 2 * std::size_t{bytes}) {
    for (std::size_t i = 0; i < bytes; ++i)
      memory_[kData + i] = static_cast<std::byte>(i * 2654435761u >> 24);
    put(kRing, {KESTREL_OPCODE_COPY, bytes, kData, 0, kData + bytes, 0});
    put(kRing + KESTREL_COMMAND_BYTES, {KESTREL_OPCODE_FENCE, 0, 0, 0, kFence, 0, 1, 0});
  }

  /// Register writes after a reset, in order: offset and value. The last rings the doorbell.
  static std::span<const std::pair<std::uint32_t, std::uint32_t>> register_writes() {
    static constexpr std::pair<std::uint32_t, std::uint32_t> kWrites[] = {
        {KESTREL_REG_RING_BASE_LO, kRing},
        {KESTREL_REG_RING_BASE_HI, 0},
        {KESTREL_REG_RING_SIZE, kRingLog2},
        {KESTREL_REG_IRQ_ENABLE, KESTREL_IRQ_ENABLE_FENCE},
        {KESTREL_REG_CONTROL, KESTREL_CONTROL_ENABLE},
        {KESTREL_REG_DOORBELL, 2},
    };
    return kWrites;
  }

  /// The bytes at `addr`; empty when they do not lie in this memory.
  std::span<std::byte> at(std::uint64_t addr, std::size_t bytes) {
    if (addr > memory_.size() || bytes > memory_.size() - addr)
      return {};
    return std::span(memory_).subspan(addr, bytes);
  }

  /// The copy is right, and its fence was written. Forgets both for the next time.
  bool take_result() {
    const auto from = at(kData, bytes_), to = at(kData + bytes_, bytes_);
    const bool right =
        std::memcmp(from.data(), to.data(), bytes_) == 0 && memory_[kFence] == std::byte{1};
    std::memset(to.data(), 0, bytes_);
    memory_[kFence] = std::byte{0};
    return right;
  }

 private:
  static constexpr std::uint32_t kRing = 0x1000, kRingLog2 = 6, kFence = 0x3000, kData = 0x10000;

  void put(std::uint32_t addr, std::initializer_list<std::uint32_t> words) {
    std::memcpy(&memory_[addr], words.begin(), words.size() * sizeof(std::uint32_t));
  }

  std::uint32_t bytes_;
  std::vector<std::byte> memory_;
};

}  // namespace presil::bench
