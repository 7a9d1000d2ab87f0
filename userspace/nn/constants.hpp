// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// ConstantImage: the bytes of weights and parameters, and where they lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "nn/commands.hpp"
#include "nn/view.hpp"

namespace kestrel::nn {

class ConstantImage {
 public:
  /// \param address  of the first byte
  explicit ConstantImage(std::uint64_t address) : address_(address) {}

  /// \returns the address at which the bytes lie, a multiple of 64
  std::uint64_t add(std::span<const std::byte> bytes);
  [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::uint64_t address_;
  std::vector<std::byte> bytes_;
};

/// As OUTPUT wants the parameters of channels: of each sixteen first the biases, then the scales.
/// One value stands for all; channels that there are not get scale 0.
std::vector<std::byte> pack_parameters(const std::vector<std::int32_t>& biases,
                                       const std::vector<float>& scales, std::int64_t channels);

/// Transfers of bytes that lie side by side in memory and in the scratchpad.
std::vector<Transfer> side_by_side(bool is_store, std::uint64_t address, std::int64_t scratchpad,
                                   std::int64_t size_bytes);

}  // namespace kestrel::nn
