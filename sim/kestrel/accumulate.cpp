// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/accumulate.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace presil::kestrel {
namespace {

constexpr std::uint64_t kSliceCycles = 4096;

std::int32_t to_activation(std::uint8_t byte, bool is_unsigned) {
  return is_unsigned ? byte : static_cast<std::int8_t>(byte);
}

}  // namespace

Accumulate::Accumulate(const AccumulateFields& fields, const Scratchpad& scratchpad,
                       Accumulators& accumulators, Counts& counts)
    : fields_(fields), scratchpad_(scratchpad), accumulators_(accumulators), counts_(counts) {}

Slice Accumulate::run() {
  Slice slice;
  const std::uint64_t positions = std::uint64_t{fields_.positions[0]} * fields_.positions[1];
  // The next weights are loaded meanwhile, a word a cycle.
  const bool is_matmul = fields_.mode == KESTREL_ACCUMULATE_MODE_MATMUL;
  const std::uint64_t cycles = is_matmul ? std::max<std::uint64_t>(positions, kLanes) : positions;
  while (slice.cycles < kSliceCycles) {
    if (const std::uint32_t cause = pass(); cause != KESTREL_ERROR_CAUSE_NONE) {
      slice.failure = {.cause = cause};
      return slice;
    }
    slice.cycles += cycles;
    if (!next_pass()) {
      slice.is_done = true;
      return slice;
    }
  }
  return slice;
}

std::uint32_t Accumulate::pass() {
  if (const std::uint32_t cause = load_weights(); cause != KESTREL_ERROR_CAUSE_NONE)
    return cause;
  std::uint32_t base = fields_.activation;
  for (std::size_t i = 0; i < index_.size(); ++i)
    base += index_[i] * static_cast<std::uint32_t>(fields_.reduction_strides[i]);
  std::uint32_t row = fields_.row;
  for (std::uint32_t n1 = 0; n1 < fields_.positions[1]; ++n1) {
    std::uint32_t activation = base + n1 * static_cast<std::uint32_t>(fields_.position_strides[1]);
    for (std::uint32_t n0 = 0; n0 < fields_.positions[0]; ++n0) {
      if (const std::uint32_t cause = position(activation, row); cause != KESTREL_ERROR_CAUSE_NONE)
        return cause;
      activation += static_cast<std::uint32_t>(fields_.position_strides[0]);
      ++row;
    }
  }
  return KESTREL_ERROR_CAUSE_NONE;
}

std::uint32_t Accumulate::load_weights() {
  std::uint32_t words = 0;
  if (fields_.mode == KESTREL_ACCUMULATE_MODE_MATMUL)
    words = kLanes;
  else if (fields_.mode == KESTREL_ACCUMULATE_MODE_DEPTHWISE)
    words = 1;
  const std::uint64_t first = fields_.weight + pass_ * words;
  for (std::uint32_t i = 0; i < words; ++i) {
    if (first + i >= kScratchpadWords)
      return KESTREL_ERROR_CAUSE_OPERAND_RANGE;
    const std::uint8_t* word = scratchpad_.word(static_cast<std::uint32_t>(first) + i);
    if (word == nullptr)
      return KESTREL_ERROR_CAUSE_PARITY;
    for (std::uint32_t lane = 0; lane < kLanes; ++lane)
      weights_[i][lane / kFloats][lane % kFloats] = static_cast<std::int8_t>(word[lane]);
  }
  return KESTREL_ERROR_CAUSE_NONE;
}

std::uint32_t Accumulate::position(std::uint32_t activation, std::uint32_t row) {
  // Negative numbers are beyond the range, too.
  if (activation >= kScratchpadWords || row >= kAccumulatorRows)
    return KESTREL_ERROR_CAUSE_OPERAND_RANGE;
  const std::uint8_t* word = scratchpad_.word(activation);
  if (word == nullptr)
    return KESTREL_ERROR_CAUSE_PARITY;
  Row activations;
  for (std::uint32_t lane = 0; lane < kLanes; ++lane)
    activations[lane] = to_activation(word[lane], fields_.is_unsigned);

  Row sums;
  multiply(activations, sums);
  if (pass_ != 0 || fields_.keeps) {
    const std::uint8_t* stored = accumulators_.word(row);
    if (stored == nullptr)
      return KESTREL_ERROR_CAUSE_PARITY;
    Row before;
    std::memcpy(before.data(), stored, sizeof(before));
    const bool is_max = fields_.mode == KESTREL_ACCUMULATE_MODE_MAX;
    for (std::uint32_t lane = 0; lane < kLanes; ++lane)
      sums[lane] =
          is_max ? std::max(before[lane], sums[lane]) : wrapping_add(before[lane], sums[lane]);
  }
  std::array<std::uint8_t, sizeof(Row)> bytes;
  std::memcpy(bytes.data(), sums.data(), sizeof(sums));
  accumulators_.write(row * static_cast<std::uint32_t>(sizeof(Row)), bytes);
  counts_[kMacs] += fields_.mode == KESTREL_ACCUMULATE_MODE_MATMUL ? kLanes * kLanes : kLanes;
  ++counts_[kComputeBusy];
  return KESTREL_ERROR_CAUSE_NONE;
}

void Accumulate::multiply(const Row& activations, Row& sums) const {
  if (fields_.mode == KESTREL_ACCUMULATE_MODE_SUM || fields_.mode == KESTREL_ACCUMULATE_MODE_MAX) {
    sums = activations;
    return;
  }
  std::array<Floats, kGroups> products = {};
  if (fields_.mode == KESTREL_ACCUMULATE_MODE_MATMUL) {
    for (std::uint32_t row = 0; row < kLanes; ++row) {
      const auto activation = static_cast<float>(activations[row]);
      for (std::uint32_t i = 0; i < kGroups; ++i)
        products[i] += activation * weights_[row][i];
    }
  } else {
    for (std::uint32_t lane = 0; lane < kLanes; ++lane)
      products[lane / kFloats][lane % kFloats] =
          static_cast<float>(activations[lane]) * weights_[0][lane / kFloats][lane % kFloats];
  }
  for (std::uint32_t i = 0; i < kGroups; ++i) {
    const Integers integers = __builtin_convertvector(products[i], Integers);
    std::memcpy(sums.data() + std::size_t{i} * kFloats, &integers, sizeof(integers));
  }
}

bool Accumulate::next_pass() {
  ++pass_;
  for (std::size_t i = 0; i < index_.size(); ++i) {
    if (++index_[i] < fields_.reduction[i])
      return true;
    index_[i] = 0;
  }
  return false;
}

}  // namespace presil::kestrel
