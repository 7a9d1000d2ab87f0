// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// SHA-256, by which compiled models are named and checked.
///
/// The static library that has it otherwise would make a guest's program several megabytes larger.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace kestrel::nn {

/// Takes bytes piece by piece. Source: FIPS 180-4, 5 and 6.2.
class Sha256 {
 public:
  using Digest = std::array<std::uint8_t, 32>;

  void update(std::span<const std::byte> bytes);
  /// Ends it; afterwards nothing may be called.
  [[nodiscard]] Digest finish();

  /// Of all at once.
  [[nodiscard]] static Digest of(std::span<const std::byte> bytes);

 private:
  static constexpr std::size_t kBlockBytes = 64;
  void block();

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, kBlockBytes> block_ = {};
  std::uint64_t size_bytes_ = 0;
};

/// In lower-case hexadecimal digits.
std::string to_hex(const Sha256::Digest& digest);

}  // namespace kestrel::nn
