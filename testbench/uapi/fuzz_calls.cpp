// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "fuzz_calls.hpp"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <vector>

#include <drm/drm.h>
#include <drm/kestrel_accel.h>

#include "commands.hpp"
#include "fuzz_values.hpp"
#include "guest_time.hpp"

namespace {

/// Buffers are small, so that all that may be alive at once fits the memory.
constexpr std::uint64_t kBufferBytes = 16 * 4096;
constexpr std::uint64_t kLargeBytes = 4u << 20;

/// What the header, and DRM for its own calls, say can come back; and EBADF, because a thread may
/// close the file under another's call.
constexpr std::array kDocumented = {0,          -EFAULT, -EINTR,  -ENOMEM, -EINVAL,
                                    -ENOENT,    -E2BIG,  -ENOSPC, -EACCES, -EBADF,
                                    -ECANCELED, -ETIME,  -EMFILE, -EPERM,  -EOPNOTSUPP};

/// Commands, most of which the device can run.
std::vector<Command> random_commands(Random& random) {
  std::vector<Command> commands;
  const auto count = 1 + random.below(6);
  while (commands.size() < count) {
    const std::uint64_t va = FuzzFile::kVa + 64 * random.below(kBufferBytes / 64);
    switch (random.below(12)) {
      case 0:
        commands.push_back(command(static_cast<std::uint32_t>(odd_value(random))));
        break;
      case 1:
        commands.push_back(control(static_cast<std::uint32_t>(random.below(5)), odd_value(random),
                                   odd_value(random)));
        break;
      case 2: {
        Command spoilt = transfer(KESTREL_OPCODE_LOAD, va, 0, 64);
        spoil(random, spoilt, 1);
        commands.push_back(spoilt);
        break;
      }
      case 3:
        commands.push_back(transfer(KESTREL_OPCODE_LOAD, odd_value(random), 0, 64));
        break;
      case 4:
        // Half a second of guest time each, so rare.
        if (random.once_in(60)) {
          Command wait = command(KESTREL_OPCODE_SYNC);
          wait[0] |= KESTREL_ORDER_HEADER_WAIT_PREV;
          commands.push_back(wait);
        }
        break;
      case 5:
      case 6:
      case 7:
        commands.push_back(transfer(KESTREL_OPCODE_STORE, va, 0, 64));
        break;
      case 8:
        commands.push_back(command(KESTREL_OPCODE_BARRIER));
        break;
      default:
        commands.push_back(transfer(KESTREL_OPCODE_LOAD, va, 0, 64));
        break;
    }
  }
  return commands;
}

}  // namespace

void FuzzTally::add(const FuzzTally& other) {
  for (const auto& [call, results] : other.counts_) {
    for (const auto& [result, count] : results)
      counts_[call][result] += count;
  }
}

void FuzzTally::print() const {
  for (const auto& [call, results] : counts_) {
    std::printf("%-16s", call.c_str());
    for (auto result = results.rbegin(); result != results.rend(); ++result)
      std::printf(" %s=%llu", result->first == 0 ? "ok" : strerrorname_np(-result->first),
                  static_cast<unsigned long long>(result->second));
    std::printf("\n");
  }
}

int FuzzTally::print_undocumented() const {
  int found = 0;
  for (const auto& [call, results] : counts_) {
    for (const auto& [result, count] : results) {
      if (std::ranges::find(kDocumented, result) == kDocumented.end()) {
        std::printf("undocumented: %s gave %s\n", call.c_str(), strerrorname_np(-result));
        ++found;
      }
    }
  }
  return found;
}

