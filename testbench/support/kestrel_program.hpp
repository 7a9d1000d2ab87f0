// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// KestrelProgram: a command buffer that does something whole, and what programs are made of.
#pragma once

#include <kestrel_regs.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include "testbench/support/kestrel_records.hpp"

namespace presil::testbench {

/// A command buffer, the memory that it reads, and the memory that it writes as it must be after.
/// Addresses are those of the queue's space.
struct KestrelProgram {
  struct Region {
    std::uint64_t addr;
    std::vector<std::byte> bytes;
  };

  std::vector<KestrelRecord> commands;
  std::vector<Region> inputs;
  std::vector<Region> results;
  std::uint64_t macs = 0;  ///< multiplications and additions that it cannot do without
};

namespace programs {

constexpr std::uint32_t kWordBytes = 16;
constexpr std::uint32_t kLanes = 16;
constexpr std::uint32_t kBankWords = 2048;
/// Words of biases and scales of sixteen lanes.
constexpr std::uint32_t kParamWords = 8;

template <typename T>
std::vector<std::byte> to_bytes(const std::vector<T>& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

inline std::vector<std::int8_t> random_bytes(std::mt19937& random, std::size_t count) {
  std::vector<std::int8_t> values(count);
  for (auto& value : values)
    value = static_cast<std::int8_t>(random());
  return values;
}

/// Biases and scales of all output channels, and how OUTPUT finishes an accumulator with them.
struct Requantization {
  std::vector<std::int32_t> bias;
  std::vector<float> scale;
  int zero = 0, min = -128, max = 127;

  /// \param spread  of the accumulators: the results are to fill the range of a byte
  Requantization(std::mt19937& random, std::size_t channels, float spread) {
    for (std::size_t i = 0; i < channels; ++i) {
      bias.push_back(static_cast<std::int32_t>(random() % 20001) - 10000);
      scale.push_back((40.0f + static_cast<float>(random() % 40)) / spread);
    }
  }

  /// kestrel.rdl, OUTPUT without RES.
  [[nodiscard]] std::int8_t apply(std::int32_t sum, std::size_t channel) const {
    const float f = static_cast<float>(sum + bias[channel]) * scale[channel];
    const auto clamped = std::clamp(std::nearbyint(f), static_cast<float>(min - zero),
                                    static_cast<float>(max - zero));
    return static_cast<std::int8_t>(static_cast<int>(clamped) + zero);
  }

  /// As PARAM wants it: of sixteen channels each first the biases, then the scales.
  [[nodiscard]] std::vector<std::byte> params() const {
    std::vector<std::byte> bytes(bias.size() * 8);
    for (std::size_t i = 0; i < bias.size(); i += kLanes) {
      std::memcpy(&bytes[i * 8], &bias[i], kLanes * 4);
      std::memcpy(&bytes[i * 8 + kLanes * 4], &scale[i], kLanes * 4);
    }
    return bytes;
  }

  [[nodiscard]] KestrelOutput output(std::uint32_t param_word) const {
    KestrelOutput output;
    output.per_channel = true;
    output.param_word = param_word;
    output.out_zero = zero;
    output.min = min;
    output.max = max;
    return output;
  }
};

}  // namespace programs

/// Copies bytes through two halves of the scratchpad: the store engine writes a piece while the
/// load engine reads the next.
inline std::vector<KestrelRecord> kestrel_copy_commands(std::uint64_t from, std::uint64_t to,
                                                        std::uint64_t bytes) {
  constexpr std::uint32_t kPieceBytes = 32768;
  std::vector<KestrelRecord> commands;
  for (std::uint64_t done = 0, i = 0; done < bytes; done += kPieceBytes, ++i) {
    const auto piece =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(kPieceBytes, bytes - done));
    const auto half = static_cast<std::uint32_t>(i % 2) * kPieceBytes;
    commands.push_back(KestrelTransfer::run(from + done, half, piece).load());
    commands.push_back(kestrel_barrier());
    commands.push_back(KestrelTransfer::run(to + done, half, piece).store());
  }
  return commands;
}

}  // namespace presil::testbench
