// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Command buffers of the device, right ones and wrong ones.
///
/// Source: hw/kestrel/gen/registers.md, "Commands"; docs/programmers_guide.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kestrel_regs.h"

/// Most bytes that one LOAD or STORE of Commands moves.
constexpr std::uint32_t kTransferBytes = 32'768;

/// One command: 16 words, little-endian in memory.
using Command = std::array<std::uint32_t, KESTREL_RECORD_BYTES / 4>;

/// A command with an opcode and nothing else.
Command command(std::uint32_t opcode);

/// LOAD or STORE of one run of bytes, up to kTransferBytes.
Command transfer(std::uint32_t opcode, std::uint64_t va, std::uint32_t scratchpad,
                 std::uint32_t size_bytes);

/// FENCE, WAIT, TIMESTAMP and CALL, as they stand in a ring; in a command buffer they are forged.
Command control(std::uint32_t opcode, std::uint64_t address, std::uint64_t value,
                std::uint32_t size_bytes = 0);

/// One row of the accumulators becomes the sum of the bytes in word 0 of the scratchpad, taken
/// `count` times: a multiple of 1000, or less than that.
Command accumulate(std::uint32_t row, std::uint32_t count);

/// A sequence of commands.
class Commands {
 public:
  Commands& add(const Command& command);
  /// Memory to scratchpad, and back; up to kTransferBytes.
  Commands& load(std::uint64_t va, std::uint32_t scratchpad, std::uint32_t size_bytes);
  Commands& store(std::uint64_t va, std::uint32_t scratchpad, std::uint32_t size_bytes);
  /// What follows starts when what precedes has completed.
  Commands& barrier();
  /// Memory to memory through the beginning of the scratchpad, any number of bytes.
  Commands& copy(std::uint64_t from_va, std::uint64_t to_va, std::uint64_t size_bytes);
  /// Keeps the array busy for about this many cycles, up to 60 million.
  Commands& busy(std::uint32_t cycles);
  /// Waits for a token that nobody signals: the command buffer never ends by itself.
  Commands& hang();

  std::span<const std::uint8_t> bytes() const;
  std::uint32_t size_bytes() const { return static_cast<std::uint32_t>(bytes().size()); }
  /// Where the next command will stand, bytes.
  std::uint32_t offset() const { return size_bytes(); }

 private:
  std::vector<Command> commands_;
};
