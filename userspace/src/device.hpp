// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Device: an open accelerator, and the calls that it takes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <drm/kestrel_accel.h>

#include "error.hpp"
#include "kernel_interface.hpp"

namespace kestrel {

/// An open device node. Buffers and fences share it, so it is closed when the last of them goes.
class Device {
 public:
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

  KernelInterface& kernel() { return kernel_; }
  int fd() const { return fd_; }
  const drm_kestrel_info& info() const { return info_; }

 private:
  Device(KernelInterface& kernel, int fd) : kernel_(kernel), fd_(fd) {}

  Result<void> identify(const std::string& path);

  KernelInterface& kernel_;
  int fd_;  // Owned.
  drm_kestrel_info info_{};
};

/// ioctl() on any descriptor, again for as long as a signal interrupts it. \returns as ioctl()
int ioctl_restarting(KernelInterface& kernel, int fd, unsigned long request, void* argument);

}  // namespace kestrel
