// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The device's own reads and writes, its interrupts and its errors.

#include <array>
#include <numeric>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "support/bench.hpp"

namespace presil::test {
namespace {

constexpr uint64_t kHoleAddr = 0x80000000;         // nothing is there
constexpr uint64_t kOtherBar = BAR_ADDR(0, 2, 0);  // a device's registers, no RAM

TEST_CASE("dma: a write lands in the guest's memory before the read that follows it",
          "[qemu][dma]") {
  Bench bench;
  std::vector<uint8_t> data(128);
  std::iota(data.begin(), data.end(), uint8_t{1});
  uint32_t status = ~0u;
  bench.peer.on_read = [&](Peer& peer, const presil_message&) {
    status = peer.dma_write(peer.present_ps(), BUFFER_ADDR + 3, data);
    return Reply{};
  };
  bench.script.read(bar0(0), 4);
  const size_t first = bench.script.read(BUFFER_ADDR + 3, 8);
  const size_t last = bench.script.read(BUFFER_ADDR + 3 + 120, 8);
  const size_t behind = bench.script.read(BUFFER_ADDR + 3 + 128, 8);
  const Outcome outcome = bench.run();
  CHECK(status == PRESIL_STATUS_SUCCESS);
  CHECK(outcome.results[first].value == 0x0807'0605'0403'0201);
  CHECK(outcome.results[last].value == 0x807f'7e7d'7c7b'7a79);
  CHECK(outcome.results[behind].value == 0);
  CHECK(outcome.counter("dma_bytes") == 128);
}

TEST_CASE("dma: a read gives what the guest has written", "[qemu][dma]") {
  Bench bench;
  std::array<uint8_t, 512> data{};
  uint32_t status = ~0u;
  bench.peer.on_write = [&](Peer& peer, const presil_message&) {
    status = peer.dma_read(peer.present_ps(), BUFFER_ADDR, data);
    return Reply{};
  };
  bench.script.write(BUFFER_ADDR + 8, 8, 0x1122'3344'5566'7788);
  bench.script.write(BUFFER_ADDR + 504, 8, 0x99aa'bbcc'ddee'ff00);
  bench.script.write(bar0(0), 4, 1);
  bench.run();
  CHECK(status == PRESIL_STATUS_SUCCESS);
  CHECK(data[8] == 0x88);
  CHECK(data[15] == 0x11);
  CHECK(data[511] == 0x99);
}

TEST_CASE("dma: what is no RAM is refused, and its device is not called", "[qemu][dma]") {
  struct Case {
    uint64_t addr;
    bool is_write;
    uint32_t expected;
  };
  // A posted write to nowhere has left the endpoint when the platform drops it.
  const auto c = GENERATE(values<Case>({{kHoleAddr, false, PRESIL_STATUS_UNSUPPORTED_REQUEST},
                                        {kHoleAddr, true, PRESIL_STATUS_SUCCESS},
                                        {kOtherBar, false, PRESIL_STATUS_UNSUPPORTED_REQUEST},
                                        {kOtherBar, true, PRESIL_STATUS_UNSUPPORTED_REQUEST},
                                        {LAPIC_ADDR, true, PRESIL_STATUS_UNSUPPORTED_REQUEST}}));
  CAPTURE(c.addr, c.is_write);
  Bench bench;
  std::array<uint8_t, 4> data{};
  uint32_t status = ~0u;
  bench.peer.on_write = [&](Peer& peer, const presil_message&) {
    status = c.is_write ? peer.dma_write(peer.present_ps(), c.addr, data)
                        : peer.dma_read(peer.present_ps(), c.addr, data);
    return Reply{};
  };
  bench.script.write(bar0(0), 4, 1);
  const Outcome outcome = bench.run();
  CHECK(status == c.expected);
  CHECK(bench.peer.count(PRESIL_CALL_MMIO_WRITE) == 1);
  CHECK(bench.peer.count(PRESIL_CALL_MMIO_READ) == 0);
  CHECK(outcome.counter("dma_refused") == 1);
}

TEST_CASE("dma: with bus mastering off every request is refused", "[qemu][dma]") {
  Bench bench;
  std::array<uint8_t, 4> data{0xff, 0xff, 0xff, 0xff};
  std::vector<uint32_t> statuses;
  bench.peer.on_write = [&](Peer& peer, const presil_message&) {
    statuses.push_back(peer.dma_write(peer.present_ps(), BUFFER_ADDR, data));
    statuses.push_back(peer.dma_read(peer.present_ps(), BUFFER_ADDR, data));
    return Reply{};
  };
  bench.script.write(CONFIG_ADDR(0, 0x04), 2, 0x0002);
  bench.script.write(bar0(0), 4, 1);
  const size_t untouched = bench.script.read(BUFFER_ADDR, 4);
  const Outcome outcome = bench.run();
  CHECK(statuses == std::vector<uint32_t>(2, PRESIL_STATUS_UNSUPPORTED_REQUEST));
  CHECK(outcome.results[untouched].value == 0);
}

TEST_CASE("msix: a vector reaches its handler", "[qemu][msix]") {
  Bench bench;
  const uint32_t vector = GENERATE(0u, 1u);
  bench.peer.on_write = [=](Peer& peer, const presil_message&) {
    peer.msix(peer.present_ps(), vector);
    return Reply{};
  };
  bench.script.enable_msix(0, 2);
  bench.script.write(bar0(0), 4, 1);
  const size_t irq = bench.script.wait_irq();
  const size_t left = bench.script.count_irqs();
  const Outcome outcome = bench.run();
  CHECK(outcome.results[irq].value == vector);
  CHECK(outcome.results[left].value == 0);
  CHECK(outcome.log_values("msix", "vector") == std::vector<int64_t>{vector});
}

TEST_CASE("msix: a masked vector waits, a disabled function drops", "[qemu][msix]") {
  Bench bench;
  bench.peer.on_write = [](Peer& peer, const presil_message&) {
    peer.msix(peer.present_ps(), 0);
    return Reply{};
  };
  constexpr uint32_t kVectorControl = 12;
  bench.script.write(bar0(0), 4, 1);  // MSI-X is off: dropped
  bench.script.enable_msix(0, 1);
  bench.script.spin(1000);
  const size_t dropped = bench.script.count_irqs();
  bench.script.write(BAR_ADDR(0, 4, kVectorControl), 4, 1);
  bench.script.write(bar0(0), 4, 1);
  bench.script.spin(1000);
  const size_t masked = bench.script.count_irqs();
  bench.script.write(BAR_ADDR(0, 4, kVectorControl), 4, 0);
  bench.script.spin(1000);
  const size_t unmasked = bench.script.count_irqs();
  const Outcome outcome = bench.run();
  CHECK(outcome.results[dropped].value == 0);
  CHECK(outcome.results[masked].value == 0);
  CHECK(outcome.results[unmasked].value == 1);
  CHECK(outcome.counter("interrupts_dropped") == 1);
}

TEST_CASE("msix: a message that the guest aims at a BAR does not enter the simulator",
          "[qemu][msix]") {
  Bench bench;
  // From an ADVANCE: within an access QEMU itself keeps the device from being entered again.
  bench.peer.on_write = [](Peer& peer, const presil_message&) {
    return Reply{.next_ps = peer.present_ps() + 1000};
  };
  bench.peer.on_advance = [](Peer& peer, const presil_message& call) {
    peer.msix(call.header.time_ps, 0);
    return Reply{.time_ps = call.header.time_ps};
  };
  bench.script.enable_msix(0, 1);
  bench.script.write(BAR_ADDR(0, 4, 0), 4, bar0(0x20));
  bench.script.write(bar0(0), 4, 1);
  bench.script.spin(10'000);
  const size_t after = bench.script.read(bar0(0x40), 4);
  const Outcome outcome = bench.run();
  CHECK(outcome.results[after].value == low_bytes(Peer::pattern(0x40), 4));
  CHECK(bench.peer.count(PRESIL_CALL_MMIO_WRITE) == 1);
  CHECK(outcome.counter("refused") == 1);
}

TEST_CASE("error: an upcall sets the bit in AER's status, with the header", "[qemu][aer]") {
  struct Case {
    uint32_t severity, bit;
    uint64_t status_offset;
  };
  const auto c =
      GENERATE(values<Case>({{PRESIL_ERROR_NONFATAL, 1u << 14, 0x04},       // completion timeout
                             {PRESIL_ERROR_NONFATAL, 1u << 20, 0x04},       // unsupported request
                             {PRESIL_ERROR_FATAL, 1u << 18, 0x04},          // malformed TLP
                             {PRESIL_ERROR_CORRECTABLE, 1u << 6, 0x10}}));  // bad TLP
  CAPTURE(c.severity, c.bit);
  Bench bench;
  bench.peer.on_write = [=](Peer& peer, const presil_message&) {
    peer.error(peer.present_ps(), c.severity, c.bit);
    return Reply{};
  };
  bench.script.write(CONFIG_ADDR(0, kAerCapability + 0x14), 4, 0);  // correctable errors: mask none
  bench.script.write(CONFIG_ADDR(0, kExpressCapability + 8), 2, 0x000f);
  bench.script.write(bar0(0), 4, 1);
  const size_t status = bench.script.read(CONFIG_ADDR(0, kAerCapability + c.status_offset), 4);
  bench.script.write(CONFIG_ADDR(0, kAerCapability + c.status_offset), 4, c.bit);
  const size_t cleared = bench.script.read(CONFIG_ADDR(0, kAerCapability + c.status_offset), 4);
  const Outcome outcome = bench.run();
  CHECK(outcome.results[status].value == c.bit);
  CHECK(outcome.results[cleared].value == 0);
  CHECK(outcome.counter("errors") == 1);
}

}  // namespace
}  // namespace presil::test
