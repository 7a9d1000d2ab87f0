// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// FakeKernel: stands in for the kernel, with one kestrel that copies at once or when told to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <drm/drm.h>
#include <drm/kestrel_accel.h>

#include "kernel_interface.hpp"

/// A kernel with one accelerator node.
///
/// It holds the callers to the rules of the interface: a call with a padding or flag that is not
/// zero, or with a handle that does not exist, fails as in the driver. What was not given back can
/// be counted.
class FakeKernel final : public kestrel::KernelInterface {
 public:
  FakeKernel();

  // What tests set up before or between calls.

  std::string node = "/dev/accel/accel0";  ///< Where the device is; open() of others is ENOENT.
  std::string driver_name = "kestrel";
  int driver_major = 1;
  int open_error = 0;           ///< errno of open() of `node`, or 0.
  int map_error = 0;            ///< errno of map(), or 0.
  bool hold_jobs = false;       ///< Jobs wait for run_jobs().
  int job_error = 0;            ///< errno with which jobs end, or 0.
  std::size_t failing_job = 0;  ///< Number of the one job that job_error is for; 0: every job.
  std::int64_t time_ns = 1000;  ///< CLOCK_MONOTONIC; a wait that times out moves it.
  drm_kestrel_info info;        ///< What DEV_QUERY gives.

  /// The next `count` calls of `request` fail with `error`, and do nothing.
  void fail(unsigned long request, int error, int count = 1);
  /// Lets the jobs that were held run.
  void run_jobs();

  // What tests look at.

  std::size_t open_files() const { return files_.size(); }
  std::size_t buffers() const { return buffers_.size(); }
  std::size_t mappings() const { return mappings_; }
  std::size_t syncobjs() const { return syncobjs_.size(); }
  /// Nothing is open, mapped or alive.
  bool is_clean() const;

  const std::vector<std::uint64_t>& job_bytes() const { return job_bytes_; }
  int calls(unsigned long request) const;
  std::int64_t last_deadline_ns() const { return last_deadline_ns_; }

  // The interface.

  int open(const char* path) override;
  void close(int fd) override;
  int ioctl(int fd, unsigned long request, void* argument) override;
  int map(int fd, std::uint64_t offset, std::size_t size_bytes, void** address) override;
  void unmap(void* address, std::size_t size_bytes) override;
  std::int64_t now_ns() override { return time_ns; }

 private:
  /// State of a syncobj: whether its job has ended, and how.
  struct Fence {
    bool signalled = false;
    int error = 0;
  };
  using FencePtr = std::shared_ptr<Fence>;
  using Memory = std::shared_ptr<std::vector<std::byte>>;

  struct Job {
    Memory source;
    Memory destination;
    drm_kestrel_copy copy;
    std::vector<FencePtr> fences;
    std::size_t number;  // From 1.
  };

  /// A descriptor: the device if there is no fence, else a sync file.
  struct File {
    FencePtr sync_file;
  };

  int device_ioctl(unsigned long request, void* argument);
  int version(drm_version& args) const;
  int dev_query(drm_kestrel_dev_query& args) const;
  int bo_create(drm_kestrel_bo_create& args);
  int bo_mmap_offset(drm_kestrel_bo_mmap_offset& args) const;
  int gem_close(const drm_gem_close& args);
  int submit(const drm_kestrel_submit& args);
  int syncobj_create(drm_syncobj_create& args);
  int syncobj_destroy(const drm_syncobj_destroy& args);
  int syncobj_wait(const drm_syncobj_wait& args);
  int syncobj_to_fd(drm_syncobj_handle& args);
  void run(const Job& job);

  int next_fd_ = 3;
  std::uint32_t next_handle_ = 1;
  std::size_t mappings_ = 0;
  std::int64_t last_deadline_ns_ = 0;
  std::map<int, File> files_;
  std::map<std::uint32_t, Memory> buffers_;
  std::map<std::uint32_t, FencePtr> syncobjs_;
  std::deque<Job> held_;
  std::vector<std::uint64_t> job_bytes_;
  std::map<unsigned long, int> calls_;
  std::map<unsigned long, std::deque<int>> failures_;
  std::vector<Memory> mapped_;  // Kept, so that a mapping outlives its handle.
};
