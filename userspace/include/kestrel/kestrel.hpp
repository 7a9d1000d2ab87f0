// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// libkestrel for C++23: owners for the objects of kestrel/kestrel.h, and std::expected for its
/// numbers. Units, errors and threads are as documented there.
///
/// Nothing here is in the library: what an object costs is what its C function costs. A moved-from
/// object can only be assigned to or destroyed.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <kestrel/kestrel.h>

namespace kestrel {

/// Why something failed.
struct Error {
  int code;          ///< errno, positive
  std::string text;  ///< lower case, no full stop
};

template <typename T>
using Result = std::expected<T, Error>;

/// Owns a file descriptor.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  int get() const { return fd_; }
  /// Hands it over to the caller.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

namespace detail {

template <auto destroy>
struct Destroyer {
  template <typename T>
  void operator()(T* object) const {
    destroy(object);
  }
};

/// What a negative errno of the library means.
inline std::unexpected<Error> failed(int result) {
  const char* const text = kestrel_last_error();
  return std::unexpected(Error{-result, *text != '\0' ? text : std::strerror(-result)});
}

inline Result<void> check(int result) {
  if (result != 0)
    return failed(result);
  return {};
}

/// An object that owns one of C's.
template <typename T, auto destroy>
class Owner {
 public:
  /// Takes over what a function of kestrel.h made.
  explicit Owner(T* object) : object_(object) {}

  /// For functions of kestrel.h; stays this object's.
  T* c() const { return object_.get(); }

 private:
  std::unique_ptr<T, Destroyer<destroy>> object_;
};

/// Calls a function whose last argument is where what it makes goes.
template <typename Made, typename Object, typename Function, typename... Arguments>
Result<Made> make(Function function, Arguments... arguments) {
  Object* object = nullptr;
  if (const int result = function(arguments..., &object); result != 0)
    return failed(result);
  return Made(object);
}

/// The same for a value.
template <typename Value, typename Function, typename... Arguments>
Result<Value> ask(Function function, Arguments... arguments) {
  Value value{};
  if (const int result = function(arguments..., &value); result != 0)
    return failed(result);
  return value;
}

template <typename Function, typename Object>
Result<Fd> export_fd(Function function, Object* object) {
  return ask<int>(function, object).transform([](int fd) { return Fd(fd); });
}

}  // namespace detail

/// An open accelerator.
class Device : public detail::Owner<kestrel_device, kestrel_device_close> {
 public:
  using Owner::Owner;

  /// \param path  device node, or null for the first kestrel there is
  static Result<Device> open(const char* path = nullptr) {
    return detail::make<Device, kestrel_device>(kestrel_device_open, path);
  }

  const char* path() const { return kestrel_device_path(c()); }
  Result<std::uint64_t> get(kestrel_property property) const {
    return detail::ask<std::uint64_t>(kestrel_device_get, c(), property);
  }
  Result<kestrel_counters> counters() const {
    return detail::ask<kestrel_counters>(kestrel_device_counters, c());
  }
};

class Vm;

/// Memory that the accelerator can reach.
class Buffer : public detail::Owner<kestrel_buffer, kestrel_buffer_destroy> {
 public:
  using Owner::Owner;

  static Result<Buffer> create(const Device& device, std::size_t size_bytes) {
    return detail::make<Buffer, kestrel_buffer>(kestrel_buffer_create, device.c(), size_bytes);
  }
  static Result<Buffer> create_private(const Vm& vm, std::size_t size_bytes);
  /// \param fd  a dma-buf; stays the caller's
  static Result<Buffer> import(const Device& device, int fd) {
    return detail::make<Buffer, kestrel_buffer>(kestrel_buffer_import, device.c(), fd);
  }

  /// Whole pages, page-aligned; empty if it is imported and cannot be mapped.
  std::span<std::byte> bytes() const {
    auto* const data = static_cast<std::byte*>(kestrel_buffer_data(c()));
    return {data, data != nullptr ? size_bytes() : 0};
  }
  std::size_t size_bytes() const { return kestrel_buffer_size(c()); }

  /// \param directions  of enum kestrel_direction
  Result<void> sync(std::uint32_t directions, std::size_t offset, std::size_t size) const {
    return detail::check(kestrel_buffer_sync(c(), directions, offset, size));
  }
  /// All of it.
  Result<void> sync(std::uint32_t directions) const { return sync(directions, 0, size_bytes()); }
  Result<Fd> export_fd() const { return detail::export_fd(kestrel_buffer_export, c()); }
};

/// An address space of the accelerator.
class Vm : public detail::Owner<kestrel_vm, kestrel_vm_destroy> {
 public:
  using Owner::Owner;

  static Result<Vm> create(const Device& device) {
    return detail::make<Vm, kestrel_vm>(kestrel_vm_create, device.c());
  }

  /// \param access  of enum kestrel_access
  Result<void> bind(std::uint64_t va, const Buffer& buffer, std::size_t offset,
                    std::size_t size_bytes, std::uint32_t access) const {
    return detail::check(kestrel_vm_bind(c(), va, buffer.c(), offset, size_bytes, access));
  }
  /// All of a buffer.
  Result<void> bind(std::uint64_t va, const Buffer& buffer, std::uint32_t access) const {
    return bind(va, buffer, 0, buffer.size_bytes(), access);
  }
  Result<void> unbind(std::uint64_t va, std::uint64_t size_bytes) const {
    return detail::check(kestrel_vm_unbind(c(), va, size_bytes));
  }
};

inline Result<Buffer> Buffer::create_private(const Vm& vm, std::size_t size_bytes) {
  return detail::make<Buffer, kestrel_buffer>(kestrel_buffer_create_private, vm.c(), size_bytes);
}

/// The end of work.
class Fence : public detail::Owner<kestrel_fence, kestrel_fence_destroy> {
 public:
  using Owner::Owner;

