// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "device_machine.hpp"

#include <kestrel_regs.h>

#include <algorithm>
#include <array>
#include <format>
#include <string_view>
#include <utility>

#include "profile.hpp"

namespace kestrel::run {
namespace {

constexpr std::uint64_t kCommandBytes = KESTREL_COMMAND_BYTES;

/// By KESTREL_ERROR_CAUSE_*.
constexpr auto kCauses = std::to_array<std::string_view>(
    {"none", "illegal opcode", "illegal field", "privileged", "fetch error", "read error",
     "write error", "ring configuration", "ring overrun", "operand range", "translation", "parity",
     "budget"});
static_assert(kCauses.size() == KESTREL_ERROR_CAUSE_BUDGET + 1);

kestrel_counters difference(const kestrel_counters& after, const kestrel_counters& before) {
  kestrel_counters result;
  for (const auto counter : kCounters)
    result.*counter = after.*counter - before.*counter;
  return result;
}

}  // namespace

Outcome<std::unique_ptr<DeviceMachine>> DeviceMachine::create(const Device& device,
                                                              const nn::Program& program) {
  auto vm = Vm::create(device);
  if (!vm)
    return std::unexpected("an address space: " + vm.error().text);
  auto queue = Queue::create(*vm);
  if (!queue)
    return std::unexpected("a queue: " + queue.error().text);
  const auto job_calls = device.get(KESTREL_JOB_CALLS_MAX);
  if (!job_calls)
    return std::unexpected(job_calls.error().text);
  std::unique_ptr<DeviceMachine> machine(
      new DeviceMachine(program, *std::move(vm), *std::move(queue)));
  machine->job_calls_ = std::max<std::size_t>(*job_calls, 1);
  return machine;
}

nn::Result<std::span<std::byte>> DeviceMachine::map(const nn::Region& region) {
  const auto failed = [&region](const Error& error) {
    return std::unexpected(
        nn::Error{std::format("memory of {} bytes: {}", region.size_bytes, error.text)});
  };
  auto buffer = Buffer::create_private(vm_, region.size_bytes);
  if (!buffer)
    return failed(buffer.error());
  if (auto bound = vm_.bind(region.address, *buffer, KESTREL_READ | KESTREL_WRITE); !bound)
    return failed(bound.error());
  buffers_.push_back(*std::move(buffer));
  return buffers_.back().bytes();
}

nn::Result<void> DeviceMachine::run(std::span<const nn::CommandBuffer> buffers) {
  counts_.clear();
  const auto text = [](const Error& error) { return nn::Error{error.text}; };
  if (auto handed = sync(KESTREL_TO_DEVICE); !handed)
    return std::unexpected(text(handed.error()));
  if (auto ran = is_counting_ ? run_counted(buffers) : submit(buffers); !ran)
    return ran;
  return sync(KESTREL_TO_CPU).transform_error(text);
}

Result<void> DeviceMachine::sync(kestrel_direction direction) const {
  for (const Buffer& buffer : buffers_) {
    if (auto synced = buffer.sync(direction); !synced)
      return synced;
  }
  return {};
}

nn::Result<void> DeviceMachine::submit(std::span<const nn::CommandBuffer> buffers) {
  struct Job {
    std::span<const nn::CommandBuffer> buffers;
    Fence fence;
  };
  std::vector<Job> jobs;
  while (!buffers.empty()) {
    const auto part = buffers.first(std::min(buffers.size(), job_calls_));
    std::vector<kestrel_call> calls;
    for (const nn::CommandBuffer& buffer : part) {
      calls.push_back({.va = buffer.address,
                       .size_bytes = static_cast<std::uint32_t>(buffer.size_bytes),
                       .pad = 0});
    }
    auto fence = queue_.submit(calls);
    if (!fence)
      return std::unexpected(failed(fence.error(), part));
    jobs.push_back({part, *std::move(fence)});
    buffers = buffers.subspan(part.size());
  }
  // In order, so that the first one that failed is the one that is told of.
  for (const Job& job : jobs) {
    if (auto waited = job.fence.wait(); !waited)
      return std::unexpected(failed(waited.error(), job.buffers));
  }
  return {};
}

nn::Result<void> DeviceMachine::run_counted(std::span<const nn::CommandBuffer> buffers) {
  const auto unread = [](const Error& error) {
    return std::unexpected(nn::Error{"reading the counters: " + error.text});
  };
  auto before = queue_.counters();
  if (!before)
    return unread(before.error());
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    if (auto ran = submit(buffers.subspan(i, 1)); !ran)
      return ran;
    const auto after = queue_.counters();
    if (!after)
      return unread(after.error());
    counts_.push_back(difference(*after, *before));
    before = after;
  }
  return {};
}

nn::Error DeviceMachine::failed(const Error& error, std::span<const nn::CommandBuffer> job) const {
  const auto state = queue_.state();
  if (!state || state->has_fault == 0 || state->call >= job.size()) {
    // Nobody knows which of the job's it was, above all when the device is gone.
    const nn::CommandBuffer& back = job.back();
    const std::string first = layer_at(job.front().address),
                      last = layer_at(back.address + back.size_bytes - kCommandBytes);
    return {first == last ? std::format("{}: {}", first, error.text)
                          : std::format("{} to {}: {}", first, last, error.text)};
  }
  const nn::CommandBuffer& buffer = job[state->call];
  const auto name = state->cause < kCauses.size() ? kCauses[state->cause] : "unknown";
  return {std::format(
      "{}: {}; the device reports cause {} ({}) at command {}, opcode {}, address {:#x}",
      layer_at(buffer.address + state->offset), error.text, state->cause, name,
      state->offset / kCommandBytes, state->opcode, state->va)};
}

std::string DeviceMachine::layer_at(std::uint64_t address) const {
  const auto found = std::ranges::find_if(program_->layers, [address](const nn::Layer& layer) {
    return address >= layer.address && address - layer.address < layer.size_bytes;
  });
  if (found == program_->layers.end())
    return std::format("commands at {:#x}", address);
  return std::format("node '{}' ({})", found->node, found->type);
}

}  // namespace kestrel::run
