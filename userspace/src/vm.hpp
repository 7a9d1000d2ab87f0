// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Vm: an address space of the accelerator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "buffer.hpp"
#include "device.hpp"
#include "error.hpp"

namespace kestrel::internal {

/// What addresses and sizes of bindings are multiples of.
inline constexpr std::uint64_t kBindBytes = 4096;

/// An address space, destroyed with this object.
///
/// Threads: any.
/// Source: drm/kestrel_accel.h, struct drm_kestrel_vm_bind.
class Vm {
 public:
  static Result<std::shared_ptr<Vm>> create(std::shared_ptr<Device> device);

  Vm(const Vm&) = delete;
  Vm& operator=(const Vm&) = delete;
  ~Vm();

  /// Maps part of a buffer in place of what was there; numbers are multiples of kBindBytes.
  ///
  /// \param access  of drm_kestrel_vm_bind_op_flags
  /// \returns EINVAL: something is misaligned, out of bounds, or the buffer cannot be bound here
  Result<void> bind(std::uint64_t va, const Buffer& buffer, std::uint64_t offset_bytes,
                    std::uint64_t length_bytes, std::uint32_t access);

  /// Lets a range map nothing. \returns EINVAL: it is misaligned, empty or out of bounds
  Result<void> unbind(std::uint64_t va, std::uint64_t length_bytes);

  std::uint32_t id() const { return id_; }
  Device& device() const { return *device_; }
  const std::shared_ptr<Device>& shared_device() const { return device_; }

 private:
  Vm(std::shared_ptr<Device> device, std::uint32_t id);

  Result<void> perform(drm_kestrel_vm_bind_op& op, const char* what);

  const std::shared_ptr<Device> device_;
  const std::uint32_t id_;
};

}  // namespace kestrel::internal
