// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Fence: the end of one or several jobs.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "device.hpp"
#include "error.hpp"

namespace kestrel {

/// One syncobj for each job.
class Fence {
 public:
  explicit Fence(std::shared_ptr<Device> device);
  Fence(const Fence&) = delete;
  Fence& operator=(const Fence&) = delete;
  ~Fence();

  /// Makes one more syncobj, for a job to signal. \returns its handle
  Result<std::uint32_t> add();

  /// Waits until every job has ended.
  ///
  /// \param timeout_ns  at most so long; negative: as long as it takes
  /// \returns nothing if all succeeded; ETIMEDOUT: not all have ended; otherwise the error with
  ///   which the first of the failed ones ended
  Result<void> wait(std::int64_t timeout_ns);

 private:
  Result<void> wait_for_all(std::int64_t timeout_ns);
  Result<void> check(std::uint32_t handle);

  std::shared_ptr<Device> device_;
  std::vector<std::uint32_t> handles_;
};

}  // namespace kestrel
