// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Commands: memory of a VM in which command buffers are built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <drm/kestrel_accel.h>

#include "buffer.hpp"
#include "error.hpp"
#include "records.hpp"
#include "vm.hpp"

namespace kestrel::internal {

/// A private buffer, bound for reading, that fills with commands from its beginning. It can hold
/// several command buffers, one behind the other.
///
/// Threads: not synchronised.
class Commands {
 public:
  /// \param va          a multiple of kBindBytes; what the range maps is replaced
  /// \param size_bytes  rounded up to whole pages
  static Result<std::unique_ptr<Commands>> create(std::shared_ptr<Vm> vm, std::uint64_t va,
                                                  std::size_t size_bytes);

  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;
  /// Unbinds the range.
  ~Commands();

  /// \param records  whole records. \returns ENOSPC: not all fit, and none was appended
  Result<void> append(std::span<const std::byte> records);
  Result<void> append(const CommandRecord& record) {
    return append(std::as_bytes(std::span(record)));
  }

  /// Ends the command buffer that has been appended since the last one, and hands it to the device.
  /// \returns where it is, or EINVAL: it is empty
  Result<drm_kestrel_call> end();

  /// Forgets all of them.
  void reset() { begin_bytes_ = end_bytes_ = 0; }

  std::size_t size_bytes() const { return buffer_->size_bytes(); }
  const Vm& vm() const { return *vm_; }

 private:
  Commands(std::shared_ptr<Vm> vm, std::unique_ptr<Buffer> buffer, std::uint64_t va);

  const std::shared_ptr<Vm> vm_;
  const std::unique_ptr<Buffer> buffer_;
  const std::uint64_t va_;
  std::size_t begin_bytes_ = 0;  // Of the command buffer that is being built.
  std::size_t end_bytes_ = 0;
};

}  // namespace kestrel::internal
