// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "fake_accelerator.hpp"

#include <kestrel_regs.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <stdexcept>

using presil::kestrel::BusAnswer;
using presil::kestrel::Counts;
using presil::testbench::PageTables;

namespace {

constexpr std::uint32_t kRingLog2 = 10;
constexpr std::uint32_t kRingRecords = 1u << kRingLog2;

// Bus addresses.
constexpr std::uint64_t kRings = 0x100'0000, kRingBytes = kRingRecords * KESTREL_RECORD_BYTES;
constexpr std::uint64_t kFences = 0x800'0000;
constexpr std::uint64_t kTables = 0x1'0000'0000, kTableBytes = 0x1'0000'0000;
constexpr std::uint64_t kOutside = 0x1'0000'0000'0000;

constexpr std::uint32_t kPrioritiesOfDevice = 4;

std::uint64_t ring_of(std::uint32_t queue) {
  return kRings + queue * kRingBytes;
}

std::uint32_t low(std::uint64_t value) {
  return static_cast<std::uint32_t>(value);
}
std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}

std::uint32_t field(std::uint32_t word, std::uint32_t mask, std::uint32_t shift) {
  return (word & mask) >> shift;
}

}  // namespace

// ---------------------------------------------------------------------------------------- memory

std::span<std::byte> FakeAccelerator::Memory::find(std::uint64_t addr, std::size_t bytes) const {
  const auto after = outside.upper_bound(addr);
  if (after == outside.begin())
    return {};
  const auto& [begin, memory] = *std::prev(after);
  if (addr - begin >= memory.size() || memory.size() - (addr - begin) < bytes)
    return {};
  return memory.subspan(addr - begin, bytes);
}

BusAnswer FakeAccelerator::Memory::read(std::uint64_t addr, std::span<std::byte> data,
                                        std::uint32_t) {
  if (addr < kOutside) {
    own.read(addr, {reinterpret_cast<std::uint8_t*>(data.data()), data.size()});
    return {};
  }
  const auto place = find(addr, data.size());
  if (place.empty())
    return {.response = presil::kestrel::kDecerr, .latency_ps = 0};
  std::ranges::copy(place, data.begin());
  return {};
}

BusAnswer FakeAccelerator::Memory::write(std::uint64_t addr, std::span<const std::byte> data,
                                         std::uint32_t) {
  if (addr < kOutside) {
    own.write(addr, {reinterpret_cast<const std::uint8_t*>(data.data()), data.size()});
    return {};
  }
  const auto place = find(addr, data.size());
  if (place.empty())
    return {.response = presil::kestrel::kDecerr, .latency_ps = 0};
  std::ranges::copy(data, place.begin());
  return {};
}

FakeAccelerator::FakeAccelerator()
    : device_(memory_, [](std::uint32_t) {}), next_memory_(kOutside) {
  write(KESTREL_REG_SPACE_CONFIG(0), KESTREL_SPACE_MODE_BYPASS);
}

std::uint64_t FakeAccelerator::add_memory(std::span<std::byte> memory) {
  const std::uint64_t bus_address = next_memory_;
  // A hole behind it, so that whoever leaves it meets nobody.
  next_memory_ += memory.size() + kPageBytes;
  memory_.outside.emplace(bus_address, memory);
  return bus_address;
}

void FakeAccelerator::remove_memory(std::uint64_t bus_address) {
  memory_.outside.erase(bus_address);
}

// ----------------------------------------------------------------------------------- page tables

std::size_t FakeAccelerator::add_table() {
  tables_.emplace_back(kTables + tables_.size() * kTableBytes, memory_.own);
  return tables_.size() - 1;
}

void FakeAccelerator::set_page(std::size_t table, std::uint64_t va, std::uint64_t bus_address,
                               std::uint64_t permissions) {
  if (permissions != 0) {
    tables_[table].map(va, bus_address, permissions);
  } else {
    tables_[table].put(va, 0, 0);
  }
}

// ---------------------------------------------------------------------------- spaces and queues

std::optional<std::uint32_t> FakeAccelerator::take_space(std::size_t table) {
  const auto free = std::ranges::find(is_space_taken_, false);
  if (free == is_space_taken_.end())
    return std::nullopt;
  *free = true;
  const auto space = static_cast<std::uint32_t>(free - is_space_taken_.begin()) + 1;
  const std::uint64_t root = tables_[table].root();
  write(KESTREL_REG_SPACE_ROOT_LO(space), low(root));
  write(KESTREL_REG_SPACE_ROOT_HI(space), high(root));
  write(KESTREL_REG_SPACE_CONFIG(space), KESTREL_SPACE_MODE_TABLE);
  return space;
}

void FakeAccelerator::release_space(std::uint32_t space) {
  write(KESTREL_REG_SPACE_CONFIG(space), KESTREL_SPACE_MODE_OFF);
  write(KESTREL_REG_INVALIDATE, space << KESTREL_INVALIDATE_SPACE_SHIFT | KESTREL_INVALIDATE_GO);
  is_space_taken_[space - 1] = false;
}

void FakeAccelerator::invalidate(std::uint32_t space, std::uint64_t first, std::uint64_t last) {
  write(KESTREL_REG_INVALIDATE_FIRST_LO, low(first));
  write(KESTREL_REG_INVALIDATE_FIRST_HI, high(first));
  write(KESTREL_REG_INVALIDATE_LAST_LO, low(last));
  write(KESTREL_REG_INVALIDATE_LAST_HI, high(last));
  write(KESTREL_REG_INVALIDATE,
        space << KESTREL_INVALIDATE_SPACE_SHIFT | KESTREL_INVALIDATE_RANGE | KESTREL_INVALIDATE_GO);
}

