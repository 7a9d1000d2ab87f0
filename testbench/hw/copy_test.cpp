// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// COPY: every alignment, lengths round every boundary, against memcpy.

#include <algorithm>
#include <random>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "kestrel_bench.hpp"
#include "kestrel_regs.h"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kSource = 0x7'0000'0000;
constexpr std::uint64_t kDestination = 0x9'0000'0000;
constexpr std::uint64_t kGuardBytes = 64;

std::vector<std::uint8_t> random_bytes(std::size_t size_bytes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint8_t> bytes(size_bytes);
  std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random()); });
  return bytes;
}

/// Copies within fresh random memory and compares the destination with its surroundings.
void check_copy(KestrelBench& bench, std::uint64_t dst, std::uint64_t src, std::uint32_t length) {
  CAPTURE(dst, src, length);
  SparseMemory& memory = bench.memory.memory();
  const std::vector<std::uint8_t> source = random_bytes(length, src ^ dst ^ length);
  std::vector<std::uint8_t> expected = random_bytes(length + 2 * kGuardBytes, ~src);
  memory.write(src, source);
  memory.write(dst - kGuardBytes, expected);

  REQUIRE(bench.execute(Command::copy(dst, src, length)));
  REQUIRE((bench.read32(KESTREL_REG_STATUS) & KESTREL_STATUS_ERROR) == 0);

  std::ranges::copy(source, expected.begin() + kGuardBytes);
  REQUIRE(memory.read(dst - kGuardBytes, expected.size()) == expected);
}

}  // namespace

TEST_CASE("copy: every pair of alignments, short lengths", "[hw][copy]") {
  const unsigned stall_percent = GENERATE(0u, 40u);
  const std::uint64_t src_offset = GENERATE(range(0u, 16u));
  CAPTURE(stall_percent, src_offset);
  KestrelBench bench({.stall_percent = stall_percent, .interleave = true, .seed = src_offset + 1});
  bench.start_ring();
  for (std::uint64_t dst_offset = 0; dst_offset < 16; ++dst_offset) {
    for (const std::uint32_t length : {1u, 2u, 7u, 8u, 15u, 16u, 17u, 31u, 32u, 33u, 47u, 63u}) {
      check_copy(bench, kDestination + dst_offset, kSource + src_offset, length);
    }
  }
}

TEST_CASE("copy: lengths round the ends of bursts and pages", "[hw][copy]") {
  const unsigned stall_percent = GENERATE(0u, 40u);
  const std::uint64_t dst_offset = GENERATE(0u, 1u, 9u, 15u, 0xf0u, 0xffu, 0xffeu);
  CAPTURE(stall_percent, dst_offset);
  KestrelBench bench({.stall_percent = stall_percent, .seed = dst_offset + 11});
  bench.start_ring();
  for (const std::uint64_t src_offset : {0u, 4u, 15u, 0xf7u, 0xfffu}) {
    for (const std::uint32_t length : {240u, 255u, 256u, 257u, 272u, 4095u, 4096u, 4097u, 8200u}) {
      check_copy(bench, kDestination + dst_offset, kSource + src_offset, length);
    }
  }
}

TEST_CASE("copy: random places, lengths and timing", "[hw][copy]") {
  const std::uint64_t seed = GENERATE(range(1u, 21u));
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  KestrelBench bench({.stall_percent = static_cast<unsigned>(random() % 80),
                      .latency_cycles = static_cast<unsigned>(random() % 200),
                      .interleave = true,
                      .seed = seed});
  bench.start_ring();
  for (int i = 0; i < 20; ++i) {
    const auto length = static_cast<std::uint32_t>(random() % 3000 + 1);
    check_copy(bench, kDestination + random() % 8192, kSource + random() % 8192, length);
  }
}

TEST_CASE("copy: a length of 0 copies nothing and completes", "[hw][copy]") {
  KestrelBench bench;
  bench.start_ring();
  REQUIRE(bench.execute(Command::copy(kDestination, kSource, 0)));
  CHECK(bench.read32(KESTREL_REG_STATUS) == KESTREL_STATUS_IDLE);
  CHECK(bench.read32(KESTREL_REG_RING_HEAD) == 1);
  CHECK(bench.memory.beats_written() == 0);
}

TEST_CASE("copy: reaches the last byte of the address space", "[hw][copy]") {
  KestrelBench bench;
  bench.start_ring();
  const std::vector<std::uint8_t> source = random_bytes(300, 1);
  bench.memory.memory().write(~std::uint64_t{0} - 299, source);
  REQUIRE(bench.execute(Command::copy(kDestination, ~std::uint64_t{0} - 299, 300)));
  CHECK(bench.memory.memory().read(kDestination, 300) == source);
  REQUIRE(bench.execute(Command::copy(~std::uint64_t{0} - 299, kSource, 300)));
  CHECK(bench.memory.memory().read(~std::uint64_t{0} - 299, 300) == std::vector<std::uint8_t>(300));
}

TEST_CASE("copy: bursts have at most 256 bytes and stay in their 256-byte block", "[hw][copy]") {
  KestrelBench bench({.stall_percent = 20});
  bench.start_ring();
  REQUIRE(bench.execute(Command::copy(kDestination + 0x123, kSource + 0xfa7, 20'000)));
  std::size_t full = 0;
  for (const AxiAccess& access : bench.memory.accesses()) {
    const std::uint64_t begin = access.request.addr & ~std::uint64_t{15};
    const std::uint64_t last = begin + 16u * access.request.len + 15;
    CHECK(begin / 256 == last / 256);
    full += access.request.len == 15;
  }
  CHECK(full >= 2 * (20'000 / 256 - 1));
}

TEST_CASE("copy: requests name the first byte exactly, and no access carries a PASID",
          "[hw][copy]") {
  KestrelBench bench;
  bench.start_ring();
  REQUIRE(bench.execute(Command::copy(kDestination + 0x123, kSource + 0xfa7, 100)));
  bool read_seen = false, write_seen = false;
  for (const AxiAccess& access : bench.memory.accesses()) {
    CHECK(access.request.user == 0);
    read_seen |= !access.write && access.request.addr == kSource + 0xfa7;
    write_seen |= access.write && access.request.addr == kDestination + 0x123;
  }
  CHECK(read_seen);
  CHECK(write_seen);
}

TEST_CASE("copy: moves a beat a cycle at any alignment, behind a slow memory",
          "[hw][copy][speed]") {
  const std::uint64_t src_offset = GENERATE(0u, 1u, 8u, 15u);
  const std::uint64_t dst_offset = GENERATE(0u, 3u, 15u);
  CAPTURE(src_offset, dst_offset);
  constexpr std::uint32_t kBytes = 64 * 1024;
  constexpr unsigned kLatency = 400;
  KestrelBench bench({.latency_cycles = kLatency});
  bench.start_ring();
  REQUIRE(bench.execute(Command::copy(kDestination + dst_offset, kSource + src_offset, kBytes)));
  // One latency for the first data, one for the last response, and some cycles of pipeline.
  CHECK(bench.read32(KESTREL_REG_COUNT_BUSY_LO) <= kBytes / 16 + 2 * kLatency + 40);
  CHECK(bench.memory.most_reads_open() > 20);
}

}  // namespace presil::testbench
