// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Syncobjs and sync files: DRM's own calls, through a device node.
#pragma once

#include <cstdint>

#include "raw_device.hpp"

/// Makes a syncobj; ends the case if that fails. \returns its handle
std::uint32_t make_syncobj(const RawDevice& device, std::uint32_t flags = 0);
int destroy_syncobj(const RawDevice& device, std::uint32_t handle);

/// Waits until it has a fence and that has signalled, for up to `wait_ns`. \returns 0 or -errno
int wait_syncobj(const RawDevice& device, std::uint32_t handle, std::int64_t wait_ns);
/// The same for up to 60 s, again after each signal.
int wait_syncobj(const RawDevice& device, std::uint32_t handle);
/// The same for a point of a timeline.
int wait_point(const RawDevice& device, std::uint32_t handle, std::uint64_t point);

/// The latest point of a timeline that has signalled; ends the case if that fails.
std::uint64_t signalled_point(const RawDevice& device, std::uint32_t handle);
/// Signals a point of a timeline. \returns 0 or -errno
int signal_point(const RawDevice& device, std::uint32_t handle, std::uint64_t point);
/// Takes the fence out of a syncobj. \returns 0 or -errno
int reset_syncobj(const RawDevice& device, std::uint32_t handle);

/// How the job behind it ended: 1 well, 0 not yet, -errno; or the -errno of asking, which is
/// -EINVAL for a syncobj without a fence.
int job_status(const RawDevice& device, std::uint32_t handle);
/// The same for a point of a timeline.
int job_status(const RawDevice& device, std::uint32_t handle, std::uint64_t point);

/// A syncobj of one file in another; ends the case if that fails. \returns its handle there
std::uint32_t share_syncobj(const RawDevice& from, std::uint32_t handle, const RawDevice& to);

/// The fence of a syncobj, kept by a descriptor of its own that outlives the device.
class SyncFile {
 public:
  /// Ends the case if the syncobj has no fence.
  SyncFile(const RawDevice& device, std::uint32_t syncobj);
  SyncFile(SyncFile&& other) noexcept;
  SyncFile(const SyncFile&) = delete;
  SyncFile& operator=(const SyncFile&) = delete;
  ~SyncFile();

  /// Waits for up to 60 s. \returns how the job ended: 1 well, 0 not yet, or -errno
  int wait() const;
  /// How the job ended, without waiting.
  int status() const;
  /// When it ended, CLOCK_MONOTONIC in nanoseconds; 0: it has not, or cannot be asked.
  std::int64_t ended_ns() const;

 private:
  int fd_;
};

/// Members of the arrays of syncobjs of a job.
drm_kestrel_sync binary(std::uint32_t handle);
drm_kestrel_sync timeline(std::uint32_t handle, std::uint64_t point);
