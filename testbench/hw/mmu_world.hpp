// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// MmuWorld: random address spaces, and random requests that meet what is odd in them.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <random>
#include <vector>

#include "mmu_bench.hpp"

namespace presil::testbench {

/// Spaces 1, 2, 3 and 7 have page tables (7 that of 1), 4 and 0 are BYPASS, 6 is PASID, the rest is
/// off. The tables have a few neighbourhoods of 2 MiB regions, of every kind.
class MmuWorld {
 public:
  MmuWorld(MmuBench& bench, std::uint64_t seed) : bench_(bench), random_(seed) {
    for (const unsigned space : {1u, 2u, 3u}) {
      roots_.push_back(bench.tables.make_table());
      bench.set_space(space, {.mode = KESTREL_SPACE_MODE_TABLE, .root = roots_.back()});
      for (int i = 0; i < 3; ++i) {
        make_neighbourhood(space, roots_.back());
      }
    }
    bench.set_space(0, {.mode = KESTREL_SPACE_MODE_BYPASS});
    bench.set_space(4, {.mode = KESTREL_SPACE_MODE_BYPASS});
    bench.set_space(6, {.mode = KESTREL_SPACE_MODE_PASID, .pasid = 0xf'1234});
    bench.set_space(7, {.mode = KESTREL_SPACE_MODE_TABLE, .root = roots_.front()});
    // Upper levels that are wrong: each with addresses below it.
    const std::uint64_t root = roots_.front();
    for (const unsigned level : {3u, 2u}) {
      for (const std::uint64_t entry : std::initializer_list<std::uint64_t>{
               kPteValid | kPteLeaf | kPteRead | kPteWrite, kPteValid | kPteRead,
               kPteValid | kPteWrite, kPteValid | 1ull << 63, kPteValid | 1ull << 11, 0xfeull}) {
        const std::uint64_t va = (level == 3 ? 256 + random_() % 256 : random_() % 512)
                                     << (12 + 9 * level) |
                                 random_() % 512 << 21;
        const std::uint64_t addr = bench.tables.entry_addr(root, va, level);
        if (bench.memory.memory().read64(addr) == 0) {
          bench.tables.set(addr, entry | (bench.tables.make_table() & ~0xfffull));
          regions_.push_back({1, va, 0});
        }
      }
    }
  }

  /// Something that a client may want.
  BusRequest request() {
    BusRequest request;
    request.privileged = random_() % 4 == 0;
    const auto what = random_() % 32;
    if (what < 26) {
      if (random_() % 16 == 0) {
        recent_[random_() % recent_.size()] = random_() % regions_.size();
      }
      const Region& region = regions_[recent_[random_() % recent_.size()]];
      // Mostly few pages, so that lines are met again; some of them in order.
      const std::uint64_t page = random_() % 16 == 0 ? random_() % 512 : hot_page_++ / 8 % 40;
      request.space = region.space == 1 && random_() % 4 == 0 ? 7 : region.space;
      request.addr = region.va + page * kSmallPage + random_() % kSmallPage;
      if (random_() % 64 == 0) {
        request.addr |= 1ull << (48 + random_() % 16);
      }
    } else if (what < 28) {
      request.space = 5;
      request.addr = random_();
    } else {
      request.space = what == 28 ? 6 : what == 29 ? 4 : 0;
      request.addr = random_page() + random_() % kSmallPage;
      if (request.space == 6 && random_() % 2) {
        request.addr |= 1ull << 63;
      }
    }
    request.len = static_cast<std::uint8_t>(random_() % (16 - request.addr / 16 % 16));
    return request;
  }

  /// Pages whose translation was changed.
  struct Changed {
    unsigned space;
    std::uint64_t first_va, last_va;
  };
  /// Changes an entry that is asked for now and then.
  Changed change() {
    const auto recent = recent_[random_() % recent_.size()];
    const Region& region = regions_[random_() % 4 ? recent : random_() % regions_.size()];
    if (region.big_addr != 0 && random_() % 4 == 0) {
      bench_.tables.set(region.big_addr, random_() % 2 ? random_big() : region.table | kPteValid);
      return {region.space, region.va, region.va + kBigPage - 1};
    }
    const std::uint64_t page = random_() % 40;
    if (region.table != 0) {
      bench_.tables.set(region.table + page * 8, random_leaf());
    }
    return {region.space, region.va + page * kSmallPage, region.va + page * kSmallPage + 4095};
  }

  /// Makes an access that is refused possible, if its tables allow that.
  void repair(std::uint64_t root, std::uint64_t va) {
    for (const Region& region : regions_) {
      if (region.table != 0 && roots_[region.space - 1] == root &&
          region.va / kBigPage == va / kBigPage) {
        bench_.tables.set(region.table + (va >> 12 & 511) * 8,
                          random_page() | kPteValid | kPteLeaf | kPteRead | kPteWrite);
      }
    }
  }

  [[nodiscard]] const std::vector<std::uint64_t>& roots() const { return roots_; }

 private:
  struct Region {
    unsigned space;
    std::uint64_t va;
    std::uint64_t table;         // Its leaf table, whether the level above says so or not, or 0.
    std::uint64_t big_addr = 0;  // Of the entry at level 1.
  };

  std::uint64_t random_page() {
    const auto page = random_() % 512;
    if (page == 0) {
      return kFaultyPage;
    }
    return (page % 2 ? 0x000a'5000'0000'0000 : 0x1'0000'0000) + page * kSmallPage;
  }

  std::uint64_t random_leaf() {
    const std::uint64_t good = random_page() | kPteValid | kPteLeaf;
    switch (random_() % 24) {
      case 0:
        return 0;
      case 1:
        return random_() & ~kPteValid;
      case 2:
        return good | kPteRead | 1ull << (4 + random_() % 8);
      case 3:
        return good | kPteRead | kPteWrite | 1ull << (52 + random_() % 12);
      case 4:
        return (good | kPteRead | kPteWrite) & ~kPteLeaf;
      case 5:
        return good & ~kPteLeaf;
      case 6:
        return good;
      case 7:
      case 8:
        return good | kPteWrite;
      case 9:
      case 10:
      case 11:
        return good | kPteRead;
      default:
        return good | kPteRead | kPteWrite;
    }
  }

  std::uint64_t random_big() {
    std::uint64_t entry = (0x0005'0000'0000'0000 + random_() % 8 * kBigPage) | kPteValid | kPteLeaf;
    entry |= random_() % 4 ? kPteRead | kPteWrite : random_() % 2 ? kPteRead : kPteWrite;
    if (random_() % 6 == 0) {
      entry |= 1ull << (12 + random_() % 9);  // Misaligned.
    }
    if (random_() % 12 == 0) {
      entry |= 1ull << (52 + random_() % 12);
    }
    return entry;
  }

  // Regions next to each other, so that lines and tables are left on both sides.
  void make_neighbourhood(unsigned space, std::uint64_t root) {
    // Spaces have addresses in common.
    const std::uint64_t begin =
        (random_() % 2 ? random_() % 3 * 0x1234'5678'9000 : random_() % (1ull << 47)) / kBigPage *
        kBigPage;
    for (unsigned i = 0; i < 4; ++i) {
      Region region{space, begin + i * kBigPage, bench_.tables.make_table()};
      for (unsigned page = 0; page < 512; ++page) {
        bench_.tables.set(region.table + page * 8, random_leaf());
      }
      region.big_addr = bench_.tables.entry_addr(root, region.va, 1);
      std::uint64_t entry = region.table | kPteValid;
      switch (random_() % 16) {
        case 0:
          entry = 0;
          break;
        case 1:
          entry |= kPteRead;
          break;
        case 2:
          entry |= kPteWrite;
          break;
        case 3:
          entry |= 1ull << (4 + random_() % 8);
          break;
        case 4:
          bench_.tables.refuse_reads(region.big_addr, 2 + random_() % 2);
          break;
        case 5:
        case 6:
        case 7:
        case 8:
          entry = random_big();
          break;
        default:
          if (random_() % 2) {
            bench_.tables.refuse_reads(region.table + random_() % 40 * 8, 2 + random_() % 2);
          }
      }
      bench_.tables.set(region.big_addr, entry);
      regions_.push_back(region);
    }
  }

  MmuBench& bench_;
  std::mt19937_64 random_;
  std::vector<std::uint64_t> roots_;
  std::vector<Region> regions_;
  std::array<std::size_t, 4> recent_{};  // Regions that are asked for.
  std::uint64_t hot_page_ = 0;
};

}  // namespace presil::testbench
