// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Fence: the end of one or several jobs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "device.hpp"
#include "error.hpp"
#include "syncobj.hpp"

namespace kestrel::internal {

/// One syncobj for each job; the jobs are of one queue, in the order in which they were added.
class Fence {
 public:
  explicit Fence(std::shared_ptr<Device> device);

  /// One that ends with a sync file. \param fd  lent
  static Result<std::unique_ptr<Fence>> import(std::shared_ptr<Device> device, int fd);

  /// Makes one more syncobj, for a job to signal. \returns its handle
  Result<std::uint32_t> add();
  /// Takes the syncobj back that was added last: its job was not submitted.
  void drop_last() { syncobjs_.pop_back(); }

  /// Waits until every job has ended.
  ///
  /// \param timeout_ns  at most so long; negative: as long as it takes
  /// \returns nothing if all succeeded; ETIMEDOUT: not all have ended; otherwise the error with
  ///   which the first of the failed ones ended
  Result<void> wait(std::int64_t timeout_ns);

  /// \returns a sync file, the caller's, that signals at the end
  Result<int> export_fd() const;

  /// The syncobj that signals last. There is one once a job was added.
  std::uint32_t last_handle() const { return syncobjs_.back().handle(); }
  const Device& device() const { return *device_; }

  /// Called by each wait that sees the end, however the jobs ended; keeps what it knows alive.
  std::function<void()> on_end;

 private:
  Result<void> wait_for_all(std::int64_t timeout_ns);
  Result<void> check(const Syncobj& syncobj);

  const std::shared_ptr<Device> device_;
  std::vector<Syncobj> syncobjs_;
};

}  // namespace kestrel::internal
