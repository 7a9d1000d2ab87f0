// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// KestrelJob: memory with one job for the reference accelerator in it, and what starts that job.
#pragma once

#include <kestrel_regs.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "testbench/support/kestrel_program.hpp"
#include "testbench/support/kestrel_queue.hpp"
#include "testbench/support/kestrel_records.hpp"
#include "testbench/support/page_tables.hpp"

namespace presil::bench {

/// Flat memory at bus address 0 with a ring of a CALL and a FENCE, the CALL's command buffer, and
/// all that it reads. Command buffer and data are in an address space of 4 KiB pages, no two of
/// which are neighbours on the bus.
class KestrelJob : private testbench::KestrelPort {
 public:
  /// Where a program's data has to lie, in the job's address space.
  static constexpr std::uint64_t kBase = 0x5a5a'4000'0000;

  /// \param program  made for kBase
  explicit KestrelJob(testbench::KestrelProgram program)
      : program_(std::move(program)), commands_at_(round_up(end_of(program_))) {
    const std::uint64_t end = round_up(commands_at_ + program_.commands.size() * sizeof(Record));
    pages_ = std::bit_ceil((end - kBase) / kPageBytes);
    memory_.resize(kPages + pages_ * kPageBytes);
    using testbench::PageTables;
    PageTables tables(
        kTables,
        [this](std::uint64_t addr) {
          std::uint64_t entry = 0;
          std::memcpy(&entry, at(addr, sizeof(entry)).data(), sizeof(entry));
          return entry;
        },
        [this](std::uint64_t addr, std::uint64_t entry) {
          write_memory(addr, std::as_bytes(std::span(&entry, 1)));
        });
    for (std::uint64_t va = kBase; va < end; va += kPageBytes)
      tables.map(va, bus_address(va), PageTables::kRead | PageTables::kWrite);
    for (const auto& input : program_.inputs)
      write_virtual(input.addr, input.bytes);
    write_virtual(commands_at_, std::as_bytes(std::span(program_.commands)));
    prepare();
  }

  /// Register writes after a reset, in order: offset and value. The last rings the doorbell.
  [[nodiscard]] std::span<const std::pair<std::uint32_t, std::uint32_t>> register_writes() const {
    return register_writes_;
  }

  /// The bytes at bus address `addr`; empty when they do not lie in this memory.
  std::span<std::byte> at(std::uint64_t addr, std::size_t bytes) {
    if (addr > memory_.size() || bytes > memory_.size() - addr)
      return {};
    return std::span(memory_).subspan(addr, bytes);
  }

  /// The results are right, and the fence was written. Forgets both for the next time.
  bool take_result() {
    bool right = memory_[kFence] == std::byte{1};
    memory_[kFence] = std::byte{0};
    for (const auto& result : program_.results) {
      for_each_page(result.addr, result.bytes.size(),
                    [&](std::uint64_t addr, std::size_t offset, std::size_t bytes) {
                      const auto place = at(addr, bytes);
                      right &= std::memcmp(place.data(), &result.bytes[offset], bytes) == 0;
                      std::ranges::fill(place, std::byte{0});
                    });
    }
    return right;
  }

  [[nodiscard]] std::uint64_t macs() const { return program_.macs; }

 private:
  using Record = testbench::KestrelRecord;

  static constexpr std::uint64_t kPageBytes = testbench::PageTables::kPageBytes;
  static constexpr std::uint64_t kRing = 0x1000, kFence = 0x2000, kTables = 0x3000;
  static constexpr std::uint64_t kPages = 0x10'0000;
  static constexpr std::uint32_t kSpace = 1;

  static std::uint64_t round_up(std::uint64_t addr) {
    return (addr + kPageBytes - 1) / kPageBytes * kPageBytes;
  }

  static std::uint64_t end_of(const testbench::KestrelProgram& program) {
    std::uint64_t end = kBase;
    for (const auto* regions : {&program.inputs, &program.results}) {
      for (const auto& region : *regions)
        end = std::max<std::uint64_t>(end, region.addr + region.bytes.size());
    }
    return end;
  }

  /// A multiple that is odd mixes a power of two of pages, and loses none.
  [[nodiscard]] std::uint64_t bus_address(std::uint64_t va) const {
    constexpr std::uint64_t kMix = 37;
    const std::uint64_t page = (va - kBase) / kPageBytes;
    return kPages + page * kMix % pages_ * kPageBytes + va % kPageBytes;
  }

  /// Calls `function(bus address, offset from va, bytes)` for each piece within a page.
  template <typename Function>
  void for_each_page(std::uint64_t va, std::size_t bytes, Function function) const {
    for (std::size_t done = 0; done < bytes;) {
      const std::uint64_t left = kPageBytes - (va + done) % kPageBytes;
      const auto piece = std::min<std::size_t>(left, bytes - done);
      function(bus_address(va + done), done, piece);
      done += piece;
    }
  }

  void write_virtual(std::uint64_t va, std::span<const std::byte> bytes) {
    for_each_page(va, bytes.size(), [&](std::uint64_t addr, std::size_t offset, std::size_t piece) {
      write_memory(addr, bytes.subspan(offset, piece));
    });
  }

  void prepare() {
    write_register(KESTREL_REG_SPACE_CONFIG(0), KESTREL_SPACE_MODE_BYPASS);
    write_register(KESTREL_REG_SPACE_ROOT_LO(kSpace), static_cast<std::uint32_t>(kTables));
    write_register(KESTREL_REG_SPACE_CONFIG(kSpace), KESTREL_SPACE_MODE_TABLE);
    write_register(KESTREL_REG_IRQ_ENABLE, KESTREL_IRQ_ENABLE_VECTORS_MASK);
    testbench::KestrelQueue queue(*this, 0, {.ring = kRing, .space = kSpace});
    queue.start();
    const auto bytes = static_cast<std::uint32_t>(program_.commands.size() * sizeof(Record));
    queue.push(testbench::kestrel_call(commands_at_, bytes));
    queue.push(testbench::kestrel_fence(kFence, 1));
    queue.ring();
  }

  void write_register(std::uint32_t offset, std::uint32_t value) override {
    register_writes_.emplace_back(offset, value);
  }
  void write_memory(std::uint64_t addr, std::span<const std::byte> bytes) override {
    std::ranges::copy(bytes, at(addr, bytes.size()).begin());
  }

  const testbench::KestrelProgram program_;
  const std::uint64_t commands_at_;
  std::uint64_t pages_ = 0;
  std::vector<std::byte> memory_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> register_writes_;
};

}  // namespace presil::bench
