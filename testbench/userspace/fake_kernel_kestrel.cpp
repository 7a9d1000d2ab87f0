// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// FakeKernel's calls of drm/kestrel_accel.h, each with the errnos that the header says.

#include <algorithm>
#include <expected>
#include <utility>

#include "fake_kernel.hpp"
#include "fake_kernel_state.hpp"
#include "testbench/support/page_tables.hpp"

using fake_kernel::find;
using fake_kernel::kOffsetOfHandle;
using presil::testbench::PageTables;

namespace {

constexpr std::uint64_t kPageBytes = FakeAccelerator::kPageBytes;
constexpr std::uint32_t kStrideMax = 4096;
constexpr std::uint32_t kAnswerBytesMax = 4096;

bool is_page_aligned(std::uint64_t value) {
  return value % kPageBytes == 0;
}

/// \returns the elements, or a negative errno
template <typename T>
std::expected<std::vector<T>, int> read_array(const drm_kestrel_array& array,
                                              std::uint32_t count_max) {
  if (array.count == 0)
    return {};
  if (array.count > count_max || array.stride < sizeof(T) || array.stride > kStrideMax ||
      array.stride % 8 != 0) {
    return std::unexpected(-EINVAL);
  }
  const auto* place = reinterpret_cast<const std::byte*>(array.pointer);
  if (place == nullptr)
    return std::unexpected(-EFAULT);
  std::vector<T> elements(array.count);
  for (T& element : elements) {
    std::memcpy(&element, place, sizeof(T));
    const auto rest = std::span(place, array.stride).subspan(sizeof(T));
    if (std::ranges::any_of(rest, [](std::byte byte) { return byte != std::byte{}; }))
      return std::unexpected(-E2BIG);
    place += array.stride;
  }
  return elements;
}

/// Cut, or filled up with zeros, to the caller's size.
template <typename T>
void answer(const T& value, std::uint64_t pointer, std::uint32_t& size_bytes) {
  auto* const to = reinterpret_cast<std::byte*>(pointer);
  if (to != nullptr) {
    const auto known = std::min<std::size_t>(size_bytes, sizeof(T));
    std::memcpy(to, &value, known);
    std::memset(to + known, 0, size_bytes - known);
    size_bytes = static_cast<std::uint32_t>(known);
  } else {
    size_bytes = sizeof(T);
  }
}

}  // namespace

int FakeKernel::dev_query(drm_kestrel_dev_query& args) const {
  if (args.type != DRM_KESTREL_DEV_QUERY_INFO || args.size > kAnswerBytesMax)
    return -EINVAL;
  answer(info, args.pointer, args.size);
  return 0;
}

// ---------------------------------------------------------------------------------------- buffers

FakeKernel::MemoryPtr FakeKernel::add_memory(std::size_t size_bytes) {
  auto memory = std::make_shared<Memory>(accelerator_, size_bytes);
  std::erase_if(memories_, [](const auto& other) { return other.expired(); });
  memories_.push_back(memory);
  return memory;
}

int FakeKernel::bo_create(Client& client, drm_kestrel_bo_create& args) {
  if (args.flags != 0 || args.pad != 0 || args.size == 0 || args.size > info.bo_bytes_max)
    return -EINVAL;
  const VmPtr vm = find(client.vms, args.vm_id);
  if (args.vm_id != 0 && !vm)
    return -ENOENT;
  args.size = (args.size + kPageBytes - 1) / kPageBytes * kPageBytes;
  const MemoryPtr memory = add_memory(args.size);
  memory->is_private = args.vm_id != 0;
  memory->owner = vm;
  args.handle = client.next_id++;
  client.handles[args.handle] = memory;
  return 0;
}

int FakeKernel::bo_mmap_offset(Client& client, drm_kestrel_bo_mmap_offset& args) const {
  if (args.pad != 0)
    return -EINVAL;
  const MemoryPtr memory = find(client.handles, args.handle);
  if (!memory)
    return -ENOENT;
  if (memory->is_foreign)
    return -EINVAL;
  args.offset = args.handle * kOffsetOfHandle;
  return 0;
}

