// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "records.hpp"

#include <bit>
#include <cstddef>

namespace kestrel::internal {
namespace {

/// Puts a value into the field at `mask` of the word at byte `offset`, which holds zeros there.
void put(CommandRecord& record, std::size_t offset, std::uint32_t mask, std::uint32_t value) {
  const std::uint32_t bits = value << std::countr_zero(mask) & mask;
  for (std::size_t i = 0; i < sizeof(bits); ++i)
    record[offset + i] |= static_cast<std::uint8_t>(bits >> (8 * i));
}

void put_word(CommandRecord& record, std::size_t offset, std::uint32_t value) {
  put(record, offset, ~std::uint32_t{0}, value);
}

// One run in one row, all of it inside: the loops go round once, and their steps do nothing.
CommandRecord transfer_record(std::uint32_t opcode, std::uint64_t va, std::uint32_t scratchpad,
                              std::uint32_t length_bytes) {
  CommandRecord record{};
  put(record, KESTREL_TRANSFER_HEADER, KESTREL_TRANSFER_HEADER_OPCODE_MASK, opcode);
  put_word(record, KESTREL_TRANSFER_ADDR_LO, static_cast<std::uint32_t>(va));
  put_word(record, KESTREL_TRANSFER_ADDR_HI, static_cast<std::uint32_t>(va >> 32));
  put(record, KESTREL_TRANSFER_INSIDE, KESTREL_TRANSFER_INSIDE_HEIGHT_MASK, 1);
  put(record, KESTREL_TRANSFER_INSIDE, KESTREL_TRANSFER_INSIDE_WIDTH_MASK, length_bytes);
  put(record, KESTREL_TRANSFER_COUNT01, KESTREL_TRANSFER_COUNT01_N0_MASK, length_bytes);
  put(record, KESTREL_TRANSFER_COUNT01, KESTREL_TRANSFER_COUNT01_N1_MASK, 1);
  put(record, KESTREL_TRANSFER_COUNT23, KESTREL_TRANSFER_COUNT23_N2_MASK, 1);
  put(record, KESTREL_TRANSFER_COUNT23, KESTREL_TRANSFER_COUNT23_N3_MASK, 1);
  put(record, KESTREL_TRANSFER_COUNT4, KESTREL_TRANSFER_COUNT4_N4_MASK, 1);
  put(record, KESTREL_TRANSFER_SCRATCHPAD, KESTREL_TRANSFER_SCRATCHPAD_BYTES_MASK, scratchpad);
  return record;
}

}  // namespace

CommandRecord load_record(std::uint64_t va, std::uint32_t scratchpad, std::uint32_t length_bytes) {
  return transfer_record(KESTREL_OPCODE_LOAD, va, scratchpad, length_bytes);
}

CommandRecord store_record(std::uint64_t va, std::uint32_t scratchpad, std::uint32_t length_bytes) {
  return transfer_record(KESTREL_OPCODE_STORE, va, scratchpad, length_bytes);
}

CommandRecord barrier_record() {
  CommandRecord record{};
  put(record, KESTREL_ORDER_HEADER, KESTREL_ORDER_HEADER_OPCODE_MASK, KESTREL_OPCODE_BARRIER);
  return record;
}

}  // namespace kestrel::internal
