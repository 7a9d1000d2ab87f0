// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The guest's clock.
#pragma once

#include <time.h>

#include <cstdint>

constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr std::int64_t kSecondNs = 1'000 * kMillisecondNs;

/// CLOCK_MONOTONIC, nanoseconds.
inline std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * kSecondNs + now.tv_nsec;
}

inline void sleep_ns(std::int64_t span_ns) {
  const timespec span{.tv_sec = static_cast<time_t>(span_ns / kSecondNs),
                      .tv_nsec = static_cast<long>(span_ns % kSecondNs)};
  nanosleep(&span, nullptr);
}
