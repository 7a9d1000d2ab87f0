// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "device.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>

#include <drm/drm.h>

namespace kestrel::internal {
namespace {

constexpr std::string_view kDriverName = "kestrel";
constexpr int kDriverMajor = 1;
constexpr int kNodesMax = 256;  // ACCEL_MAX_MINORS of the kernel.

}  // namespace

int ioctl_restarting(KernelInterface& kernel, int fd, unsigned long request, void* argument) {
  for (;;) {
    const int result = kernel.ioctl(fd, request, argument);
    if (result != -EINTR && result != -EAGAIN)
      return result;
  }
}

Result<std::shared_ptr<Device>> Device::open(KernelInterface& kernel, const std::string& path) {
  const int fd = kernel.open(path.c_str());
  if (fd < 0)
    return failure(-fd, "opening " + path);

  std::shared_ptr<Device> device(new Device(kernel, fd, path));
  if (auto identified = device->identify(); !identified) {
    return std::unexpected(identified.error());
  }
  return device;
}

Result<std::shared_ptr<Device>> Device::open_first(KernelInterface& kernel) {
  std::optional<Error> denied;

  for (int node = 0; node < kNodesMax; ++node) {
    auto device = open(kernel, "/dev/accel/accel" + std::to_string(node));
    if (device)
      return device;
    // A node that exists and cannot be opened may well be the one that is wanted.
    const int code = device.error().code;
    if (!denied && code != ENOENT && code != ENODEV && code != ENXIO)
      denied = device.error();
  }

  if (denied)
    return std::unexpected(*denied);
  return std::unexpected(
      Error{ENODEV, "no kestrel accelerator under /dev/accel; is its driver loaded?"});
}

Device::~Device() {
  kernel_.close(fd_);
}

Result<void> Device::call(unsigned long request, void* argument, const char* what) {
  const int result = ioctl_restarting(kernel_, fd_, request, argument);
  if (result < 0)
    return failure(-result, what);
  return {};
}

void Device::give_back(unsigned long request, void* argument) {
  ioctl_restarting(kernel_, fd_, request, argument);
}

void Device::add_handle(std::uint32_t handle) {
  const std::scoped_lock lock(handles_lock_);
  ++handle_users_[handle];
}

Result<std::uint32_t> Device::import_handle(int fd) {
  const std::scoped_lock lock(handles_lock_);
  drm_prime_handle args{};
  args.fd = fd;
  if (auto called = call(DRM_IOCTL_PRIME_FD_TO_HANDLE, &args, "importing a buffer"); !called)
    return std::unexpected(called.error());
  ++handle_users_[args.handle];
  return args.handle;
}

void Device::drop_handle(std::uint32_t handle) {
  const std::scoped_lock lock(handles_lock_);
  const auto users = handle_users_.find(handle);
  if (--users->second != 0)
    return;
  handle_users_.erase(users);
  drm_gem_close args{};
  args.handle = handle;
  give_back(DRM_IOCTL_GEM_CLOSE, &args);
}

Result<void> Device::identify() {
  std::array<char, 32> name{};
  drm_version version{};
  version.name = name.data();
  version.name_len = name.size() - 1;
  const std::string what = "asking " + path_ + " for its driver's name";
  if (auto called = call(DRM_IOCTL_VERSION, &version, what.c_str()); !called) {
    // Whatever it is, a node that does not answer this is no DRM device.
    const int code = called.error().code;
    return std::unexpected(Error{code == ENOTTY ? ENODEV : code, called.error().text});
  }
  if (std::string_view(name.data()) != kDriverName || version.version_major != kDriverMajor) {
    return std::unexpected(Error{ENODEV, path_ + " belongs to the driver '" + name.data() +
                                             "', version " + std::to_string(version.version_major) +
                                             ", not to a kestrel of version 1"});
  }

  driver_version_ = {static_cast<std::uint32_t>(version.version_major),
                     static_cast<std::uint32_t>(version.version_minor)};

  drm_kestrel_dev_query query{};
  query.type = DRM_KESTREL_DEV_QUERY_INFO;
  query.size = sizeof(info_);
  query.pointer = reinterpret_cast<std::uintptr_t>(&info_);
  return call(DRM_IOCTL_KESTREL_DEV_QUERY, &query, "asking for the device's limits");
}

}  // namespace kestrel::internal
