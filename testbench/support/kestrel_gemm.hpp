// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// A matrix product: its commands, what they read, and what they must write.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "testbench/support/kestrel_program.hpp"
#include "testbench/support/kestrel_records.hpp"

namespace presil::testbench {

/// C[rows][columns] = requantised A[rows][depth] x B[depth][columns], all int8.
struct KestrelGemmShape {
  std::uint32_t rows = 512;        ///< a multiple of `block_rows`
  std::uint32_t columns = 512;     ///< a multiple of 16, at least 32
  std::uint32_t depth = 512;       ///< at most 512
  std::uint32_t block_rows = 256;  ///< rows of A that are in the scratchpad at a time, at most 256
};

/// Makes the commands of a matrix product. In the scratchpad: the block of A in banks 0 to 3,
/// weights of two tiles of 16 columns in banks 4 and 5, results of two tiles in bank 6, biases and
/// scales in bank 7. Two sets of accumulators take turns.
///
/// The first tile of a block is computed in parts of its depth, so that it can begin when the first
/// columns of A are there; the last one too, so that the next block can follow it column by column.
class KestrelGemm {
 public:
  /// \param a, b, params, c  addresses. B lies tile by tile: [columns / 16][depth][16]
  KestrelGemm(const KestrelGemmShape& shape, std::uint64_t a, std::uint64_t b, std::uint64_t params,
              std::uint64_t c)
      : shape_(shape),
        a_(a),
        b_(b),
        params_(params),
        c_(c),
        tiles_(shape.columns / programs::kLanes),
        blocks_(shape.rows / shape.block_rows),
        parts_(shape.depth % (kMostParts * programs::kWordBytes) == 0 ? kMostParts : 1) {}

  /// \param requantization  its parameters are at `params`
  std::vector<KestrelRecord> commands(const programs::Requantization& requantization) {
    commands_.clear();
    add(KestrelTransfer::run(params_, kParamWord * programs::kWordBytes, shape_.columns * 8)
            .load());
    load_weights(0);
    for (std::uint32_t block = 0; block < blocks_; ++block) {
      for (std::uint32_t part = 0; part < parts_; ++part)
        load_a(block, part);
      for (std::uint32_t tile = 0; tile < tiles_; ++tile) {
        const std::uint32_t step = block * tiles_ + tile;
        // The weights of the next step, while this one computes.
        if (step + 1 < steps())
          load_weights(step + 1);
        accumulate(step);
        output(step, requantization);
        store(step);
      }
    }
    return commands_;
  }

 private:
  static constexpr std::uint32_t kMostParts = 4;
  static constexpr std::uint32_t kWeightWord = 4 * programs::kBankWords;
  static constexpr std::uint32_t kStagingWord = 6 * programs::kBankWords;
  static constexpr std::uint32_t kParamWord = 7 * programs::kBankWords;

  void add(const KestrelRecord& record) { commands_.push_back(record); }
  [[nodiscard]] std::uint32_t steps() const { return blocks_ * tiles_; }
  [[nodiscard]] std::uint32_t tile(std::uint32_t step) const { return step % tiles_; }
  [[nodiscard]] std::uint32_t block(std::uint32_t step) const { return step / tiles_; }
  [[nodiscard]] bool is_first_tile(std::uint32_t step) const { return tile(step) == 0; }
  [[nodiscard]] bool is_last_tile(std::uint32_t step) const { return tile(step) == tiles_ - 1; }
  [[nodiscard]] bool is_last_block(std::uint32_t block) const { return block == blocks_ - 1; }
  [[nodiscard]] std::uint32_t depth_words() const { return shape_.depth / programs::kWordBytes; }

  [[nodiscard]] static std::uint32_t weight_word(std::uint32_t step) {
    return kWeightWord + step % 2 * programs::kBankWords;
  }
  [[nodiscard]] std::uint32_t staging_word(std::uint32_t step) const {
    return kStagingWord + step % 2 * shape_.block_rows;
  }
  [[nodiscard]] std::uint32_t acc_row(std::uint32_t step) const {
    return step % 2 * shape_.block_rows;
  }

  /// The step before the last used this half of the weights, and says when it ends. The last step
  /// of a block says so part by part, to the loads of A, which come before this one.
  void load_weights(std::uint32_t step) {
    const bool free = step < 2 || is_last_tile(step - 2);
    // Before the first tile of a block comes A, whose parts signal.
    const KestrelTokens tokens = {.wait_next = !free, .signal_next = !is_first_tile(step)};
    const std::uint32_t bytes = shape_.depth * programs::kLanes;
    add(KestrelTransfer::run(b_ + std::uint64_t{tile(step)} * bytes,
                             weight_word(step) * programs::kWordBytes, bytes, tokens)
            .load());
  }

