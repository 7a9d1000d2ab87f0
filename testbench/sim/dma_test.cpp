// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// DMA through the harness: every shape of burst against a plain model of what AXI says, the cuts
/// that PCIe demands, and failures.

#include <cstring>
#include <map>
#include <random>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "testbench/sim/probe_bench.hpp"

namespace presil::testbench {
namespace {

constexpr unsigned kFixed = 0, kIncr = 1, kWrap = 2;
constexpr unsigned kOkay = 0, kSlverr = 2, kDecerr = 3;

/// One burst, and where its bytes go: IHI 0022, A3.4.1, written down byte by byte.
struct Burst {
  std::uint64_t addr;
  unsigned beats, size_log2, kind, id;
  bool data_first;

  /// Address of the byte in `lane` of `beat`; none if that lane is not used.
  std::map<unsigned, std::uint64_t> lanes(unsigned beat) const {
    const std::uint64_t bytes = 1u << size_log2;
    const std::uint64_t aligned = addr / bytes * bytes;
    std::uint64_t first = addr;
    if (kind == kIncr && beat != 0)
      first = aligned + beat * bytes;
    if (kind == kWrap) {
      const std::uint64_t total = bytes * beats, boundary = addr / total * total;
      first = addr + beat * bytes;
      if (first >= boundary + total)
        first -= total;
    }
    std::map<unsigned, std::uint64_t> result;
    for (std::uint64_t byte = first; byte < first / bytes * bytes + bytes; ++byte)
      result[static_cast<unsigned>(byte % kBusBytes)] = byte;
    return result;
  }
};

Burst random_burst(std::mt19937& random) {
  const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  Burst burst = {};
  burst.kind = below(3);
  burst.size_log2 = below(5);
  burst.id = below(16);
  burst.data_first = below(2) != 0;
  const std::uint64_t bytes = 1u << burst.size_log2;
  if (burst.kind == kFixed)
    burst.beats = 1 + below(16);
  if (burst.kind == kWrap)
    burst.beats = 2u << below(4);
  if (burst.kind == kIncr)
    burst.beats = 1 + below(24);
  // Within one page; INCR as far back from its end as the burst is long.
  const std::uint64_t span = burst.kind == kIncr ? burst.beats * bytes : bytes;
  burst.addr = below(static_cast<unsigned>(4096 - span + 1));
  if (burst.kind == kWrap)
    burst.addr = burst.addr / bytes * bytes;
  burst.addr += LinkPeer::kMemoryBase + below(8) * 4096;
  return burst;
}

std::uint32_t shape_of(const Burst& burst) {
  return ProbeBench::shape(burst.beats, burst.size_log2, burst.kind, burst.id, burst.data_first);
}

TEST_CASE("random bursts move exactly the bytes that AXI says", "[sim][dma]") {
  const std::string stall = GENERATE("0", "40");
  const unsigned seed = GENERATE(1u, 2u);
  CAPTURE(stall, seed);
  ProbeBench bench({"--stall", stall});
  std::mt19937 random(seed);
  for (std::byte& byte : bench.peer.memory())
    byte = static_cast<std::byte>(random());
  std::vector<std::byte> expected(bench.peer.memory().begin(), bench.peer.memory().end());

  for (int round = 0; round < 40; ++round) {
    const Burst burst = random_burst(random);
    CAPTURE(round, burst.addr, burst.beats, burst.size_log2, burst.kind, burst.data_first);
    std::vector<std::byte> buffer(burst.beats * kBusBytes);
    for (std::byte& byte : buffer)
      byte = static_cast<std::byte>(random());

    if (round % 2 == 0) {
      for (unsigned beat = 0; beat < burst.beats; ++beat) {
        unsigned strobes = 0;
        for (const auto& [lane, addr] : burst.lanes(beat)) {
          // One byte in eight is left out.
          if (random() % 8 == 0)
            continue;
          strobes |= 1u << lane;
          expected[addr - LinkPeer::kMemoryBase] = buffer[beat * kBusBytes + lane];
        }
        bench.write(kStrobes + beat * 4, strobes);
        for (unsigned word = 0; word < kBusBytes; word += 8) {
          std::uint64_t value = 0;
          std::memcpy(&value, &buffer[beat * kBusBytes + word], 8);
          bench.write(kBuffer + beat * kBusBytes + word, value, 8);
        }
      }
      REQUIRE(bench.burst(burst.addr, shape_of(burst), true) == kOkay);
      REQUIRE(std::ranges::equal(bench.peer.memory(), expected));
    } else {
      REQUIRE(bench.burst(burst.addr, shape_of(burst), false) == kOkay);
      for (unsigned beat = 0; beat < burst.beats; ++beat) {
        for (const auto& [lane, addr] : burst.lanes(beat)) {
          const std::uint64_t read = bench.value(kBuffer + beat * kBusBytes + lane, 1);
          REQUIRE(read == std::to_integer<std::uint64_t>(expected[addr - LinkPeer::kMemoryBase]));
        }
      }
    }
  }
  CHECK(bench.quit() == 0);
}

TEST_CASE("DMA is cut at MPS, MRRS and 4 KiB", "[sim][dma]") {
  const bool is_write = GENERATE(false, true);
  const std::uint32_t limit = GENERATE(128u, 256u, 512u, 4096u);
  CAPTURE(is_write, limit);
  ProbeBench bench;
  // The other direction has another limit, so that the two cannot be mixed up.
  bench.keep(bench.peer.config(bench.now, LinkPeer::kAllOn, is_write ? limit : 128,
                               is_write ? 128 : limit));
  std::vector<std::uint32_t> lengths;
  bench.peer.on_dma = [&](const presil_message& upcall) {
    lengths.push_back(upcall.u.dma.len_bytes);
    return std::nullopt;
  };
  for (unsigned beat = 0; beat < 128; ++beat)
    bench.write(kStrobes + beat * 4, 0xffff);
  // 2 KiB that starts within a piece.
  CHECK(bench.burst(LinkPeer::kMemoryBase + 0x840, ProbeBench::shape(124, 4, kIncr), is_write) ==
        kOkay);
  std::uint32_t total = 0;
  for (const std::uint32_t length : lengths) {
    CHECK(length <= limit);
    total += length;
  }
  CHECK(total == 124 * kBusBytes);
  CHECK(lengths.size() == (total + limit - 1) / limit);
  CHECK(bench.quit() == 0);
}

TEST_CASE("PASID and privilege ride along, other bits of AxUSER do not", "[sim][dma]") {
  ProbeBench bench;
  std::uint64_t attr = 0;
  bench.peer.on_dma = [&](const presil_message& upcall) {
    attr = upcall.u.dma.attr;
    return std::nullopt;
  };
  bench.write(kUser, 0xffff'ffff);
  bench.burst(LinkPeer::kMemoryBase, ProbeBench::shape(1, 4, kIncr), false);
  CHECK(attr == (PRESIL_DMA_PASID_MASK | PRESIL_DMA_PASID_VALID | PRESIL_DMA_PRIVILEGED));
  CHECK(bench.quit() == 0);
}

TEST_CASE("failed DMA comes back as a bus error of its kind", "[sim][dma]") {
  struct Case {
    std::uint32_t status;
    unsigned response;
  };
  const auto wanted = GENERATE(Case{PRESIL_STATUS_UNSUPPORTED_REQUEST, kDecerr},
                               Case{PRESIL_STATUS_COMPLETER_ABORT, kSlverr},
                               Case{PRESIL_STATUS_COMPLETION_TIMEOUT, kSlverr});
  const bool is_write = GENERATE(false, true);
  ProbeBench bench;
  bench.write(kStrobes, 0xffff);
  bench.peer.on_dma = [&](const presil_message&) { return wanted.status; };
  CHECK(bench.burst(LinkPeer::kMemoryBase, ProbeBench::shape(1, 4, kIncr), is_write) ==
        wanted.response);
  bench.peer.on_dma = [](const presil_message&) { return std::nullopt; };
  CHECK(bench.burst(LinkPeer::kMemoryBase, ProbeBench::shape(1, 4, kIncr), is_write) == kOkay);
  CHECK(bench.quit() == 0);
}

TEST_CASE("without bus mastering DMA is refused by the endpoint, without an upcall", "[sim][dma]") {
  const bool is_write = GENERATE(false, true);
  const std::uint32_t power_state = GENERATE(0u, 3u);
  ProbeBench bench;
  bench.write(kStrobes, 0xffff);
  bench.write(kAddrLow, LinkPeer::kMemoryBase);
  bench.write(kShape, ProbeBench::shape(1, 4, kIncr));
  bench.write(kGo, is_write ? 2 : 1);
  // The writes are still on the link while the guest turns it off.
  bench.config(power_state == 3 ? LinkPeer::kAllOn : PRESIL_CONFIG_MEMORY_SPACE, 0);
  if (power_state == 3) {
    bench.write(kIrqAfter, 1000);  // Keeps the clock running over the change.
    bench.advance(200'000);
    bench.config(LinkPeer::kAllOn, 3);
  }
  bench.advance(kMicrosecond);
  bench.config(LinkPeer::kAllOn);
  const std::uint64_t status = bench.value(kStatus);
  if (power_state == 0) {
    CHECK(bench.peer.upcalls == 0);
    CHECK((status >> 1 & 3) == kDecerr);
  }
  CHECK(bench.quit() == 0);
}

TEST_CASE("bursts that AXI forbids are answered SLVERR, reported, and not performed",
          "[sim][dma]") {
  struct Case {
    std::uint64_t offset;
    std::uint32_t shape;
    unsigned strobes;
    const char* rule;
    bool write_only;
  };
  const auto wanted =
      GENERATE(Case{0xff0, ProbeBench::shape(2, 4, kIncr), 0xffff, "4 KiB boundary", false},
               Case{0, ProbeBench::shape(1, 5, kIncr), 0xffff, "wider than the bus", false},
               Case{0, ProbeBench::shape(17, 2, kFixed), 0xf, "more than 16 beats", false},
               Case{0, ProbeBench::shape(3, 4, kWrap), 0xffff, "2, 4, 8, 16", false},
               Case{4, ProbeBench::shape(2, 4, kWrap), 0xffff, "not aligned", false},
               Case{0, ProbeBench::shape(1, 4, 3), 0xffff, "reserved burst", false},
               Case{0, ProbeBench::shape(1, 2, kIncr), 0xff, "strobe outside", true},
               Case{0, ProbeBench::shape(3, 4, kIncr, 0, false, true), 0xffff, "WLAST", true});
  const bool is_write = GENERATE(false, true);
  if (wanted.write_only && !is_write)
    return;
  CAPTURE(wanted.rule, is_write);
  ProbeBench bench;
  for (unsigned beat = 0; beat < 17; ++beat)
    bench.write(kStrobes + beat * 4, wanted.strobes);
  CHECK(bench.burst(LinkPeer::kMemoryBase + wanted.offset, wanted.shape, is_write) == kSlverr);
  CHECK(bench.peer.upcalls == 0);
  // It is the RTL's fault, as a failed assertion is.
  CHECK(bench.quit() == 3);
  CHECK(bench.simulator.events().contains("axi-violation"));
  CHECK(bench.simulator.events().contains(wanted.rule));
  CHECK(number_in(bench.simulator.summary(), "rtl_failures") == 1);
}

TEST_CASE("an interrupt comes after the DMA writes before it", "[sim][dma][msix]") {
  ProbeBench bench;
  for (unsigned beat = 0; beat < 256; ++beat)
    bench.write(kStrobes + beat * 4, 0xffff);
  bench.write(kAddrLow, LinkPeer::kMemoryBase);
  bench.write(kShape, ProbeBench::shape(256, 4, kIncr));
  bench.write(kGo, 2);
  std::uint64_t last_write_ps = 0;
  bench.peer.on_dma = [&](const presil_message& upcall) {
    CHECK(bench.peer.interrupts.empty());
    last_write_ps = upcall.header.time_ps;
    return std::nullopt;
  };
  while (last_write_ps == 0)
    bench.advance(kPeriodPs);
  bench.write(kIrq, 1);
  bench.advance(10 * kMicrosecond);
  REQUIRE(bench.peer.interrupts.size() == 1);
  // 4 KiB take 260 ns on eight lanes at 16 GT/s, and the interrupt leaves behind them.
  CHECK(bench.peer.interrupts[0].time_ps >= last_write_ps + 260'000 + 150'000);
  CHECK(bench.quit() == 0);
}

}  // namespace
}  // namespace presil::testbench
