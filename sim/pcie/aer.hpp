// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Bits of the Advanced Error Reporting status registers (PCIe Base 6.0, 7.8.4.2 and 7.8.4.5).
#pragma once

#include <cstdint>

namespace presil::aer {

/// Uncorrectable error status.
inline constexpr std::uint32_t kPoisonedTlp = 1u << 12;
inline constexpr std::uint32_t kCompletionTimeout = 1u << 14;
inline constexpr std::uint32_t kCompleterAbort = 1u << 15;
inline constexpr std::uint32_t kReceiverOverflow = 1u << 17;
inline constexpr std::uint32_t kMalformedTlp = 1u << 18;
inline constexpr std::uint32_t kUnsupportedRequest = 1u << 20;

/// Correctable error status.
inline constexpr std::uint32_t kAdvisoryNonfatal = 1u << 13;

}  // namespace presil::aer
