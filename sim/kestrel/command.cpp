// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/command.hpp"

#include <algorithm>
#include <cstring>

namespace presil::kestrel {
namespace {

constexpr std::size_t kNamedBytes = KESTREL_COMMAND_VALUE_HI + 4;
constexpr std::uint64_t kFenceBytes = 8;

std::uint32_t word(std::span<const std::byte, KESTREL_COMMAND_BYTES> record, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, &record[offset], sizeof(value));
  return value;
}

std::uint64_t pair(std::span<const std::byte, KESTREL_COMMAND_BYTES> record, std::size_t offset) {
  return word(record, offset) | static_cast<std::uint64_t>(word(record, offset + 4)) << 32;
}

}  // namespace

Command Command::decode(std::span<const std::byte, KESTREL_COMMAND_BYTES> record) {
  const std::uint32_t header = word(record, KESTREL_COMMAND_HEADER);
  Command command;
  command.opcode = header & KESTREL_COMMAND_HEADER_OPCODE_MASK;
  command.length = word(record, KESTREL_COMMAND_LENGTH);
  command.source = pair(record, KESTREL_COMMAND_SRC_LO);
  command.destination = pair(record, KESTREL_COMMAND_DST_LO);
  command.value = pair(record, KESTREL_COMMAND_VALUE_LO);
  command.is_reserved_set = (header & KESTREL_COMMAND_HEADER_RESERVED_MASK) != 0 ||
                            std::ranges::any_of(record.subspan(kNamedBytes),
                                                [](std::byte b) { return b != std::byte{}; });
  return command;
}

Failure Command::check() const {
  bool is_bad = is_reserved_set;
  switch (opcode) {
    case KESTREL_OPCODE_NOP:
      is_bad |= length != 0 || source != 0 || destination != 0 || value != 0;
      break;
    case KESTREL_OPCODE_COPY:
      is_bad |= value != 0;
      break;
    case KESTREL_OPCODE_FENCE:
      is_bad |= length != 0 || source != 0 || destination % kFenceBytes != 0;
      break;
    default:
      return {.cause = KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE};
  }
  return {.cause = is_bad ? KESTREL_ERROR_CAUSE_ILLEGAL_FIELD : KESTREL_ERROR_CAUSE_NONE};
}

}  // namespace presil::kestrel
