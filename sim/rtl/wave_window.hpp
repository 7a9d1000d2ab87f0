// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// WaveWindow: when waves are recorded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "sim/base/picoseconds.hpp"

namespace presil {

/// A moment of a run: a device time, the N-th MSI-X message (from 1), or a write to a register.
struct WaveTrigger {
  enum class Kind { kTime, kMsix, kWrite };
  Kind kind = Kind::kTime;
  std::uint64_t value = 0;  ///< picoseconds, number of the message, or offset

  /// \param text  like 120us, msix:3 or write:0x4c
  static std::optional<WaveTrigger> parse(std::string_view text);
};

/// What the user asked for.
struct WaveOptions {
  std::filesystem::path file;       ///< empty: no waves
  WaveTrigger start;                ///< default: from the beginning
  std::optional<WaveTrigger> stop;  ///< default: to the end
};

/// Follows the two triggers. One window a run: once closed it stays closed.
class WaveWindow {
 public:
  explicit WaveWindow(const WaveOptions& options) : start_(options.start), stop_(options.stop) {}

  void on_msix(Picoseconds now_ps) { pass(now_ps, WaveTrigger::Kind::kMsix, ++messages_); }
  void on_write(Picoseconds now_ps, std::uint64_t offset) {
    pass(now_ps, WaveTrigger::Kind::kWrite, offset);
  }

  /// Whether the clock edge at `now_ps` is to be recorded.
  bool covers(Picoseconds now_ps) {
    pass_time(now_ps);
    return started_ && !stopped_;
  }

 private:
  bool hit(const WaveTrigger& trigger, WaveTrigger::Kind kind, std::uint64_t value) const {
    return trigger.kind == kind && trigger.value == value;
  }
  void pass(Picoseconds now_ps, WaveTrigger::Kind kind, std::uint64_t value) {
    // Where the clock stood still, no edge has told of the time yet.
    pass_time(now_ps);
    if (!started_)
      started_ = hit(start_, kind, value);
    else if (stop_)
      stopped_ |= hit(*stop_, kind, value);
  }
  void pass_time(Picoseconds now_ps) {
    if (start_.kind == WaveTrigger::Kind::kTime)
      started_ |= now_ps >= start_.value;
    if (started_ && stop_ && stop_->kind == WaveTrigger::Kind::kTime)
      stopped_ |= now_ps > stop_->value;
  }

  WaveTrigger start_;
  std::optional<WaveTrigger> stop_;
  std::uint64_t messages_ = 0;
  bool started_ = false;
  bool stopped_ = false;
};

}  // namespace presil
