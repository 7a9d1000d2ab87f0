// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// CopySpace: the address space that copies run in, and where buffers are in it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "buffer.hpp"
#include "error.hpp"
#include "range_allocator.hpp"
#include "vm.hpp"

namespace kestrel::internal {

/// A VM whose addresses the library chooses itself.
///
/// Threads: any.
class CopySpace {
 public:
  static Result<std::shared_ptr<CopySpace>> create(std::shared_ptr<Device> device);

  explicit CopySpace(std::shared_ptr<Vm> vm);

  /// \returns an unused range of whole pages, or ENOSPC
  Result<std::uint64_t> allocate(std::uint64_t size_bytes);
  void release(std::uint64_t va, std::uint64_t size_bytes);

  const std::shared_ptr<Vm>& vm() const { return vm_; }

 private:
  const std::shared_ptr<Vm> vm_;
  std::mutex lock_;  // For ranges_.
  RangeAllocator ranges_;
};

/// A whole buffer, bound for reading and writing until this goes.
class Attachment {
 public:
  static Result<std::shared_ptr<Attachment>> create(std::shared_ptr<CopySpace> space,
                                                    const Buffer& buffer);

  Attachment(std::shared_ptr<CopySpace> space, std::uint64_t va, std::uint64_t size_bytes)
      : space_(std::move(space)), va_(va), size_bytes_(size_bytes) {}
  Attachment(const Attachment&) = delete;
  Attachment& operator=(const Attachment&) = delete;
  ~Attachment();

  std::uint64_t va() const { return va_; }

 private:
  const std::shared_ptr<CopySpace> space_;
  const std::uint64_t va_;
  const std::uint64_t size_bytes_;
};

}  // namespace kestrel::internal
