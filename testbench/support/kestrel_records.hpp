// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Records of kestrel: structures with the fields of each, and the 64 bytes that they become.
///
/// A field that is left alone is zero, but for counts, which are 1. Nothing is checked, so that
/// tests can make what is illegal.
#pragma once

#include <kestrel_regs.h>

#include <array>
#include <bit>
#include <cstdint>

namespace presil::testbench {

/// A record as the device reads it, little-endian words.
class KestrelRecord {
 public:
  KestrelRecord() = default;
  explicit KestrelRecord(std::uint32_t opcode) { put(0, 0xff, opcode); }

  /// Sets the field at `mask` of the word at byte `offset`; what does not fit is cut off.
  KestrelRecord& put(unsigned offset, std::uint32_t mask, std::int64_t value) {
    std::uint32_t& word = words_[offset / 4];
    word &= ~mask;
    word |= static_cast<std::uint32_t>(value) << std::countr_zero(mask) & mask;
    return *this;
  }
  /// Sets a whole word.
  KestrelRecord& put(unsigned offset, std::uint32_t value) { return put(offset, ~0u, value); }
  /// Sets two words, the low one first.
  KestrelRecord& put_long(unsigned offset, std::uint64_t value) {
    return put(offset, static_cast<std::uint32_t>(value))
        .put(offset + 4, static_cast<std::uint32_t>(value >> 32));
  }

  [[nodiscard]] const std::array<std::uint32_t, KESTREL_RECORD_BYTES / 4>& words() const {
    return words_;
  }
  bool operator==(const KestrelRecord&) const = default;

 private:
  std::array<std::uint32_t, KESTREL_RECORD_BYTES / 4> words_ = {};
};

// -------------------------------------------------------------------------------------- rings

inline KestrelRecord kestrel_nop() {
  return KestrelRecord(KESTREL_OPCODE_NOP);
}

inline KestrelRecord kestrel_call(std::uint64_t addr, std::uint32_t bytes) {
  return KestrelRecord(KESTREL_OPCODE_CALL)
      .put(KESTREL_CONTROL_SIZE, bytes)
      .put_long(KESTREL_CONTROL_ADDR_LO, addr);
}

inline KestrelRecord kestrel_fence(std::uint64_t addr, std::uint64_t value) {
  return KestrelRecord(KESTREL_OPCODE_FENCE)
      .put_long(KESTREL_CONTROL_ADDR_LO, addr)
      .put_long(KESTREL_CONTROL_VALUE_LO, value);
}

inline KestrelRecord kestrel_wait(std::uint64_t addr, std::uint64_t value) {
  return KestrelRecord(KESTREL_OPCODE_WAIT)
      .put_long(KESTREL_CONTROL_ADDR_LO, addr)
      .put_long(KESTREL_CONTROL_VALUE_LO, value);
}

inline KestrelRecord kestrel_timestamp(std::uint64_t addr) {
  return KestrelRecord(KESTREL_OPCODE_TIMESTAMP).put_long(KESTREL_CONTROL_ADDR_LO, addr);
}

// ---------------------------------------------------------------------------- command buffers

/// Tokens of a command, from and to the engine before and the one after: load, compute, store.
struct KestrelTokens {
  bool wait_prev = false, wait_next = false, signal_prev = false, signal_next = false;

  /// The four bits lie at the same place in every command.
  KestrelRecord& put(KestrelRecord& record) const {
    return record.put(KESTREL_TRANSFER_HEADER, KESTREL_TRANSFER_HEADER_WAIT_PREV, wait_prev)
        .put(KESTREL_TRANSFER_HEADER, KESTREL_TRANSFER_HEADER_WAIT_NEXT, wait_next)
        .put(KESTREL_TRANSFER_HEADER, KESTREL_TRANSFER_HEADER_SIGNAL_PREV, signal_prev)
        .put(KESTREL_TRANSFER_HEADER, KESTREL_TRANSFER_HEADER_SIGNAL_NEXT, signal_next);
  }
};

inline KestrelRecord kestrel_sync(const KestrelTokens& tokens) {
  KestrelRecord record(KESTREL_OPCODE_SYNC);
  return tokens.put(record);
}

inline KestrelRecord kestrel_barrier() {
  return KestrelRecord(KESTREL_OPCODE_BARRIER);
}

/// LOAD and STORE.
struct KestrelTransfer {
  /// One step of the counts n[1] to n[4].
  struct Step {
    int x = 0;           ///< bytes
    int y = 0;           ///< rows
    int scratchpad = 0;  ///< bytes
  };

