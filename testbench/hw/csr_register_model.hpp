// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// CsrRegisterModel: kestrel's global registers as the description and its prose have them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "csr_bench.hpp"
#include "kestrel_regs.h"

namespace presil::testbench {

/// What software may expect of the global registers, from the description and its prose.
class CsrRegisterModel {
 public:
  CsrRegisterModel() {
    for (const KestrelRegister& reg : kKestrelRegisters) {
      if (!is_in_front(reg.offset)) {
        by_offset_[reg.offset] = &reg;
        value_[reg.offset] = (reg.reset & reg.reset_known) | (driven(reg) & ~reg.reset_known);
      }
    }
  }

  void write(std::uint32_t offset, std::uint32_t data, std::uint8_t strb) {
    const auto found = by_offset_.find(offset & ~3u);
    if (strb != 0xf || found == by_offset_.end()) {
      return;
    }
    const KestrelRegister& reg = *found->second;
    std::uint32_t& value = value_[reg.offset];
    const std::uint32_t before = value;
    value = (value & ~reg.write & ~(data & reg.write_one_clears)) | (data & reg.write);
    switch (reg.offset) {
      case KESTREL_REG_RESET:
        if (data & 1) {
          ++engine_resets;
          for (const auto& [other, description] : by_offset_) {
            if (is_cleared_by_reset(other)) {
              value_[other] = description->reset;
            }
          }
        }
        break;
      case KESTREL_REG_IRQ_FORCE:
        raise(data & 0x1ffff);
        break;
      case KESTREL_REG_IRQ_ENABLE:
        pulse(value_[KESTREL_REG_IRQ_STATUS] & value & ~before);
        break;
      case KESTREL_REG_INVALIDATE:
        if (data >> 31) {
          const auto page = [&](std::uint32_t low, std::uint32_t high) {
            return (std::uint64_t{value_[high]} << 32 | value_[low]) >> 12;
          };
          invalidations.push_back(
              {(data >> 5 & 1) != 0, (data >> 4 & 1) != 0, data & 0xf,
               page(KESTREL_REG_INVALIDATE_FIRST_LO, KESTREL_REG_INVALIDATE_FIRST_HI),
               page(KESTREL_REG_INVALIDATE_LAST_LO, KESTREL_REG_INVALIDATE_LAST_HI)});
        }
        break;
      case KESTREL_REG_PARITY_FLIP:
        if (data >> 31) {
          const std::uint32_t place = value_[KESTREL_REG_PARITY_PLACE];
          flips.push_back({place >> 31 != 0, place & 0x3fff, data & 0x1ff});
        }
        break;
      default:
        break;
    }
  }

  void raise(std::uint32_t vectors) {
    value_[KESTREL_REG_IRQ_STATUS] |= vectors;
    pulse(vectors & value_[KESTREL_REG_IRQ_ENABLE]);
  }

  [[nodiscard]] std::uint32_t read(std::uint32_t offset) const {
    const auto found = by_offset_.find(offset & ~3u);
    return found == by_offset_.end() ? 0 : value_.at(offset & ~3u) & found->second->read;
  }

  unsigned engine_resets = 0;
  std::vector<CsrBench::Invalidation> invalidations;
  std::vector<CsrBench::Flip> flips;
  std::array<unsigned, 17> pulses{};

 private:
  // What a register reads when the hardware drives it and nothing goes on.
  static std::uint32_t driven(const KestrelRegister& reg) {
    switch (reg.offset) {
      case KESTREL_REG_CAPS0:
        return 16u | 17u << 8 | 64u << 16 | 4u << 24;
      case KESTREL_REG_CAPS1:
        return 1000u | 16u << 16 | 16u << 24;
      case KESTREL_REG_CAPS2:
        return 16u | 16u << 8 | 16u << 16 | 4u << 24;
      case KESTREL_REG_CAPS3:
        return 256u | 1024u << 16;
      case KESTREL_REG_CAPS4:
        return 16u | 48u << 8 | 14u << 16;
      default:
        return 0;
    }
  }

  static bool is_space(std::uint32_t offset) { return offset >= 0x200 && offset < 0x300; }

  // RESET.ENGINE returns it to its reset value.
  static bool is_cleared_by_reset(std::uint32_t offset) {
    return is_space(offset) ||
           (offset >= KESTREL_REG_INVALIDATE_FIRST_LO && offset <= KESTREL_REG_PARITY_FLIP);
  }

  void pulse(std::uint32_t vectors) {
    for (unsigned vector = 0; vector < pulses.size(); ++vector) {
      pulses[vector] += vectors >> vector & 1;
    }
  }

  std::map<std::uint32_t, const KestrelRegister*> by_offset_;
  std::map<std::uint32_t, std::uint32_t> value_;
};

}  // namespace presil::testbench
