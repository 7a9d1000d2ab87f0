// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Device: an open accelerator, and the calls that it takes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <drm/kestrel_accel.h>

#include "error.hpp"
#include "kernel_interface.hpp"

namespace kestrel::internal {

/// An open device node. What is made with it shares it, so it is closed when the last of them goes.
///
/// Threads: any.
class Device {
 public:
  struct DriverVersion {
    std::uint32_t major, minor;
  };

  /// Opens a node and checks that a kestrel is behind it.
  ///
  /// \param kernel  must outlive the device
  /// \returns the device, or ENODEV: something else is behind it; or an errno of open()
  static Result<std::shared_ptr<Device>> open(KernelInterface& kernel, const std::string& path);

  /// Opens the first kestrel among the nodes there are.
  ///
  /// \returns the device, or ENODEV: there is none; or why the only candidates could not be opened
  static Result<std::shared_ptr<Device>> open_first(KernelInterface& kernel);

  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device();

  /// Makes a call, again for as long as a signal interrupts it.
  ///
  /// \param what  what is tried, for the error's text
  Result<void> call(unsigned long request, void* argument, const char* what);

  /// Makes a call that gives something back. It fails only if the device has gone, and then what
  /// was to be given back has gone too.
  void give_back(unsigned long request, void* argument);

  // A buffer that is imported twice, or where it came from, has one handle, which the kernel closes
  // at the first GEM_CLOSE. So the handles' users are counted.

  /// A new handle has its first user.
  void add_handle(std::uint32_t handle);
  /// Imports a dma-buf. \returns its handle, with one user more
  Result<std::uint32_t> import_handle(int fd);
  /// A user of the handle goes; the last one closes it.
  void drop_handle(std::uint32_t handle);

  KernelInterface& kernel() { return kernel_; }
  int fd() const { return fd_; }
  const std::string& path() const { return path_; }
  const drm_kestrel_info& info() const { return info_; }
  DriverVersion driver_version() const { return driver_version_; }
  bool is_coherent() const { return (info_.features & DRM_KESTREL_FEATURE_COHERENT) != 0; }

 private:
  Device(KernelInterface& kernel, int fd, std::string path)
      : kernel_(kernel), fd_(fd), path_(std::move(path)) {}

  Result<void> identify();

  KernelInterface& kernel_;
  const int fd_;  // Owned.
  const std::string path_;
  DriverVersion driver_version_{};
  drm_kestrel_info info_{};
  std::mutex handles_lock_;  // For handle_users_, and between a handle's import and its closing.
  std::map<std::uint32_t, unsigned> handle_users_;
};

/// ioctl() on any descriptor, again for as long as a signal interrupts it. \returns as ioctl()
int ioctl_restarting(KernelInterface& kernel, int fd, unsigned long request, void* argument);

}  // namespace kestrel::internal
