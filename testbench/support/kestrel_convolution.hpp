// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// A convolution of 3 x 3: its commands, what they read, and what they must write.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "testbench/support/kestrel_program.hpp"
#include "testbench/support/kestrel_records.hpp"

namespace presil::testbench {

/// 3 x 3, stride 1, padding 1, all int8, pixel by pixel with the channels innermost.
struct KestrelConvolutionShape {
  std::uint32_t height = 28;  ///< even
  std::uint32_t width = 28;   ///< height * width is at most 1024
  std::uint32_t inputs = 64;  ///< channels, a multiple of 16
  std::uint32_t outputs = 64;
  int input_zero = -3;  ///< what pads
};

/// Makes the commands of a convolution. In the scratchpad: the padded image from word 0, all
/// weights from bank 4, the results from bank 6, biases and scales behind them.
///
/// The image is computed in two halves, so that it can begin before the second has come and the
/// first is stored while the second is computed. Two sets of accumulators take turns.
class KestrelConvolution {
 public:
  /// \param image, weights, params, result  addresses; weights lie as
  ///     [outputs / 16][3][3][inputs][16]
  KestrelConvolution(const KestrelConvolutionShape& shape, std::uint64_t image,
                     std::uint64_t weights, std::uint64_t params, std::uint64_t result)
      : shape_(shape),
        image_(image),
        weights_(weights),
        params_(params),
        result_(result),
        tiles_(shape.outputs / programs::kLanes),
        half_rows_(shape.height / 2) {}

  /// \param requantization  its parameters are at `params`
  std::vector<KestrelRecord> commands(const programs::Requantization& requantization) {
    commands_.clear();
    add(KestrelTransfer::run(params_, param_word() * programs::kWordBytes, shape_.outputs * 8)
            .load());
    load_weights(0, false);
    // With one row more than the half has, which the kernel reaches down to, and the one above.
    load_rows(0, half_rows_ + 2);
    for (std::uint32_t tile = 1; tile < tiles_; ++tile)
      load_weights(tile, true);
    load_rows(half_rows_ + 2, half_rows_);
    for (std::uint32_t half = 0; half < 2; ++half) {
      for (std::uint32_t tile = 0; tile < tiles_; ++tile) {
        accumulate(half, tile);
        output(half, tile, requantization);
      }
      store(half);
    }
    return commands_;
  }

 private:
  static constexpr std::uint32_t kKernel = 3;
  static constexpr std::uint32_t kWeightWord = 4 * programs::kBankWords;
  static constexpr std::uint32_t kResultWord = 6 * programs::kBankWords;

  void add(const KestrelRecord& record) { commands_.push_back(record); }
  [[nodiscard]] std::uint32_t pixel_words() const { return shape_.inputs / programs::kLanes; }
  [[nodiscard]] std::uint32_t row_words() const { return (shape_.width + 2) * pixel_words(); }
  [[nodiscard]] std::uint32_t weight_words() const { return kKernel * kKernel * shape_.inputs; }
  [[nodiscard]] std::uint32_t half_pixels() const { return half_rows_ * shape_.width; }
  [[nodiscard]] std::uint32_t acc_row(std::uint32_t half, std::uint32_t tile) const {
    return (half * tiles_ + tile) % 2 * half_pixels();
  }
  [[nodiscard]] std::uint32_t result_word(std::uint32_t half) const {
    return kResultWord + half * half_pixels() * tiles_;
  }
  [[nodiscard]] std::uint32_t param_word() const { return result_word(2); }

  void load_weights(std::uint32_t tile, bool signal) {
    const std::uint32_t bytes = weight_words() * programs::kWordBytes;
    add(KestrelTransfer::run(weights_ + std::uint64_t{tile} * bytes,
                             (kWeightWord + tile * weight_words()) * programs::kWordBytes, bytes,
                             {.signal_next = signal})
            .load());
  }

  /// \param first, count  rows of the padded image
  void load_rows(std::uint32_t first, std::uint32_t count) {
    KestrelTransfer rows;
    rows.tokens = {.signal_next = true};
    rows.pad = static_cast<std::uint8_t>(shape_.input_zero);
    rows.pitch = static_cast<std::int32_t>(shape_.width * shape_.inputs);
    rows.addr = image_;
    rows.height = shape_.height;
    rows.width = shape_.width * shape_.inputs;
    rows.y0 = static_cast<int>(first) - 1;
    rows.x0 = -static_cast<int>(shape_.inputs);
    const std::uint32_t row_bytes = row_words() * programs::kWordBytes;
    rows.n = {row_bytes, count, 1, 1, 1};
    rows.step[0] = {.x = 0, .y = 1, .scratchpad = static_cast<int>(row_bytes)};
    rows.scratchpad = first * row_bytes;
    add(rows.load());
  }

