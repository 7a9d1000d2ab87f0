// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Failure and Error: what went wrong, and in which command.
#pragma once

#include <kestrel_regs.h>

#include <cstdint>

namespace presil::kestrel {

/// What went wrong; all zero: nothing did.
struct Failure {
  std::uint32_t cause = KESTREL_ERROR_CAUSE_NONE;  ///< KESTREL_ERROR_CAUSE_*
  std::uint32_t response = 0;                      ///< AXI: 2 SLVERR, 3 DECERR
  std::uint32_t fault = KESTREL_FAULT_NONE;        ///< KESTREL_FAULT_*
  std::uint32_t access = KESTREL_ACCESS_FETCH;     ///< KESTREL_ACCESS_*
  std::uint64_t addr = 0;                          ///< before translation, or 0

  explicit operator bool() const { return cause != KESTREL_ERROR_CAUSE_NONE; }
  bool operator==(const Failure&) const = default;
};

/// A failure and the command that it belongs to: what a queue's ERROR_* registers show.
struct Error {
  Failure failure;
  std::uint32_t opcode = 0;  ///< 0 if the command could not be read
  bool is_in_call = false;
  std::uint32_t index = 0;   ///< of the ring record
  std::uint32_t offset = 0;  ///< of the command in its command buffer, bytes

  bool operator==(const Error&) const = default;
};

}  // namespace presil::kestrel
