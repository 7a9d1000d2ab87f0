// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Records from fields: the way back from what sim/kestrel/records.hpp decodes.
#pragma once

#include <kestrel_regs.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "sim/kestrel/records.hpp"

namespace presil::kestrel {

using RecordWords = std::array<std::uint32_t, KESTREL_RECORD_BYTES / 4>;

inline Record to_record(const RecordWords& words) {
  Record record;
  std::memcpy(record.data(), words.data(), record.size());
  return record;
}

inline std::uint32_t halves(std::int64_t low, std::int64_t high) {
  return (static_cast<std::uint32_t>(low) & 0xffff) | static_cast<std::uint32_t>(high) << 16;
}

inline std::uint32_t token_bits(const TokenFields& tokens) {
  return (tokens.waits_prev ? KESTREL_ORDER_HEADER_WAIT_PREV : 0) |
         (tokens.waits_next ? KESTREL_ORDER_HEADER_WAIT_NEXT : 0) |
         (tokens.signals_prev ? KESTREL_ORDER_HEADER_SIGNAL_PREV : 0) |
         (tokens.signals_next ? KESTREL_ORDER_HEADER_SIGNAL_NEXT : 0);
}

inline Record make_control(std::uint32_t opcode, std::uint32_t size = 0, std::uint64_t addr = 0,
                           std::uint64_t value = 0) {
  return to_record({opcode, size, static_cast<std::uint32_t>(addr),
                    static_cast<std::uint32_t>(addr >> 32), static_cast<std::uint32_t>(value),
                    static_cast<std::uint32_t>(value >> 32)});
}

inline Record make_call(std::uint64_t addr, std::size_t commands) {
  return make_control(KESTREL_OPCODE_CALL,
                      static_cast<std::uint32_t>(commands * KESTREL_RECORD_BYTES), addr);
}

inline Record make_order(std::uint32_t opcode, const TokenFields& tokens = {}) {
  return to_record({opcode | token_bits(tokens)});
}

inline Record make_transfer(const TransferFields& fields, const TokenFields& tokens = {}) {
  RecordWords words = {};
  words[0] = (fields.is_store ? KESTREL_OPCODE_STORE : KESTREL_OPCODE_LOAD) | token_bits(tokens) |
             std::uint32_t{fields.pad} << 24;
  words[1] = static_cast<std::uint32_t>(fields.pitch);
  words[2] = static_cast<std::uint32_t>(fields.addr);
  words[3] = static_cast<std::uint32_t>(fields.addr >> 32);
  words[4] = halves(fields.height, fields.width);
  words[5] = halves(fields.y, fields.x);
  const auto& loops = fields.loops;
  words[6] = halves(fields.run_bytes, loops[0].count);
  words[7] = halves(loops[1].count, loops[2].count);
  words[8] = loops[3].count;
  words[9] = halves(loops[0].x_step, loops[1].x_step);
  words[10] = halves(loops[2].x_step, loops[3].x_step);
  words[11] = fields.scratchpad;
  for (std::size_t i = 0; i < loops.size(); ++i)
    words[12 + i] = (static_cast<std::uint32_t>(loops[i].y_step) & 0xff) |
                    static_cast<std::uint32_t>(loops[i].scratchpad_step) << 8;
  return to_record(words);
}

inline Record make_accumulate(const AccumulateFields& fields, const TokenFields& tokens = {}) {
  RecordWords words = {};
  words[0] = KESTREL_OPCODE_ACCUMULATE | token_bits(tokens) | fields.mode << 16 |
             static_cast<std::uint32_t>(fields.is_unsigned) << 18 |
             static_cast<std::uint32_t>(fields.keeps) << 19;
  words[1] = halves(fields.activation, fields.weight);
  words[2] = fields.row;
  words[3] = halves(fields.positions[0], fields.positions[1]);
  words[4] = halves(fields.position_strides[0], fields.position_strides[1]);
  words[5] = halves(fields.reduction[0], fields.reduction[1]);
  words[6] = fields.reduction[2];
  words[7] = halves(fields.reduction_strides[0], fields.reduction_strides[1]);
  words[8] = halves(fields.reduction_strides[2], 0);
  return to_record(words);
}

inline Record make_output(const OutputFields& fields, const TokenFields& tokens = {}) {
  RecordWords words = {};
  words[0] = KESTREL_OPCODE_OUTPUT | token_bits(tokens) |
             static_cast<std::uint32_t>(fields.from_scratchpad) << 16 |
             static_cast<std::uint32_t>(fields.is_source_unsigned) << 17 |
             static_cast<std::uint32_t>(fields.has_residual) << 18 |
             static_cast<std::uint32_t>(fields.is_residual_unsigned) << 19 |
             static_cast<std::uint32_t>(fields.is_unsigned) << 20 |
             static_cast<std::uint32_t>(fields.is_per_channel) << 21;
  words[1] = halves(fields.positions[0], fields.positions[1]);
  words[2] = halves(fields.source.first, fields.destination.first);
  words[3] = halves(fields.source.strides[0], fields.source.strides[1]);
  words[4] = halves(fields.destination.strides[0], fields.destination.strides[1]);
  words[5] = halves(fields.residual.first, fields.parameters);
  words[6] = halves(fields.residual.strides[0], fields.residual.strides[1]);
  words[7] = halves(fields.zero, fields.source_zero);
  words[8] = halves(fields.residual_zero, 0);
  words[9] = halves(fields.min, fields.max);
  words[10] = std::bit_cast<std::uint32_t>(fields.scale);
  words[11] = static_cast<std::uint32_t>(fields.bias);
  words[12] = std::bit_cast<std::uint32_t>(fields.residual_scale);
  return to_record(words);
}

/// A LOAD or STORE of one run.
inline TransferFields one_run(bool is_store, std::uint64_t addr, std::uint32_t scratchpad,
                              std::uint32_t bytes) {
  TransferFields fields;
  fields.is_store = is_store;
  fields.addr = addr;
  fields.height = 1;
  fields.width = 0xffff;
  fields.run_bytes = bytes;
  fields.scratchpad = scratchpad;
  for (auto& loop : fields.loops)
    loop.count = 1;
  return fields;
}

}  // namespace presil::kestrel
