// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The C interface to address spaces, queues, command buffers and the ends of jobs.

#include <cerrno>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <kestrel/kestrel.h>

#include "objects.hpp"

using kestrel::internal::failure;
using kestrel::internal::give;
using kestrel::internal::give_value;
using kestrel::internal::guarded;
using kestrel::internal::Result;

namespace {

// The C interface's numbers are the kernel's.
static_assert(KESTREL_READ == static_cast<int>(DRM_KESTREL_VM_BIND_READ) &&
              KESTREL_WRITE == static_cast<int>(DRM_KESTREL_VM_BIND_WRITE));
static_assert(KESTREL_PRIORITY_LOW == static_cast<int>(DRM_KESTREL_QUEUE_PRIORITY_LOW) &&
              KESTREL_PRIORITY_MEDIUM == static_cast<int>(DRM_KESTREL_QUEUE_PRIORITY_MEDIUM) &&
              KESTREL_PRIORITY_HIGH == static_cast<int>(DRM_KESTREL_QUEUE_PRIORITY_HIGH));
static_assert(KESTREL_COMMAND_BYTES == KESTREL_RECORD_BYTES);

Result<std::vector<drm_kestrel_call>> calls_of(const kestrel_job& job) {
  std::vector<drm_kestrel_call> calls;
  for (const kestrel_call& from : std::span(job.calls, job.call_count)) {
    if (from.pad != 0)
      return failure(EINVAL, "submitting a call whose padding is not 0");
    drm_kestrel_call& call = calls.emplace_back();
    call.va = from.va;
    call.size = from.size_bytes;
  }
  return calls;
}

Result<drm_kestrel_sync> sync_of(const kestrel::internal::Device& device,
                                 const kestrel_sync& from) {
  if ((from.fence == nullptr) == (from.timeline == nullptr))
    return failure(EINVAL, "submitting a sync that is not one of fence and timeline");
  if ((from.timeline == nullptr) != (from.point == 0)) {
    return failure(EINVAL, "submitting a sync with point " + std::to_string(from.point));
  }
  const auto& other =
      from.fence != nullptr ? from.fence->fence->device() : from.timeline->timeline->device();
  // The kernel would take the handle for one of this device's.
  if (&other != &device)
    return failure(EINVAL, "submitting a sync of another device");

  drm_kestrel_sync sync{};
  if (from.fence != nullptr) {
    sync.handle = from.fence->fence->last_handle();
  } else {
    sync.handle = from.timeline->timeline->handle();
    sync.flags = DRM_KESTREL_SYNC_TIMELINE;
    sync.point = from.point;
  }
  return sync;
}

Result<std::vector<drm_kestrel_sync>> syncs_of(const kestrel::internal::Device& device,
                                               const kestrel_sync* first, std::size_t count) {
  std::vector<drm_kestrel_sync> syncs;
  for (const kestrel_sync& from : std::span(first, count)) {
    const auto sync = sync_of(device, from);
    if (!sync)
      return std::unexpected(sync.error());
    syncs.push_back(*sync);
  }
  return syncs;
}

Result<void> submit(kestrel::internal::Queue& queue, const kestrel_job& job,
                    kestrel_fence** fence) {
  for (const kestrel_sync& signal : std::span(job.signals, job.signal_count)) {
    // It has ended, or its own job ends it.
    if (signal.fence != nullptr)
      return failure(EINVAL, "submitting a job that would signal a fence");
  }
  const auto calls = calls_of(job);
  if (!calls)
    return std::unexpected(calls.error());
  const auto waits = syncs_of(queue.device(), job.waits, job.wait_count);
  if (!waits)
    return std::unexpected(waits.error());
  auto signals = syncs_of(queue.device(), job.signals, job.signal_count);
  if (!signals)
    return std::unexpected(signals.error());
  if (fence == nullptr)
    return queue.submit(*calls, *waits, *signals);

  auto made = std::make_unique<kestrel_fence>(
      std::make_unique<kestrel::internal::Fence>(queue.vm().shared_device()));
  const auto handle = made->fence->add();
  if (!handle)
    return std::unexpected(handle.error());
  signals->emplace_back().handle = *handle;
  if (auto submitted = queue.submit(*calls, *waits, *signals); !submitted)
    return submitted;
  *fence = made.release();
  return {};
}

}  // namespace

// --------------------------------------------------------------------------------- address space

int kestrel_vm_create(kestrel_device* device, kestrel_vm** vm) {
  return guarded([&] { return give(kestrel::internal::Vm::create(device->device), vm); });
}

void kestrel_vm_destroy(kestrel_vm* vm) {
  delete vm;
}

int kestrel_vm_bind(kestrel_vm* vm, std::uint64_t va, kestrel_buffer* buffer, std::size_t offset,
                    std::size_t size_bytes, std::uint32_t access) {
  return guarded([&] { return vm->vm->bind(va, *buffer->buffer, offset, size_bytes, access); });
}

int kestrel_vm_unbind(kestrel_vm* vm, std::uint64_t va, std::uint64_t size_bytes) {
  return guarded([&] { return vm->vm->unbind(va, size_bytes); });
}

// ----------------------------------------------------------------------------------------- queue

int kestrel_queue_create(kestrel_vm* vm, kestrel_priority priority, kestrel_queue** queue) {
  return guarded([&] {
    return give(kestrel::internal::Queue::create(vm->vm, static_cast<std::uint32_t>(priority)),
                queue);
  });
}

void kestrel_queue_destroy(kestrel_queue* queue) {
  delete queue;
}

