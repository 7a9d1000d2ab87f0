// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/records.hpp"

#include <bit>
#include <cstring>

namespace presil::kestrel {
namespace {

constexpr std::size_t kWords = KESTREL_RECORD_BYTES / sizeof(std::uint32_t);
constexpr std::uint32_t kAll = 0xffff'ffff;
constexpr std::uint32_t kLow = 0x0000'ffff;

/// Bits that a record of some opcode names; all others must be zero.
using Named = std::array<std::uint32_t, kWords>;

constexpr std::uint32_t kOpcodeBits = KESTREL_CONTROL_HEADER_OPCODE_MASK;
constexpr std::uint32_t kPrevBits =
    KESTREL_TRANSFER_HEADER_WAIT_PREV | KESTREL_TRANSFER_HEADER_SIGNAL_PREV;
constexpr std::uint32_t kNextBits =
    KESTREL_TRANSFER_HEADER_WAIT_NEXT | KESTREL_TRANSFER_HEADER_SIGNAL_NEXT;

constexpr Named kNop = {kOpcodeBits};
constexpr Named kCall = {kOpcodeBits, kAll, kAll, kAll};
constexpr Named kFence = {kOpcodeBits, 0, kAll, kAll, kAll, kAll};  // And WAIT.
constexpr Named kTimestamp = {kOpcodeBits, 0, kAll, kAll};

/// LOAD and STORE have tokens on one side only, and padding is LOAD's.
constexpr Named named_of_transfer(std::uint32_t header) {
  return {kOpcodeBits | header,
          kAll,
          kAll,
          kAll,
          kAll,
          kAll,
          kAll,
          kAll,
          kLow,
          kAll,
          kAll,
          KESTREL_TRANSFER_SCRATCHPAD_BYTES_MASK,
          kAll,
          kAll,
          kAll,
          kAll};
}
constexpr Named kLoad = named_of_transfer(kNextBits | KESTREL_TRANSFER_HEADER_PAD_MASK);
constexpr Named kStore = named_of_transfer(kPrevBits);

constexpr Named kAccumulate = {
    kOpcodeBits | kPrevBits | kNextBits | KESTREL_ACCUMULATE_HEADER_MODE_MASK |
        KESTREL_ACCUMULATE_HEADER_ACT_UNSIGNED | KESTREL_ACCUMULATE_HEADER_KEEP,
    kAll,
    kLow,
    kAll,
    kAll,
    kAll,
    kLow,
    kAll,
    kLow};
constexpr Named kOutput = {
    kOpcodeBits | kPrevBits | kNextBits | KESTREL_OUTPUT_HEADER_SRC_SCRATCHPAD |
        KESTREL_OUTPUT_HEADER_SRC_UNSIGNED | KESTREL_OUTPUT_HEADER_RES |
        KESTREL_OUTPUT_HEADER_RES_UNSIGNED | KESTREL_OUTPUT_HEADER_OUT_UNSIGNED |
        KESTREL_OUTPUT_HEADER_PER_CHANNEL,
    kAll,
    kAll,
    kAll,
    kAll,
    kAll,
    kAll,
    kAll,
    kLow,
    kAll,
    kAll,
    kAll,
    kAll};
constexpr Named kSync = {kOpcodeBits | kPrevBits | kNextBits};

constexpr std::uint64_t kWordBytes = 8;  // Of FENCE, WAIT and TIMESTAMP.

std::uint32_t word(const Record& record, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, &record[offset], sizeof(value));
  return value;
}

std::uint64_t pair(const Record& record, std::size_t offset) {
  return word(record, offset) | std::uint64_t{word(record, offset + 4)} << 32;
}

std::uint32_t low_half(std::uint32_t value) {
  return value & kLow;
}
std::uint32_t high_half(std::uint32_t value) {
  return value >> 16;
}
std::int32_t signed_low_half(std::uint32_t value) {
  return static_cast<std::int16_t>(value);
}
std::int32_t signed_high_half(std::uint32_t value) {
  return static_cast<std::int16_t>(value >> 16);
}

bool names_only(const Record& record, const Named& named) {
  for (std::size_t i = 0; i < kWords; ++i) {
    if (word(record, 4 * i) & ~named[i])
      return false;
  }
  return true;
}

bool is_legal(const TransferFields& fields) {
  bool counts = fields.run_bytes != 0;
  for (const auto& loop : fields.loops)
    counts = counts && loop.count != 0;
  return counts;
}

bool is_legal(const AccumulateFields& fields) {
  return fields.positions[0] != 0 && fields.positions[1] != 0 && fields.reduction[0] != 0 &&
         fields.reduction[1] != 0 && fields.reduction[2] != 0;
}

bool is_byte(std::int32_t value, bool is_unsigned) {
  return is_unsigned ? value >= 0 && value <= 255 : value >= -128 && value <= 127;
}

bool is_legal(const OutputFields& fields) {
  const bool is_source_legal = fields.from_scratchpad
                                   ? is_byte(fields.source_zero, fields.is_source_unsigned)
                                   : fields.source_zero == 0;
  const bool is_residual_legal =
      !fields.has_residual || is_byte(fields.residual_zero, fields.is_residual_unsigned);
  return fields.positions[0] != 0 && fields.positions[1] != 0 && is_source_legal &&
         is_residual_legal && is_byte(fields.zero, fields.is_unsigned) &&
         is_byte(fields.min, fields.is_unsigned) && is_byte(fields.max, fields.is_unsigned) &&
         fields.min <= fields.max;
}

std::uint32_t cause_unless(bool is_legal) {
  return is_legal ? KESTREL_ERROR_CAUSE_NONE : KESTREL_ERROR_CAUSE_ILLEGAL_FIELD;
}

}  // namespace

