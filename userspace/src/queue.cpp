// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "queue.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string>
#include <utility>

#include "array.hpp"
#include "counters.hpp"

namespace kestrel::internal {

Result<std::unique_ptr<Queue>> Queue::create(std::shared_ptr<Vm> vm, std::uint32_t priority) {
  drm_kestrel_queue_create args{};
  args.vm_id = vm->id();
  args.priority = priority;
  const std::string what = "creating a queue of priority " + std::to_string(priority);
  if (auto called = vm->device().call(DRM_IOCTL_KESTREL_QUEUE_CREATE, &args, what.c_str());
      !called) {
    return std::unexpected(called.error());
  }
  return std::unique_ptr<Queue>(new Queue(std::move(vm), args.id));
}

Queue::Queue(std::shared_ptr<Vm> vm, std::uint32_t id) : vm_(std::move(vm)), id_(id) {}

Queue::~Queue() {
  drm_kestrel_queue_destroy args{};
  args.id = id_;
  device().give_back(DRM_IOCTL_KESTREL_QUEUE_DESTROY, &args);
}

Result<void> Queue::submit(std::span<const drm_kestrel_call> calls,
                           std::span<const drm_kestrel_sync> waits,
                           std::span<const drm_kestrel_sync> signals) {
  // The kernel's counts have 32 bits; what it takes at most is less.
  if (std::max({calls.size(), waits.size(), signals.size()}) >
      std::numeric_limits<std::uint32_t>::max()) {
    return failure(EINVAL, "submitting a job");
  }
  drm_kestrel_submit args{};
  args.queue_id = id_;
  args.calls = array_of(calls);
  args.in_syncs = array_of(waits);
  args.out_syncs = array_of(signals);
  const std::string what = "submitting a job of " + std::to_string(calls.size()) + " calls";
  return device().call(DRM_IOCTL_KESTREL_SUBMIT, &args, what.c_str());
}

Result<drm_kestrel_queue_state> Queue::state() {
  drm_kestrel_queue_state args{};
  args.id = id_;
  if (auto called = device().call(DRM_IOCTL_KESTREL_QUEUE_STATE, &args, "looking at a queue");
      !called) {
    return std::unexpected(called.error());
  }
  return args;
}

Result<drm_kestrel_counter_values> Queue::counters() {
  return read_counters(device(), DRM_KESTREL_COUNTERS_QUEUE, id_);
}

}  // namespace kestrel::internal
