// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/commands.hpp"

#include <string_view>

#include "nn/error.hpp"

namespace kestrel::nn {
namespace {

/// Puts fields into their places, and refuses what would be cut off: a model may be too large for
/// the device, but never be computed wrongly.
class Encoder {
 public:
  Encoder(std::uint32_t opcode, const Tokens& tokens) {
    put(KESTREL_ORDER_HEADER, KESTREL_ORDER_HEADER_OPCODE_MASK, opcode);
    flag(KESTREL_ORDER_HEADER, KESTREL_ORDER_HEADER_WAIT_PREV, tokens.wait_prev);
    flag(KESTREL_ORDER_HEADER, KESTREL_ORDER_HEADER_WAIT_NEXT, tokens.wait_next);
    flag(KESTREL_ORDER_HEADER, KESTREL_ORDER_HEADER_SIGNAL_PREV, tokens.signal_prev);
    flag(KESTREL_ORDER_HEADER, KESTREL_ORDER_HEADER_SIGNAL_NEXT, tokens.signal_next);
  }

  Encoder& flag(std::size_t offset, std::uint32_t mask, bool value) {
    return put(offset, mask, value ? 1 : 0);
  }

  /// A number without sign.
  Encoder& put(std::size_t offset, std::uint32_t mask, std::int64_t value) {
    const std::int64_t most = mask >> std::countr_zero(mask);
    if (value < 0 || value > most)
      refuse("a layer is too large for the device: a command's field of {} does not hold {}", most,
             value);
    return place(offset, mask, value);
  }

  Encoder& put_signed(std::size_t offset, std::uint32_t mask, std::int64_t value) {
    const std::int64_t most = mask >> std::countr_zero(mask) >> 1;
    if (value < -most - 1 || value > most)
      refuse("a layer is too large for the device: a command's field of +-{} does not hold {}",
             most, value);
    return place(offset, mask, value);
  }

  [[nodiscard]] Command command() const { return std::bit_cast<Command>(words_); }

 private:
  Encoder& place(std::size_t offset, std::uint32_t mask, std::int64_t value) {
    std::uint32_t& word = words_[offset / 4];
    word |= static_cast<std::uint32_t>(value) << std::countr_zero(mask) & mask;
    return *this;
  }