  KestrelTokens tokens = {};
  std::uint8_t pad = 0;
  std::int32_t pitch = 0;
  std::uint64_t addr = 0;
  std::uint32_t height = 1, width = 0;
  int y0 = 0, x0 = 0;
  std::array<std::uint32_t, 5> n = {1, 1, 1, 1, 1};
  std::array<Step, 4> step = {};  ///< of n[1], n[2], n[3], n[4]
  std::uint32_t scratchpad = 0;   ///< byte

  /// One run of up to 65535 bytes, all of it inside.
  static KestrelTransfer run(std::uint64_t addr, std::uint32_t scratchpad, std::uint32_t bytes,
                             const KestrelTokens& tokens = {}) {
    KestrelTransfer run;
    run.tokens = tokens;
    run.addr = addr;
    run.width = bytes;
    run.n[0] = bytes;
    run.scratchpad = scratchpad;
    return run;
  }

  [[nodiscard]] KestrelRecord load() const { return record(KESTREL_OPCODE_LOAD); }
  [[nodiscard]] KestrelRecord store() const { return record(KESTREL_OPCODE_STORE); }

 private:
  [[nodiscard]] KestrelRecord record(std::uint32_t opcode) const {
    KestrelRecord r(opcode);
    tokens.put(r);
    r.put(KESTREL_TRANSFER_HEADER, KESTREL_TRANSFER_HEADER_PAD_MASK, pad)
        .put(KESTREL_TRANSFER_PITCH, static_cast<std::uint32_t>(pitch))
        .put_long(KESTREL_TRANSFER_ADDR_LO, addr)
        .put(KESTREL_TRANSFER_INSIDE, KESTREL_TRANSFER_INSIDE_HEIGHT_MASK, height)
        .put(KESTREL_TRANSFER_INSIDE, KESTREL_TRANSFER_INSIDE_WIDTH_MASK, width)
        .put(KESTREL_TRANSFER_START, KESTREL_TRANSFER_START_Y0_MASK, y0)
        .put(KESTREL_TRANSFER_START, KESTREL_TRANSFER_START_X0_MASK, x0)
        .put(KESTREL_TRANSFER_COUNT01, KESTREL_TRANSFER_COUNT01_N0_MASK, n[0])
        .put(KESTREL_TRANSFER_COUNT01, KESTREL_TRANSFER_COUNT01_N1_MASK, n[1])
        .put(KESTREL_TRANSFER_COUNT23, KESTREL_TRANSFER_COUNT23_N2_MASK, n[2])
        .put(KESTREL_TRANSFER_COUNT23, KESTREL_TRANSFER_COUNT23_N3_MASK, n[3])
        .put(KESTREL_TRANSFER_COUNT4, KESTREL_TRANSFER_COUNT4_N4_MASK, n[4])
        .put(KESTREL_TRANSFER_XSTEP12, KESTREL_TRANSFER_XSTEP12_XS1_MASK, step[0].x)
        .put(KESTREL_TRANSFER_XSTEP12, KESTREL_TRANSFER_XSTEP12_XS2_MASK, step[1].x)
        .put(KESTREL_TRANSFER_XSTEP34, KESTREL_TRANSFER_XSTEP34_XS3_MASK, step[2].x)
        .put(KESTREL_TRANSFER_XSTEP34, KESTREL_TRANSFER_XSTEP34_XS4_MASK, step[3].x)
        .put(KESTREL_TRANSFER_SCRATCHPAD, KESTREL_TRANSFER_SCRATCHPAD_BYTES_MASK, scratchpad);
    // The four words of steps are alike.
    for (unsigned i = 0; i < step.size(); ++i)
      r.put(KESTREL_TRANSFER_STEP1 + 4 * i, KESTREL_TRANSFER_STEP1_YS1_MASK, step[i].y)
          .put(KESTREL_TRANSFER_STEP1 + 4 * i, KESTREL_TRANSFER_STEP1_SS1_MASK, step[i].scratchpad);
    return r;
  }
};

/// ACCUMULATE.
struct KestrelAccumulate {
  KestrelTokens tokens = {};
  std::uint32_t mode = KESTREL_ACCUMULATE_MODE_MATMUL;
  bool act_unsigned = false, keep = false;
  std::uint32_t act = 0, weight = 0;  ///< words
  std::uint32_t acc = 0;              ///< row
  std::array<std::uint32_t, 2> n = {1, 1};
  std::array<int, 2> s = {};  ///< words a step of n
  std::array<std::uint32_t, 3> r = {1, 1, 1};
  std::array<int, 3> t = {};  ///< words a step of r

