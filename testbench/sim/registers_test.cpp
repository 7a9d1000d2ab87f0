// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Register accesses through the harness: sizes, alignments, failures, posted writes.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "testbench/sim/probe_bench.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kBusMaster = PRESIL_CONFIG_BUS_MASTER | PRESIL_CONFIG_MSIX_ENABLE;

TEST_CASE("a write changes exactly its bytes", "[sim][mmio]") {
  ProbeBench bench({"--stall", GENERATE("0", "50")});
  bench.write(kScratch, 0xaabb'ccdd);
  bench.write(kScratch + 1, 0x11, 1);
  CHECK(bench.value(kScratch) == 0xaabb'11dd);
  bench.write(kScratch + 2, 0x2233, 2);
  CHECK(bench.value(kScratch) == 0x2233'11dd);
  // One byte of SCRATCH, and three of the word after it, which ignores them.
  bench.write(kScratch + 3, 0x4444'4455, 4);
  CHECK(bench.value(kScratch) == 0x5533'11dd);
  CHECK(bench.quit() == 0);
}

TEST_CASE("a read takes its bytes from whole words, each read once", "[sim][mmio]") {
  ProbeBench bench({"--stall", GENERATE("0", "50")});
  bench.write(kScratch, 0xaabb'ccdd);
  CHECK(bench.value(kScratch + 1, 1) == 0xcc);
  CHECK(bench.value(kScratch + 2, 2) == 0xaabb);
  CHECK(bench.value(kReads) == 0);
  // SCRATCH low, READS high: 8 bytes are two words, low first.
  CHECK(bench.value(kScratch, 8) == 0x1'aabb'ccdd);
  CHECK(bench.value(kReads + 1, 2) == 0);
  CHECK(bench.value(kReads) == 3);
  // Bytes 3 to 6: the top of SCRATCH and three of READS.
  CHECK(bench.value(kScratch + 3, 4) == 0x0000'04aa);
  CHECK(bench.quit() == 0);
}

TEST_CASE("8 bytes that touch three words write all three", "[sim][mmio]") {
  ProbeBench bench;
  const auto before = bench.value(kWrites);
  bench.write(kBuffer + 2, 0x8877'6655'4433'2211, 8);
  CHECK(bench.value(kWrites) == before + 3);
  CHECK(bench.quit() == 0);
}

TEST_CASE("bus errors become completion statuses, are all ones and reported", "[sim][mmio]") {
  struct Case {
    std::uint64_t offset;
    std::uint32_t status;
    std::uint32_t write_bit;
  };
  const auto wanted = GENERATE(Case{kSlverr, PRESIL_STATUS_COMPLETER_ABORT, 1u << 15},
                               Case{kDecerr, PRESIL_STATUS_UNSUPPORTED_REQUEST, 1u << 20});
  ProbeBench bench;
  for (const std::uint32_t size : {1u, 2u, 4u, 8u}) {
    const auto completion = bench.read(wanted.offset, size);
    CHECK(completion.status == wanted.status);
    CHECK(completion.data == (size == 8 ? ~0ull : (1ull << size * 8) - 1));
  }
  bench.advance(kMicrosecond);
  REQUIRE(bench.peer.errors.size() == 4);
  CHECK(bench.peer.errors[0].severity == PRESIL_ERROR_CORRECTABLE);
  CHECK(bench.peer.errors[0].status_bit == 1u << 13);

  CHECK(bench.write(wanted.offset, 0).status == PRESIL_STATUS_SUCCESS);
  bench.advance(kMicrosecond);
  REQUIRE(bench.peer.errors.size() == 5);
  CHECK(bench.peer.errors[4].severity == PRESIL_ERROR_NONFATAL);
  CHECK(bench.peer.errors[4].status_bit == wanted.write_bit);
  CHECK(bench.quit() == 0);
}

TEST_CASE("what nobody decodes is an unsupported request", "[sim][mmio]") {
  ProbeBench bench;
  const auto unsupported = [&](const LinkPeer::Completion& completion) {
    bench.keep(completion);
    return completion.status == PRESIL_STATUS_UNSUPPORTED_REQUEST && completion.data == 0xffff'ffff;
  };
  SECTION("past the end of the BAR") {
    CHECK(unsupported(bench.read(0x10000)));
    CHECK(unsupported(bench.read(0xfffe)));
    CHECK(unsupported(bench.read(UINT64_MAX - 8)));
  }
  SECTION("a BAR that does not exist") {
    CHECK(unsupported(bench.peer.read(bench.now, 0, 4, 3)));
  }
  SECTION("memory space off") {
    bench.config(kBusMaster);
    CHECK(unsupported(bench.read(kScratch)));
  }
  SECTION("power state D3hot") {
    bench.config(LinkPeer::kAllOn, 3);
    CHECK(unsupported(bench.read(kScratch)));
    bench.config(LinkPeer::kAllOn, 0);
    CHECK(bench.read(kScratch).status == PRESIL_STATUS_SUCCESS);
  }
  CHECK(bench.quit() == 0);
}

TEST_CASE("a read that is never answered ends with a completion timeout", "[sim][mmio]") {
  ProbeBench bench;
  const std::uint64_t start_ps = bench.now;
  const auto completion = bench.read(kNever, 2);
  CHECK(completion.status == PRESIL_STATUS_COMPLETION_TIMEOUT);
  CHECK(completion.data == 0xffff);
  CHECK(completion.device_ps == start_ps + kCompletionTimeoutPs);
  REQUIRE(bench.peer.errors.size() == 1);
  CHECK(bench.peer.errors[0].severity == PRESIL_ERROR_NONFATAL);
  CHECK(bench.peer.errors[0].status_bit == 1u << 14);

  // The register bus is stuck until somebody resets the device.
  CHECK(bench.read(kScratch).status == PRESIL_STATUS_COMPLETION_TIMEOUT);
  bench.keep(bench.peer.reset(bench.now, PRESIL_RESET_FUNCTION));
  CHECK(bench.read(kScratch).status == PRESIL_STATUS_SUCCESS);
  CHECK(bench.quit() == 0);
  CHECK(bench.simulator.events().contains("completion-timeout bar=0 offset=0x808 size=2"));
}

TEST_CASE("a late answer is dropped and the device lives on", "[sim][mmio]") {
  ProbeBench bench;
  bench.write(kScratch, 0x1234);
  bench.write(kHold, kCompletionTimeoutPs / kPeriodPs + 1000);
  CHECK(bench.read(kHeld).status == PRESIL_STATUS_COMPLETION_TIMEOUT);
  bench.advance(10 * kMicrosecond);
  CHECK(bench.value(kScratch) == 0x1234);
  CHECK(bench.quit() == 0);
  CHECK(bench.simulator.events().contains("late-answer bar=0 offset=0x80c"));
}

TEST_CASE("writes are posted until the queue is full, and none is lost", "[sim][mmio]") {
  ProbeBench bench;
  bench.write(kHold, 1000);
  bench.advance(kMicrosecond);
  const std::uint64_t start_ps = bench.now;
  std::vector<std::uint64_t> returned_ps;
  for (int count = 0; count < 40; ++count)
    returned_ps.push_back(bench.peer.write(start_ps, kHeld, 0).device_ps);
  // One is being executed only after the link's latency; 32 wait.
  for (int count = 0; count < 32; ++count)
    CHECK(returned_ps[static_cast<std::size_t>(count)] == start_ps);
  for (std::size_t count = 33; count < 40; ++count) {
    CAPTURE(count);
    CHECK(returned_ps[count] >= returned_ps[count - 1] + (count > 33 ? 1000 * kPeriodPs : 0));
    CHECK(returned_ps[count] > start_ps);
  }
  bench.now = returned_ps.back();
  // A read passes none of them.
  CHECK(bench.value(kWrites) == 41);
  CHECK(bench.quit() == 0);
}

TEST_CASE("a write that finds no room in time is dropped and reported", "[sim][mmio]") {
  ProbeBench bench;
  for (int count = 0; count < 33; ++count)
    bench.write(kNever, 0);
  CHECK(bench.now < kCompletionTimeoutPs);
  CHECK(bench.peer.errors.empty());
  const std::uint64_t start_ps = bench.now;
  CHECK(bench.write(kNever, 0).device_ps == start_ps + kCompletionTimeoutPs);
  bench.advance(kMicrosecond);
  REQUIRE(bench.peer.errors.size() == 1);
  CHECK(bench.peer.errors[0].severity == PRESIL_ERROR_FATAL);
  CHECK(bench.peer.errors[0].status_bit == 1u << 17);
  CHECK(bench.quit() == 0);
}

TEST_CASE("a reset drops what is queued and restores the registers", "[sim][mmio]") {
  ProbeBench bench;
  bench.write(kScratch, 0xdead);
  CHECK(bench.value(kScratch) == 0xdead);
  bench.write(kIrq, 1);
  bench.write(kScratch, 0xbeef);
  const auto kind = GENERATE(PRESIL_RESET_CONVENTIONAL, PRESIL_RESET_FUNCTION);
  bench.keep(bench.peer.reset(bench.now, kind));
  bench.advance(kMicrosecond);
  CHECK(bench.value(kScratch) == 0);
  CHECK(bench.value(kWrites) == 0);
  CHECK(bench.peer.interrupts.empty());
  CHECK(bench.quit() == 0);
}

TEST_CASE("snapshots are answered unsupported", "[sim][link]") {
  ProbeBench bench;
  CHECK(bench.peer.simple(0, PRESIL_CALL_SAVE).status == PRESIL_STATUS_UNSUPPORTED);
  CHECK(bench.peer.simple(0, PRESIL_CALL_LOAD).status == PRESIL_STATUS_UNSUPPORTED);
  CHECK(bench.quit() == 0);
}

}  // namespace
}  // namespace presil::testbench
