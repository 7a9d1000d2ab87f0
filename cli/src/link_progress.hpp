// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// LinkProgress: how far one device and its guest have come, read from the link's segment.
#pragma once

#include <presil_link.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace presil::cli {

/// One look at the counters; each is consistent in itself, not with the others.
struct LinkSample {
  std::uint64_t heartbeat = 0;
  std::uint64_t pulse = 0;
  std::uint64_t guest_ns = 0;
  std::uint64_t device_ps = 0;
  std::uint64_t rtl_cycles = 0;
  std::uint64_t rtl_cycles_skipped = 0;
  std::uint64_t advances = 0;
  std::uint64_t timer_ticks = 0;
  std::uint32_t down_reason = PRESIL_UP;
  std::uint32_t call_type = 0;

  /// Whether anything moved that cannot move in a hang. The pulse alone does not count: QEMU's
  /// main loop lives on while its guest stands still.
  [[nodiscard]] bool progressed_since(const LinkSample& before) const {
    return heartbeat != before.heartbeat || guest_ns != before.guest_ns ||
           device_ps != before.device_ps;
  }
};

/// A read-only view of the segment that QEMU and a simulator share. It stays readable when both
/// are gone.
class LinkProgress {
 public:
  /// Looks for the segment among a process's open files; nothing while there is none.
  static std::optional<LinkProgress> attach(pid_t process);

  LinkProgress(LinkProgress&& other) noexcept;
  LinkProgress& operator=(LinkProgress&&) = delete;
  ~LinkProgress();

  [[nodiscard]] LinkSample sample() const;

 private:
  explicit LinkProgress(const presil_segment* segment) : segment_(segment) {}

  const presil_segment* segment_;
};

}  // namespace presil::cli