int FakeKernel::bo_sync(Client& client, const drm_kestrel_bo_sync& args) const {
  constexpr std::uint32_t kFlags = DRM_KESTREL_BO_SYNC_TO_DEVICE | DRM_KESTREL_BO_SYNC_TO_CPU;
  if (args.flags == 0 || (args.flags & ~kFlags) != 0)
    return -EINVAL;
  const MemoryPtr memory = find(client.handles, args.handle);
  if (!memory)
    return -ENOENT;
  if (memory->is_foreign || args.size == 0 || args.size > memory->bytes.size() ||
      args.offset > memory->bytes.size() - args.size) {
    return -EINVAL;
  }
  return 0;
}

// --------------------------------------------------------------------------------- address spaces

int FakeKernel::vm_create(Client& client, drm_kestrel_vm_create& args) {
  if (args.flags != 0)
    return -EINVAL;
  args.id = client.next_id++;
  client.vms[args.id] = std::make_shared<Vm>(accelerator_);
  return 0;
}

int FakeKernel::vm_destroy(Client& client, const drm_kestrel_vm_destroy& args) {
  if (args.pad != 0)
    return -EINVAL;
  return client.vms.erase(args.id) == 1 ? 0 : -ENOENT;
}

int FakeKernel::vm_bind(Client& client, const drm_kestrel_vm_bind& args) {
  if (args.flags != 0 || args.ops.count == 0 || args.syncs.count != 0)
    return -EINVAL;
  const VmPtr vm = find(client.vms, args.vm_id);
  if (!vm)
    return -ENOENT;
  const auto ops = read_array<drm_kestrel_vm_bind_op>(args.ops, info.bind_ops_max);
  if (!ops)
    return ops.error();
  // All that was asked, or nothing.
  for (const drm_kestrel_vm_bind_op& op : *ops) {
    if (const int error = check_op(client, *vm, op); error != 0)
      return error;
  }
  for (const drm_kestrel_vm_bind_op& op : *ops)
    perform(client, *vm, op);
  return 0;
}

int FakeKernel::check_op(Client& client, const Vm& vm, const drm_kestrel_vm_bind_op& op) const {
  constexpr std::uint32_t kFlags = DRM_KESTREL_VM_BIND_READ | DRM_KESTREL_VM_BIND_WRITE;
  const std::uint64_t va_end = std::uint64_t{1} << info.va_bits;
  if (op.pad != 0 || op.size == 0 || !is_page_aligned(op.va | op.size | op.bo_offset) ||
      op.size > va_end || op.va > va_end - op.size) {
    return -EINVAL;
  }
  if (op.type == DRM_KESTREL_VM_BIND_OP_UNMAP)
    return op.flags == 0 && op.handle == 0 && op.bo_offset == 0 ? 0 : -EINVAL;
  if (op.type != DRM_KESTREL_VM_BIND_OP_MAP || op.flags == 0 || (op.flags & ~kFlags) != 0)
    return -EINVAL;
  const MemoryPtr memory = find(client.handles, op.handle);
  if (!memory)
    return -ENOENT;
  if (op.size > memory->bytes.size() || op.bo_offset > memory->bytes.size() - op.size)
    return -EINVAL;
  return memory->is_private && memory->owner.lock().get() != &vm ? -EINVAL : 0;
}

void FakeKernel::perform(Client& client, Vm& vm, const drm_kestrel_vm_bind_op& op) {
  const auto first = vm.pages.lower_bound(op.va);
  const auto last = vm.pages.lower_bound(op.va + op.size);
  for (auto page = first; page != last; ++page)
    accelerator_.set_page(vm.table, page->first, 0, 0);
  vm.pages.erase(first, last);
  if (vm.space)
    accelerator_.invalidate(*vm.space, op.va, op.va + op.size - 1);
  if (op.type == DRM_KESTREL_VM_BIND_OP_UNMAP)
    return;

  const MemoryPtr memory = find(client.handles, op.handle);
  const std::uint64_t permissions =
      ((op.flags & DRM_KESTREL_VM_BIND_READ) != 0 ? PageTables::kRead : 0) |
      ((op.flags & DRM_KESTREL_VM_BIND_WRITE) != 0 ? PageTables::kWrite : 0);
  for (std::uint64_t offset = 0; offset < op.size; offset += kPageBytes) {
    accelerator_.set_page(vm.table, op.va + offset, memory->bus_address + op.bo_offset + offset,
                          permissions);
    vm.pages.emplace_hint(vm.pages.end(), op.va + offset, memory);
  }
}

