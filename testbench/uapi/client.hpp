// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What a program needs to have work done: a file, an address space, a queue, memory for commands.
#pragma once

#include <cerrno>
#include <cstdint>
#include <memory>
#include <vector>

#include "buffers.hpp"
#include "commands.hpp"
#include "raw_device.hpp"
#include "syncobj.hpp"

constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t kHugePageBytes = 2u << 20;

/// Arguments of one submission, valid as long as this lives and its arrays are not changed.
struct Job {
  std::uint32_t queue_id = 0;
  std::vector<drm_kestrel_call> calls;
  std::vector<drm_kestrel_sync> in_syncs;
  std::vector<drm_kestrel_sync> out_syncs;

  drm_kestrel_submit args() const;
  /// \returns 0 or -errno
  int submit(const RawDevice& device) const;
};

/// A command buffer by address.
drm_kestrel_call call_at(std::uint64_t va, std::uint32_t size_bytes);

/// A buffer of a client, mapped for the process and for the device.
struct ClientBuffer {
  ClientBuffer(const RawDevice& device, std::uint64_t size_bytes) : memory(device, size_bytes) {}

  MappedBuffer memory;
  std::uint64_t va = 0;  ///< 0: not bound

  std::span<std::uint8_t> bytes() const { return memory.bytes(); }
};

/// A file with an address space and one queue in it. Setting up ends the case when it fails.
/// Addresses are given out upwards from kFirstVa and never used twice.
class Client {
 public:
  static constexpr std::uint64_t kFirstVa = 0x10'0000'0000;

  explicit Client(std::uint32_t priority = DRM_KESTREL_QUEUE_PRIORITY_MEDIUM);

  const RawDevice& device() const { return device_; }
  RawDevice& device() { return device_; }
  std::uint32_t vm() const { return vm_; }
  std::uint32_t queue() const { return queue_; }

  /// A new queue in place of the one that was lost.
  void renew_queue();

  /// A range of addresses that nothing is bound to, followed by a page that stays free.
  std::uint64_t take_va(std::uint64_t size_bytes, std::uint64_t alignment = kPageBytes);
  /// A new buffer, bound at a new address.
  std::unique_ptr<ClientBuffer> make_buffer(std::uint64_t size_bytes,
                                            std::uint32_t flags = DRM_KESTREL_VM_BIND_READ |
                                                                  DRM_KESTREL_VM_BIND_WRITE);
  /// Binds a whole buffer at a new address. \returns the address
  std::uint64_t bind_buffer(std::uint32_t handle, std::uint64_t size_bytes,
                            std::uint32_t flags = DRM_KESTREL_VM_BIND_READ |
                                                  DRM_KESTREL_VM_BIND_WRITE);

  /// Puts commands into memory that the device can read; it is not used again.
  drm_kestrel_call place(const Commands& commands);
  /// Memory for commands of later jobs begins anew; all jobs must have ended.
  void forget_commands() { commands_used_ = 0; }

  /// A job of some commands.
  Job job(const Commands& commands);
  /// Submits it with one more out-syncobj. \returns that syncobj; ends the case if it is refused
  std::uint32_t start(Job job) const;
  std::uint32_t start(const Commands& commands) { return start(job(commands)); }
  /// How the job of such a syncobj ended: 1, or -errno. Destroys the syncobj.
  int finish(std::uint32_t done) const;
  /// Both: how the commands ended.
  int run(const Commands& commands) { return finish(start(commands)); }

  /// Copies something and compares: it all still works.
  void check_that_it_works();

 private:
  static constexpr std::uint64_t kCommandBytes = 1u << 20;

  RawDevice device_;
  std::uint32_t priority_;
  std::uint32_t vm_;
  std::uint32_t queue_;
  std::uint64_t next_va_ = kFirstVa;
  MappedBuffer commands_;
  std::uint64_t commands_va_;
  std::uint64_t commands_used_ = 0;
};

/// How a job ends whose queue is destroyed: -ECANCELED, or -ESRCH if the device had not got it yet.
inline bool was_given_up(int status) {
  return status == -ECANCELED || status == -ESRCH;
}

/// A new client copies something: the device still works for others.
void check_that_device_works();
