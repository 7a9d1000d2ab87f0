// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Records: the few commands that the library makes itself.
#pragma once

#include <kestrel_regs.h>

#include <array>
#include <cstdint>

namespace kestrel::internal {

/// A command as the device reads it: little-endian words, whatever the CPU's order.
using CommandRecord = std::array<std::uint8_t, KESTREL_RECORD_BYTES>;

/// Most bytes of one run.
inline constexpr std::uint32_t kRunBytesMax = 0xffff;

/// LOAD, or STORE, of consecutive bytes.
///
/// \param va            in memory
/// \param scratchpad    first byte there, at most 2^18 - 1
/// \param length_bytes  1 to kRunBytesMax
/// Source: hw/kestrel/gen/registers.md, TRANSFER.
CommandRecord load_record(std::uint64_t va, std::uint32_t scratchpad, std::uint32_t length_bytes);
CommandRecord store_record(std::uint64_t va, std::uint32_t scratchpad, std::uint32_t length_bytes);

CommandRecord barrier_record();

}  // namespace kestrel::internal