std::uint32_t opcode_of(const Record& record) {
  return word(record, KESTREL_CONTROL_HEADER) & kOpcodeBits;
}

ControlFields ControlFields::decode(const Record& record) {
  return {.size = word(record, KESTREL_CONTROL_SIZE),
          .addr = pair(record, KESTREL_CONTROL_ADDR_LO),
          .value = pair(record, KESTREL_CONTROL_VALUE_LO)};
}

TokenFields TokenFields::decode(const Record& record) {
  const std::uint32_t header = word(record, KESTREL_ORDER_HEADER);
  return {.waits_prev = (header & KESTREL_ORDER_HEADER_WAIT_PREV) != 0,
          .waits_next = (header & KESTREL_ORDER_HEADER_WAIT_NEXT) != 0,
          .signals_prev = (header & KESTREL_ORDER_HEADER_SIGNAL_PREV) != 0,
          .signals_next = (header & KESTREL_ORDER_HEADER_SIGNAL_NEXT) != 0};
}

TransferFields TransferFields::decode(const Record& record) {
  const std::uint32_t inside = word(record, KESTREL_TRANSFER_INSIDE);
  const std::uint32_t start = word(record, KESTREL_TRANSFER_START);
  const std::uint32_t count01 = word(record, KESTREL_TRANSFER_COUNT01);
  const std::uint32_t count23 = word(record, KESTREL_TRANSFER_COUNT23);
  const std::uint32_t xstep12 = word(record, KESTREL_TRANSFER_XSTEP12);
  const std::uint32_t xstep34 = word(record, KESTREL_TRANSFER_XSTEP34);

  TransferFields fields;
  fields.is_store = opcode_of(record) == KESTREL_OPCODE_STORE;
  fields.pad = static_cast<std::uint8_t>(word(record, KESTREL_TRANSFER_HEADER) >>
                                         KESTREL_TRANSFER_HEADER_PAD_SHIFT);
  fields.pitch = static_cast<std::int32_t>(word(record, KESTREL_TRANSFER_PITCH));
  fields.addr = pair(record, KESTREL_TRANSFER_ADDR_LO);
  fields.height = static_cast<std::int32_t>(low_half(inside));
  fields.width = static_cast<std::int32_t>(high_half(inside));
  fields.y = signed_low_half(start);
  fields.x = signed_high_half(start);
  fields.run_bytes = low_half(count01);
  fields.scratchpad =
      word(record, KESTREL_TRANSFER_SCRATCHPAD) & KESTREL_TRANSFER_SCRATCHPAD_BYTES_MASK;

  const std::uint32_t counts[] = {high_half(count01), low_half(count23), high_half(count23),
                                  low_half(word(record, KESTREL_TRANSFER_COUNT4))};
  const std::int32_t x_steps[] = {signed_low_half(xstep12), signed_high_half(xstep12),
                                  signed_low_half(xstep34), signed_high_half(xstep34)};
  for (std::size_t i = 0; i < fields.loops.size(); ++i) {
    const auto step = static_cast<std::int32_t>(word(record, KESTREL_TRANSFER_STEP1 + 4 * i));
    fields.loops[i] = {.count = counts[i],
                       .y_step = static_cast<std::int8_t>(step),
                       .x_step = x_steps[i],
                       .scratchpad_step = step >> KESTREL_TRANSFER_STEP1_SS1_SHIFT};
  }
  return fields;
}

