// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/registers.hpp"

namespace presil::kestrel {
namespace {

constexpr std::uint64_t kPageMask = 0xfff;

std::uint32_t low(std::uint64_t value) {
  return static_cast<std::uint32_t>(value);
}
std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}

void set_low(std::uint64_t& value, std::uint32_t half) {
  value = (value >> 32 << 32) | half;
}
void set_high(std::uint64_t& value, std::uint32_t half) {
  value = low(value) | std::uint64_t{half} << 32;
}

std::uint32_t if_set(bool condition, std::uint32_t bit) {
  return condition ? bit : 0;
}

}  // namespace

std::uint32_t Registers::read(std::uint32_t offset, const DeviceStatus& status) {
  switch (offset) {
    case KESTREL_REG_ID:
      return KESTREL_ID_MAGIC;
    case KESTREL_REG_VERSION:
      return KESTREL_VERSION_MAJOR_VALUE << KESTREL_VERSION_MAJOR_SHIFT |
             KESTREL_VERSION_MINOR_VALUE << KESTREL_VERSION_MINOR_SHIFT;
    case KESTREL_REG_CAPS0:
      return kRingLog2Max << KESTREL_CAPS0_RING_LOG2_MAX_SHIFT |
             kVectors << KESTREL_CAPS0_VECTORS_SHIFT |
             kAddressBits << KESTREL_CAPS0_ADDR_BITS_SHIFT |
             kBeatBytesLog2 << KESTREL_CAPS0_DATA_BYTES_LOG2_SHIFT;
    case KESTREL_REG_CAPS1:
      return kClockMHz << KESTREL_CAPS1_CLOCK_MHZ_SHIFT | kQueues << KESTREL_CAPS1_QUEUES_SHIFT |
             kSpaces << KESTREL_CAPS1_SPACES_SHIFT;
    case KESTREL_REG_CAPS2:
      return kLanes << KESTREL_CAPS2_ARRAY_ROWS_SHIFT |
             kLanes << KESTREL_CAPS2_ARRAY_COLUMNS_SHIFT |
             kRowsPerStage << KESTREL_CAPS2_ROWS_PER_STAGE_SHIFT |
             static_cast<std::uint32_t>(kEngineCommands) << KESTREL_CAPS2_ENGINE_COMMANDS_SHIFT;
    case KESTREL_REG_CAPS3:
      return kScratchpadBytes / 1024 << KESTREL_CAPS3_SCRATCHPAD_KIB_SHIFT |
             kAccumulatorRows << KESTREL_CAPS3_ACCUMULATOR_ROWS_SHIFT;
    case KESTREL_REG_CAPS4:
      return kTlbLines << KESTREL_CAPS4_TLB_LINES_SHIFT |
             kVirtualBits << KESTREL_CAPS4_VA_BITS_SHIFT |
             kReadAheadLog2 << KESTREL_CAPS4_READ_AHEAD_LOG2_SHIFT;
    case KESTREL_REG_SCRATCH:
      return scratch_;
    case KESTREL_REG_STATUS:
      return if_set(status.is_idle, KESTREL_STATUS_IDLE) |
             if_set(status.is_resetting, KESTREL_STATUS_RESETTING) |
             if_set(status.is_reset_stuck, KESTREL_STATUS_RESET_STUCK);
    case KESTREL_REG_TIME_LO:
      time_high_ = high(status.time_ns);
      return low(status.time_ns);
    case KESTREL_REG_TIME_HI:
      return time_high_;
    case KESTREL_REG_IRQ_STATUS:
      return interrupts_.status();
    case KESTREL_REG_IRQ_ENABLE:
      return interrupts_.enable();
    case KESTREL_REG_ERROR_VECTOR:
      return error_vector_;
    case KESTREL_REG_ERROR_QUEUES:
      return status.error_queues;
    case KESTREL_REG_ACTIVE:
      return status.active_queue | if_set(status.is_active, KESTREL_ACTIVE_VALID);
    case KESTREL_REG_INVALIDATE_FIRST_LO:
      return low(first_);
    case KESTREL_REG_INVALIDATE_FIRST_HI:
      return high(first_);
    case KESTREL_REG_INVALIDATE_LAST_LO:
      return low(last_);
    case KESTREL_REG_INVALIDATE_LAST_HI:
      return high(last_);
    case KESTREL_REG_INVALIDATE:
      return invalidate_;
    case KESTREL_REG_COUNTER_SNAPSHOT:
      return snapshot_;
    case KESTREL_REG_PARITY_PLACE:
      return place_;
    case KESTREL_REG_PARITY_FLIP:
      return flip_;
    default:
      return 0;
  }
}

