// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/address_space.hpp"

#include <array>

#include <catch2/catch_test_macros.hpp>

#include "testbench/sim/kestrel/test_bus.hpp"

namespace presil::kestrel {
namespace {

constexpr std::uint64_t kValid = 1, kRead = 2, kWrite = 4, kLeaf = 8;
constexpr std::uint64_t kRoot = 0x10'0000, kTable = 0x1000;
constexpr std::uint32_t kSpace = 5;

/// A space with one page, at an address with a different index at each level.
struct Bench {
  static constexpr std::uint64_t kAddr = 0x1234'5678'9000;
  static constexpr std::uint64_t kPage = 0x000a'bcde'f012'3000;

  Bench() {
    spaces[kSpace].write(0, KESTREL_SPACE_MODE_TABLE);
    spaces[kSpace].write(8, kRoot);
    for (unsigned level = 3; level > 0; --level)
      bus.put64(entry(level), table(level - 1) | kValid);
    bus.put64(entry(0), kPage | kValid | kRead | kWrite | kLeaf);
    for (std::uint64_t i = 0; i < 4096; i += 8)
      bus.put64(kPage + i, i);
  }

  static std::uint64_t table(unsigned level) { return kRoot + (3 - level) * kTable; }
  static std::uint64_t entry(unsigned level) {
    return table(level) + (kAddr >> (12 + 9 * level) & 511) * 8;
  }

  Outcome read(std::uint64_t addr, std::size_t bytes = 8) {
    return spaces.read({.addr = addr, .space = kSpace, .kind = KESTREL_ACCESS_LOAD},
                       std::span(data).first(bytes));
  }
  Outcome write(std::uint64_t addr, std::size_t bytes = 8) {
    return spaces.write({.addr = addr, .space = kSpace, .kind = KESTREL_ACCESS_STORE},
                        std::span(data).first(bytes));
  }

