// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/tlb.hpp"

#include <kestrel_regs.h>

#include <catch2/catch_test_macros.hpp>

namespace presil::kestrel {
namespace {

constexpr std::uint64_t kValid = 1, kRead = 2, kWrite = 4, kLeaf = 8;
constexpr std::uint64_t kPage = 4096, kBigPage = 2u << 20;

TEST_CASE("an entry's format depends on its level", "[sim][kestrel]") {
  const auto fault = [](std::uint64_t bits, unsigned level) {
    return TableEntry{bits}.fault(level);
  };
  for (unsigned level = 0; level < 4; ++level) {
    CAPTURE(level);
    CHECK(fault(0, level) == KESTREL_FAULT_NOT_PRESENT);
    CHECK(fault(~std::uint64_t{1}, level) == KESTREL_FAULT_NOT_PRESENT);
    const std::uint64_t legal = level == 0 ? kValid | kLeaf : kValid;
    CHECK(fault(legal | 0x000f'ffff'ffff'f000, level) == KESTREL_FAULT_NONE);
    for (unsigned bit = 4; bit < 64; ++bit) {
      CAPTURE(bit);
      const bool is_addr = bit >= 12 && bit < 52;
      CHECK(fault(legal | std::uint64_t{1} << bit, level) ==
            (is_addr ? KESTREL_FAULT_NONE : KESTREL_FAULT_TABLE_FORMAT));
    }
    // Leaves at levels 0 and 1, and only there; at 0 there is nothing else.
    CHECK(fault(kValid | kLeaf, level) ==
          (level <= 1 ? KESTREL_FAULT_NONE : KESTREL_FAULT_TABLE_FORMAT));
    CHECK(fault(kValid, level) == (level != 0 ? KESTREL_FAULT_NONE : KESTREL_FAULT_TABLE_FORMAT));
    // Permissions are in leaves only.
    for (const std::uint64_t permission : {kRead, kWrite})
      CHECK(fault(legal | permission, level) ==
            (level == 0 ? KESTREL_FAULT_NONE : KESTREL_FAULT_TABLE_FORMAT));
  }
  CHECK(fault(kValid | kLeaf | kBigPage, 1) == KESTREL_FAULT_NONE);
  CHECK(fault(kValid | kLeaf | kBigPage / 2, 1) == KESTREL_FAULT_TABLE_FORMAT);
}

TEST_CASE("a line hits where an entry permits the access", "[sim][kestrel]") {
  Tlb tlb;
  TableLine line = {};
  line[1] = {kValid | kLeaf | kRead | 0x5000};
  line[2] = {kValid | kLeaf | kWrite | 0x7000};
  line[3] = {kValid};  // Ill-formed.
  const std::uint64_t base = 0x1234'5678'0000;
  tlb.fill(3, base + kPage, 0, line);
  CHECK(tlb.look_up(3, base + kPage + 0x123, false) == 0x5123);
  CHECK_FALSE(tlb.look_up(3, base + kPage, true));
  CHECK(tlb.look_up(3, base + 2 * kPage + 0xfff, true) == 0x7fff);
  CHECK_FALSE(tlb.look_up(3, base + 2 * kPage, false));
  CHECK_FALSE(tlb.look_up(3, base, false));
  CHECK_FALSE(tlb.look_up(3, base + 3 * kPage, false));
  CHECK_FALSE(tlb.look_up(4, base + kPage, false));
  CHECK_FALSE(tlb.look_up(3, base + 9 * kPage, false));
}

TEST_CASE("a line at level 1 covers pages of 2 MiB", "[sim][kestrel]") {
  Tlb tlb;
  TableLine line = {};
  line[7] = {kValid | kLeaf | kRead | 6 * kBigPage};
  tlb.fill(0, 15 * kBigPage, 1, line);
  CHECK(tlb.look_up(0, 15 * kBigPage + 0x1f'ffff, false) == 6 * kBigPage + 0x1f'ffff);
  CHECK_FALSE(tlb.look_up(0, 14 * kBigPage, false));
}

TEST_CASE("the oldest line is replaced, one with the same tag in its place", "[sim][kestrel]") {
  Tlb tlb;
  const auto line_of = [](std::uint64_t addr) {
    TableLine line = {};
    line[0] = {kValid | kLeaf | kRead | addr};
    return line;
  };
  for (std::uint64_t i = 0; i < kTlbLines; ++i)
    tlb.fill(0, i * 8 * kPage, 0, line_of(i * kPage));
  tlb.fill(0, 0, 0, line_of(100 * kPage));
  CHECK(tlb.look_up(0, 0, false) == 100 * kPage);
  CHECK(tlb.look_up(0, 8 * kPage, false) == kPage);
  tlb.fill(0, kTlbLines * 8 * kPage, 0, line_of(0));
  CHECK_FALSE(tlb.look_up(0, 0, false));
  CHECK(tlb.look_up(0, 8 * kPage, false) == kPage);
}

TEST_CASE("an invalidation forgets what it names", "[sim][kestrel]") {
  Tlb tlb;
  TableLine line;
  line.fill({kValid | kLeaf | kRead});
  const auto known = [&tlb](std::uint32_t space, std::uint64_t addr) {
    return tlb.look_up(space, addr, false).has_value();
  };
  tlb.fill(1, 0, 0, line);
  tlb.fill(1, 8 * kPage, 0, line);
  tlb.fill(2, 0, 0, line);
  SECTION("a range of a space") {
    tlb.invalidate({.space = 1, .first = 15 * kPage, .last = 16 * kPage - 1});
    CHECK(known(1, 0));
    CHECK_FALSE(known(1, 8 * kPage));
    CHECK(known(2, 0));
  }
  SECTION("a space") {
    tlb.invalidate({.space = 1});
    CHECK_FALSE(known(1, 0));
    CHECK_FALSE(known(1, 8 * kPage));
    CHECK(known(2, 0));
  }
  SECTION("a range of all spaces") {
    tlb.invalidate({.all_spaces = true, .space = 1, .first = 0, .last = 4095});
    CHECK_FALSE(known(1, 0));
    CHECK(known(1, 8 * kPage));
    CHECK_FALSE(known(2, 0));
  }
}

}  // namespace
}  // namespace presil::kestrel
