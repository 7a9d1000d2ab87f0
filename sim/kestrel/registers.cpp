// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/registers.hpp"

namespace presil::kestrel {
namespace {

constexpr std::uint32_t kAddressBits = 64;
constexpr std::uint32_t kBusBytesLog2 = 4;
constexpr std::uint32_t kClockMHz = 1000;

std::uint32_t low(std::uint64_t value) {
  return static_cast<std::uint32_t>(value);
}

std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}

}  // namespace

std::uint32_t Registers::read(std::uint32_t offset, std::uint64_t time_ns) {
  switch (offset) {
    case KESTREL_REG_ID:
      return KESTREL_ID_MAGIC;
    case KESTREL_REG_VERSION:
      return KESTREL_VERSION_MAJOR_VALUE << KESTREL_VERSION_MAJOR_SHIFT;
    case KESTREL_REG_CAPS0:
      return kRingLog2Max << KESTREL_CAPS0_RING_LOG2_MAX_SHIFT |
             kVectors << KESTREL_CAPS0_VECTORS_SHIFT |
             kAddressBits << KESTREL_CAPS0_ADDR_BITS_SHIFT |
             kBusBytesLog2 << KESTREL_CAPS0_DATA_BYTES_LOG2_SHIFT;
    case KESTREL_REG_CAPS1:
      return kClockMHz << KESTREL_CAPS1_CLOCK_MHZ_SHIFT;
    case KESTREL_REG_SCRATCH:
      return scratch;
    case KESTREL_REG_CONTROL:
      return is_enabled ? KESTREL_CONTROL_ENABLE : 0;
    case KESTREL_REG_STATUS:
      return (is_idle() ? KESTREL_STATUS_IDLE : 0) | (has_error ? KESTREL_STATUS_ERROR : 0) |
             (is_resetting ? KESTREL_STATUS_RESETTING : 0);
    case KESTREL_REG_IRQ_STATUS:
      return irq_status;
    case KESTREL_REG_IRQ_ENABLE:
      return irq_enable;
    case KESTREL_REG_TIME_LO:
      time_high_ = high(time_ns);
      return low(time_ns);
    case KESTREL_REG_TIME_HI:
      return time_high_;
    case KESTREL_REG_RING_BASE_LO:
      return low(ring_base);
    case KESTREL_REG_RING_BASE_HI:
      return high(ring_base);
    case KESTREL_REG_RING_SIZE:
      return ring_log2;
    case KESTREL_REG_DOORBELL:
      return doorbell;
    case KESTREL_REG_RING_HEAD:
      return head;
    case KESTREL_REG_ERROR_CAUSE:
      return failure.cause << KESTREL_ERROR_CAUSE_CAUSE_SHIFT |
             failure.response << KESTREL_ERROR_CAUSE_RESP_SHIFT |
             failed_opcode << KESTREL_ERROR_CAUSE_OPCODE_SHIFT;
    case KESTREL_REG_ERROR_INDEX:
      return failed_index;
    case KESTREL_REG_ERROR_ADDR_LO:
      return low(failure.addr);
    case KESTREL_REG_ERROR_ADDR_HI:
      return high(failure.addr);
    case KESTREL_REG_COUNT_COMMANDS:
      return commands;
    case KESTREL_REG_COUNT_BYTES_LO:
      bytes_high_ = high(bytes);
      return low(bytes);
    case KESTREL_REG_COUNT_BYTES_HI:
      return bytes_high_;
    case KESTREL_REG_COUNT_BUSY_LO:
      busy_high_ = high(busy_cycles);
      return low(busy_cycles);
    case KESTREL_REG_COUNT_BUSY_HI:
      return busy_high_;
    default:
      return 0;
  }
}

void Registers::soft_reset() {
  is_enabled = is_executing = has_error = is_resetting = false;
  doorbell = head = irq_status = 0;
  failure = {};
  failed_opcode = failed_index = 0;
  commands = 0;
  bytes = busy_cycles = 0;
}

}  // namespace presil::kestrel