  TestBus bus;
  Counts counts = {};
  AddressSpaces spaces{bus, counts};
  std::array<std::byte, 256> data = {};
};

Failure refused(std::uint32_t fault, std::uint64_t addr, std::uint32_t access = KESTREL_ACCESS_LOAD,
                std::uint32_t response = 0) {
  return {.cause = KESTREL_ERROR_CAUSE_TRANSLATION,
          .response = response,
          .fault = fault,
          .access = access,
          .addr = addr};
}

TEST_CASE("a page is found through four levels, once", "[sim][kestrel]") {
  Bench bench;
  CHECK_FALSE(bench.read(Bench::kAddr + 0x128).failure);
  CHECK(bench.data[0] == std::byte{0x28});
  CHECK(bench.data[1] == std::byte{1});
  const std::vector<TestBus::Access> wanted = {
      {false, Bench::entry(3) & ~std::uint64_t{15}, 16, kUserPrivileged},
      {false, Bench::entry(2) & ~std::uint64_t{15}, 16, kUserPrivileged},
      {false, Bench::entry(1) & ~std::uint64_t{63}, 64, kUserPrivileged},
      {false, Bench::entry(0) & ~std::uint64_t{63}, 64, kUserPrivileged},
      {false, Bench::kPage + 0x128, 8, 0}};
  CHECK(bench.bus.log == wanted);
  CHECK(bench.counts[kTlbMisses] == 1);
  CHECK_FALSE(bench.write(Bench::kAddr).failure);
  CHECK(bench.counts[kTlbMisses] == 1);
}

TEST_CASE("each level can be what is wrong", "[sim][kestrel]") {
  for (unsigned level = 0; level < 4; ++level) {
    CAPTURE(level);
    {
      Bench bench;
      bench.bus.put64(Bench::entry(level), ~std::uint64_t{1});
      CHECK(bench.read(Bench::kAddr).failure == refused(KESTREL_FAULT_NOT_PRESENT, Bench::kAddr));
    }
    {
      Bench bench;
      bench.bus.memory.at(Bench::entry(level) + 7) = 0x80;
      CHECK(bench.write(Bench::kAddr + 16).failure ==
            refused(KESTREL_FAULT_TABLE_FORMAT, Bench::kAddr + 16, KESTREL_ACCESS_STORE));
    }
    {
      // The bus comes first, whatever the entry says.
      Bench bench;
      bench.bus.put64(Bench::entry(level), 0);
      bench.bus.fail(Bench::entry(level), 8, kDecerr);
      CHECK(bench.read(Bench::kAddr).failure ==
            refused(KESTREL_FAULT_TABLE_BUS, Bench::kAddr, KESTREL_ACCESS_LOAD, kDecerr));
    }
  }
}

TEST_CASE("a leaf permits what it says, and more without an invalidation", "[sim][kestrel]") {
  Bench bench;
  bench.bus.put64(Bench::entry(0), Bench::kPage | kValid | kRead | kLeaf);
  CHECK_FALSE(bench.read(Bench::kAddr).failure);
  CHECK(bench.write(Bench::kAddr).failure ==
        refused(KESTREL_FAULT_PERMISSION, Bench::kAddr, KESTREL_ACCESS_STORE));
  bench.bus.put64(Bench::entry(0), Bench::kPage | kValid | kRead | kWrite | kLeaf);
  CHECK_FALSE(bench.write(Bench::kAddr).failure);
  bench.bus.put64(Bench::entry(0), Bench::kPage | kValid | kLeaf);
  bench.spaces.invalidate({.space = kSpace});
  CHECK(bench.read(Bench::kAddr).failure == refused(KESTREL_FAULT_PERMISSION, Bench::kAddr));
}

TEST_CASE("a page may have 2 MiB", "[sim][kestrel]") {
  Bench bench;
  bench.bus.put64(Bench::entry(1), 0x4000'0000 | kValid | kRead | kLeaf);
  bench.bus.put64(0x4000'0000 | (Bench::kAddr & 0x1f'ffff), 0x77);
  CHECK_FALSE(bench.read(Bench::kAddr).failure);
  CHECK(bench.data[0] == std::byte{0x77});
  CHECK(bench.bus.log.size() == 4);
}

TEST_CASE("modes other than TABLE", "[sim][kestrel]") {
  Bench bench;
  const std::uint64_t high = 0xfedc'0000'0000'1000;
  SECTION("off") {
    bench.spaces[kSpace].mode = KESTREL_SPACE_MODE_OFF;
    CHECK(bench.read(high).failure == refused(KESTREL_FAULT_SPACE_OFF, high));
    CHECK(bench.bus.log.empty());
  }
  SECTION("bypass") {
    bench.spaces[kSpace].mode = KESTREL_SPACE_MODE_BYPASS;
    CHECK_FALSE(bench.read(high).failure);
    CHECK(bench.bus.log == std::vector<TestBus::Access>{{false, high, 16, 0}});
    CHECK_FALSE(
        bench.spaces.read({.addr = high, .space = kSpace, .is_privileged = true}, bench.data)
            .failure);
    CHECK(bench.bus.log.back().user == kUserPrivileged);
  }
  SECTION("PASID") {
    bench.spaces[kSpace].write(0, 0xabcd'e000 | KESTREL_SPACE_MODE_PASID);
    CHECK_FALSE(bench.write(high).failure);
    CHECK(bench.bus.log ==
          std::vector<TestBus::Access>{{true, high, 8, kUserPasidValid | 0xabcde}});
  }
}

TEST_CASE("a table's addresses have 48 bits", "[sim][kestrel]") {
  Bench bench;
  for (unsigned bit = 48; bit < 64; ++bit) {
    const std::uint64_t addr = Bench::kAddr | std::uint64_t{1} << bit;
    CHECK(bench.read(addr).failure == refused(KESTREL_FAULT_NON_CANONICAL, addr));
  }
  CHECK(bench.bus.log.empty());
}

TEST_CASE("the bus reads whole beats and writes bytes", "[sim][kestrel]") {
  Bench bench;
  bench.spaces[kSpace].mode = KESTREL_SPACE_MODE_BYPASS;
  bench.read(0x10fd, 2);
  bench.write(0x10fd, 2);
  bench.read(0x1003, 14);
  CHECK(bench.bus.log == std::vector<TestBus::Access>{
                             {false, 0x10fd, 3, 0}, {true, 0x10fd, 2, 0}, {false, 0x1003, 29, 0}});
}

TEST_CASE("a bus error is told with its cause, address and kind", "[sim][kestrel]") {
  Bench bench;
  bench.bus.fail(Bench::kPage, 0x1000, kSlverr);
  const auto failed = [](std::uint32_t cause, std::uint32_t access, std::uint64_t addr) {
    return Failure{.cause = cause,
                   .response = kSlverr,
                   .fault = KESTREL_FAULT_NONE,
                   .access = access,
                   .addr = addr};
  };
  CHECK(bench.read(Bench::kAddr + 5).failure ==
        failed(KESTREL_ERROR_CAUSE_READ_ERROR, KESTREL_ACCESS_LOAD, Bench::kAddr + 5));
  CHECK(bench.write(Bench::kAddr + 5).failure ==
        failed(KESTREL_ERROR_CAUSE_WRITE_ERROR, KESTREL_ACCESS_STORE, Bench::kAddr + 5));
  CHECK(bench.spaces
            .read({.addr = Bench::kAddr, .space = kSpace, .kind = KESTREL_ACCESS_FETCH}, bench.data)
            .failure ==
        failed(KESTREL_ERROR_CAUSE_FETCH_ERROR, KESTREL_ACCESS_FETCH, Bench::kAddr));
  CHECK(
      bench.spaces
          .read({.addr = Bench::kAddr, .space = kSpace, .kind = KESTREL_ACCESS_CONTROL}, bench.data)
          .failure == failed(KESTREL_ERROR_CAUSE_READ_ERROR, KESTREL_ACCESS_CONTROL, Bench::kAddr));
}

TEST_CASE("a space's registers keep what they name", "[sim][kestrel]") {
  AddressSpace space;
  for (const std::uint32_t offset : {0u, 4u, 8u, 12u})
    space.write(offset, 0xffff'ffff);
  CHECK(space.read(0) == 0xffff'f003);
  CHECK(space.read(4) == 0);
  CHECK(space.read(8) == 0xffff'f000);
  CHECK(space.read(12) == 0x000f'ffff);
  space.write(12, 0);
  CHECK(space.root == 0xffff'f000);
}

}  // namespace
}  // namespace presil::kestrel