  std::array<std::uint32_t, KESTREL_RECORD_BYTES / 4> words_ = {};
};

constexpr std::uint32_t kAll = 0xffff'ffff;

}  // namespace

Command Transfer::encode(const Tokens& tokens) const {
  Encoder encoder(is_store ? KESTREL_OPCODE_STORE : KESTREL_OPCODE_LOAD, tokens);
  encoder.put(KESTREL_TRANSFER_HEADER, KESTREL_TRANSFER_HEADER_PAD_MASK, pad)
      .put_signed(KESTREL_TRANSFER_PITCH, kAll, pitch)
      .put(KESTREL_TRANSFER_ADDR_LO, kAll, static_cast<std::int64_t>(address & kAll))
      .put(KESTREL_TRANSFER_ADDR_HI, kAll, static_cast<std::int64_t>(address >> 32))
      .put(KESTREL_TRANSFER_INSIDE, KESTREL_TRANSFER_INSIDE_HEIGHT_MASK, height)
      .put(KESTREL_TRANSFER_INSIDE, KESTREL_TRANSFER_INSIDE_WIDTH_MASK, width)
      .put_signed(KESTREL_TRANSFER_START, KESTREL_TRANSFER_START_Y0_MASK, y)
      .put_signed(KESTREL_TRANSFER_START, KESTREL_TRANSFER_START_X0_MASK, x)
      .put(KESTREL_TRANSFER_COUNT01, KESTREL_TRANSFER_COUNT01_N0_MASK, counts[0])
      .put(KESTREL_TRANSFER_COUNT01, KESTREL_TRANSFER_COUNT01_N1_MASK, counts[1])
      .put(KESTREL_TRANSFER_COUNT23, KESTREL_TRANSFER_COUNT23_N2_MASK, counts[2])
      .put(KESTREL_TRANSFER_COUNT23, KESTREL_TRANSFER_COUNT23_N3_MASK, counts[3])
      .put(KESTREL_TRANSFER_COUNT4, KESTREL_TRANSFER_COUNT4_N4_MASK, counts[4])
      .put_signed(KESTREL_TRANSFER_XSTEP12, KESTREL_TRANSFER_XSTEP12_XS1_MASK, steps[0].x)
      .put_signed(KESTREL_TRANSFER_XSTEP12, KESTREL_TRANSFER_XSTEP12_XS2_MASK, steps[1].x)
      .put_signed(KESTREL_TRANSFER_XSTEP34, KESTREL_TRANSFER_XSTEP34_XS3_MASK, steps[2].x)
      .put_signed(KESTREL_TRANSFER_XSTEP34, KESTREL_TRANSFER_XSTEP34_XS4_MASK, steps[3].x)
      .put(KESTREL_TRANSFER_SCRATCHPAD, KESTREL_TRANSFER_SCRATCHPAD_BYTES_MASK, scratchpad);
  // The four words of steps are alike.
  for (std::size_t i = 0; i < steps.size(); ++i)
    encoder.put_signed(KESTREL_TRANSFER_STEP1 + 4 * i, KESTREL_TRANSFER_STEP1_YS1_MASK, steps[i].y)
        .put_signed(KESTREL_TRANSFER_STEP1 + 4 * i, KESTREL_TRANSFER_STEP1_SS1_MASK,
                    steps[i].scratchpad);
  return encoder.command();
}

Command Accumulate::encode(const Tokens& tokens) const {
  return Encoder(KESTREL_OPCODE_ACCUMULATE, tokens)
      .put(KESTREL_ACCUMULATE_HEADER, KESTREL_ACCUMULATE_HEADER_MODE_MASK, mode)
      .flag(KESTREL_ACCUMULATE_HEADER, KESTREL_ACCUMULATE_HEADER_ACT_UNSIGNED, is_unsigned)
      .flag(KESTREL_ACCUMULATE_HEADER, KESTREL_ACCUMULATE_HEADER_KEEP, keeps)
      .put(KESTREL_ACCUMULATE_WORDS, KESTREL_ACCUMULATE_WORDS_ACT_MASK, activation)
      .put(KESTREL_ACCUMULATE_WORDS, KESTREL_ACCUMULATE_WORDS_WEIGHT_MASK, weight)
      .put(KESTREL_ACCUMULATE_ROWS, KESTREL_ACCUMULATE_ROWS_ACC_MASK, row)
      .put(KESTREL_ACCUMULATE_COUNT_N, KESTREL_ACCUMULATE_COUNT_N_N0_MASK, positions[0])
      .put(KESTREL_ACCUMULATE_COUNT_N, KESTREL_ACCUMULATE_COUNT_N_N1_MASK, positions[1])
      .put_signed(KESTREL_ACCUMULATE_STRIDE_S, KESTREL_ACCUMULATE_STRIDE_S_S0_MASK,
                  position_strides[0])
      .put_signed(KESTREL_ACCUMULATE_STRIDE_S, KESTREL_ACCUMULATE_STRIDE_S_S1_MASK,
                  position_strides[1])
      .put(KESTREL_ACCUMULATE_COUNT_R01, KESTREL_ACCUMULATE_COUNT_R01_R0_MASK, reduction[0])
      .put(KESTREL_ACCUMULATE_COUNT_R01, KESTREL_ACCUMULATE_COUNT_R01_R1_MASK, reduction[1])
      .put(KESTREL_ACCUMULATE_COUNT_R2, KESTREL_ACCUMULATE_COUNT_R2_R2_MASK, reduction[2])
      .put_signed(KESTREL_ACCUMULATE_STRIDE_T01, KESTREL_ACCUMULATE_STRIDE_T01_T0_MASK,
                  reduction_strides[0])
      .put_signed(KESTREL_ACCUMULATE_STRIDE_T01, KESTREL_ACCUMULATE_STRIDE_T01_T1_MASK,
                  reduction_strides[1])
      .put_signed(KESTREL_ACCUMULATE_STRIDE_T2, KESTREL_ACCUMULATE_STRIDE_T2_T2_MASK,
                  reduction_strides[2])
      .command();
}

Command Output::encode(const Tokens& tokens) const {
  return Encoder(KESTREL_OPCODE_OUTPUT, tokens)
      .flag(KESTREL_OUTPUT_HEADER, KESTREL_OUTPUT_HEADER_SRC_SCRATCHPAD, from_scratchpad)
      .flag(KESTREL_OUTPUT_HEADER, KESTREL_OUTPUT_HEADER_SRC_UNSIGNED, is_source_unsigned)
      .flag(KESTREL_OUTPUT_HEADER, KESTREL_OUTPUT_HEADER_RES, has_residual)
      .flag(KESTREL_OUTPUT_HEADER, KESTREL_OUTPUT_HEADER_RES_UNSIGNED, is_residual_unsigned)
      .flag(KESTREL_OUTPUT_HEADER, KESTREL_OUTPUT_HEADER_OUT_UNSIGNED, is_unsigned)
      .flag(KESTREL_OUTPUT_HEADER, KESTREL_OUTPUT_HEADER_PER_CHANNEL, is_per_channel)
      .put(KESTREL_OUTPUT_COUNT_N, KESTREL_OUTPUT_COUNT_N_N0_MASK, counts[0])
      .put(KESTREL_OUTPUT_COUNT_N, KESTREL_OUTPUT_COUNT_N_N1_MASK, counts[1])
      .put(KESTREL_OUTPUT_WORDS, KESTREL_OUTPUT_WORDS_SRC_MASK, source)
      .put(KESTREL_OUTPUT_WORDS, KESTREL_OUTPUT_WORDS_DST_MASK, destination)
      .put_signed(KESTREL_OUTPUT_STRIDE_S, KESTREL_OUTPUT_STRIDE_S_SS0_MASK, source_strides[0])
      .put_signed(KESTREL_OUTPUT_STRIDE_S, KESTREL_OUTPUT_STRIDE_S_SS1_MASK, source_strides[1])
      .put_signed(KESTREL_OUTPUT_STRIDE_D, KESTREL_OUTPUT_STRIDE_D_DS0_MASK, destination_strides[0])
      .put_signed(KESTREL_OUTPUT_STRIDE_D, KESTREL_OUTPUT_STRIDE_D_DS1_MASK, destination_strides[1])
      .put(KESTREL_OUTPUT_MORE_WORDS, KESTREL_OUTPUT_MORE_WORDS_RES_MASK, residual)
      .put(KESTREL_OUTPUT_MORE_WORDS, KESTREL_OUTPUT_MORE_WORDS_PARAM_MASK, parameters)
      .put_signed(KESTREL_OUTPUT_STRIDE_R, KESTREL_OUTPUT_STRIDE_R_RS0_MASK, residual_strides[0])
      .put_signed(KESTREL_OUTPUT_STRIDE_R, KESTREL_OUTPUT_STRIDE_R_RS1_MASK, residual_strides[1])
      .put_signed(KESTREL_OUTPUT_ZERO, KESTREL_OUTPUT_ZERO_OUT_ZERO_MASK, zero)
      .put_signed(KESTREL_OUTPUT_ZERO, KESTREL_OUTPUT_ZERO_SRC_ZERO_MASK, source_zero)
      .put_signed(KESTREL_OUTPUT_MORE_ZERO, KESTREL_OUTPUT_MORE_ZERO_RES_ZERO_MASK, residual_zero)
      .put_signed(KESTREL_OUTPUT_CLAMP, KESTREL_OUTPUT_CLAMP_MIN_MASK, min)
      .put_signed(KESTREL_OUTPUT_CLAMP, KESTREL_OUTPUT_CLAMP_MAX_MASK, max)
      .put(KESTREL_OUTPUT_SCALE, kAll, std::bit_cast<std::uint32_t>(scale))
      .put_signed(KESTREL_OUTPUT_BIAS, kAll, bias)
      .put(KESTREL_OUTPUT_RES_SCALE, kAll, std::bit_cast<std::uint32_t>(residual_scale))
      .command();
}

Command encode_sync(const Tokens& tokens) {
  return Encoder(KESTREL_OPCODE_SYNC, tokens).command();
}

Command encode_barrier() {
  return Encoder(KESTREL_OPCODE_BARRIER, {}).command();
}

}  // namespace kestrel::nn
