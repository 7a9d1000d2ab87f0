// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Device time: picoseconds since guest power-on.
#pragma once

#include <cstdint>

namespace presil {

/// Device time or a span of it.
using Picoseconds = std::uint64_t;

inline constexpr Picoseconds kPicosecondsPerNanosecond = 1000;
inline constexpr Picoseconds kPicosecondsPerMicrosecond = 1'000'000;

/// Times above this are refused at the link, so that sums of a time and a few spans never wrap.
inline constexpr Picoseconds kLatestTime = Picoseconds{1} << 62;

}  // namespace presil