  void load_a(std::uint32_t block, std::uint32_t part) {
    const std::uint32_t part_bytes = shape_.depth / parts_;
    KestrelTransfer rows;
    rows.tokens = {.wait_next = block > 0, .signal_next = true};
    rows.pitch = static_cast<std::int32_t>(shape_.depth);
    rows.addr = a_ + std::uint64_t{block} * shape_.block_rows * shape_.depth;
    rows.height = shape_.block_rows;
    rows.width = shape_.depth;
    rows.x0 = static_cast<int>(part * part_bytes);
    rows.n = {part_bytes, shape_.block_rows, 1, 1, 1};
    rows.step[0] = {.x = 0, .y = 1, .scratchpad = static_cast<int>(shape_.depth)};
    rows.scratchpad = part * part_bytes;
    add(rows.load());
  }

  void accumulate(std::uint32_t step) {
    const bool first = is_first_tile(step), last = is_last_tile(step);
    const std::uint32_t parts = first || last ? parts_ : 1;
    const bool block_follows = !is_last_block(block(step));
    for (std::uint32_t part = 0; part < parts; ++part) {
      const std::uint32_t words = depth_words() / parts;
      const bool ends = part == parts - 1;
      KestrelAccumulate sums;
      sums.tokens.wait_prev = first || part == 0;
      sums.tokens.signal_prev = last ? block_follows : ends && step + 2 < steps();
      sums.keep = part > 0;
      sums.act = part * words;
      sums.weight = weight_word(step) + part * words * programs::kLanes;
      sums.acc = acc_row(step);
      sums.n = {shape_.block_rows, 1};
      sums.s = {static_cast<int>(depth_words()), 0};
      sums.r = {words, 1, 1};
      sums.t = {1, 0, 0};
      add(sums.record());
    }
  }

  void output(std::uint32_t step, const programs::Requantization& requantization) {
    auto output = requantization.output(kParamWord + tile(step) * programs::kParamWords);
    output.tokens = {.wait_next = step >= 2, .signal_next = true};
    output.n = {shape_.block_rows, 1};
    output.src = acc_row(step);
    output.ss = {1, 0};
    output.dst = staging_word(step);
    output.ds = {1, 0};
    add(output.record());
  }

  void store(std::uint32_t step) {
    KestrelTransfer rows;
    rows.tokens = {.wait_prev = true, .signal_prev = step + 2 < steps()};
    rows.pitch = static_cast<std::int32_t>(shape_.columns);
    rows.addr = c_ + std::uint64_t{block(step)} * shape_.block_rows * shape_.columns;
    rows.height = shape_.block_rows;
    rows.width = shape_.columns;
    rows.x0 = static_cast<int>(tile(step) * programs::kLanes);
    rows.n = {programs::kLanes, shape_.block_rows, 1, 1, 1};
    rows.step[0] = {.x = 0, .y = 1, .scratchpad = programs::kWordBytes};
    rows.scratchpad = staging_word(step) * programs::kWordBytes;
    add(rows.store());
  }

  const KestrelGemmShape shape_;
  const std::uint64_t a_, b_, params_, c_;
  const std::uint32_t tiles_, blocks_, parts_;
  std::vector<KestrelRecord> commands_;
};

/// A matrix product of random numbers, in memory from `base` on.
inline KestrelProgram kestrel_gemm_program(std::uint64_t base, unsigned seed,
                                           const KestrelGemmShape& shape = {}) {
  const std::size_t rows = shape.rows, columns = shape.columns, depth = shape.depth;
  std::mt19937 random(seed);
  const auto a = programs::random_bytes(random, rows * depth);
  const auto b = programs::random_bytes(random, depth * columns);
  const programs::Requantization requantization(
      random, columns, 74.0f * 74.0f * std::sqrt(static_cast<float>(depth)));

  std::vector<std::int8_t> b_tiles(b.size()), c(rows * columns);
  for (std::size_t k = 0; k < depth; ++k) {
    for (std::size_t n = 0; n < columns; ++n)
      b_tiles[(n / programs::kLanes * depth + k) * programs::kLanes + n % programs::kLanes] =
          b[k * columns + n];
  }
  std::vector<std::int32_t> sums(columns);
  for (std::size_t m = 0; m < rows; ++m) {
    std::ranges::fill(sums, 0);
    for (std::size_t k = 0; k < depth; ++k) {
      for (std::size_t n = 0; n < columns; ++n)
        sums[n] += a[m * depth + k] * b[k * columns + n];
    }
    for (std::size_t n = 0; n < columns; ++n)
      c[m * columns + n] = requantization.apply(sums[n], n);
  }

  const std::uint64_t b_addr = base + a.size(), params_addr = b_addr + b.size(),
                      c_addr = params_addr + columns * 8;
  KestrelProgram program;
  program.commands = KestrelGemm(shape, base, b_addr, params_addr, c_addr).commands(requantization);
  program.inputs = {{base, programs::to_bytes(a)},
                    {b_addr, programs::to_bytes(b_tiles)},
                    {params_addr, requantization.params()}};
  program.results = {{c_addr, programs::to_bytes(c)}};
  program.macs = std::uint64_t{rows} * columns * depth;
  return program;
}

}  // namespace presil::testbench
