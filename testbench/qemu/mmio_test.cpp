// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Reads and writes of BARs: data, sizes, alignment, and what a read costs the guest.

#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "support/bench.hpp"

namespace presil::test {
namespace {

TEST_CASE("mmio: an aligned access of any size is one call", "[qemu][mmio]") {
  Bench bench;
  const uint64_t size = GENERATE(1u, 2u, 4u, 8u);
  CAPTURE(size);
  const uint64_t offset = 0x200 + size;
  const uint64_t value = 0xfedc'ba98'7654'3210;
  const size_t read = bench.script.read(bar0(offset), size);
  bench.script.write(bar0(offset), size, value);
  const Outcome outcome = bench.run();

  CHECK(outcome.results[read].value == low_bytes(Peer::pattern(offset), size));
  REQUIRE(bench.peer.count(PRESIL_CALL_MMIO_READ) == 1);
  REQUIRE(bench.peer.count(PRESIL_CALL_MMIO_WRITE) == 1);
  for (const presil_message& call : bench.peer.calls()) {
    if (call.header.type == PRESIL_CALL_MMIO_READ || call.header.type == PRESIL_CALL_MMIO_WRITE) {
      CHECK(call.u.mmio.bar == 0);
      CHECK(call.u.mmio.offset == offset);
      CHECK(call.u.mmio.size == size);
    }
    if (call.header.type == PRESIL_CALL_MMIO_WRITE) {
      CHECK(call.u.mmio.data == low_bytes(value, size));
    }
  }
}

TEST_CASE("mmio: an unaligned access gives the bytes at its address", "[qemu][mmio]") {
  Bench bench;
  const uint64_t size = GENERATE(2u, 4u, 8u);
  CAPTURE(size);
  // Memory of the device, byte by byte.
  bench.peer.on_read = [](Peer&, const presil_message& call) {
    Reply reply;
    for (uint32_t i = 0; i < call.u.mmio.size; ++i) {
      reply.data |= ((call.u.mmio.offset + i) & 0xff) << (8 * i);
    }
    return reply;
  };
  std::vector<size_t> reads;
  for (uint64_t offset = 0x10; offset < 0x18; ++offset) {
    reads.push_back(bench.script.read(bar0(offset), size));
  }
  const Outcome outcome = bench.run();
  for (size_t i = 0; i < reads.size(); ++i) {
    uint64_t expected = 0;
    for (uint64_t b = 0; b < size; ++b) {
      expected |= (0x10 + i + b) << (8 * b);
    }
    CHECK(outcome.results[reads[i]].value == expected);
  }
}

TEST_CASE("mmio: each BAR is told apart", "[qemu][mmio]") {
  Bench bench;
  bench.peer.on_read = [](Peer&, const presil_message& call) {
    return Reply{.data = call.u.mmio.bar + 100};
  };
  const size_t first = bench.script.read(BAR_ADDR(0, 0, 0xfffc), 4);
  const size_t second = bench.script.read(BAR_ADDR(0, 2, 0xffc), 4);
  const Outcome outcome = bench.run();
  CHECK(outcome.results[first].value == 100);
  CHECK(outcome.results[second].value == 102);
}

TEST_CASE("mmio: a read that fails gives ones of its width, and is logged", "[qemu][mmio]") {
  const uint32_t status = GENERATE(as<uint32_t>(), PRESIL_STATUS_UNSUPPORTED_REQUEST,
                                   PRESIL_STATUS_COMPLETER_ABORT, PRESIL_STATUS_COMPLETION_TIMEOUT);
  Bench bench;
  bench.peer.on_read = [=](Peer&, const presil_message&) {
    return Reply{.data = 0, .status = status};
  };
  for (const uint64_t size : {1u, 2u, 4u, 8u}) {
    bench.script.read(bar0(0x40), size);
  }
  const Outcome outcome = bench.run();
  CHECK(outcome.results[0].value == 0xff);
  CHECK(outcome.results[1].value == 0xffff);
  CHECK(outcome.results[2].value == 0xffff'ffff);
  CHECK(outcome.results[3].value == kOnes);
  CHECK(outcome.counter("failed_reads") == 4);
  CHECK(outcome.log_values("read-failed", "bar").size() == 4);
}

TEST_CASE("mmio: a read costs the guest what the device took, to the nanosecond",
          "[qemu][mmio][time]") {
  const uint64_t cost_ns = GENERATE(0u, 1u, 10u, 700u, 100'000u, 10'000'000u);
  CAPTURE(cost_ns);
  Bench bench;
  bench.peer.on_read = [=](Peer&, const presil_message& call) {
    return Reply{.time_ps = call.header.time_ps + cost_ns * kPsPerNs, .next_ps = PRESIL_LINK_NEVER};
  };
  const size_t uncharged = bench.script.read(BUFFER_ADDR, 4);
  const size_t charged = bench.script.read(bar0(0), 4);
  const Outcome outcome = bench.run();

  const auto took = [&](size_t i) { return outcome.results[i].t1 - outcome.results[i].t0; };
  CHECK(took(charged) == took(uncharged) + cost_ns);
}

TEST_CASE("mmio: every charged read of a thousand costs the same", "[qemu][mmio][time]") {
  constexpr uint64_t kCostNs = 850;
  Bench bench;
  bench.peer.on_read = [](Peer&, const presil_message& call) {
    return Reply{.time_ps = call.header.time_ps + kCostNs * kPsPerNs};
  };
  const size_t loop = bench.script.read_loop(bar0(0), 4, 1000);
  const Outcome outcome = bench.run();
  CHECK(outcome.results[loop].t0 == outcome.results[loop].t1);
  CHECK(outcome.results[loop].t0 >= kCostNs);
  CHECK(outcome.results[loop].t0 <= kCostNs + 20);
  CHECK(outcome.counter("stalls") == 1000);
}

TEST_CASE("mmio: a part of a nanosecond is charged as a whole one", "[qemu][mmio][time]") {
  Bench bench;
  bench.peer.on_read = [](Peer&, const presil_message& call) {
    return Reply{.time_ps = call.header.time_ps + 99'001};
  };
  const size_t uncharged = bench.script.read(BUFFER_ADDR, 4);
  const size_t charged = bench.script.read(bar0(0), 4);
  const Outcome outcome = bench.run();
  const auto took = [&](size_t i) { return outcome.results[i].t1 - outcome.results[i].t0; };
  CHECK(took(charged) == took(uncharged) + 100);
}

TEST_CASE("mmio: a posted write costs nothing, a full queue stalls", "[qemu][mmio][time]") {
  Bench bench;
  bench.peer.on_write = [](Peer&, const presil_message& call) {
    return Reply{.time_ps = call.u.mmio.offset == 0x8 ? call.header.time_ps + 5'000'000 : 0};
  };
  const size_t plain = bench.script.write(BUFFER_ADDR, 4, 1);
  const size_t posted = bench.script.write(bar0(0x4), 4, 1);
  const size_t full = bench.script.write(bar0(0x8), 4, 1);
  const Outcome outcome = bench.run();
  const auto took = [&](size_t i) { return outcome.results[i].t1 - outcome.results[i].t0; };
  CHECK(took(posted) == took(plain));
  CHECK(took(full) == took(plain) + 5000);
}

TEST_CASE("mmio: calls carry the guest's time", "[qemu][mmio][time]") {
  Bench bench;
  std::vector<size_t> reads;
  for (int i = 0; i < 8; ++i) {
    bench.script.spin(1000 + 137 * static_cast<uint64_t>(i));
    reads.push_back(bench.script.read(bar0(4 * static_cast<uint64_t>(i)), 4));
  }
  const Outcome outcome = bench.run();
  size_t i = 0;
  for (const presil_message& call : bench.peer.calls()) {
    if (call.header.type == PRESIL_CALL_MMIO_READ) {
      const result& r = outcome.results[reads.at(i++)];
      CHECK(call.header.time_ps > r.t0 * kPsPerNs);
      CHECK(call.header.time_ps < r.t1 * kPsPerNs);
    }
  }
  CHECK(i == reads.size());
}

}  // namespace
}  // namespace presil::test
