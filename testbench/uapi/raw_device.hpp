// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The driver's calls without a library in between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <drm/drm.h>
#include <drm/kestrel_accel.h>

/// An open device node. Calls that return int return 0 or -errno, without retrying; the others
/// end the case when they fail.
class RawDevice {
 public:
  /// Opens the first accelerator node there is, waiting for one to appear; ends the case if none
  /// does. (A device that was unplugged keeps its number while a file is open.)
  RawDevice();
  /// Takes over a descriptor.
  explicit RawDevice(int fd) : fd_(fd) {}
  RawDevice(const RawDevice&) = delete;
  RawDevice& operator=(const RawDevice&) = delete;
  ~RawDevice();

  /// ioctl(); yields before it when the case runs with a seed.
  int call(unsigned long request, void* argument) const;
  int fd() const { return fd_; }
  /// Closes it before its time.
  void close_file();

  drm_kestrel_info info() const;

  /// \param vm_id  that it is private to, or 0
  /// \returns its handle
  std::uint32_t make_buffer(std::uint64_t size_bytes, std::uint32_t vm_id = 0) const;
  int close_buffer(std::uint32_t handle) const;

  std::uint32_t make_vm() const;
  int destroy_vm(std::uint32_t id) const;
  /// One operation of VM_BIND, of the whole range.
  int map(std::uint32_t vm_id, std::uint32_t handle, std::uint64_t va, std::uint64_t size_bytes,
          std::uint32_t flags = DRM_KESTREL_VM_BIND_READ | DRM_KESTREL_VM_BIND_WRITE,
          std::uint64_t bo_offset = 0) const;
  int unmap(std::uint32_t vm_id, std::uint64_t va, std::uint64_t size_bytes) const;
  int bind(std::uint32_t vm_id, const std::vector<drm_kestrel_vm_bind_op>& ops) const;

  std::uint32_t make_queue(std::uint32_t vm_id,
                           std::uint32_t priority = DRM_KESTREL_QUEUE_PRIORITY_MEDIUM) const;
  int destroy_queue(std::uint32_t id) const;
  drm_kestrel_queue_state queue_state(std::uint32_t id) const;

  /// Counters of one queue, or with 0 of the device.
  drm_kestrel_counter_values counters(std::uint32_t queue_id) const;

 private:
  int fd_;
};

/// An array of the interface over the elements, which have to stay where they are.
template <typename T>
drm_kestrel_array array_of(const std::vector<T>& elements) {
  drm_kestrel_array array{};
  array.stride = sizeof(T);
  array.count = static_cast<std::uint32_t>(elements.size());
  array.pointer = reinterpret_cast<std::uintptr_t>(elements.data());
  return array;
}

/// Operations of VM_BIND.
drm_kestrel_vm_bind_op map_op(std::uint32_t handle, std::uint64_t va, std::uint64_t size_bytes,
                              std::uint32_t flags = DRM_KESTREL_VM_BIND_READ |
                                                    DRM_KESTREL_VM_BIND_WRITE,
                              std::uint64_t bo_offset = 0);
drm_kestrel_vm_bind_op unmap_op(std::uint64_t va, std::uint64_t size_bytes);

/// An address at which nothing is mapped.
std::uint64_t bad_pointer();

/// Where sysfs has the PCI function of the first accelerator; ends the case if it has none.
std::string pci_folder();

/// Writes to a file of sysfs. \returns 0 or -errno
int write_file(const std::string& path, const std::string& text);