AccumulateFields AccumulateFields::decode(const Record& record) {
  const std::uint32_t header = word(record, KESTREL_ACCUMULATE_HEADER);
  const std::uint32_t words = word(record, KESTREL_ACCUMULATE_WORDS);
  const std::uint32_t count_n = word(record, KESTREL_ACCUMULATE_COUNT_N);
  const std::uint32_t stride_s = word(record, KESTREL_ACCUMULATE_STRIDE_S);
  const std::uint32_t count_r01 = word(record, KESTREL_ACCUMULATE_COUNT_R01);
  const std::uint32_t stride_t01 = word(record, KESTREL_ACCUMULATE_STRIDE_T01);
  return {.mode = (header & KESTREL_ACCUMULATE_HEADER_MODE_MASK) >>
                  KESTREL_ACCUMULATE_HEADER_MODE_SHIFT,
          .is_unsigned = (header & KESTREL_ACCUMULATE_HEADER_ACT_UNSIGNED) != 0,
          .keeps = (header & KESTREL_ACCUMULATE_HEADER_KEEP) != 0,
          .activation = low_half(words),
          .weight = high_half(words),
          .row = low_half(word(record, KESTREL_ACCUMULATE_ROWS)),
          .positions = {low_half(count_n), high_half(count_n)},
          .position_strides = {signed_low_half(stride_s), signed_high_half(stride_s)},
          .reduction = {low_half(count_r01), high_half(count_r01),
                        low_half(word(record, KESTREL_ACCUMULATE_COUNT_R2))},
          .reduction_strides = {signed_low_half(stride_t01), signed_high_half(stride_t01),
                                signed_low_half(word(record, KESTREL_ACCUMULATE_STRIDE_T2))}};
}