std::optional<std::uint32_t> FakeAccelerator::take_queue(std::uint32_t space,
                                                         std::uint32_t priority) {
  const auto free = std::ranges::find(queues_, false, &Queue::is_taken);
  if (free == queues_.end())
    return std::nullopt;
  *free = {.is_taken = true};
  const auto queue = static_cast<std::uint32_t>(free - queues_.begin());
  write(KESTREL_REG_QUEUE_CONTROL(queue), KESTREL_QUEUE_CONTROL_RESET);
  write(KESTREL_REG_QUEUE_RING_BASE_LO(queue), low(ring_of(queue)));
  write(KESTREL_REG_QUEUE_RING_BASE_HI(queue), high(ring_of(queue)));
  write(KESTREL_REG_QUEUE_BUDGET(queue), kBudgetNs);
  write(KESTREL_REG_QUEUE_CONFIG(queue),
        KESTREL_QUEUE_CONFIG_ENABLE | space << KESTREL_QUEUE_CONFIG_SPACE_SHIFT |
            std::min(priority, kPrioritiesOfDevice - 1) << KESTREL_QUEUE_CONFIG_PRIO_SHIFT |
            kRingLog2 << KESTREL_QUEUE_CONFIG_RING_LOG2_SHIFT);
  return queue;
}

void FakeAccelerator::release_queue(std::uint32_t queue) {
  write(KESTREL_REG_QUEUE_CONTROL(queue), KESTREL_QUEUE_CONTROL_RESET);
  write(KESTREL_REG_QUEUE_CONFIG(queue), 0);
  queues_[queue].is_taken = false;
}

void FakeAccelerator::push(std::uint32_t queue, std::uint32_t opcode, std::uint32_t size,
                           std::uint64_t addr, std::uint64_t value) {
  const std::uint64_t record =
      ring_of(queue) + queues_[queue].pushed++ % kRingRecords * KESTREL_RECORD_BYTES;
  const std::array<std::uint8_t, KESTREL_RECORD_BYTES> zeros = {};
  memory_.own.write(record, zeros);
  memory_.own.write32(record + KESTREL_CONTROL_HEADER, opcode);
  memory_.own.write32(record + KESTREL_CONTROL_SIZE, size);
  memory_.own.write64(record + KESTREL_CONTROL_ADDR_LO, addr);
  memory_.own.write64(record + KESTREL_CONTROL_VALUE_LO, value);
}

FakeAccelerator::Outcome FakeAccelerator::run(std::uint32_t queue, std::span<const Call> calls) {
  if (calls.size() >= kRingRecords)
    throw std::logic_error("more calls than a ring has records");
  const std::uint32_t first = queues_[queue].pushed;
  for (const Call& call : calls)
    push(queue, KESTREL_OPCODE_CALL, call.size_bytes, call.va, 0);
  push(queue, KESTREL_OPCODE_FENCE, 0, kFences + 8 * queue, first);
  write(KESTREL_REG_DOORBELL_TAIL(queue), queues_[queue].pushed);
  device_.run_until_idle();

  if ((read(KESTREL_REG_QUEUE_STATUS(queue)) & KESTREL_QUEUE_STATUS_ERROR) == 0) {
    if (read(KESTREL_REG_QUEUE_HEAD(queue)) != queues_[queue].pushed)
      throw std::logic_error("a queue stopped without an error");
    return {};
  }
  const std::uint32_t cause = read(KESTREL_REG_QUEUE_ERROR_CAUSE(queue));
  Outcome outcome;
  outcome.cause =
      field(cause, KESTREL_QUEUE_ERROR_CAUSE_CAUSE_MASK, KESTREL_QUEUE_ERROR_CAUSE_CAUSE_SHIFT);
  outcome.fault =
      field(cause, KESTREL_QUEUE_ERROR_CAUSE_FAULT_MASK, KESTREL_QUEUE_ERROR_CAUSE_FAULT_SHIFT);
  outcome.access =
      field(cause, KESTREL_QUEUE_ERROR_CAUSE_ACCESS_MASK, KESTREL_QUEUE_ERROR_CAUSE_ACCESS_SHIFT);
  outcome.opcode =
      field(cause, KESTREL_QUEUE_ERROR_CAUSE_OPCODE_MASK, KESTREL_QUEUE_ERROR_CAUSE_OPCODE_SHIFT);
  outcome.call = read(KESTREL_REG_QUEUE_ERROR_INDEX(queue)) - first;
  outcome.offset = read(KESTREL_REG_QUEUE_ERROR_OFFSET(queue));
  outcome.va = read(KESTREL_REG_QUEUE_ERROR_ADDR_LO(queue)) |
               std::uint64_t{read(KESTREL_REG_QUEUE_ERROR_ADDR_HI(queue))} << 32;
  queues_[queue].lost_counts = queue_counts(queue);
  write(KESTREL_REG_QUEUE_CONTROL(queue), KESTREL_QUEUE_CONTROL_RESET);
  return outcome;
}

// -------------------------------------------------------------------------------------- counters

Counts FakeAccelerator::queue_counts(std::uint32_t queue) {
  Counts sum = counts(queue);
  for (std::size_t i = 0; i < sum.size(); ++i)
    sum[i] += queues_[queue].lost_counts[i];
  return sum;
}

Counts FakeAccelerator::counts(std::uint32_t row) {
  write(KESTREL_REG_COUNTER_SNAPSHOT, row | KESTREL_COUNTER_SNAPSHOT_GO);
  Counts values = {};
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    const std::uint32_t offset = KESTREL_REG_COUNT_RECORDS_LO + 8 * i;
    values[i] = read(offset) | std::uint64_t{read(offset + 4)} << 32;
  }
  return values;
}
