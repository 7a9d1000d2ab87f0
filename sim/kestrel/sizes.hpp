// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Sizes of the part, as in kestrel_pkg.sv.
#pragma once

#include <cstddef>
#include <cstdint>

namespace presil::kestrel {

inline constexpr std::uint32_t kQueues = 16;
/// One a queue, and one more for errors.
inline constexpr std::uint32_t kVectors = kQueues + 1;
inline constexpr std::uint32_t kSpaces = 16;
inline constexpr std::uint32_t kRingLog2Max = 16;
inline constexpr std::uint32_t kClockMHz = 1000;

inline constexpr std::uint32_t kAddressBits = 64;
inline constexpr std::uint32_t kVirtualBits = 48;
inline constexpr std::uint32_t kBeatBytes = 16;
inline constexpr std::uint32_t kBeatBytesLog2 = 4;
/// No burst crosses a multiple of it.
inline constexpr std::uint32_t kBlockBytes = 256;
inline constexpr std::uint32_t kReadAheadLog2 = 14;
inline constexpr std::uint32_t kTlbLines = 16;

/// Rows and columns of the array, and bytes of a scratchpad word.
inline constexpr std::uint32_t kLanes = 16;
inline constexpr std::uint32_t kRowsPerStage = 16;
inline constexpr std::uint32_t kScratchpadWords = 16384;
inline constexpr std::uint32_t kScratchpadBytes = kScratchpadWords * kLanes;
inline constexpr std::uint32_t kAccumulatorRows = 1024;
/// Commands that wait in front of each engine.
inline constexpr std::size_t kEngineCommands = 4;
/// Cycles that it takes to empty the memories on chip.
inline constexpr std::uint64_t kWipeCycles = 256;

/// After this time a reset that waits for the bus says so, nanoseconds.
inline constexpr std::uint64_t kResetStuckNs = 100'000;

}  // namespace presil::kestrel
