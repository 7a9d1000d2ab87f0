// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/queues.hpp"

#include <algorithm>

namespace presil::kestrel {
namespace {

constexpr std::uint32_t kHighestLevel = 3;
constexpr std::uint32_t kMostPasses = 15, kPassesOfLevel = 4;

/// Offset of a register within a queue's own.
constexpr std::uint32_t own(std::uint32_t offset_in_queue_0) {
  return offset_in_queue_0 - KESTREL_REG_QUEUE_CONFIG(0);
}

constexpr std::uint32_t kConfigBits =
    KESTREL_QUEUE_CONFIG_ENABLE | KESTREL_QUEUE_CONFIG_USER | KESTREL_QUEUE_CONFIG_STALL_FAULTS |
    KESTREL_QUEUE_CONFIG_WRITE_STATUS | KESTREL_QUEUE_CONFIG_SPACE_MASK |
    KESTREL_QUEUE_CONFIG_PRIO_MASK | KESTREL_QUEUE_CONFIG_VECTOR_MASK |
    KESTREL_QUEUE_CONFIG_RING_LOG2_MASK;

std::uint32_t low(std::uint64_t value) {
  return static_cast<std::uint32_t>(value);
}
std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}
std::uint64_t with_low(std::uint64_t value, std::uint32_t half) {
  return (value >> 32 << 32) | half;
}
std::uint64_t with_high(std::uint64_t value, std::uint32_t half) {
  return low(value) | std::uint64_t{half} << 32;
}

std::uint32_t status(const Queue& queue, bool is_running) {
  const auto if_set = [](bool condition, std::uint32_t bit) { return condition ? bit : 0; };
  return if_set(queue.head != queue.tail, KESTREL_QUEUE_STATUS_PENDING) |
         if_set(is_running, KESTREL_QUEUE_STATUS_RUNNING) |
         if_set(queue.is_parked, KESTREL_QUEUE_STATUS_PARKED) |
         if_set(queue.is_suspended && !is_running, KESTREL_QUEUE_STATUS_SUSPENDED) |
         if_set(queue.has_error, KESTREL_QUEUE_STATUS_ERROR) |
         if_set(queue.is_stalled, KESTREL_QUEUE_STATUS_FAULT_STALLED) |
         if_set(queue.is_resetting, KESTREL_QUEUE_STATUS_RESETTING);
}

std::uint32_t cause(const Error& error) {
  return error.failure.cause << KESTREL_QUEUE_ERROR_CAUSE_CAUSE_SHIFT |
         error.failure.response << KESTREL_QUEUE_ERROR_CAUSE_RESP_SHIFT |
         error.failure.fault << KESTREL_QUEUE_ERROR_CAUSE_FAULT_SHIFT |
         error.failure.access << KESTREL_QUEUE_ERROR_CAUSE_ACCESS_SHIFT |
         error.opcode << KESTREL_QUEUE_ERROR_CAUSE_OPCODE_SHIFT |
         (error.is_in_call ? KESTREL_QUEUE_ERROR_CAUSE_IN_CALL : 0);
}

}  // namespace

std::uint32_t Queues::read(std::uint32_t queue, std::uint32_t offset, bool is_running) const {
  const Queue& q = queues_[queue];
  const Error error = q.has_error || q.is_stalled ? q.error : Error{};
  switch (offset) {
    case own(KESTREL_REG_QUEUE_CONFIG(0)):
      return q.config;
    case own(KESTREL_REG_QUEUE_RING_BASE_LO(0)):
      return low(q.ring_base);
    case own(KESTREL_REG_QUEUE_RING_BASE_HI(0)):
      return high(q.ring_base);
    case own(KESTREL_REG_QUEUE_STATUS_ADDR_LO(0)):
      return low(q.status_addr);
    case own(KESTREL_REG_QUEUE_STATUS_ADDR_HI(0)):
      return high(q.status_addr);
    case own(KESTREL_REG_QUEUE_BUDGET(0)):
      return q.budget_ns;
    case own(KESTREL_REG_QUEUE_STATUS(0)):
      return status(q, is_running);
    case own(KESTREL_REG_QUEUE_HEAD(0)):
      return q.head;
    case own(KESTREL_REG_QUEUE_TAIL(0)):
      return q.tail;
    case own(KESTREL_REG_QUEUE_ERROR_CAUSE(0)):
      return cause(error);
    case own(KESTREL_REG_QUEUE_ERROR_INDEX(0)):
      return error.index;
    case own(KESTREL_REG_QUEUE_ERROR_OFFSET(0)):
      return error.offset;
    case own(KESTREL_REG_QUEUE_ERROR_ADDR_LO(0)):
      return low(error.failure.addr);
    case own(KESTREL_REG_QUEUE_ERROR_ADDR_HI(0)):
      return high(error.failure.addr);
    default:
      return 0;
  }
}

void Queues::write(std::uint32_t queue, std::uint32_t offset, std::uint32_t value) {
  Queue& q = queues_[queue];
  switch (offset) {
    case own(KESTREL_REG_QUEUE_CONFIG(0)):
      q.config = value & kConfigBits;
      break;
    case own(KESTREL_REG_QUEUE_RING_BASE_LO(0)):
      q.ring_base = with_low(q.ring_base, value);
      break;
    case own(KESTREL_REG_QUEUE_RING_BASE_HI(0)):
      q.ring_base = with_high(q.ring_base, value);
      break;
    case own(KESTREL_REG_QUEUE_STATUS_ADDR_LO(0)):
      q.status_addr = with_low(q.status_addr, value & KESTREL_QUEUE_STATUS_ADDR_LO_ADDR_MASK);
      break;
    case own(KESTREL_REG_QUEUE_STATUS_ADDR_HI(0)):
      q.status_addr = with_high(q.status_addr, value);
      break;
    case own(KESTREL_REG_QUEUE_BUDGET(0)):
      q.budget_ns = value;
      break;
    default:
      break;  // Read-only, or nothing there.
  }
}

void Queues::reset(std::uint32_t queue) {
  queues_[queue] = {};
  passes_[queue] = 0;
}

void Queues::unpark() {
  for (Queue& queue : queues_)
    queue.is_parked = false;
}

bool Queues::any_ready() const {
  return std::ranges::any_of(queues_, &Queue::is_ready);
}

std::uint32_t Queues::error_queues() const {
  std::uint32_t queues = 0;
  for (std::uint32_t i = 0; i < kQueues; ++i)
    queues |= static_cast<std::uint32_t>(queues_[i].has_error || queues_[i].is_stalled) << i;
  return queues;
}

std::uint32_t Queues::level(std::uint32_t queue) const {
  return std::min(kHighestLevel, queues_[queue].priority() + passes_[queue] / kPassesOfLevel);
}

std::optional<std::uint32_t> Queues::pick() {
  std::optional<std::uint32_t> best;
  for (std::uint32_t i = 1; i <= kQueues; ++i) {
    const std::uint32_t queue = (picked_ + i) % kQueues;
    if (queues_[queue].is_ready() && (!best || level(queue) > level(*best)))
      best = queue;
  }
  if (!best)
    return best;
  for (std::uint32_t i = 0; i < kQueues; ++i) {
    if (queues_[i].is_ready())
      passes_[i] = std::min(kMostPasses, passes_[i] + 1);
  }
  passes_[*best] = 0;
  picked_ = *best;
  return best;
}

}  // namespace presil::kestrel