  [[nodiscard]] KestrelRecord record() const {
    KestrelRecord record(KESTREL_OPCODE_ACCUMULATE);
    tokens.put(record);
    return record.put(KESTREL_ACCUMULATE_HEADER, KESTREL_ACCUMULATE_HEADER_MODE_MASK, mode)
        .put(KESTREL_ACCUMULATE_HEADER, KESTREL_ACCUMULATE_HEADER_ACT_UNSIGNED, act_unsigned)
        .put(KESTREL_ACCUMULATE_HEADER, KESTREL_ACCUMULATE_HEADER_KEEP, keep)
        .put(KESTREL_ACCUMULATE_WORDS, KESTREL_ACCUMULATE_WORDS_ACT_MASK, act)
        .put(KESTREL_ACCUMULATE_WORDS, KESTREL_ACCUMULATE_WORDS_WEIGHT_MASK, weight)
        .put(KESTREL_ACCUMULATE_ROWS, KESTREL_ACCUMULATE_ROWS_ACC_MASK, acc)
        .put(KESTREL_ACCUMULATE_COUNT_N, KESTREL_ACCUMULATE_COUNT_N_N0_MASK, n[0])
        .put(KESTREL_ACCUMULATE_COUNT_N, KESTREL_ACCUMULATE_COUNT_N_N1_MASK, n[1])
        .put(KESTREL_ACCUMULATE_STRIDE_S, KESTREL_ACCUMULATE_STRIDE_S_S0_MASK, s[0])
        .put(KESTREL_ACCUMULATE_STRIDE_S, KESTREL_ACCUMULATE_STRIDE_S_S1_MASK, s[1])
        .put(KESTREL_ACCUMULATE_COUNT_R01, KESTREL_ACCUMULATE_COUNT_R01_R0_MASK, r[0])
        .put(KESTREL_ACCUMULATE_COUNT_R01, KESTREL_ACCUMULATE_COUNT_R01_R1_MASK, r[1])
        .put(KESTREL_ACCUMULATE_COUNT_R2, KESTREL_ACCUMULATE_COUNT_R2_R2_MASK, r[2])
        .put(KESTREL_ACCUMULATE_STRIDE_T01, KESTREL_ACCUMULATE_STRIDE_T01_T0_MASK, t[0])
        .put(KESTREL_ACCUMULATE_STRIDE_T01, KESTREL_ACCUMULATE_STRIDE_T01_T1_MASK, t[1])
        .put(KESTREL_ACCUMULATE_STRIDE_T2, KESTREL_ACCUMULATE_STRIDE_T2_T2_MASK, t[2]);
  }
};

/// OUTPUT.
struct KestrelOutput {
  KestrelTokens tokens = {};
  bool src_scratchpad = false, src_unsigned = false;
  bool res = false, res_unsigned = false;
  bool out_unsigned = false, per_channel = false;
  std::array<std::uint32_t, 2> n = {1, 1};
  std::uint32_t src = 0;         ///< row or word
  std::uint32_t dst = 0;         ///< word
  std::array<int, 2> ss = {};    ///< rows or words a step of n
  std::array<int, 2> ds = {};    ///< words a step of n
  std::uint32_t res_word = 0;    ///< word of the residual
  std::uint32_t param_word = 0;  ///< word of biases and scales
  std::array<int, 2> rs = {};    ///< words a step of n
  int out_zero = 0, src_zero = 0, res_zero = 0;
  int min = -128, max = 127;
  float scale = 0, res_scale = 0;
  std::int32_t bias = 0;