RegisterEffect Registers::write(std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case KESTREL_REG_SCRATCH:
      scratch_ = value;
      break;
    case KESTREL_REG_RESET:
      return (value & KESTREL_RESET_ENGINE) != 0 ? RegisterEffect::kReset : RegisterEffect::kNone;
    case KESTREL_REG_IRQ_STATUS:
      interrupts_.clear(value);
      break;
    case KESTREL_REG_IRQ_ENABLE:
      interrupts_.write_enable(value);
      break;
    case KESTREL_REG_IRQ_FORCE:
      interrupts_.force(value);
      break;
    case KESTREL_REG_ERROR_VECTOR:
      error_vector_ = value & KESTREL_ERROR_VECTOR_VECTOR_MASK;
      break;
    case KESTREL_REG_INVALIDATE_FIRST_LO:
      set_low(first_, value & KESTREL_INVALIDATE_FIRST_LO_ADDR_MASK);
      break;
    case KESTREL_REG_INVALIDATE_FIRST_HI:
      set_high(first_, value & KESTREL_INVALIDATE_FIRST_HI_ADDR_MASK);
      break;
    case KESTREL_REG_INVALIDATE_LAST_LO:
      set_low(last_, value & KESTREL_INVALIDATE_LAST_LO_ADDR_MASK);
      break;
    case KESTREL_REG_INVALIDATE_LAST_HI:
      set_high(last_, value & KESTREL_INVALIDATE_LAST_HI_ADDR_MASK);
      break;
    case KESTREL_REG_INVALIDATE:
      invalidate_ = value & (KESTREL_INVALIDATE_SPACE_MASK | KESTREL_INVALIDATE_RANGE |
                             KESTREL_INVALIDATE_ALL_SPACES);
      return (value & KESTREL_INVALIDATE_GO) != 0 ? RegisterEffect::kInvalidate
                                                  : RegisterEffect::kNone;
    case KESTREL_REG_COUNTER_SNAPSHOT:
      snapshot_ = value & KESTREL_COUNTER_SNAPSHOT_INDEX_MASK;
      return (value & KESTREL_COUNTER_SNAPSHOT_GO) != 0 ? RegisterEffect::kSnapshot
                                                        : RegisterEffect::kNone;
    case KESTREL_REG_PARITY_PLACE:
      place_ = value & (KESTREL_PARITY_PLACE_ADDR_MASK | KESTREL_PARITY_PLACE_ACCUMULATORS);
      break;
    case KESTREL_REG_PARITY_FLIP:
      flip_ = value & KESTREL_PARITY_FLIP_INDEX_MASK;
      return (value & KESTREL_PARITY_FLIP_GO) != 0 ? RegisterEffect::kFlip : RegisterEffect::kNone;
    default:
      break;  // Read-only, or nothing there.
  }
  return RegisterEffect::kNone;
}

Invalidation Registers::invalidation() const {
  Invalidation what = {.all_spaces = (invalidate_ & KESTREL_INVALIDATE_ALL_SPACES) != 0,
                       .space = invalidate_ & KESTREL_INVALIDATE_SPACE_MASK};
  if ((invalidate_ & KESTREL_INVALIDATE_RANGE) != 0) {
    what.first = first_;
    what.last = last_ | kPageMask;
  }
  return what;
}

void Registers::engine_reset() {
  first_ = last_ = 0;
  invalidate_ = snapshot_ = place_ = flip_ = 0;
}

void Registers::reset() {
  engine_reset();
  scratch_ = time_high_ = 0;
  error_vector_ = kQueues;
  interrupts_.reset();
}

}  // namespace presil::kestrel
