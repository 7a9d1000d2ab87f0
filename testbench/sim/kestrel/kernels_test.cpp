// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Whole kernels on a Device: a matrix product and convolutions, against loops over the tensors.

#include <cmath>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "sim/kestrel/requantise.hpp"
#include "testbench/sim/kestrel/device_bench.hpp"

namespace presil::kestrel {
namespace {

constexpr std::uint64_t kInput = DeviceBench::kData;
constexpr std::uint64_t kWeights = DeviceBench::kData + 0x4'0000;
constexpr std::uint64_t kParameters = DeviceBench::kData + 0x6'0000;
constexpr std::uint64_t kOutput = DeviceBench::kData + 0x8'0000;

std::vector<std::uint8_t> random_bytes(std::mt19937& random, std::size_t bytes) {
  std::vector<std::uint8_t> all(bytes);
  for (auto& byte : all)
    byte = static_cast<std::uint8_t>(random());
  return all;
}

std::int32_t signed_byte(std::uint8_t byte) {
  return static_cast<std::int8_t>(byte);
}

/// Rows of `bytes` bytes each, from a matrix with `pitch` bytes a row, to consecutive places.
TransferFields rows(bool is_store, std::uint64_t addr, std::int32_t pitch, std::uint32_t count,
                    std::uint32_t bytes, std::uint32_t scratchpad) {
  TransferFields fields = one_run(is_store, addr, scratchpad, bytes);
  fields.pitch = pitch;
  fields.height = static_cast<std::int32_t>(count);
  fields.loops[0] = {.count = count,
                     .y_step = 1,
                     .x_step = 0,
                     .scratchpad_step = static_cast<std::int32_t>(bytes)};
  return fields;
}

TEST_CASE("a matrix product, weights loaded while the product before is computed",
          "[sim][kestrel]") {
  constexpr std::uint32_t kM = 40, kK = 64, kN = 96;
  constexpr std::uint32_t kTilesK = kK / 16, kTilesN = kN / 16;
  constexpr std::uint32_t kA = 0, kB[2] = {0x1'0000, 0x2'0000}, kC = 0x3'0000;
  constexpr float kScale = 1.0f / 300;
  std::mt19937 random(31);
  DeviceBench bench;
  bench.map_space_2();
  bench.start(0, 2);
  const auto a = random_bytes(random, kM * kK), b = random_bytes(random, kK * kN);
  bench.bus.memory.write(kInput, a);
  bench.bus.memory.write(kWeights, b);

  std::vector<Record> commands = {
      make_transfer(one_run(false, kInput, kA, kM * kK), {.signals_next = true})};
  for (std::uint32_t tile = 0; tile < kTilesN; ++tile) {
    const std::uint32_t buffer = kB[tile % 2];
    commands.push_back(make_transfer(rows(false, kWeights + 16 * tile, kN, kK, 16, buffer),
                                     {.waits_next = tile >= 2, .signals_next = true}));
    AccumulateFields product;
    product.activation = kA / 16;
    product.weight = buffer / 16;
    product.row = tile % 2 * 512;
    product.positions = {kM, 1};
    product.position_strides = {kTilesK, 0};
    product.reduction = {kTilesK, 1, 1};
    product.reduction_strides = {1, 0, 0};
    if (tile == 0)
      commands.push_back(make_order(KESTREL_OPCODE_SYNC, {.waits_prev = true}));
    commands.push_back(make_accumulate(product, {.waits_prev = true, .signals_prev = true}));
    OutputFields result;
    result.positions = {kM, 1};
    result.source = {.first = product.row, .strides = {1, 0}};
    result.destination = {.first = kC / 16 + tile, .strides = {kTilesN, 0}};
    result.min = -128;
    result.max = 127;
    result.scale = kScale;
    commands.push_back(make_output(result, {.signals_next = tile == kTilesN - 1}));
  }
  commands.push_back(make_transfer(one_run(true, kOutput, kC, kM * kN), {.waits_prev = true}));
  bench.run_call(0, commands);
  REQUIRE(bench.head(0) == 1);

  std::vector<std::uint8_t> wanted(kM * kN);
  for (std::uint32_t m = 0; m < kM; ++m)
    for (std::uint32_t n = 0; n < kN; ++n) {
      std::int32_t sum = 0;
      for (std::uint32_t k = 0; k < kK; ++k)
        sum += signed_byte(a[m * kK + k]) * signed_byte(b[k * kN + n]);
      wanted[m * kN + n] = static_cast<std::uint8_t>(
          quantise(scaled(sum, kScale), {.min = -128, .max = 127, .zero = 0}));
    }
  CHECK(bench.bus.memory.read(kOutput, kM * kN) == wanted);
  CHECK(bench.count(0, kMacs) == kM * kN * kK);
  CHECK(bench.count(0, kReadBytes) == kM * kK + kK * kN);
}

struct Convolution {
  std::uint32_t height, width, kernel, stride, padding;
  bool is_depthwise;
};

/// Of 32 channels to 16, or depthwise of 16; input uint8 with a zero point, output uint8.
void check_convolution(const Convolution& c, unsigned seed) {
  CAPTURE(c.height, c.width, c.kernel, c.stride, c.padding, c.is_depthwise, seed);
  constexpr std::int32_t kZero = 113, kOutZero = 77;
  std::mt19937 random(seed);
  const std::uint32_t channels = c.is_depthwise ? 16 : 32, words = channels / 16;
  const std::uint32_t taps = c.kernel * c.kernel;
  const std::uint32_t out_height = (c.height + 2 * c.padding - c.kernel) / c.stride + 1;
  const std::uint32_t out_width = (c.width + 2 * c.padding - c.kernel) / c.stride + 1;
  const std::uint32_t window_height = c.height + 2 * c.padding;
  const std::uint32_t window_width = c.width + 2 * c.padding;
  const auto input = random_bytes(random, c.height * c.width * channels);
  // Tap by tap, of each tap 16 words per word of input channels: what ACCUMULATE reads.
  const auto weights = random_bytes(random, taps * channels * (c.is_depthwise ? 1 : 16));
  const auto weight = [&](std::uint32_t tap, std::uint32_t in, std::uint32_t out) {
    return signed_byte(weights[c.is_depthwise ? tap * 16 + out : (tap * channels + in) * 16 + out]);
  };

  std::array<std::int32_t, 16> biases;
  std::array<float, 16> scales;
  std::vector<std::int32_t> folded(16);  // The bias less what the zero point adds.
  for (std::uint32_t out = 0; out < 16; ++out) {
    biases[out] = static_cast<std::int32_t>(random() % 4000) - 2000;
    scales[out] = std::ldexp(1.0f + static_cast<float>(out) / 16, c.is_depthwise ? -9 : -12);
    folded[out] = biases[out];
    for (std::uint32_t tap = 0; tap < taps; ++tap)
      for (std::uint32_t in = 0; in < channels; ++in) {
        if (!c.is_depthwise || in == out)
          folded[out] -= kZero * weight(tap, in, out);
      }
  }

  DeviceBench bench;
  bench.start(0);
  bench.bus.memory.write(kInput, input);
  bench.bus.memory.write(kWeights, weights);
  for (std::uint32_t out = 0; out < 16; ++out) {
    bench.bus.memory.write32(kParameters + 4 * out, static_cast<std::uint32_t>(folded[out]));
    bench.bus.memory.write32(kParameters + 64 + 4 * out, std::bit_cast<std::uint32_t>(scales[out]));
  }

  constexpr std::uint32_t kWeightPlace = 0x2'0000, kParameterPlace = 0x3'0000, kResult = 0x3'1000;
  TransferFields window = rows(false, kInput, static_cast<std::int32_t>(c.width * channels),
                               window_height, window_width * channels, 0);
  window.pad = kZero;
  window.height = static_cast<std::int32_t>(c.height);
  window.width = static_cast<std::int32_t>(c.width * channels);
  window.y = -static_cast<std::int32_t>(c.padding);
  window.x = -static_cast<std::int32_t>(c.padding * channels);
  AccumulateFields sums;
  sums.mode = c.is_depthwise ? KESTREL_ACCUMULATE_MODE_DEPTHWISE : KESTREL_ACCUMULATE_MODE_MATMUL;
  sums.is_unsigned = true;
  sums.weight = kWeightPlace / 16;
  sums.positions = {out_width, out_height};
  const auto word = static_cast<std::int32_t>(words);
  const auto row = static_cast<std::int32_t>(window_width * words);
  const auto step = static_cast<std::int32_t>(c.stride);
  sums.position_strides = {step * word, step * row};
  sums.reduction = {words, c.kernel, c.kernel};
  sums.reduction_strides = {1, word, row};
  OutputFields result;
  result.is_unsigned = result.is_per_channel = true;
  result.positions = {out_width * out_height, 1};
  result.source.strides = result.destination.strides = {1, 0};
  result.destination.first = kResult / 16;
  result.parameters = kParameterPlace / 16;
  result.zero = kOutZero;
  result.max = 255;
  const std::uint32_t out_bytes = out_width * out_height * 16;
  bench.run_call(
      0, {make_transfer(window),
          make_transfer(
              one_run(false, kWeights, kWeightPlace, static_cast<std::uint32_t>(weights.size()))),
          make_transfer(one_run(false, kParameters, kParameterPlace, 128), {.signals_next = true}),
          make_accumulate(sums, {.waits_prev = true}), make_output(result, {.signals_next = true}),
          make_transfer(one_run(true, kOutput, kResult, out_bytes), {.waits_prev = true})});
  REQUIRE(bench.head(0) == 1);

  std::vector<std::uint8_t> wanted(out_bytes);
  for (std::uint32_t y = 0; y < out_height; ++y)
    for (std::uint32_t x = 0; x < out_width; ++x)
      for (std::uint32_t out = 0; out < 16; ++out) {
        std::int32_t sum = biases[out];
        for (std::uint32_t tap = 0; tap < taps; ++tap) {
          const std::uint32_t in_y = y * c.stride + tap / c.kernel - c.padding;
          const std::uint32_t in_x = x * c.stride + tap % c.kernel - c.padding;
          if (in_y >= c.height || in_x >= c.width)
            continue;
          for (std::uint32_t in = 0; in < channels; ++in) {
            if (!c.is_depthwise || in == out)
              sum +=
                  (input[(in_y * c.width + in_x) * channels + in] - kZero) * weight(tap, in, out);
          }
        }
        wanted[(y * out_width + x) * 16 + out] = static_cast<std::uint8_t>(
            quantise(scaled(sum, scales[out]), {.min = 0, .max = 255, .zero = kOutZero}));
      }
  CHECK(bench.bus.memory.read(kOutput, out_bytes) == wanted);
}

TEST_CASE("convolutions, by windows with padding", "[sim][kestrel]") {
  unsigned seed = 40;
  for (const bool is_depthwise : {false, true}) {
    check_convolution({9, 11, 3, 1, 1, is_depthwise}, ++seed);
    check_convolution({12, 7, 3, 2, 1, is_depthwise}, ++seed);
    check_convolution({8, 8, 1, 1, 0, is_depthwise}, ++seed);
    check_convolution({10, 10, 5, 3, 2, is_depthwise}, ++seed);
  }
}

}  // namespace
}  // namespace presil::kestrel
