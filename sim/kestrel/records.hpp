// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Records: ring records and commands, decoded field by field and checked.
#pragma once

#include <kestrel_regs.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace presil::kestrel {

/// A record as it lies in memory.
using Record = std::array<std::byte, KESTREL_RECORD_BYTES>;

std::uint32_t opcode_of(const Record& record);

/// NOP, CALL, FENCE, WAIT and TIMESTAMP.
struct ControlFields {
  std::uint32_t size = 0;
  std::uint64_t addr = 0;
  std::uint64_t value = 0;

  static ControlFields decode(const Record& record);
};

/// Tokens of a command of an engine.
struct TokenFields {
  bool waits_prev = false, waits_next = false;
  bool signals_prev = false, signals_next = false;

  static TokenFields decode(const Record& record);
};

/// LOAD and STORE.
struct TransferFields {
  /// One of the loops round a run, numbered 1 (innermost) to 4.
  struct Loop {
    std::uint32_t count = 0;
    std::int32_t y_step = 0, x_step = 0, scratchpad_step = 0;
  };

  bool is_store = false;
  std::uint8_t pad = 0;
  std::int32_t pitch = 0;
  std::uint64_t addr = 0;
  std::int32_t height = 0, width = 0;
  std::int32_t y = 0, x = 0;
  std::uint32_t run_bytes = 0;
  std::uint32_t scratchpad = 0;
  std::array<Loop, 4> loops = {};

  static TransferFields decode(const Record& record);
};

struct AccumulateFields {
  std::uint32_t mode = KESTREL_ACCUMULATE_MODE_MATMUL;
  bool is_unsigned = false, keeps = false;
  std::uint32_t activation = 0, weight = 0, row = 0;
  /// Positions and reduction, innermost first.
  std::array<std::uint32_t, 2> positions = {};
  std::array<std::int32_t, 2> position_strides = {};
  std::array<std::uint32_t, 3> reduction = {};
  std::array<std::int32_t, 3> reduction_strides = {};

  static AccumulateFields decode(const Record& record);
};

struct OutputFields {
  /// Place that moves with the position: the source, the destination, the residual.
  struct Place {
    std::uint32_t first = 0;
    std::array<std::int32_t, 2> strides = {};
  };

  bool from_scratchpad = false, is_source_unsigned = false;
  bool has_residual = false, is_residual_unsigned = false;
  bool is_unsigned = false, is_per_channel = false;
  std::array<std::uint32_t, 2> positions = {};
  Place source, destination, residual;
  std::uint32_t parameters = 0;
  std::int32_t zero = 0, source_zero = 0, residual_zero = 0;
  std::int32_t min = 0, max = 0;
  float scale = 0, residual_scale = 0;
  std::int32_t bias = 0;

  static OutputFields decode(const Record& record);
};

/// What is wrong with a record of a ring, before anything is done: KESTREL_ERROR_CAUSE_*.
/// First the opcode, then whether it is permitted, then its fields.
std::uint32_t check_ring_record(const Record& record, bool is_user);

/// The same for a command in a command buffer.
std::uint32_t check_command(const Record& record);

}  // namespace presil::kestrel
