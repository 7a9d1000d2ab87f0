// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/app/host_pace.hpp"

#include <time.h>

#include <algorithm>
#include <utility>

namespace presil {
namespace {

constexpr std::uint64_t kCheckNs = 100'000'000;
// Batches between two looks at the clock, when nothing is stretched.
constexpr std::uint64_t kBatchesPerClock = 64;
// Longest sleep without a beat.
constexpr std::uint64_t kSleepNs = 20'000'000;

std::uint64_t host_ns() {
  timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u +
         static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

HostPace::HostPace(double slow_factor, std::function<void()> beat, std::function<void()> check)
    : slow_factor_(slow_factor), beat_(std::move(beat)), check_(std::move(check)) {
  restart();
}

void HostPace::restart() {
  if (slow_factor_ > 1)
    latest_ns_ = host_ns();
}

void HostPace::on_batch() {
  beat_();
  if (slow_factor_ > 1)
    stretch(latest_ns_);
  if (++batches_ % kBatchesPerClock == 0 || slow_factor_ > 1)
    check_if_due();
}

void HostPace::check_if_due() {
  const std::uint64_t now_ns = host_ns();
  if (now_ns - latest_check_ns_ >= kCheckNs) {
    latest_check_ns_ = now_ns;
    check_();
  }
}

void HostPace::stretch(std::uint64_t since_ns) {
  const double spent_ns = static_cast<double>(host_ns() - since_ns);
  auto left_ns = static_cast<std::uint64_t>(spent_ns * (slow_factor_ - 1));
  while (left_ns != 0) {
    const std::uint64_t part_ns = std::min(left_ns, kSleepNs);
    const timespec part = {.tv_sec = 0, .tv_nsec = static_cast<long>(part_ns)};
    ::nanosleep(&part, nullptr);
    left_ns -= part_ns;
    beat_();
    check_if_due();
  }
  restart();
}

}  // namespace presil
