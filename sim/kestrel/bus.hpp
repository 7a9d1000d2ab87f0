// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Bus: the memory that the device reaches, as the units of the model see it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/base/picoseconds.hpp"

namespace presil::kestrel {

inline constexpr std::uint32_t kOkay = 0, kSlverr = 2, kDecerr = 3;

/// AxUSER: 19:0 PASID, 20 PASID valid, 21 privileged.
inline constexpr std::uint32_t kUserPasidValid = 1u << 20, kUserPrivileged = 1u << 21;

struct BusAnswer {
  std::uint32_t response = kOkay;
  Picoseconds latency_ps = 0;  ///< from now to when the answer is there
};

/// Performs a burst at once and says how long that takes. A burst lies within one block of
/// kBlockBytes; a read that fails leaves the data open.
class Bus {
 public:
  virtual ~Bus() = default;
  virtual BusAnswer read(std::uint64_t addr, std::span<std::byte> data, std::uint32_t user) = 0;
  virtual BusAnswer write(std::uint64_t addr, std::span<const std::byte> data,
                          std::uint32_t user) = 0;
};

}  // namespace presil::kestrel
