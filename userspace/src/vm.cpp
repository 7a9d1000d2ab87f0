// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "vm.hpp"

#include <cerrno>
#include <span>
#include <string>
#include <utility>

#include "array.hpp"

namespace kestrel::internal {
namespace {

std::string describe(const char* what, std::uint64_t va, std::uint64_t length_bytes) {
  return std::string(what) + " " + std::to_string(length_bytes) + " bytes at " + hex(va);
}

}  // namespace

Result<std::shared_ptr<Vm>> Vm::create(std::shared_ptr<Device> device) {
  drm_kestrel_vm_create args{};
  if (auto called = device->call(DRM_IOCTL_KESTREL_VM_CREATE, &args, "creating a vm"); !called)
    return std::unexpected(called.error());
  return std::shared_ptr<Vm>(new Vm(std::move(device), args.id));
}

Vm::Vm(std::shared_ptr<Device> device, std::uint32_t id) : device_(std::move(device)), id_(id) {}

Vm::~Vm() {
  drm_kestrel_vm_destroy args{};
  args.id = id_;
  device_->give_back(DRM_IOCTL_KESTREL_VM_DESTROY, &args);
}

Result<void> Vm::bind(std::uint64_t va, const Buffer& buffer, std::uint64_t offset_bytes,
                      std::uint64_t length_bytes, std::uint32_t access) {
  const std::string what = describe("binding", va, length_bytes);
  // The kernel would take the handle for one of this device's.
  if (&buffer.device() != device_.get())
    return failure(EINVAL, what + " of a buffer of another device");

  drm_kestrel_vm_bind_op op{};
  op.type = DRM_KESTREL_VM_BIND_OP_MAP;
  op.flags = access;
  op.handle = buffer.handle();
  op.bo_offset = offset_bytes;
  op.va = va;
  op.size = length_bytes;
  return perform(op, what.c_str());
}

Result<void> Vm::unbind(std::uint64_t va, std::uint64_t length_bytes) {
  drm_kestrel_vm_bind_op op{};
  op.type = DRM_KESTREL_VM_BIND_OP_UNMAP;
  op.va = va;
  op.size = length_bytes;
  return perform(op, describe("unbinding", va, length_bytes).c_str());
}

Result<void> Vm::perform(drm_kestrel_vm_bind_op& op, const char* what) {
  drm_kestrel_vm_bind args{};
  args.vm_id = id_;
  args.ops = array_of(std::span<const drm_kestrel_vm_bind_op>(&op, 1));
  return device_->call(DRM_IOCTL_KESTREL_VM_BIND, &args, what);
}

}  // namespace kestrel::internal