void FuzzCalls::step() {
  file_ = &files_[static_cast<std::size_t>(random_.below(files_.size()))];
  switch (random_.below(32)) {
    case 0:
      query();
      break;
    case 1:
    case 2:
    case 3:
    case 4:
      buffer();
      break;
    case 5:
    case 6:
      vm();
      break;
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
      bind();
      break;
    case 13:
    case 14:
    case 15:
      queue();
      break;
    case 16:
    case 17:
    case 18:
    case 19:
    case 20:
    case 21:
    case 22:
      submit();
      break;
    case 23:
      counters();
      break;
    case 24:
    case 25:
    case 26:
      syncobj();
      break;
    case 27:
      prime();
      break;
    case 28:
      map_memory();
      break;
    case 29:
      nonsense();
      break;
    case 30:
      if (random_.once_in(8))
        file_->reopen();
      break;
    default:
      if (random_.once_in(2)) {
        sched_yield();
      } else {
        sleep_ns(static_cast<std::int64_t>(random_.below(100'000)));
      }
      break;
  }
}

int FuzzCalls::call(const char* name, unsigned long request, void* argument) {
  // Once in a while the argument itself is not there.
  if (random_.once_in(200))
    argument = reinterpret_cast<void*>(static_cast<std::uintptr_t>(unowned(odd_value(random_))));
  const int result = ioctl(file_->fd(), request, argument) < 0 ? -errno : 0;
  tally_.count(name, result);
  return result;
}

template <typename T>
int FuzzCalls::call_spoilt(const char* name, unsigned long request, T& args) {
  const T sound = args;
  if (random_.once_in(2))
    spoil(random_, args, 1 + static_cast<unsigned>(random_.below(2)));
  // Where the kernel writes its answer.
  if constexpr (requires { args.pointer; }) {
    if (args.pointer != sound.pointer)
      args.pointer = unowned(args.pointer);
  }
  return call(name, request, &args);
}

template <typename T>
void FuzzCalls::spoil_array(T& array, std::span<std::uint8_t> elements) {
  if (!elements.empty() && random_.once_in(3))
    spoil(random_, elements, 1);
  if (random_.once_in(20))
    spoil(random_, array, 1);
}

void FuzzCalls::query() {
  std::array<std::uint8_t, 4096> answer;
  drm_kestrel_dev_query args{};
  args.size = static_cast<std::uint32_t>(random_.below(answer.size()));
  args.pointer = reinterpret_cast<std::uintptr_t>(answer.data());
  // A spoilt size is cut by the kernel, at what the memory here holds.
  call_spoilt("dev_query", DRM_IOCTL_KESTREL_DEV_QUERY, args);
}

void FuzzCalls::buffer() {
  switch (random_.below(6)) {
    case 0:
    case 1:
    case 2: {
      drm_kestrel_bo_create args{};
      args.size = random_.once_in(40) ? kLargeBytes : 1 + random_.below(kBufferBytes);
      args.vm_id = random_.once_in(3) ? file_->vms.any(random_) : 0;
      if (random_.once_in(3)) {
        spoil(random_, args, 1);
        // What the memory cannot hold several of is for the tests of exhaustion.
        if (args.size > kLargeBytes && args.size < std::uint64_t{1} << 40)
          args.size = kBufferBytes;
      }
      if (call("bo_create", DRM_IOCTL_KESTREL_BO_CREATE, &args) == 0) {
        drm_gem_close old{};
        old.handle = file_->handles.put(random_, args.handle);
        if (old.handle != 0)
          call("gem_close", DRM_IOCTL_GEM_CLOSE, &old);
      }
      break;
    }
    case 3: {
      drm_kestrel_bo_sync args{};
      args.handle = file_->handles.any(random_);
      args.flags = DRM_KESTREL_BO_SYNC_TO_DEVICE;
      args.size = 4096;
      call_spoilt("bo_sync", DRM_IOCTL_KESTREL_BO_SYNC, args);
      break;
    }
    case 4: {
      drm_kestrel_bo_mmap_offset args{};
      args.handle = file_->handles.any(random_);
      call_spoilt("bo_mmap_offset", DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, args);
      break;
    }
    default: {
      drm_gem_close args{};
      args.handle = file_->handles.any(random_);
      if (call_spoilt("gem_close", DRM_IOCTL_GEM_CLOSE, args) == 0)
        file_->handles.drop(args.handle);
      break;
    }
  }
}

void FuzzCalls::vm() {
  if (random_.once_in(2)) {
    drm_kestrel_vm_create args{};
    if (call_spoilt("vm_create", DRM_IOCTL_KESTREL_VM_CREATE, args) == 0) {
      drm_kestrel_vm_destroy old{};
      old.id = file_->vms.put(random_, args.id);
      if (old.id != 0)
        call("vm_destroy", DRM_IOCTL_KESTREL_VM_DESTROY, &old);
    }
  } else {
    drm_kestrel_vm_destroy args{};
    args.id = file_->vms.any(random_);
    if (random_.once_in(4) && call_spoilt("vm_destroy", DRM_IOCTL_KESTREL_VM_DESTROY, args) == 0)
      file_->vms.drop(args.id);
  }
}

void FuzzCalls::bind() {
  std::vector<drm_kestrel_vm_bind_op> ops(1 + static_cast<std::size_t>(random_.below(4)));
  for (drm_kestrel_vm_bind_op& op : ops) {
    op = {};
    op.va = FuzzFile::kVa + 4096 * random_.below(16);
    op.size = 4096 * (1 + random_.below(4));
    if (random_.once_in(3)) {
      op.type = DRM_KESTREL_VM_BIND_OP_UNMAP;
    } else {
      op.flags = 1 + static_cast<std::uint32_t>(random_.below(3));
      op.handle = file_->handles.any(random_);
      op.bo_offset = 4096 * random_.below(3);
    }
  }
  drm_kestrel_vm_bind args{};
  args.vm_id = file_->vms.any(random_);
  args.ops.stride = sizeof(ops[0]);
  args.ops.count = static_cast<std::uint32_t>(ops.size());
  args.ops.pointer = reinterpret_cast<std::uintptr_t>(ops.data());
  spoil_array(args.ops, {reinterpret_cast<std::uint8_t*>(ops.data()), ops.size() * sizeof(ops[0])});
  if (random_.once_in(6))
    spoil(random_, args, 1);
  call("vm_bind", DRM_IOCTL_KESTREL_VM_BIND, &args);
}

void FuzzCalls::queue() {
  switch (random_.below(5)) {
    case 0:
    case 1: {
      drm_kestrel_queue_create args{};
      args.vm_id = file_->vms.any(random_);
      args.priority = static_cast<std::uint32_t>(random_.below(3));
      if (random_.once_in(4))
        spoil(random_, args, 1);
      if (call("queue_create", DRM_IOCTL_KESTREL_QUEUE_CREATE, &args) == 0) {
        drm_kestrel_queue_destroy old{};
        old.id = file_->queues.put(random_, args.id);
        if (old.id != 0)
          call("queue_destroy", DRM_IOCTL_KESTREL_QUEUE_DESTROY, &old);
      }
      break;
    }
    case 2:
    case 3: {
      drm_kestrel_queue_state args{};
      args.id = file_->queues.any(random_);
      call_spoilt("queue_state", DRM_IOCTL_KESTREL_QUEUE_STATE, args);
      // A lost queue is of no more use.
      if (args.flags & DRM_KESTREL_QUEUE_LOST) {
        drm_kestrel_queue_destroy lost{};
        lost.id = args.id;
        if (call("queue_destroy", DRM_IOCTL_KESTREL_QUEUE_DESTROY, &lost) == 0)
          file_->queues.drop(lost.id);
      }
      break;
    }
    default: {
      drm_kestrel_queue_destroy args{};
      args.id = file_->queues.any(random_);
      if (call_spoilt("queue_destroy", DRM_IOCTL_KESTREL_QUEUE_DESTROY, args) == 0)
        file_->queues.drop(args.id);
      break;
    }
  }
}

void FuzzCalls::submit() {
  std::vector<drm_kestrel_call> calls(static_cast<std::size_t>(random_.below(3)));
  for (drm_kestrel_call& one : calls) {
    one = {};
    one.va = FuzzFile::kVa + 64 * random_.below(kBufferBytes / 64);
    one.size = 64 * (1 + static_cast<std::uint32_t>(random_.below(6)));
  }
  std::vector<drm_kestrel_sync> syncs[2];
  for (auto& some : syncs) {
    some.resize(static_cast<std::size_t>(random_.below(3)));
    for (drm_kestrel_sync& sync : some) {
      sync = {};
      sync.handle = file_->syncobjs.any(random_);
      if (random_.once_in(3)) {
        sync.flags = DRM_KESTREL_SYNC_TIMELINE;
        sync.point = 1 + random_.below(100);
      }
    }
  }
  drm_kestrel_submit args{};
  args.queue_id = file_->queues.any(random_);
  const auto set = [&](drm_kestrel_array& array, auto& elements) {
    array.stride = sizeof(elements[0]);
    array.count = static_cast<std::uint32_t>(elements.size());
    array.pointer = reinterpret_cast<std::uintptr_t>(elements.data());
    spoil_array(array, {reinterpret_cast<std::uint8_t*>(elements.data()),
                        elements.size() * sizeof(elements[0])});
  };
  set(args.calls, calls);
  set(args.in_syncs, syncs[0]);
  set(args.out_syncs, syncs[1]);
  if (random_.once_in(6))
    spoil(random_, args, 1);
  call("submit", DRM_IOCTL_KESTREL_SUBMIT, &args);
}

void FuzzCalls::counters() {
  std::array<std::uint8_t, 4096> answer;
  drm_kestrel_counters args{};
  args.queue_id = file_->queues.any(random_);
  args.size = static_cast<std::uint32_t>(random_.below(answer.size()));
  args.pointer = reinterpret_cast<std::uintptr_t>(answer.data());
  if (random_.once_in(4)) {
    args.scope = DRM_KESTREL_COUNTERS_DEVICE;
    args.queue_id = 0;
  }
  call_spoilt("counters", DRM_IOCTL_KESTREL_COUNTERS, args);
}

void FuzzCalls::syncobj() {
  std::uint32_t handle = file_->syncobjs.any(random_);
  std::uint64_t point = 1 + random_.below(100);
  drm_syncobj_timeline_array points{};
  points.handles = reinterpret_cast<std::uintptr_t>(&handle);
  points.points = reinterpret_cast<std::uintptr_t>(&point);
  points.count_handles = 1;
  drm_syncobj_array handles{};
  handles.handles = points.handles;
  handles.count_handles = 1;
  switch (random_.below(7)) {
    case 0:
    case 1: {
      drm_syncobj_create args{};
      args.flags = random_.once_in(2) ? DRM_SYNCOBJ_CREATE_SIGNALED : 0;
      if (call("syncobj_create", DRM_IOCTL_SYNCOBJ_CREATE, &args) == 0) {
        drm_syncobj_destroy old{};
        old.handle = file_->syncobjs.put(random_, args.handle);
        if (old.handle != 0)
          call("syncobj_destroy", DRM_IOCTL_SYNCOBJ_DESTROY, &old);
      }
      break;
    }
    case 2:
      call("syncobj_signal", DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &points);
      break;
    case 3:
      call("syncobj_reset", DRM_IOCTL_SYNCOBJ_RESET, &handles);
      break;
    case 4:
      call("syncobj_signal", DRM_IOCTL_SYNCOBJ_SIGNAL, &handles);
      break;
    default: {
      // For a millisecond at most, so that nobody waits for what never comes.
      drm_syncobj_wait args{};
      args.handles = points.handles;
      args.count_handles = 1;
      args.timeout_nsec = now_ns() + static_cast<std::int64_t>(random_.below(kMillisecondNs));
      call("syncobj_wait", DRM_IOCTL_SYNCOBJ_WAIT, &args);
      break;
    }
  }
}

void FuzzCalls::prime() {
  drm_prime_handle args{};
  args.handle = file_->handles.any(random_);
  args.flags = O_CLOEXEC | O_RDWR;
  if (call("prime_export", DRM_IOCTL_PRIME_HANDLE_TO_FD, &args) != 0)
    return;
  // Into any file, the same one too.
  const int fd = args.fd;
  file_ = &files_[static_cast<std::size_t>(random_.below(files_.size()))];
  if (call("prime_import", DRM_IOCTL_PRIME_FD_TO_HANDLE, &args) == 0)
    file_->handles.put(random_, args.handle);
  close(fd);
}

void FuzzCalls::map_memory() {
  drm_kestrel_bo_mmap_offset args{};
  args.handle = file_->handles.any(random_);
  if (call("bo_mmap_offset", DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, &args) != 0)
    return;
  void* const address = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file_->fd(),
                             static_cast<off_t>(args.offset));
  tally_.count("mmap", address == MAP_FAILED ? -errno : 0);
  if (address == MAP_FAILED)
    return;
  // Commands for whoever submits what is bound from this buffer.
  auto* place = static_cast<std::uint8_t*>(address) + 64 * random_.below(32);
  for (const Command& one : random_commands(random_)) {
    memcpy(place, one.data(), sizeof(one));
    place += sizeof(one);
  }
  munmap(address, 4096);
}

void FuzzCalls::nonsense() {
  std::array<std::uint64_t, 16> args;
  for (std::uint64_t& word : args)
    word = unowned(odd_value(random_));
  // Sizes that the numbers do not have, and numbers that there are not.
  const auto number = DRM_COMMAND_BASE + static_cast<unsigned>(random_.below(16));
  const auto size = static_cast<unsigned>(8 * random_.below(16));
  const unsigned long request = _IOC(_IOC_READ | _IOC_WRITE, 'd', number, size);
  // Creating buffers takes the memory that random sizes ask for.
  if (number != DRM_COMMAND_BASE + DRM_KESTREL_BO_CREATE)
    call("nonsense", request, args.data());
}
