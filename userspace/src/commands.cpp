// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "commands.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

namespace kestrel::internal {

Result<std::unique_ptr<Commands>> Commands::create(std::shared_ptr<Vm> vm, std::uint64_t va,
                                                   std::size_t size_bytes) {
  auto buffer = Buffer::create_private(*vm, size_bytes);
  if (!buffer)
    return std::unexpected(buffer.error());
  if (auto bound = vm->bind(va, **buffer, 0, (*buffer)->size_bytes(), DRM_KESTREL_VM_BIND_READ);
      !bound) {
    return std::unexpected(bound.error());
  }
  return std::unique_ptr<Commands>(new Commands(std::move(vm), std::move(*buffer), va));
}

Commands::Commands(std::shared_ptr<Vm> vm, std::unique_ptr<Buffer> buffer, std::uint64_t va)
    : vm_(std::move(vm)), buffer_(std::move(buffer)), va_(va) {}

Commands::~Commands() {
  // It fails only if the device has gone.
  static_cast<void>(vm_->unbind(va_, buffer_->size_bytes()));
}

Result<void> Commands::append(std::span<const std::byte> records) {
  if (records.size() > buffer_->size_bytes() - end_bytes_) {
    return failure(ENOSPC, "appending " + std::to_string(records.size()) + " bytes to " +
                               std::to_string(end_bytes_) + " in a command memory of " +
                               std::to_string(buffer_->size_bytes()));
  }
  std::ranges::copy(records, buffer_->bytes().subspan(end_bytes_).begin());
  end_bytes_ += records.size();
  return {};
}

Result<drm_kestrel_call> Commands::end() {
  if (begin_bytes_ == end_bytes_)
    return failure(EINVAL, "ending a command buffer without commands");
  const std::size_t length_bytes = end_bytes_ - begin_bytes_;
  if (auto synced = buffer_->sync(DRM_KESTREL_BO_SYNC_TO_DEVICE, begin_bytes_, length_bytes);
      !synced) {
    return std::unexpected(synced.error());
  }
  drm_kestrel_call call{};
  call.va = va_ + begin_bytes_;
  call.size = static_cast<std::uint32_t>(length_bytes);
  begin_bytes_ = end_bytes_;
  return call;
}

}  // namespace kestrel::internal
