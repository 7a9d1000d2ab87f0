// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What FakeKernel keeps for clients, and what its sources share.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "fake_kernel.hpp"

/// Memory of a buffer object. It is the device's to reach as long as it lives.
struct FakeKernel::Memory {
  Memory(FakeAccelerator& to, std::size_t size)
      : accelerator(to),
        bytes(static_cast<std::byte*>(std::aligned_alloc(FakeAccelerator::kPageBytes, size)), size),
        bus_address(to.add_memory(bytes)) {
    std::memset(bytes.data(), 0, size);
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() {
    accelerator.remove_memory(bus_address);
    std::free(bytes.data());
  }

  FakeAccelerator& accelerator;
  const std::span<std::byte> bytes;
  const std::uint64_t bus_address;
  std::weak_ptr<Vm> owner;  // VM that it is private to, if `is_private`.
  bool is_private = false;
  bool is_foreign = false;  // Another driver's.
  bool can_be_mapped = true;
};

/// Its mappings keep memory alive.
struct FakeKernel::Vm {
  explicit Vm(FakeAccelerator& of) : accelerator(of), table(of.add_table()) {}
  Vm(const Vm&) = delete;
  Vm& operator=(const Vm&) = delete;

  FakeAccelerator& accelerator;
  const std::size_t table;
  std::map<std::uint64_t, MemoryPtr> pages;  // By address.
  std::optional<std::uint32_t> space;        // Of the hardware, while there are queues.
  std::size_t queues = 0;
};

struct FakeKernel::Job {
  std::size_t number;  // From 1.
  std::vector<FakeAccelerator::Call> calls;
  FakeFences waits;
  FakeFencePtr end;
};

/// Gives its part of the hardware back when it goes.
struct FakeKernel::Queue {
  Queue(VmPtr in, std::uint32_t number) : vm(std::move(in)), hardware(number) {}
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue() {
    vm->accelerator.release_queue(hardware);
    if (--vm->queues == 0) {
      vm->accelerator.release_space(*vm->space);
      vm->space.reset();
    }
  }

  const VmPtr vm;
  const std::uint32_t hardware;
  std::deque<Job> jobs;  // That have not ended.
  bool is_lost = false;
  int error = 0;
  std::uint64_t done = 0;
  std::optional<FakeAccelerator::Outcome> failure;
};

/// An open device. Numbers count up and are not used again.
struct FakeKernel::Client {
  std::uint32_t next_id = 1;
  std::map<std::uint32_t, MemoryPtr> handles;
  std::map<std::uint32_t, VmPtr> vms;
  std::map<std::uint32_t, QueuePtr> queues;
  std::map<std::uint32_t, SyncobjPtr> syncobjs;
};

/// Behind a descriptor: one of these.
struct FakeKernel::File {
  std::unique_ptr<Client> client;  // The device.
  MemoryPtr dma_buf;
  SyncobjPtr syncobj;
  std::optional<FakeFences> sync_file;
};

namespace fake_kernel {

constexpr std::uint64_t kOffsetOfHandle = 0x1'0000'0000;  // mmap() offset = handle times this.

template <typename T>
T& as(void* argument) {
  return *static_cast<T*>(argument);
}

/// An element of a map, or a null pointer.
template <typename Value>
std::shared_ptr<Value> find(const std::map<std::uint32_t, std::shared_ptr<Value>>& from,
                            std::uint32_t id) {
  const auto found = from.find(id);
  return found != from.end() ? found->second : nullptr;
}

}  // namespace fake_kernel
