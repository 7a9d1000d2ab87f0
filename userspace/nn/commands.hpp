// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Commands of kestrel: structures with the fields of each, and the 64 bytes that they become.
#pragma once

#include <kestrel_regs.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace kestrel::nn {

/// A command as the device reads it.
using Command = std::array<std::byte, KESTREL_RECORD_BYTES>;

/// Tokens of a command, from and to the engine before and the one after: load, compute, store.
struct Tokens {
  bool wait_prev = false, wait_next = false, signal_prev = false, signal_next = false;
};

/// LOAD and STORE: runs of `counts[0]` bytes in four loops.
/// Source: hw/kestrel/gen/registers.md, and so of all here.
struct Transfer {
  struct Step {
    std::int64_t x = 0;           ///< bytes
    std::int64_t y = 0;           ///< rows
    std::int64_t scratchpad = 0;  ///< bytes
  };

  bool is_store = false;
  std::uint8_t pad = 0;  ///< LOAD: what is outside
  std::int64_t pitch = 0;
  std::uint64_t address = 0;
  std::int64_t height = 1, width = 0;
  std::int64_t y = 0, x = 0;
  std::array<std::int64_t, 5> counts = {1, 1, 1, 1, 1};
  std::array<Step, 4> steps = {};
  std::int64_t scratchpad = 0;  ///< byte

  /// \throws Refusal  a field does not fit
  [[nodiscard]] Command encode(const Tokens& tokens) const;
};

/// ACCUMULATE.
struct Accumulate {
  std::uint32_t mode = KESTREL_ACCUMULATE_MODE_MATMUL;
  bool is_unsigned = false, keeps = false;
  std::int64_t activation = 0, weight = 0;  ///< words
  std::int64_t row = 0;
  std::array<std::int64_t, 2> positions = {1, 1}, position_strides = {};
  std::array<std::int64_t, 3> reduction = {1, 1, 1}, reduction_strides = {};

  [[nodiscard]] Command encode(const Tokens& tokens) const;
};

/// OUTPUT.
struct Output {
  bool from_scratchpad = false, is_source_unsigned = false;
  bool has_residual = false, is_residual_unsigned = false;
  bool is_unsigned = false, is_per_channel = false;
  std::array<std::int64_t, 2> counts = {1, 1};
  std::int64_t source = 0;  ///< row or word
  std::int64_t destination = 0;
  std::array<std::int64_t, 2> source_strides = {}, destination_strides = {};
  std::int64_t residual = 0, parameters = 0;  ///< words
  std::array<std::int64_t, 2> residual_strides = {};
  std::int64_t zero = 0, source_zero = 0, residual_zero = 0;
  std::int64_t min = -128, max = 127;
  float scale = 0, residual_scale = 0;
  std::int64_t bias = 0;

  [[nodiscard]] Command encode(const Tokens& tokens) const;
};

[[nodiscard]] Command encode_sync(const Tokens& tokens);
[[nodiscard]] Command encode_barrier();

}  // namespace kestrel::nn
