// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/address_space.hpp"

#include <array>
#include <cstring>

namespace presil::kestrel {
namespace {

constexpr unsigned kRootLevel = 3;
constexpr std::uint64_t kEntryBytes = sizeof(TableEntry);
constexpr std::uint64_t kTableEntries = 512;
constexpr std::uint64_t kNanosecond = kPicosecondsPerNanosecond;

/// Offsets of the registers within a space's own.
constexpr std::uint32_t kConfig = 0;
constexpr std::uint32_t kRootLow = KESTREL_REG_SPACE_ROOT_LO(0) - KESTREL_REG_SPACE_CONFIG(0);
constexpr std::uint32_t kRootHigh = KESTREL_REG_SPACE_ROOT_HI(0) - KESTREL_REG_SPACE_CONFIG(0);

Failure refused(const Access& access, std::uint32_t fault, std::uint32_t response = kOkay) {
  return {.cause = KESTREL_ERROR_CAUSE_TRANSLATION,
          .response = response,
          .fault = fault,
          .access = access.kind,
          .addr = access.addr};
}

Failure failed(const Access& access, std::uint32_t response, bool is_write) {
  if (response == kOkay)
    return {};
  std::uint32_t cause = KESTREL_ERROR_CAUSE_READ_ERROR;
  if (is_write)
    cause = KESTREL_ERROR_CAUSE_WRITE_ERROR;
  else if (access.kind == KESTREL_ACCESS_FETCH)
    cause = KESTREL_ERROR_CAUSE_FETCH_ERROR;
  return {.cause = cause,
          .response = response,
          .fault = KESTREL_FAULT_NONE,
          .access = access.kind,
          .addr = access.addr};
}

}  // namespace

std::uint32_t AddressSpace::read(std::uint32_t offset) const {
  switch (offset) {
    case kConfig:
      return mode | pasid << KESTREL_SPACE_CONFIG_PASID_SHIFT;
    case kRootLow:
      return static_cast<std::uint32_t>(root);
    case kRootHigh:
      return static_cast<std::uint32_t>(root >> 32);
    default:
      return 0;
  }
}

void AddressSpace::write(std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case kConfig:
      mode = value & KESTREL_SPACE_CONFIG_MODE_MASK;
      pasid = value >> KESTREL_SPACE_CONFIG_PASID_SHIFT;
      break;
    case kRootLow:
      root = (root >> 32 << 32) | (value & KESTREL_SPACE_ROOT_LO_ADDR_MASK);
      break;
    case kRootHigh:
      root = static_cast<std::uint32_t>(root) |
             std::uint64_t{value & KESTREL_SPACE_ROOT_HI_ADDR_MASK} << 32;
      break;
    default:
      break;
  }
}

Outcome AddressSpaces::read(const Access& access, std::span<std::byte> data) {
  const Target target = translate(access, false);
  if (target.failure)
    return {.failure = target.failure, .latency_ps = target.latency_ps};
  std::array<std::byte, kBlockBytes> beats;
  const std::uint64_t bytes =
      burst_beats(access.addr, data.size()) * kBeatBytes - access.addr % kBeatBytes;
  const BusAnswer answer = bus_.read(target.addr, std::span(beats).first(bytes), target.user);
  std::memcpy(data.data(), beats.data(), data.size());
  return {.failure = failed(access, answer.response, false),
          .latency_ps = target.latency_ps + answer.latency_ps};
}

Outcome AddressSpaces::write(const Access& access, std::span<const std::byte> data) {
  const Target target = translate(access, true);
  if (target.failure)
    return {.failure = target.failure, .latency_ps = target.latency_ps};
  const BusAnswer answer = bus_.write(target.addr, data, target.user);
  return {.failure = failed(access, answer.response, true),
          .latency_ps = target.latency_ps + answer.latency_ps};
}

void AddressSpaces::clear() {
  spaces_ = {};
  tlb_.clear();
}

AddressSpaces::Target AddressSpaces::translate(const Access& access, bool is_write) {
  const AddressSpace& space = spaces_[access.space];
  Target target;
  target.addr = access.addr;
  target.user = access.is_privileged ? kUserPrivileged : 0;
  switch (space.mode) {
    case KESTREL_SPACE_MODE_BYPASS:
      return target;
    case KESTREL_SPACE_MODE_PASID:
      target.user |= kUserPasidValid | space.pasid;
      return target;
    case KESTREL_SPACE_MODE_TABLE:
      break;
    default:
      target.failure = refused(access, KESTREL_FAULT_SPACE_OFF);
      return target;
  }
  if (access.addr >> kVirtualBits != 0) {
    target.failure = refused(access, KESTREL_FAULT_NON_CANONICAL);
    return target;
  }
  if (const auto known = tlb_.look_up(access.space, access.addr, is_write)) {
    target.addr = *known;
    return target;
  }
  const std::uint32_t user = target.user;
  target = walk(access, space.root, is_write);
  target.user = user;
  ++counts_[kTlbMisses];
  counts_[kTranslation] += target.latency_ps / kNanosecond;
  return target;
}

AddressSpaces::Target AddressSpaces::walk(const Access& access, std::uint64_t root, bool is_write) {
  Target target;
  std::uint64_t table = root;
  for (unsigned level = kRootLevel;; --level) {
    // Where leaves may be, the whole line is read.
    const std::size_t entries = level <= 1 ? kLineEntries : kBeatBytes / kEntryBytes;
    const std::size_t index = access.addr / entry_span(level) % kTableEntries;
    const std::size_t first = index - index % entries;
    TableLine line;
    const BusAnswer answer =
        bus_.read(table + first * kEntryBytes,
                  std::as_writable_bytes(std::span(line).first(entries)), kUserPrivileged);
    target.latency_ps += answer.latency_ps;
    if (answer.response != kOkay) {
      target.failure = refused(access, KESTREL_FAULT_TABLE_BUS, answer.response);
      return target;
    }
    const TableEntry entry = line[index - first];
    if (const std::uint32_t fault = entry.fault(level); fault != KESTREL_FAULT_NONE) {
      target.failure = refused(access, fault);
      return target;
    }
    if (!entry.is_leaf()) {
      table = entry.addr();
      continue;
    }
    if (!entry.permits(is_write)) {
      target.failure = refused(access, KESTREL_FAULT_PERMISSION);
      return target;
    }
    tlb_.fill(access.space, access.addr, level, line);
    target.addr = entry.addr() | access.addr % entry_span(level);
    return target;
  }
}

}  // namespace presil::kestrel