OutputFields OutputFields::decode(const Record& record) {
  const std::uint32_t header = word(record, KESTREL_OUTPUT_HEADER);
  const std::uint32_t count_n = word(record, KESTREL_OUTPUT_COUNT_N);
  const std::uint32_t words = word(record, KESTREL_OUTPUT_WORDS);
  const std::uint32_t more_words = word(record, KESTREL_OUTPUT_MORE_WORDS);
  const std::uint32_t zero = word(record, KESTREL_OUTPUT_ZERO);
  const std::uint32_t clamp = word(record, KESTREL_OUTPUT_CLAMP);
  const auto place = [&record](std::uint32_t first, std::size_t strides) {
    const std::uint32_t both = word(record, strides);
    return Place{.first = first, .strides = {signed_low_half(both), signed_high_half(both)}};
  };
  return {.from_scratchpad = (header & KESTREL_OUTPUT_HEADER_SRC_SCRATCHPAD) != 0,
          .is_source_unsigned = (header & KESTREL_OUTPUT_HEADER_SRC_UNSIGNED) != 0,
          .has_residual = (header & KESTREL_OUTPUT_HEADER_RES) != 0,
          .is_residual_unsigned = (header & KESTREL_OUTPUT_HEADER_RES_UNSIGNED) != 0,
          .is_unsigned = (header & KESTREL_OUTPUT_HEADER_OUT_UNSIGNED) != 0,
          .is_per_channel = (header & KESTREL_OUTPUT_HEADER_PER_CHANNEL) != 0,
          .positions = {low_half(count_n), high_half(count_n)},
          .source = place(low_half(words), KESTREL_OUTPUT_STRIDE_S),
          .destination = place(high_half(words), KESTREL_OUTPUT_STRIDE_D),
          .residual = place(low_half(more_words), KESTREL_OUTPUT_STRIDE_R),
          .parameters = high_half(more_words),
          .zero = signed_low_half(zero),
          .source_zero = signed_high_half(zero),
          .residual_zero = signed_low_half(word(record, KESTREL_OUTPUT_MORE_ZERO)),
          .min = signed_low_half(clamp),
          .max = signed_high_half(clamp),
          .scale = std::bit_cast<float>(word(record, KESTREL_OUTPUT_SCALE)),
          .residual_scale = std::bit_cast<float>(word(record, KESTREL_OUTPUT_RES_SCALE)),
          .bias = static_cast<std::int32_t>(word(record, KESTREL_OUTPUT_BIAS))};
}

std::uint32_t check_ring_record(const Record& record, bool is_user) {
  const auto fields = ControlFields::decode(record);
  switch (opcode_of(record)) {
    case KESTREL_OPCODE_NOP:
      return cause_unless(names_only(record, kNop));
    case KESTREL_OPCODE_CALL:
      return cause_unless(names_only(record, kCall) && fields.size != 0 &&
                          fields.size % KESTREL_RECORD_BYTES == 0 &&
                          fields.addr % KESTREL_RECORD_BYTES == 0);
    case KESTREL_OPCODE_FENCE:
    case KESTREL_OPCODE_WAIT:
      if (is_user)
        return KESTREL_ERROR_CAUSE_PRIVILEGED;
      return cause_unless(names_only(record, kFence) && fields.addr % kWordBytes == 0);
    case KESTREL_OPCODE_TIMESTAMP:
      if (is_user)
        return KESTREL_ERROR_CAUSE_PRIVILEGED;
      return cause_unless(names_only(record, kTimestamp) && fields.addr % kWordBytes == 0);
    default:
      return KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE;
  }
}

std::uint32_t check_command(const Record& record) {
  switch (opcode_of(record)) {
    case KESTREL_OPCODE_NOP:
    case KESTREL_OPCODE_BARRIER:
      return cause_unless(names_only(record, kNop));
    case KESTREL_OPCODE_CALL:
    case KESTREL_OPCODE_FENCE:
    case KESTREL_OPCODE_WAIT:
    case KESTREL_OPCODE_TIMESTAMP:
      return KESTREL_ERROR_CAUSE_PRIVILEGED;
    case KESTREL_OPCODE_LOAD:
      return cause_unless(names_only(record, kLoad) && is_legal(TransferFields::decode(record)));
    case KESTREL_OPCODE_STORE:
      return cause_unless(names_only(record, kStore) && is_legal(TransferFields::decode(record)));
    case KESTREL_OPCODE_ACCUMULATE:
      return cause_unless(names_only(record, kAccumulate) &&
                          is_legal(AccumulateFields::decode(record)));
    case KESTREL_OPCODE_OUTPUT:
      return cause_unless(names_only(record, kOutput) && is_legal(OutputFields::decode(record)));
    case KESTREL_OPCODE_SYNC:
      return cause_unless(names_only(record, kSync));
    default:
      return KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE;
  }
}

}  // namespace presil::kestrel
