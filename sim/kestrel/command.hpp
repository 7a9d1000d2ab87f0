// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Command: one entry of the ring, decoded and checked.
#pragma once

#include <kestrel_regs.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace presil::kestrel {

/// Why a command failed; all zero: it did not.
struct Failure {
  std::uint32_t cause = KESTREL_ERROR_CAUSE_NONE;  ///< KESTREL_ERROR_CAUSE_*
  std::uint32_t response = 0;                      ///< AXI: 2 SLVERR, 3 DECERR
  std::uint64_t addr = 0;                          ///< start of the bus access that failed
  bool has_opcode = true;                          ///< the command could be read

  explicit operator bool() const { return cause != KESTREL_ERROR_CAUSE_NONE; }
};

struct Command {
  std::uint32_t opcode = 0;
  std::uint32_t length = 0;
  std::uint64_t source = 0;
  std::uint64_t destination = 0;
  std::uint64_t value = 0;
  bool is_reserved_set = false;  ///< something that no opcode names is not zero

  static Command decode(std::span<const std::byte, KESTREL_COMMAND_BYTES> record);

  /// What is wrong with it, before anything is done.
  Failure check() const;
};

}  // namespace presil::kestrel
