// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What the C interface's opaque types hold, and how results become numbers.
#pragma once

#include <cerrno>
#include <exception>
#include <expected>
#include <memory>
#include <utility>

#include <kestrel/kestrel.h>

#include "buffer.hpp"
#include "commands.hpp"
#include "copy.hpp"
#include "device.hpp"
#include "error.hpp"
#include "fence.hpp"
#include "queue.hpp"
#include "timeline.hpp"
#include "vm.hpp"

struct kestrel_device {
  std::shared_ptr<kestrel::internal::Device> device;
  std::shared_ptr<kestrel::internal::CopyEngine> copies;
};

struct kestrel_buffer {
  std::unique_ptr<kestrel::internal::Buffer> buffer;
};

struct kestrel_vm {
  std::shared_ptr<kestrel::internal::Vm> vm;
};

struct kestrel_queue {
  std::unique_ptr<kestrel::internal::Queue> queue;
};

struct kestrel_commands {
  std::unique_ptr<kestrel::internal::Commands> commands;
};

struct kestrel_fence {
  std::unique_ptr<kestrel::internal::Fence> fence;
};

struct kestrel_timeline {
  std::unique_ptr<kestrel::internal::Timeline> timeline;
};

namespace kestrel::internal {

/// Keeps the text for kestrel_last_error(). \returns the number for the caller
int fail(const Error& error);
/// Memory is out, even for a text.
int fail_without_memory();

/// Runs a function that gives a Result<void>. The only exception of this library is that memory is
/// out.
template <typename Function>
int guarded(Function function) noexcept {
  try {
    Result<void> result = function();
    return result ? 0 : fail(result.error());
  } catch (const std::exception&) {
    return fail_without_memory();
  }
}

/// Hands the object in a result over to the caller, in its C wrapper.
template <typename Wrapper, typename Pointer>
Result<void> give(Result<Pointer> made, Wrapper** out) {
  if (!made)
    return std::unexpected(made.error());
  *out = new Wrapper{std::move(*made)};
  return {};
}

/// Hands a value over.
template <typename Value, typename Out>
Result<void> give_value(Result<Value> made, Out* out) {
  if (!made)
    return std::unexpected(made.error());
  *out = *made;
  return {};
}

/// The counters as the C interface gives them.
Result<void> give_counters(const Result<drm_kestrel_counter_values>& values,
                           kestrel_counters* counters);

}  // namespace kestrel::internal