int kestrel_queue_get_state(kestrel_queue* queue, struct kestrel_queue_state* state) {
  return guarded([&]() -> Result<void> {
    const auto found = queue->queue->state();
    if (!found)
      return std::unexpected(found.error());
    *state = {.is_lost = (found->flags & DRM_KESTREL_QUEUE_LOST) != 0,
              .error = found->error,
              .has_fault = (found->flags & DRM_KESTREL_QUEUE_FAULT) != 0,
              .cause = found->cause,
              .fault = found->fault,
              .access = found->access,
              .opcode = found->opcode,
              .call = found->call,
              .offset = found->offset,
              .pad = 0,
              .va = found->va,
              .jobs = found->jobs};
    return {};
  });
}

int kestrel_queue_counters(kestrel_queue* queue, kestrel_counters* counters) {
  return guarded(
      [&] { return kestrel::internal::give_counters(queue->queue->counters(), counters); });
}

int kestrel_queue_submit(kestrel_queue* queue, const kestrel_job* job, kestrel_fence** fence) {
  return guarded([&] { return submit(*queue->queue, *job, fence); });
}

// ------------------------------------------------------------------------------- command buffers

int kestrel_commands_create(kestrel_vm* vm, std::uint64_t va, std::size_t size_bytes,
                            kestrel_commands** commands) {
  return guarded(
      [&] { return give(kestrel::internal::Commands::create(vm->vm, va, size_bytes), commands); });
}

void kestrel_commands_destroy(kestrel_commands* commands) {
  delete commands;
}

int kestrel_commands_append(kestrel_commands* commands, const void* records, std::size_t count) {
  return guarded([&]() -> Result<void> {
    // Before the multiplication, which may overflow.
    if (count > commands->commands->size_bytes() / KESTREL_COMMAND_BYTES) {
      return failure(ENOSPC, "appending " + std::to_string(count) + " commands");
    }
    return commands->commands->append(
        {static_cast<const std::byte*>(records), count * KESTREL_COMMAND_BYTES});
  });
}

namespace {

using MakeRecord = kestrel::internal::CommandRecord (*)(std::uint64_t va, std::uint32_t scratchpad,
                                                        std::uint32_t length_bytes);

int append_transfer(kestrel_commands* commands, MakeRecord make, std::uint64_t va,
                    std::uint32_t scratchpad, std::uint32_t size_bytes) {
  return guarded([&]() -> Result<void> {
    const std::uint32_t room = commands->commands->vm().device().info().scratchpad_bytes;
    if (size_bytes == 0 || size_bytes > kestrel::internal::kRunBytesMax || size_bytes > room ||
        scratchpad > room - size_bytes) {
      return failure(EINVAL, "moving " + std::to_string(size_bytes) + " bytes at byte " +
                                 std::to_string(scratchpad) + " of a scratchpad of " +
                                 std::to_string(room));
    }
    return commands->commands->append(make(va, scratchpad, size_bytes));
  });
}

}  // namespace

int kestrel_commands_load(kestrel_commands* commands, std::uint64_t va, std::uint32_t scratchpad,
                          std::uint32_t size_bytes) {
  return append_transfer(commands, kestrel::internal::load_record, va, scratchpad, size_bytes);
}

int kestrel_commands_store(kestrel_commands* commands, std::uint64_t va, std::uint32_t scratchpad,
                           std::uint32_t size_bytes) {
  return append_transfer(commands, kestrel::internal::store_record, va, scratchpad, size_bytes);
}

int kestrel_commands_barrier(kestrel_commands* commands) {
  return guarded([&] { return commands->commands->append(kestrel::internal::barrier_record()); });
}

int kestrel_commands_end(kestrel_commands* commands, struct kestrel_call* call) {
  return guarded([&]() -> Result<void> {
    const auto ended = commands->commands->end();
    if (!ended)
      return std::unexpected(ended.error());
    *call = {.va = ended->va, .size_bytes = ended->size, .pad = 0};
    return {};
  });
}

void kestrel_commands_reset(kestrel_commands* commands) {
  commands->commands->reset();
}

// ----------------------------------------------------------------------------------------- fence

int kestrel_fence_wait(kestrel_fence* fence, std::int64_t timeout_ns) {
  return guarded([&] { return fence->fence->wait(timeout_ns); });
}

void kestrel_fence_destroy(kestrel_fence* fence) {
  delete fence;
}

int kestrel_fence_export(kestrel_fence* fence, int* fd) {
  return guarded([&] { return give_value(fence->fence->export_fd(), fd); });
}

int kestrel_fence_import(kestrel_device* device, int fd, kestrel_fence** fence) {
  return guarded([&] { return give(kestrel::internal::Fence::import(device->device, fd), fence); });
}

// -------------------------------------------------------------------------------------- timeline

int kestrel_timeline_create(kestrel_device* device, kestrel_timeline** timeline) {
  return guarded(
      [&] { return give(kestrel::internal::Timeline::create(device->device), timeline); });
}

void kestrel_timeline_destroy(kestrel_timeline* timeline) {
  delete timeline;
}

int kestrel_timeline_signal(kestrel_timeline* timeline, std::uint64_t point) {
  return guarded([&] { return timeline->timeline->signal(point); });
}

int kestrel_timeline_value(kestrel_timeline* timeline, std::uint64_t* value) {
  return guarded([&] { return give_value(timeline->timeline->value(), value); });
}

int kestrel_timeline_wait(kestrel_timeline* timeline, std::uint64_t point,
                          std::int64_t timeout_ns) {
  return guarded([&] { return timeline->timeline->wait(point, timeout_ns); });
}

int kestrel_timeline_export(kestrel_timeline* timeline, int* fd) {
  return guarded([&] { return give_value(timeline->timeline->export_fd(), fd); });
}

int kestrel_timeline_import(kestrel_device* device, int fd, kestrel_timeline** timeline) {
  return guarded(
      [&] { return give(kestrel::internal::Timeline::import(device->device, fd), timeline); });
}