  void accumulate(std::uint32_t half, std::uint32_t tile) {
    KestrelAccumulate sums;
    // The first half waits for the image and then for weights, the second for its part of the
    // image.
    sums.tokens.wait_prev = half == 0 || tile == 0;
    sums.act = half * half_rows_ * row_words();
    sums.weight = kWeightWord + tile * weight_words();
    sums.acc = acc_row(half, tile);
    sums.n = {shape_.width, half_rows_};
    sums.s = {static_cast<int>(pixel_words()), static_cast<int>(row_words())};
    sums.r = {pixel_words(), kKernel, kKernel};
    sums.t = {1, static_cast<int>(pixel_words()), static_cast<int>(row_words())};
    add(sums.record());
  }

  void output(std::uint32_t half, std::uint32_t tile,
              const programs::Requantization& requantization) {
    auto output = requantization.output(param_word() + tile * programs::kParamWords);
    output.tokens.signal_next = tile == tiles_ - 1;
    output.n = {half_pixels(), 1};
    output.src = acc_row(half, tile);
    output.ss = {1, 0};
    output.dst = result_word(half) + tile;
    output.ds = {static_cast<int>(tiles_), 0};
    add(output.record());
  }

  void store(std::uint32_t half) {
    const std::uint32_t bytes = half_pixels() * shape_.outputs;
    add(KestrelTransfer::run(result_ + std::uint64_t{half} * bytes,
                             result_word(half) * programs::kWordBytes, bytes, {.wait_prev = true})
            .store());
  }

  const KestrelConvolutionShape shape_;
  const std::uint64_t image_, weights_, params_, result_;
  const std::uint32_t tiles_, half_rows_;
  std::vector<KestrelRecord> commands_;
};

/// A convolution of random numbers, in memory from `base` on.
inline KestrelProgram kestrel_convolution_program(std::uint64_t base, unsigned seed,
                                                  const KestrelConvolutionShape& shape = {}) {
  const int height = static_cast<int>(shape.height), width = static_cast<int>(shape.width);
  const std::size_t inputs = shape.inputs, outputs = shape.outputs;
  std::mt19937 random(seed);
  const auto image =
      programs::random_bytes(random, std::size_t{shape.height} * shape.width * inputs);
  // As the device wants them: [output / 16][ky][kx][input][output % 16].
  const auto weights = programs::random_bytes(random, outputs * 9 * inputs);
  const auto weight = [&](std::size_t output, std::size_t k) {
    return weights[(output / programs::kLanes * 9 * inputs + k) * programs::kLanes +
                   output % programs::kLanes];
  };
  programs::Requantization requantization(
      random, outputs, 74.0f * 74.0f * std::sqrt(static_cast<float>(9 * inputs)));
  requantization.zero = 5;
  requantization.min = 5;  // ReLU.

  std::vector<std::byte> result;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (std::size_t output = 0; output < outputs; ++output) {
        std::int32_t sum = 0;
        for (int ky = -1; ky <= 1; ++ky) {
          for (int kx = -1; kx <= 1; ++kx) {
            if (y + ky < 0 || y + ky >= height || x + kx < 0 || x + kx >= width)
              continue;
            const auto pixel = static_cast<std::size_t>((y + ky) * width + x + kx) * inputs;
            const auto k = static_cast<std::size_t>((ky + 1) * 3 + kx + 1) * inputs;
            for (std::size_t input = 0; input < inputs; ++input)
              sum += (image[pixel + input] - shape.input_zero) * weight(output, k + input);
          }
        }
        result.push_back(static_cast<std::byte>(requantization.apply(sum, output)));
      }
    }
  }

  // The array knows no zero point of activations, so the biases take it off. Padding is zero.
  for (std::size_t output = 0; output < outputs; ++output) {
    for (std::size_t k = 0; k < 9 * inputs; ++k)
      requantization.bias[output] -= shape.input_zero * weight(output, k);
  }

  const std::uint64_t weights_addr = base + image.size(),
                      params_addr = weights_addr + weights.size(),
                      result_addr = params_addr + outputs * 8;
  KestrelProgram program;
  program.commands = KestrelConvolution(shape, base, weights_addr, params_addr, result_addr)
                         .commands(requantization);
  program.inputs = {{base, programs::to_bytes(image)},
                    {weights_addr, programs::to_bytes(weights)},
                    {params_addr, requantization.params()}};
  program.macs = result.size() * 9 * inputs;
  program.results = {{result_addr, std::move(result)}};
  return program;
}

}  // namespace presil::testbench
