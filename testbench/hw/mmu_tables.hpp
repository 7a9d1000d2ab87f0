// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// PageTables: kestrel's page tables in a memory, and what they say by the programmer's view alone.
#pragma once

#include <kestrel_regs.h>

#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "axi_memory.hpp"

namespace presil::testbench {

constexpr std::uint64_t kPteValid = 1, kPteRead = 2, kPteWrite = 4, kPteLeaf = 8;
constexpr std::uint64_t kSmallPage = 4096, kBigPage = 2 << 20;

/// Configuration of an address space.
struct Space {
  unsigned mode = KESTREL_SPACE_MODE_OFF;
  std::uint32_t pasid = 0;
  std::uint64_t root = 0;  ///< address
};

/// What becomes of an access: a fault, or an address and the PASID bits of AxUSER.
struct Outcome {
  unsigned fault = KESTREL_FAULT_NONE;
  unsigned resp = 0;
  std::uint64_t addr = 0;
  std::uint32_t user = 0;
  auto operator<=>(const Outcome&) const = default;
};

/// Page tables from address `begin` on, one page each. Entries that are changed while changes are
/// noted (from note_changes() to forget_changes()) count with each value that they had: an access
/// may meet any of them.
class PageTables {
 public:
  PageTables(AxiMemory& memory, std::uint64_t begin) : memory_(memory), end_(begin) {}

  /// Address of a new table, empty.
  std::uint64_t make_table() {
    const std::uint64_t table = end_;
    end_ += kSmallPage;
    return table;
  }
  [[nodiscard]] std::uint64_t end() const { return end_; }

  void set(std::uint64_t entry_addr, std::uint64_t entry) {
    if (noting_) {
      former_[entry_addr].push_back(memory_.memory().read64(entry_addr));
    }
    memory_.memory().write32(entry_addr, static_cast<std::uint32_t>(entry));
    memory_.memory().write32(entry_addr + 4, static_cast<std::uint32_t>(entry >> 32));
  }

  /// Address of the entry of `level` (3: root) for `va`; tables above it are made where missing.
  std::uint64_t entry_addr(std::uint64_t root, std::uint64_t va, unsigned level) {
    std::uint64_t table = root;
    for (unsigned at = 3;; --at) {
      const std::uint64_t addr = table + (va >> (12 + 9 * at) & 511) * 8;
      if (at == level) {
        return addr;
      }
      if (memory_.memory().read64(addr) == 0) {
        set(addr, make_table() | kPteValid);
      }
      table = memory_.memory().read64(addr) & 0x000f'ffff'ffff'f000;
    }
  }

  void map(std::uint64_t root, std::uint64_t va, std::uint64_t entry, unsigned level = 0) {
    set(entry_addr(root, va, level), entry);
  }

  /// Reads of the entry's beat are answered with `resp`, 2 or 3.
  void refuse_reads(std::uint64_t addr, std::uint8_t resp) {
    const std::uint64_t beat = addr / 16 * 16;
    if (refused_.emplace(beat, resp).second) {
      memory_.add_fault(beat, beat + 16, resp, true, false);
    }
  }

  void note_changes() { noting_ = true; }
  void forget_changes() {
    noting_ = false;
    former_.clear();
  }

  /// Everything that may become of an access.
  [[nodiscard]] std::set<Outcome> outcomes(const Space& space, std::uint64_t va, bool write) const {
    std::set<Outcome> result;
    switch (space.mode) {
      case KESTREL_SPACE_MODE_OFF:
        result.insert({.fault = KESTREL_FAULT_SPACE_OFF});
        break;
      case KESTREL_SPACE_MODE_BYPASS:
        result.insert({.addr = va});
        break;
      case KESTREL_SPACE_MODE_PASID:
        result.insert({.addr = va, .user = 1u << 20 | space.pasid});
        break;
      default:
        if (va >> 48 != 0) {
          result.insert({.fault = KESTREL_FAULT_NON_CANONICAL});
        } else {
          walk(space.root, 3, va, write, result);
        }
    }
    return result;
  }

 private:
  void walk(std::uint64_t table, unsigned level, std::uint64_t va, bool write,
            std::set<Outcome>& result) const {
    const std::uint64_t addr = table + (va >> (12 + 9 * level) & 511) * 8;
    if (const auto refused = refused_.find(addr / 16 * 16); refused != refused_.end()) {
      result.insert({.fault = KESTREL_FAULT_TABLE_BUS, .resp = refused->second});
      return;
    }
    judge(memory_.memory().read64(addr), level, va, write, result);
    if (const auto former = former_.find(addr); former != former_.end()) {
      for (const std::uint64_t entry : former->second) {
        judge(entry, level, va, write, result);
      }
    }
  }

  void judge(std::uint64_t entry, unsigned level, std::uint64_t va, bool write,
             std::set<Outcome>& result) const {
    const auto fault = [&](unsigned fault) { result.insert({.fault = fault}); };
    const std::uint64_t target = entry & 0x000f'ffff'ffff'f000;
    if ((entry & kPteValid) == 0) {
      return fault(KESTREL_FAULT_NOT_PRESENT);
    }
    if ((entry & 0xfff0'0000'0000'0ff0) != 0) {
      return fault(KESTREL_FAULT_TABLE_FORMAT);
    }
    if ((entry & kPteLeaf) == 0) {
      if (level == 0 || (entry & (kPteRead | kPteWrite)) != 0) {
        return fault(KESTREL_FAULT_TABLE_FORMAT);
      }
      return walk(target, level - 1, va, write, result);
    }
    const std::uint64_t page_bytes = level == 0 ? kSmallPage : kBigPage;
    if (level > 1 || target % page_bytes != 0) {
      return fault(KESTREL_FAULT_TABLE_FORMAT);
    }
    if ((entry & (write ? kPteWrite : kPteRead)) == 0) {
      return fault(KESTREL_FAULT_PERMISSION);
    }
    result.insert({.addr = target + va % page_bytes});
  }

  AxiMemory& memory_;
  std::uint64_t end_;
  std::map<std::uint64_t, std::uint8_t> refused_;               // Beats.
  std::map<std::uint64_t, std::vector<std::uint64_t>> former_;  // Values of changed entries.
  bool noting_ = false;
};

}  // namespace presil::testbench
