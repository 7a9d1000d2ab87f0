// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What LOAD and STORE do, written down a second time: byte by byte, from the four loops' numbers.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace presil::testbench {

/// Bytes of the scratchpad.
constexpr std::uint32_t kScratchpadBytes = 256 * 1024;

/// Fields of a LOAD or STORE; the opcode and the tokens are not the engines' matter.
struct Transfer {
  std::uint8_t pad = 0;
  std::int32_t pitch = 0;
  std::uint64_t addr = 0;
  std::uint16_t height = 1, width = 1;
  std::int16_t y0 = 0, x0 = 0;
  std::array<std::uint16_t, 5> n = {1, 1, 1, 1, 1};
  /// Of loops 1 to 4, at 0 to 3.
  std::array<std::int16_t, 4> xs = {};
  std::array<std::int8_t, 4> ys = {};
  std::array<std::int32_t, 4> ss = {};
  std::uint32_t scratchpad = 0;

  /// The record as it lies in memory.
  [[nodiscard]] std::array<std::uint32_t, 16> words() const;
};

/// A burst that the engine has to request.
struct BurstRequest {
  std::uint64_t addr;
  unsigned beats;

  bool operator==(const BurstRequest&) const = default;
};

/// One run: its bytes b in begin .. end - 1 lie in memory, from addr on.
struct Run {
  std::uint32_t spad;
  unsigned begin, end;
  std::uint64_t addr;
};

/// What a transfer has to do.
struct Expected {
  std::vector<Run> runs;  ///< Up to the first that reaches beyond the scratchpad.
  bool range_error = false;
  std::vector<BurstRequest> requests;  ///< Of those runs, in order.
};

Expected expect(const Transfer& transfer);

/// Bytes at addresses of 64 bits; what was not written is a number made from the address.
class TransferMemory {
 public:
  using Beat = std::array<std::uint8_t, 16>;

  [[nodiscard]] Beat beat(std::uint64_t addr) const;
  [[nodiscard]] std::uint8_t read(std::uint64_t addr) const { return beat(addr)[addr % 16]; }
  void write(std::uint64_t addr, std::uint8_t value);
  void clear() { beats_.clear(); }
  /// The first byte in which the two differ, if any, else nothing.
  [[nodiscard]] bool same(const TransferMemory& other, std::uint64_t& first_difference) const;

 private:
  std::unordered_map<std::uint64_t, Beat> beats_;
};

/// Executes the runs of a LOAD, or of a STORE.
void execute_load(const Transfer& transfer, const std::vector<Run>& runs,
                  const TransferMemory& memory, std::vector<std::uint8_t>& scratchpad);
void execute_store(const std::vector<Run>& runs, TransferMemory& memory,
                   const std::vector<std::uint8_t>& scratchpad);

}  // namespace presil::testbench