  /// \param fd  a sync file; stays the caller's
  static Result<Fence> import(const Device& device, int fd) {
    return detail::make<Fence, kestrel_fence>(kestrel_fence_import, device.c(), fd);
  }

  /// \param timeout_ns  negative: as long as it takes
  Result<void> wait(std::int64_t timeout_ns = -1) const {
    return detail::check(kestrel_fence_wait(c(), timeout_ns));
  }
  Result<Fd> export_fd() const { return detail::export_fd(kestrel_fence_export, c()); }

  /// For a job that waits for it.
  kestrel_sync sync() const { return {.fence = c(), .timeline = nullptr, .point = 0}; }
};

/// A number that only grows.
class Timeline : public detail::Owner<kestrel_timeline, kestrel_timeline_destroy> {
 public:
  using Owner::Owner;

  static Result<Timeline> create(const Device& device) {
    return detail::make<Timeline, kestrel_timeline>(kestrel_timeline_create, device.c());
  }
  /// \param fd  of export_fd(); stays the caller's
  static Result<Timeline> import(const Device& device, int fd) {
    return detail::make<Timeline, kestrel_timeline>(kestrel_timeline_import, device.c(), fd);
  }

  Result<void> signal(std::uint64_t point) const {
    return detail::check(kestrel_timeline_signal(c(), point));
  }
  Result<std::uint64_t> value() const {
    return detail::ask<std::uint64_t>(kestrel_timeline_value, c());
  }
  /// \param timeout_ns  negative: as long as it takes
  Result<void> wait(std::uint64_t point, std::int64_t timeout_ns = -1) const {
    return detail::check(kestrel_timeline_wait(c(), point, timeout_ns));
  }
  Result<Fd> export_fd() const { return detail::export_fd(kestrel_timeline_export, c()); }

  /// For a job that waits for a point, or raises the timeline to it.
  kestrel_sync at(std::uint64_t point) const {
    return {.fence = nullptr, .timeline = c(), .point = point};
  }
};

/// Memory of a VM in which command buffers are built.
class Commands : public detail::Owner<kestrel_commands, kestrel_commands_destroy> {
 public:
  using Owner::Owner;

  static Result<Commands> create(const Vm& vm, std::uint64_t va, std::size_t size_bytes) {
    return detail::make<Commands, kestrel_commands>(kestrel_commands_create, vm.c(), va,
                                                    size_bytes);
  }

  /// \param records  whole commands of KESTREL_COMMAND_BYTES; what is left over is not appended
  Result<void> append(std::span<const std::byte> records) const {
    return detail::check(
        kestrel_commands_append(c(), records.data(), records.size() / KESTREL_COMMAND_BYTES));
  }
  Result<void> load(std::uint64_t va, std::uint32_t scratchpad, std::uint32_t size_bytes) const {
    return detail::check(kestrel_commands_load(c(), va, scratchpad, size_bytes));
  }
  Result<void> store(std::uint64_t va, std::uint32_t scratchpad, std::uint32_t size_bytes) const {
    return detail::check(kestrel_commands_store(c(), va, scratchpad, size_bytes));
  }
  Result<void> barrier() const { return detail::check(kestrel_commands_barrier(c())); }
  Result<kestrel_call> end() const { return detail::ask<kestrel_call>(kestrel_commands_end, c()); }
  void reset() const { kestrel_commands_reset(c()); }
};

/// Where jobs are submitted.
class Queue : public detail::Owner<kestrel_queue, kestrel_queue_destroy> {
 public:
  using Owner::Owner;

  static Result<Queue> create(const Vm& vm, kestrel_priority priority = KESTREL_PRIORITY_MEDIUM) {
    return detail::make<Queue, kestrel_queue>(kestrel_queue_create, vm.c(), priority);
  }

  /// \returns what ends with the job
  Result<Fence> submit(std::span<const kestrel_call> calls,
                       std::span<const kestrel_sync> waits = {},
                       std::span<const kestrel_sync> signals = {}) const {
    const kestrel_job job = {.calls = calls.data(),
                             .call_count = calls.size(),
                             .waits = waits.data(),
                             .wait_count = waits.size(),
                             .signals = signals.data(),
                             .signal_count = signals.size()};
    return detail::make<Fence, kestrel_fence>(kestrel_queue_submit, c(), &job);
  }

  Result<kestrel_queue_state> state() const {
    return detail::ask<kestrel_queue_state>(kestrel_queue_get_state, c());
  }
  Result<kestrel_counters> counters() const {
    return detail::ask<kestrel_counters>(kestrel_queue_counters, c());
  }
};

/// Starts a copy, of any alignment. \returns what ends with it
inline Result<Fence> copy(const Device& device, const Buffer& destination,
                          std::size_t destination_offset, const Buffer& source,
                          std::size_t source_offset, std::size_t length_bytes) {
  return detail::make<Fence, kestrel_fence>(kestrel_copy, device.c(), destination.c(),
                                            destination_offset, source.c(), source_offset,
                                            length_bytes);
}

}  // namespace kestrel
