// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "copy_space.hpp"

#include <algorithm>
#include <cerrno>
#include <string>

namespace kestrel::internal {
namespace {

// Where a page of the device's larger size can be used, it needs this.
constexpr std::uint64_t kLargePageBytes = 2 << 20;
// Nothing lies at 0, where an address that was forgotten leads.
constexpr std::uint64_t kFirst = kLargePageBytes;

std::uint64_t end_of(const Vm& vm) {
  return std::uint64_t{1} << std::min(vm.device().info().va_bits, 63u);
}

}  // namespace

Result<std::shared_ptr<CopySpace>> CopySpace::create(std::shared_ptr<Device> device) {
  auto vm = Vm::create(std::move(device));
  if (!vm)
    return std::unexpected(vm.error());
  return std::make_shared<CopySpace>(std::move(*vm));
}

CopySpace::CopySpace(std::shared_ptr<Vm> vm) : vm_(std::move(vm)), ranges_(kFirst, end_of(*vm_)) {}

Result<std::uint64_t> CopySpace::allocate(std::uint64_t size_bytes) {
  const std::uint64_t alignment = size_bytes < kLargePageBytes ? kBindBytes : kLargePageBytes;
  const std::scoped_lock lock(lock_);
  const auto va = ranges_.allocate(size_bytes, alignment);
  if (!va)
    return failure(ENOSPC, "finding addresses for " + std::to_string(size_bytes) + " bytes");
  return *va;
}

void CopySpace::release(std::uint64_t va, std::uint64_t size_bytes) {
  const std::scoped_lock lock(lock_);
  ranges_.release(va, size_bytes);
}

Result<std::shared_ptr<Attachment>> Attachment::create(std::shared_ptr<CopySpace> space,
                                                       const Buffer& buffer) {
  const auto va = space->allocate(buffer.size_bytes());
  if (!va)
    return std::unexpected(va.error());
  auto bound = space->vm()->bind(*va, buffer, 0, buffer.size_bytes(),
                                 DRM_KESTREL_VM_BIND_READ | DRM_KESTREL_VM_BIND_WRITE);
  if (!bound) {
    space->release(*va, buffer.size_bytes());
    return std::unexpected(bound.error());
  }
  return std::make_shared<Attachment>(std::move(space), *va, buffer.size_bytes());
}

Attachment::~Attachment() {
  // Addresses that could not be unbound are not used again. That happens only when the device has
  // gone.
  if (space_->vm()->unbind(va_, size_bytes_))
    space_->release(va_, size_bytes_);
}

}  // namespace kestrel::internal
