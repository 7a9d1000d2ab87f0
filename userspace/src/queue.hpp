// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Queue: where jobs are submitted.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include <drm/kestrel_accel.h>

#include "device.hpp"
#include "error.hpp"
#include "vm.hpp"

namespace kestrel::internal {

/// One queue of the hardware, destroyed with this object; jobs that have not ended are given up.
///
/// Threads: any.
/// Source: drm/kestrel_accel.h, struct drm_kestrel_queue_create, struct drm_kestrel_submit.
class Queue {
 public:
  /// \param priority  enum drm_kestrel_queue_priority
  /// \returns the queue, or ENOSPC: none is free; EACCES: high priority without CAP_SYS_NICE
  static Result<std::unique_ptr<Queue>> create(std::shared_ptr<Vm> vm, std::uint32_t priority);

  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue();

  /// \returns ECANCELED: the queue was lost; EINVAL: something is wrong or too much
  Result<void> submit(std::span<const drm_kestrel_call> calls,
                      std::span<const drm_kestrel_sync> waits,
                      std::span<const drm_kestrel_sync> signals);

  Result<drm_kestrel_queue_state> state();
  Result<drm_kestrel_counter_values> counters();

  std::uint32_t id() const { return id_; }
  Device& device() const { return vm_->device(); }
  const Vm& vm() const { return *vm_; }

 private:
  Queue(std::shared_ptr<Vm> vm, std::uint32_t id);

  const std::shared_ptr<Vm> vm_;
  const std::uint32_t id_;
};

}  // namespace kestrel::internal