// ----------------------------------------------------------------------------------------- queues

int FakeKernel::queue_create(Client& client, drm_kestrel_queue_create& args) {
  if (args.flags != 0 || args.priority > DRM_KESTREL_QUEUE_PRIORITY_HIGH)
    return -EINVAL;
  const VmPtr vm = find(client.vms, args.vm_id);
  if (!vm)
    return -ENOENT;
  if (args.priority == DRM_KESTREL_QUEUE_PRIORITY_HIGH && !can_nice)
    return -EACCES;

  const bool needs_space = !vm->space;
  if (needs_space)
    vm->space = accelerator_.take_space(vm->table);
  if (!vm->space)
    return -ENOSPC;
  const auto hardware = accelerator_.take_queue(*vm->space, args.priority);
  if (!hardware) {
    if (needs_space)
      accelerator_.release_space(*std::exchange(vm->space, std::nullopt));
    return -ENOSPC;
  }
  ++vm->queues;
  const auto queue = std::make_shared<Queue>(vm, *hardware);
  std::erase_if(all_queues_, [](const auto& other) { return other.expired(); });
  all_queues_.push_back(queue);
  args.id = client.next_id++;
  client.queues[args.id] = queue;
  return 0;
}

int FakeKernel::queue_destroy(Client& client, const drm_kestrel_queue_destroy& args) {
  if (args.pad != 0)
    return -EINVAL;
  const QueuePtr queue = find(client.queues, args.id);
  if (!queue)
    return -ENOENT;
  cancel(*queue, ECANCELED);
  client.queues.erase(args.id);
  return 0;
}

int FakeKernel::queue_state(Client& client, drm_kestrel_queue_state& args) const {
  if (args.pad != 0)
    return -EINVAL;
  const QueuePtr queue = find(client.queues, args.id);
  if (!queue)
    return -ENOENT;
  args = {};
  args.flags = (queue->is_lost ? DRM_KESTREL_QUEUE_LOST : 0) |
               (queue->failure ? DRM_KESTREL_QUEUE_FAULT : 0);
  args.error = static_cast<std::uint32_t>(queue->error);
  args.jobs = queue->done;
  if (queue->failure) {
    args.cause = static_cast<std::uint16_t>(queue->failure->cause);
    args.fault = static_cast<std::uint16_t>(queue->failure->fault);
    args.access = static_cast<std::uint16_t>(queue->failure->access);
    args.opcode = static_cast<std::uint16_t>(queue->failure->opcode);
    args.call = queue->failure->call;
    args.offset = queue->failure->offset;
    args.va = queue->failure->va;
  }
  return 0;
}

int FakeKernel::counters(Client& client, drm_kestrel_counters& args) {
  if (args.pad != 0 || args.size > kAnswerBytesMax)
    return -EINVAL;
  drm_kestrel_counter_values values;
  presil::kestrel::Counts counts;
  static_assert(sizeof(counts) == sizeof(values));  // Both in the order of the registers.
  switch (args.scope) {
    case DRM_KESTREL_COUNTERS_QUEUE: {
      const QueuePtr queue = find(client.queues, args.queue_id);
      if (!queue)
        return -ENOENT;
      counts = accelerator_.queue_counts(queue->hardware);
      break;
    }
    case DRM_KESTREL_COUNTERS_DEVICE:
      if (args.queue_id != 0)
        return -EINVAL;
      if (!can_monitor)
        return -EACCES;
      counts = accelerator_.device_counts();
      break;
    default:
      return -EINVAL;
  }
  std::memcpy(&values, &counts, sizeof(values));
  answer(values, args.pointer, args.size);
  return 0;
}

