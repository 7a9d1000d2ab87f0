// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Timeline: a number that only grows, which jobs and programs raise and wait for.
#pragma once

#include <cstdint>
#include <memory>

#include "device.hpp"
#include "error.hpp"
#include "syncobj.hpp"

namespace kestrel::internal {

/// A syncobj of points. It stands at 0 at first.
///
/// Threads: any.
class Timeline {
 public:
  static Result<std::unique_ptr<Timeline>> create(std::shared_ptr<Device> device);
  /// \param fd  of export_fd(), lent
  static Result<std::unique_ptr<Timeline>> import(std::shared_ptr<Device> device, int fd);

  explicit Timeline(Syncobj syncobj) : syncobj_(std::move(syncobj)) {}

  /// Raises it. \returns EINVAL: point is 0
  Result<void> signal(std::uint64_t point);
  Result<std::uint64_t> value() const;
  /// Waits for a point that may not have been submitted yet.
  ///
  /// \param timeout_ns  at most so long; negative: as long as it takes
  /// \returns nothing, or ETIMEDOUT
  Result<void> wait(std::uint64_t point, std::int64_t timeout_ns);
  /// \returns a descriptor for another process, the caller's
  Result<int> export_fd() const { return syncobj_.to_fd(0); }

  std::uint32_t handle() const { return syncobj_.handle(); }
  const Device& device() const { return syncobj_.device(); }

 private:
  const Syncobj syncobj_;
};

}  // namespace kestrel::internal
