// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/output.hpp"

#include <cstddef>
#include <cstring>

#include "sim/kestrel/accumulate.hpp"

namespace presil::kestrel {
namespace {

constexpr std::uint64_t kSliceCycles = 4096;
/// Words at PARAM: the biases, then the scales.
constexpr std::uint32_t kBiasWords = 4, kParameterWords = 8;
/// With more to read than a row, a position takes longer.
constexpr std::uint64_t kCyclesOfRow = 1, kCyclesOfWords = 3;

}  // namespace

Output::Output(const OutputFields& fields, Scratchpad& scratchpad, const Accumulators& accumulators,
               Counts& counts)
    : fields_(fields),
      range_{.min = fields.min, .max = fields.max, .zero = fields.zero},
      scratchpad_(scratchpad),
      accumulators_(accumulators),
      counts_(counts) {
  biases_.fill(fields.bias);
  scales_.fill(fields.scale);
}

Slice Output::run() {
  Slice slice;
  const std::uint64_t cycles =
      fields_.from_scratchpad || fields_.has_residual ? kCyclesOfWords : kCyclesOfRow;
  std::uint32_t cause = KESTREL_ERROR_CAUSE_NONE;
  if (!has_begun_) {
    has_begun_ = true;
    slice.cycles = fields_.is_per_channel ? kParameterWords : 0;
    cause = fields_.is_per_channel ? load_parameters() : cause;
  }
  while (cause == KESTREL_ERROR_CAUSE_NONE && !slice.is_done && slice.cycles < kSliceCycles) {
    cause = position();
    slice.cycles += cycles;
    if (cause == KESTREL_ERROR_CAUSE_NONE)
      slice.is_done = !next_position();
  }
  slice.failure = {.cause = cause};
  counts_[kOutputBusy] += slice.cycles;
  return slice;
}

std::uint32_t Output::load_parameters() {
  if (fields_.parameters + kParameterWords > kScratchpadWords)
    return KESTREL_ERROR_CAUSE_OPERAND_RANGE;
  for (std::uint32_t i = 0; i < kParameterWords; ++i) {
    const std::uint8_t* word = scratchpad_.word(fields_.parameters + i);
    if (word == nullptr)
      return KESTREL_ERROR_CAUSE_PARITY;
    // Four values a word: first all biases, then all scales.
    const std::size_t first = std::size_t{4} * (i % kBiasWords);
    void* to = &scales_[first];
    if (i < kBiasWords)
      to = &biases_[first];
    std::memcpy(to, word, kLanes);
  }
  return KESTREL_ERROR_CAUSE_NONE;
}

std::uint32_t Output::position() {
  std::array<std::int32_t, kLanes> values, residuals = {};
  std::uint32_t cause = read_source(values);
  if (cause == KESTREL_ERROR_CAUSE_NONE && fields_.has_residual)
    cause = read_bytes(place(fields_.residual), fields_.is_residual_unsigned, fields_.residual_zero,
                       residuals);
  const std::uint32_t to = place(fields_.destination);
  if (cause == KESTREL_ERROR_CAUSE_NONE && to >= kScratchpadWords)
    cause = KESTREL_ERROR_CAUSE_OPERAND_RANGE;
  if (cause != KESTREL_ERROR_CAUSE_NONE)
    return cause;

  std::array<std::uint8_t, kLanes> results;
  for (std::uint32_t lane = 0; lane < kLanes; ++lane) {
    const float product = scaled(wrapping_add(values[lane], biases_[lane]), scales_[lane]);
    const std::int32_t result =
        fields_.has_residual
            ? quantise_sum(product, scaled(residuals[lane], fields_.residual_scale), range_)
            : quantise(product, range_);
    results[lane] = static_cast<std::uint8_t>(result);
  }
  scratchpad_.write(to * kLanes, results);
  return KESTREL_ERROR_CAUSE_NONE;
}

std::uint32_t Output::read_source(std::array<std::int32_t, kLanes>& values) const {
  const std::uint32_t from = place(fields_.source);
  if (fields_.from_scratchpad)
    return read_bytes(from, fields_.is_source_unsigned, fields_.source_zero, values);
  if (from >= kAccumulatorRows)
    return KESTREL_ERROR_CAUSE_OPERAND_RANGE;
  const std::uint8_t* row = accumulators_.word(from);
  if (row == nullptr)
    return KESTREL_ERROR_CAUSE_PARITY;
  std::memcpy(values.data(), row, sizeof(values));
  return KESTREL_ERROR_CAUSE_NONE;
}

std::uint32_t Output::read_bytes(std::uint32_t word, bool is_unsigned, std::int32_t zero,
                                 std::array<std::int32_t, kLanes>& values) const {
  if (word >= kScratchpadWords)
    return KESTREL_ERROR_CAUSE_OPERAND_RANGE;
  const std::uint8_t* bytes = scratchpad_.word(word);
  if (bytes == nullptr)
    return KESTREL_ERROR_CAUSE_PARITY;
  for (std::uint32_t lane = 0; lane < kLanes; ++lane)
    values[lane] = (is_unsigned ? bytes[lane] : static_cast<std::int8_t>(bytes[lane])) - zero;
  return KESTREL_ERROR_CAUSE_NONE;
}

/// Modulo 2^32: what is negative is beyond any range.
std::uint32_t Output::place(const OutputFields::Place& place) const {
  return place.first + index_[0] * static_cast<std::uint32_t>(place.strides[0]) +
         index_[1] * static_cast<std::uint32_t>(place.strides[1]);
}

bool Output::next_position() {
  for (std::size_t i = 0; i < index_.size(); ++i) {
    if (++index_[i] < fields_.positions[i])
      return true;
    index_[i] = 0;
  }
  return false;
}

}  // namespace presil::kestrel
