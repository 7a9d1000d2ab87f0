// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// FakeKernel: stands in for the kernel, with one kestrel that works at once or when told to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <drm/drm.h>
#include <drm/kestrel_accel.h>

#include "fake_accelerator.hpp"
#include "fake_syncobj.hpp"
#include "kernel_interface.hpp"

/// A kernel with one accelerator node, behind which kestrel's functional model executes what is
/// submitted.
///
/// It holds the callers to the rules of drm/kestrel_accel.h: a call that the header says is refused
/// is refused, with the errno that it says. What was not given back can be counted. Jobs run within
/// the call that makes them ready.
///
/// Threads: the interface can be called from any; the rest while nobody does.
class FakeKernel final : public kestrel::internal::KernelInterface {
 public:
  FakeKernel();
  ~FakeKernel() override;

  // What tests set up before or between calls.

  std::string node = "/dev/accel/accel0";  ///< Where the device is; open() of others is ENOENT.
  std::string driver_name = "kestrel";
  int driver_major = 1;
  int driver_minor = 0;
  int open_error = 0;              ///< errno of open() of `node`, or 0.
  int map_error = 0;               ///< errno of map(), or 0.
  bool can_nice = true;            ///< CAP_SYS_NICE
  bool can_monitor = true;         ///< CAP_PERFMON
  bool hold_jobs = false;          ///< Jobs wait for run_jobs().
  int job_error = 0;               ///< errno with which jobs end, or 0: as the device says.
  std::size_t failing_job = 0;     ///< Number of the one job that job_error is for; 0: every job.
  std::size_t unplugging_job = 0;  ///< Number of the job in which the device goes; 0: none.
  std::int64_t time_ns = 1000;     ///< CLOCK_MONOTONIC; a wait that times out moves it.
  drm_kestrel_info info;           ///< What DEV_QUERY gives, and the limits that hold.

  /// The next `count` calls of `request` fail with `error`, and do nothing.
  void fail(unsigned long request, int error, int count = 1);
  /// Lets the jobs that were held run.
  void run_jobs();
  /// Takes the device away: jobs end with ENODEV, and so does every call.
  void unplug();
  /// A dma-buf of somebody else, zeroed. \returns a descriptor
  int make_dma_buf(std::size_t size_bytes, bool can_be_mapped = true);

  // What tests look at.

  std::size_t open_files() const { return files_.size(); }
  std::size_t buffers() const;   ///< handles
  std::size_t memories() const;  ///< buffer objects, with a handle or bound or exported
  std::size_t vms() const;
  std::size_t queues() const;
  std::size_t mappings() const { return mapped_.size(); }
  std::size_t syncobjs() const;
  std::size_t bound_pages() const;  ///< in all VMs that have a number
  /// Nothing is open, mapped or alive, and whoever closed the device had given everything back.
  bool is_clean() const;

  std::size_t jobs() const { return jobs_; }  ///< submitted so far
  int calls(unsigned long request) const;
  std::int64_t last_deadline_ns() const { return last_deadline_ns_; }

  // The interface.

  int open(const char* path) override;
  void close(int fd) override;
  int duplicate(int fd) override;
  std::int64_t size_bytes(int fd) override;
  int ioctl(int fd, unsigned long request, void* argument) override;
  int map(int fd, std::uint64_t offset, std::size_t size_bytes, void** address) override;
  void unmap(void* address, std::size_t size_bytes) override;
  std::int64_t now_ns() override { return time_ns; }

 private:
  struct Memory;
  struct Vm;
  struct Queue;
  struct Job;
  struct Client;
  struct File;
  using MemoryPtr = std::shared_ptr<Memory>;
  using VmPtr = std::shared_ptr<Vm>;
  using QueuePtr = std::shared_ptr<Queue>;
  using SyncobjPtr = std::shared_ptr<FakeSyncobj>;

  int device_ioctl(Client& client, unsigned long request, void* argument);
  int version(drm_version& args) const;
  int add_file(std::shared_ptr<File> file);
  std::shared_ptr<File> find_file(int fd) const;

  // fake_kernel_drm.cpp
  int gem_close(Client& client, const drm_gem_close& args);
  int handle_to_dma_buf(Client& client, drm_prime_handle& args);
  int dma_buf_to_handle(Client& client, drm_prime_handle& args);
  int syncobj_create(Client& client, drm_syncobj_create& args);
  int syncobj_destroy(Client& client, const drm_syncobj_destroy& args);
  int syncobj_to_fd(Client& client, drm_syncobj_handle& args);
  int fd_to_syncobj(Client& client, drm_syncobj_handle& args);
  int syncobj_wait(Client& client, const drm_syncobj_wait& args);
  int timeline_wait(Client& client, const drm_syncobj_timeline_wait& args);
  int timeline_signal(Client& client, const drm_syncobj_timeline_array& args);
  int timeline_query(Client& client, const drm_syncobj_timeline_array& args);
  int wait_for(Client& client, std::span<const std::uint32_t> handles,
               std::span<const std::uint64_t> points, std::int64_t deadline_ns,
               std::uint32_t flags);

  // fake_kernel_kestrel.cpp
  MemoryPtr add_memory(std::size_t size_bytes);
  int dev_query(drm_kestrel_dev_query& args) const;
  int bo_create(Client& client, drm_kestrel_bo_create& args);
  int bo_mmap_offset(Client& client, drm_kestrel_bo_mmap_offset& args) const;
  int bo_sync(Client& client, const drm_kestrel_bo_sync& args) const;
  int vm_create(Client& client, drm_kestrel_vm_create& args);
  int vm_destroy(Client& client, const drm_kestrel_vm_destroy& args);
  int vm_bind(Client& client, const drm_kestrel_vm_bind& args);
  int check_op(Client& client, const Vm& vm, const drm_kestrel_vm_bind_op& op) const;
  void perform(Client& client, Vm& vm, const drm_kestrel_vm_bind_op& op);
  int queue_create(Client& client, drm_kestrel_queue_create& args);
  int queue_destroy(Client& client, const drm_kestrel_queue_destroy& args);
  int queue_state(Client& client, drm_kestrel_queue_state& args) const;
  int submit(Client& client, const drm_kestrel_submit& args);
  int counters(Client& client, drm_kestrel_counters& args);
  void cancel(Queue& queue, int error);
  void pump();
  bool advance(Queue& queue);
  void run(Queue& queue, const Job& job);

  mutable std::mutex lock_;  // For everything, in the calls of the interface.
  FakeAccelerator accelerator_;
  int next_fd_ = 3;
  bool is_unplugged_ = false;
  std::size_t jobs_ = 0;
  std::size_t leaks_ = 0;
  std::int64_t last_deadline_ns_ = 0;
  std::map<int, std::shared_ptr<File>> files_;
  std::multimap<void*, MemoryPtr> mapped_;
  std::vector<std::weak_ptr<Memory>> memories_;
  std::vector<std::weak_ptr<Queue>> all_queues_;  // In the order in which they were made.
  std::map<unsigned long, int> calls_;
  std::map<unsigned long, std::deque<int>> failures_;
};