  [[nodiscard]] KestrelRecord record() const {
    KestrelRecord record(KESTREL_OPCODE_OUTPUT);
    tokens.put(record);
    return record.put(KESTREL_OUTPUT_HEADER, KESTREL_OUTPUT_HEADER_SRC_SCRATCHPAD, src_scratchpad)
        .put(KESTREL_OUTPUT_HEADER, KESTREL_OUTPUT_HEADER_SRC_UNSIGNED, src_unsigned)
        .put(KESTREL_OUTPUT_HEADER, KESTREL_OUTPUT_HEADER_RES, res)
        .put(KESTREL_OUTPUT_HEADER, KESTREL_OUTPUT_HEADER_RES_UNSIGNED, res_unsigned)
        .put(KESTREL_OUTPUT_HEADER, KESTREL_OUTPUT_HEADER_OUT_UNSIGNED, out_unsigned)
        .put(KESTREL_OUTPUT_HEADER, KESTREL_OUTPUT_HEADER_PER_CHANNEL, per_channel)
        .put(KESTREL_OUTPUT_COUNT_N, KESTREL_OUTPUT_COUNT_N_N0_MASK, n[0])
        .put(KESTREL_OUTPUT_COUNT_N, KESTREL_OUTPUT_COUNT_N_N1_MASK, n[1])
        .put(KESTREL_OUTPUT_WORDS, KESTREL_OUTPUT_WORDS_SRC_MASK, src)
        .put(KESTREL_OUTPUT_WORDS, KESTREL_OUTPUT_WORDS_DST_MASK, dst)
        .put(KESTREL_OUTPUT_STRIDE_S, KESTREL_OUTPUT_STRIDE_S_SS0_MASK, ss[0])
        .put(KESTREL_OUTPUT_STRIDE_S, KESTREL_OUTPUT_STRIDE_S_SS1_MASK, ss[1])
        .put(KESTREL_OUTPUT_STRIDE_D, KESTREL_OUTPUT_STRIDE_D_DS0_MASK, ds[0])
        .put(KESTREL_OUTPUT_STRIDE_D, KESTREL_OUTPUT_STRIDE_D_DS1_MASK, ds[1])
        .put(KESTREL_OUTPUT_MORE_WORDS, KESTREL_OUTPUT_MORE_WORDS_RES_MASK, res_word)
        .put(KESTREL_OUTPUT_MORE_WORDS, KESTREL_OUTPUT_MORE_WORDS_PARAM_MASK, param_word)
        .put(KESTREL_OUTPUT_STRIDE_R, KESTREL_OUTPUT_STRIDE_R_RS0_MASK, rs[0])
        .put(KESTREL_OUTPUT_STRIDE_R, KESTREL_OUTPUT_STRIDE_R_RS1_MASK, rs[1])
        .put(KESTREL_OUTPUT_ZERO, KESTREL_OUTPUT_ZERO_OUT_ZERO_MASK, out_zero)
        .put(KESTREL_OUTPUT_ZERO, KESTREL_OUTPUT_ZERO_SRC_ZERO_MASK, src_zero)
        .put(KESTREL_OUTPUT_MORE_ZERO, KESTREL_OUTPUT_MORE_ZERO_RES_ZERO_MASK, res_zero)
        .put(KESTREL_OUTPUT_CLAMP, KESTREL_OUTPUT_CLAMP_MIN_MASK, min)
        .put(KESTREL_OUTPUT_CLAMP, KESTREL_OUTPUT_CLAMP_MAX_MASK, max)
        .put(KESTREL_OUTPUT_SCALE, std::bit_cast<std::uint32_t>(scale))
        .put(KESTREL_OUTPUT_BIAS, static_cast<std::uint32_t>(bias))
        .put(KESTREL_OUTPUT_RES_SCALE, std::bit_cast<std::uint32_t>(res_scale));
  }
};

}  // namespace presil::testbench
