// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "commands.hpp"

#include <algorithm>
#include <bit>

static_assert(std::endian::native == std::endian::little, "commands are little-endian");

namespace {

void set(Command& command, std::uint32_t offset_bytes, std::uint32_t value) {
  command[offset_bytes / 4] = value;
}

void set_address(Command& command, std::uint32_t offset_bytes, std::uint64_t address) {
  set(command, offset_bytes, static_cast<std::uint32_t>(address));
  set(command, offset_bytes + 4, static_cast<std::uint32_t>(address >> 32));
}

}  // namespace

Command command(std::uint32_t opcode) {
  Command command{};
  set(command, KESTREL_ORDER_HEADER, opcode << KESTREL_ORDER_HEADER_OPCODE_SHIFT);
  return command;
}

Command transfer(std::uint32_t opcode, std::uint64_t va, std::uint32_t scratchpad,
                 std::uint32_t size_bytes) {
  Command made = command(opcode);
  set_address(made, KESTREL_TRANSFER_ADDR_LO, va);
  set(made, KESTREL_TRANSFER_INSIDE,
      1u << KESTREL_TRANSFER_INSIDE_HEIGHT_SHIFT | size_bytes
                                                       << KESTREL_TRANSFER_INSIDE_WIDTH_SHIFT);
  set(made, KESTREL_TRANSFER_COUNT01,
      size_bytes << KESTREL_TRANSFER_COUNT01_N0_SHIFT | 1u << KESTREL_TRANSFER_COUNT01_N1_SHIFT);
  set(made, KESTREL_TRANSFER_COUNT23,
      1u << KESTREL_TRANSFER_COUNT23_N2_SHIFT | 1u << KESTREL_TRANSFER_COUNT23_N3_SHIFT);
  set(made, KESTREL_TRANSFER_COUNT4, 1u << KESTREL_TRANSFER_COUNT4_N4_SHIFT);
  set(made, KESTREL_TRANSFER_SCRATCHPAD, scratchpad << KESTREL_TRANSFER_SCRATCHPAD_BYTES_SHIFT);
  return made;
}

Command control(std::uint32_t opcode, std::uint64_t address, std::uint64_t value,
                std::uint32_t size_bytes) {
  Command made = command(opcode);
  set(made, KESTREL_CONTROL_SIZE, size_bytes);
  set_address(made, KESTREL_CONTROL_ADDR_LO, address);
  set_address(made, KESTREL_CONTROL_VALUE_LO, value);
  return made;
}

Command accumulate(std::uint32_t row, std::uint32_t count) {
  const std::uint32_t inner = std::min(count, 1000u);
  Command made = command(KESTREL_OPCODE_ACCUMULATE);
  made[KESTREL_ACCUMULATE_HEADER / 4] |= KESTREL_ACCUMULATE_MODE_SUM
                                         << KESTREL_ACCUMULATE_HEADER_MODE_SHIFT;
  set(made, KESTREL_ACCUMULATE_ROWS, row << KESTREL_ACCUMULATE_ROWS_ACC_SHIFT);
  set(made, KESTREL_ACCUMULATE_COUNT_N,
      1u << KESTREL_ACCUMULATE_COUNT_N_N0_SHIFT | 1u << KESTREL_ACCUMULATE_COUNT_N_N1_SHIFT);
  set(made, KESTREL_ACCUMULATE_COUNT_R01,
      inner << KESTREL_ACCUMULATE_COUNT_R01_R0_SHIFT |
          count / inner << KESTREL_ACCUMULATE_COUNT_R01_R1_SHIFT);
  set(made, KESTREL_ACCUMULATE_COUNT_R2, 1u << KESTREL_ACCUMULATE_COUNT_R2_R2_SHIFT);
  return made;
}

Commands& Commands::add(const Command& command) {
  commands_.push_back(command);
  return *this;
}

Commands& Commands::load(std::uint64_t va, std::uint32_t scratchpad, std::uint32_t size_bytes) {
  return add(transfer(KESTREL_OPCODE_LOAD, va, scratchpad, size_bytes));
}

Commands& Commands::store(std::uint64_t va, std::uint32_t scratchpad, std::uint32_t size_bytes) {
  return add(transfer(KESTREL_OPCODE_STORE, va, scratchpad, size_bytes));
}

Commands& Commands::barrier() {
  return add(command(KESTREL_OPCODE_BARRIER));
}

Commands& Commands::copy(std::uint64_t from_va, std::uint64_t to_va, std::uint64_t size_bytes) {
  for (std::uint64_t done = 0; done < size_bytes; done += kTransferBytes) {
    const auto size =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(kTransferBytes, size_bytes - done));
    if (!commands_.empty())
      barrier();
    load(from_va + done, 0, size).barrier().store(to_va + done, 0, size);
  }
  return *this;
}

Commands& Commands::busy(std::uint32_t cycles) {
  return add(accumulate(0, cycles));
}

Commands& Commands::hang() {
  Command sync = command(KESTREL_OPCODE_SYNC);
  sync[KESTREL_ORDER_HEADER / 4] |= KESTREL_ORDER_HEADER_WAIT_PREV;
  return add(sync);
}

std::span<const std::uint8_t> Commands::bytes() const {
  return {reinterpret_cast<const std::uint8_t*>(commands_.data()),
          commands_.size() * sizeof(Command)};
}
