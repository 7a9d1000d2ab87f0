// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// What LOAD and STORE do, see the header.

#include "transfer_model.hpp"

#include <algorithm>

#include "kestrel_regs.h"

namespace presil::testbench {
namespace {

std::uint32_t pair(std::uint32_t low, std::uint32_t high) {
  return (low & 0xffff) | high << 16;
}

}  // namespace

std::array<std::uint32_t, 16> Transfer::words() const {
  std::array<std::uint32_t, 16> words = {};
  const auto put = [&](unsigned offset, std::uint32_t value) { words.at(offset / 4) = value; };
  put(KESTREL_TRANSFER_HEADER, static_cast<std::uint32_t>(pad)
                                   << KESTREL_TRANSFER_HEADER_PAD_SHIFT);
  put(KESTREL_TRANSFER_PITCH, static_cast<std::uint32_t>(pitch));
  put(KESTREL_TRANSFER_ADDR_LO, static_cast<std::uint32_t>(addr));
  put(KESTREL_TRANSFER_ADDR_HI, static_cast<std::uint32_t>(addr >> 32));
  const auto u16 = [](std::int16_t value) { return static_cast<std::uint16_t>(value); };
  put(KESTREL_TRANSFER_INSIDE, pair(height, width));
  put(KESTREL_TRANSFER_START, pair(u16(y0), u16(x0)));
  put(KESTREL_TRANSFER_COUNT01, pair(n[0], n[1]));
  put(KESTREL_TRANSFER_COUNT23, pair(n[2], n[3]));
  put(KESTREL_TRANSFER_COUNT4, n[4]);
  put(KESTREL_TRANSFER_XSTEP12, pair(u16(xs[0]), u16(xs[1])));
  put(KESTREL_TRANSFER_XSTEP34, pair(u16(xs[2]), u16(xs[3])));
  put(KESTREL_TRANSFER_SCRATCHPAD, scratchpad);
  for (unsigned k = 0; k < 4; ++k) {
    put(KESTREL_TRANSFER_STEP1 + 4 * k,
        static_cast<std::uint8_t>(ys[k]) | static_cast<std::uint32_t>(ss[k]) << 8);
  }
  return words;
}

Expected expect(const Transfer& t) {
  Expected expected;
  std::array<std::int64_t, 4> i = {};
  for (i[3] = 0; i[3] < t.n[4]; ++i[3]) {
    for (i[2] = 0; i[2] < t.n[3]; ++i[2]) {
      for (i[1] = 0; i[1] < t.n[2]; ++i[1]) {
        for (i[0] = 0; i[0] < t.n[1]; ++i[0]) {
          std::int64_t wide_y = t.y0, wide_x = t.x0, wide_s = t.scratchpad;
          for (unsigned k = 0; k < 4; ++k) {
            wide_y += i[k] * t.ys[k];
            wide_x += i[k] * t.xs[k];
            wide_s += i[k] * t.ss[k];
          }
          const std::int64_t y = static_cast<std::int32_t>(wide_y);
          const std::int64_t x = static_cast<std::int32_t>(wide_x);
          const std::int64_t s = static_cast<std::int32_t>(wide_s);
          if (s < 0 || s + t.n[0] > kScratchpadBytes) {
            expected.range_error = true;
            return expected;
          }
          // Found by trying every byte; the inner ones are next to one another.
          Run run = {static_cast<std::uint32_t>(s), 0, 0, 0};
          for (unsigned b = 0; b < t.n[0]; ++b) {
            if (0 <= y && y < t.height && 0 <= x + b && x + b < t.width) {
              if (run.begin == run.end) {
                run.begin = b;
                run.addr = t.addr + static_cast<std::uint64_t>(y * t.pitch + x + b);
              }
              run.end = b + 1;
            }
          }
          expected.runs.push_back(run);
          std::uint64_t at = run.addr;
          for (std::uint64_t left = run.end - run.begin; left > 0;) {
            const std::uint64_t bytes = std::min<std::uint64_t>(left, 256 - at % 256);
            const std::uint64_t beats = (at % 16 + bytes + 15) / 16;
            expected.requests.push_back({at, static_cast<unsigned>(beats)});
            at += bytes;
            left -= bytes;
          }
        }
      }
    }
  }
  return expected;
}

TransferMemory::Beat TransferMemory::beat(std::uint64_t addr) const {
  const std::uint64_t number = addr / 16;
  if (const auto found = beats_.find(number); found != beats_.end()) {
    return found->second;
  }
  Beat beat;
  for (unsigned i = 0; i < 16; ++i) {
    beat[i] = static_cast<std::uint8_t>((number * 16 + i) * 0x9e37'79b9'7f4a'7c15u >> 56);
  }
  return beat;
}

void TransferMemory::write(std::uint64_t addr, std::uint8_t value) {
  beats_.try_emplace(addr / 16, beat(addr)).first->second[addr % 16] = value;
}

bool TransferMemory::same(const TransferMemory& other, std::uint64_t& first_difference) const {
  const auto differ = [&](const TransferMemory& left, const TransferMemory& right) {
    return std::ranges::any_of(left.beats_, [&](const auto& entry) {
      const Beat theirs = right.beat(entry.first * 16);
      for (unsigned i = 0; i < 16; ++i) {
        if (entry.second[i] != theirs[i]) {
          first_difference = entry.first * 16 + i;
          return true;
        }
      }
      return false;
    });
  };
  return !differ(*this, other) && !differ(other, *this);
}

void execute_load(const Transfer& transfer, const std::vector<Run>& runs,
                  const TransferMemory& memory, std::vector<std::uint8_t>& scratchpad) {
  for (const Run& run : runs) {
    for (unsigned b = 0; b < transfer.n[0]; ++b) {
      const bool in = run.begin <= b && b < run.end;
      scratchpad[run.spad + b] = in ? memory.read(run.addr + b - run.begin) : transfer.pad;
    }
  }
}

void execute_store(const std::vector<Run>& runs, TransferMemory& memory,
                   const std::vector<std::uint8_t>& scratchpad) {
  for (const Run& run : runs) {
    for (unsigned b = run.begin; b < run.end; ++b) {
      memory.write(run.addr + b - run.begin, scratchpad[run.spad + b]);
    }
  }
}

}  // namespace presil::testbench
