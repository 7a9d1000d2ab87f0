// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The driver's calls without a library in between; and what tests need round them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <drm/drm.h>
#include <drm/kestrel_accel.h>

/// An open device node. Every call returns 0 or -errno, without retrying.
class RawDevice {
 public:
  /// Opens the first accelerator node there is, waiting for one to appear; ends the case if none
  /// does. (A device that was unplugged keeps its number while a file is open.)
  RawDevice();
  RawDevice(const RawDevice&) = delete;
  RawDevice& operator=(const RawDevice&) = delete;
  ~RawDevice();

  int call(unsigned long request, void* argument) const;
  int fd() const { return fd_; }

  drm_kestrel_info info() const;

  /// Makes a buffer; ends the case if that fails. \returns its handle
  std::uint32_t make_buffer(std::uint64_t size_bytes) const;
  int close_buffer(std::uint32_t handle) const;

  /// Makes a syncobj; ends the case if that fails. \returns its handle
  std::uint32_t make_syncobj(std::uint32_t flags = 0) const;
  int destroy_syncobj(std::uint32_t handle) const;
  /// Waits until it has a fence and that has signalled, for up to 60 s. \returns 0 or -errno
  int wait_syncobj(std::uint32_t handle) const;
  /// How the job behind it ended: 1 well, 0 not yet, -errno; or the -errno of asking.
  int job_status(std::uint32_t handle) const;

 private:
  int fd_;
};

/// The fence of a syncobj, kept by a descriptor of its own that outlives the device.
class SyncFile {
 public:
  /// Ends the case if the syncobj has no fence.
  SyncFile(const RawDevice& device, std::uint32_t syncobj);
  SyncFile(SyncFile&& other) noexcept;
  SyncFile(const SyncFile&) = delete;
  SyncFile& operator=(const SyncFile&) = delete;
  ~SyncFile();

  /// Waits for up to 60 s. \returns how the job ended: 1 well, 0 not yet, or -errno
  int wait() const;

 private:
  int fd_;
};

/// A buffer mapped into the process. Ends the case if that fails.
class MappedBuffer {
 public:
  MappedBuffer(const RawDevice& device, std::uint64_t size_bytes);
  MappedBuffer(const MappedBuffer&) = delete;
  MappedBuffer& operator=(const MappedBuffer&) = delete;
  ~MappedBuffer();

  std::uint32_t handle() const { return handle_; }
  std::span<std::uint8_t> bytes() const { return bytes_; }

 private:
  std::uint32_t handle_;
  std::span<std::uint8_t> bytes_;
};

/// Arguments of one submission, valid as long as this lives and its arrays are not changed.
struct Submission {
  std::vector<drm_kestrel_copy> copies;
  std::vector<drm_kestrel_sync> in_syncs;
  std::vector<drm_kestrel_sync> out_syncs;

  drm_kestrel_submit args() const;
  int submit(const RawDevice& device) const;
};

/// A submission of one copy that signals one syncobj.
Submission one_copy(std::uint32_t src, std::uint64_t src_offset, std::uint32_t dst,
                    std::uint64_t dst_offset, std::uint64_t length, std::uint32_t out_sync);

/// An address at which nothing is mapped.
std::uint64_t bad_pointer();

/// Bytes that tell their places, and different seeds, apart.
void fill(std::span<std::uint8_t> bytes, unsigned seed);

/// Where sysfs has the PCI function of the first accelerator; ends the case if it has none.
std::string pci_folder();

/// Writes to a file of sysfs. \returns 0 or -errno
int write_file(const std::string& path, const std::string& text);