// ------------------------------------------------------------------------------------------- jobs

int FakeKernel::submit(Client& client, const drm_kestrel_submit& args) {
  if (args.flags != 0)
    return -EINVAL;
  const QueuePtr queue = find(client.queues, args.queue_id);
  if (!queue)
    return -ENOENT;
  const auto calls = read_array<drm_kestrel_call>(args.calls, info.job_calls_max);
  const auto waits = read_array<drm_kestrel_sync>(args.in_syncs, info.job_syncs_max);
  const auto signals = read_array<drm_kestrel_sync>(args.out_syncs, info.job_syncs_max);
  for (const int error :
       {calls ? 0 : calls.error(), waits ? 0 : waits.error(), signals ? 0 : signals.error()}) {
    if (error != 0)
      return error;
  }

  Job job{jobs_ + 1, {}, {}, std::make_shared<FakeFence>()};
  for (const drm_kestrel_call& call : *calls) {
    if (call.va % 64 != 0 || call.size == 0 || call.size % 64 != 0 || call.flags != 0)
      return -EINVAL;
    job.calls.push_back({call.va, call.size});
  }
  for (const auto* syncs : {&*waits, &*signals}) {
    for (const drm_kestrel_sync& sync : *syncs) {
      const bool is_timeline = sync.flags == DRM_KESTREL_SYNC_TIMELINE;
      if ((sync.flags != 0 && !is_timeline) || is_timeline == (sync.point == 0))
        return -EINVAL;
      if (!find(client.syncobjs, sync.handle))
        return -ENOENT;
    }
  }
  for (const drm_kestrel_sync& sync : *waits) {
    const auto fences = find(client.syncobjs, sync.handle)->find(sync.point);
    if (!fences)
      return -EINVAL;
    job.waits.insert(job.waits.end(), fences->begin(), fences->end());
  }
  if (queue->is_lost)
    return -ECANCELED;

  for (const drm_kestrel_sync& sync : *signals) {
    const SyncobjPtr syncobj = find(client.syncobjs, sync.handle);
    sync.point != 0 ? syncobj->add_point(sync.point, job.end) : syncobj->set(job.end);
  }
  ++jobs_;
  queue->jobs.push_back(std::move(job));
  pump();
  return 0;
}

void FakeKernel::cancel(Queue& queue, int error) {
  for (const Job& job : std::exchange(queue.jobs, {}))
    *job.end = {.is_signalled = true, .error = error};
}

/// Runs what is ready, and what that makes ready.
void FakeKernel::pump() {
  for (bool has_moved = true; has_moved;) {
    has_moved = false;
    for (const auto& weak : all_queues_) {
      if (const QueuePtr queue = weak.lock())
        has_moved = advance(*queue) || has_moved;
    }
  }
}

/// \returns whether a job ended
bool FakeKernel::advance(Queue& queue) {
  if (hold_jobs || queue.jobs.empty() || !are_signalled(queue.jobs.front().waits))
    return false;
  const Job job = std::move(queue.jobs.front());
  queue.jobs.pop_front();
  run(queue, job);
  return true;
}

void FakeKernel::run(Queue& queue, const Job& job) {
  if (unplugging_job == job.number) {
    *job.end = {.is_signalled = true, .error = ENODEV};
    unplug();
    return;
  }
  int error = failing_job == 0 || failing_job == job.number ? job_error : 0;
  if (error == 0) {
    const FakeAccelerator::Outcome outcome = accelerator_.run(queue.hardware, job.calls);
    if (outcome.cause != KESTREL_ERROR_CAUSE_NONE) {
      error = outcome.cause == KESTREL_ERROR_CAUSE_BUDGET ? ETIME : EIO;
      queue.failure = outcome;
    }
  }
  *job.end = {.is_signalled = true, .error = error};
  queue.done += error == 0;
  if (error == EIO || error == ETIME) {
    queue.is_lost = true;
    queue.error = error;
    cancel(queue, ECANCELED);
  }
}
