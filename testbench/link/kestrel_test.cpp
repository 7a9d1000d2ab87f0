// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The reference accelerator behind the link, without QEMU: identity, registers, the end of a run.

#include <kestrel_regs.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "testbench/support/kestrel_host.hpp"
#include "testbench/support/kestrel_programs.hpp"
#include "testbench/support/link_peer.hpp"
#include "testbench/support/simulator_process.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kMicrosecond = 1'000'000;
constexpr std::uint64_t kMillisecond = 1'000'000'000;

/// The number behind a key of a summary.
std::uint64_t number_in(const std::string& json, const std::string& key) {
  const auto at = json.find('"' + key + "\": ");
  REQUIRE(at != std::string::npos);
  return std::stoull(json.substr(at + key.size() + 4));
}

TEST_CASE("the hello brings the personality of accelerator.toml", "[link][kestrel]") {
  SimulatorProcess simulator(PRESIL_SIMULATOR, PRESIL_DESCRIPTION);
  LinkPeer peer(simulator.socket());
  CHECK(peer.personality().name == std::string_view("kestrel"));
  CHECK(peer.personality().bars[0].size_bytes == 0x20'0000);
  CHECK(peer.personality().msix_vectors == 17);
  CHECK(peer.personality().bars[0].flags == PRESIL_BAR_64BIT);
  CHECK(peer.personality().capabilities == (PRESIL_CAP_PM | PRESIL_CAP_AER | PRESIL_CAP_FLR));
  peer.quit(0);
  CHECK(simulator.wait() == 0);
}

TEST_CASE("registers are read and written through the RTL", "[link][kestrel]") {
  SimulatorProcess simulator(PRESIL_SIMULATOR, PRESIL_DESCRIPTION);
  LinkPeer peer(simulator.socket());
  peer.config(0, LinkPeer::kAllOn);
  peer.advance(kMicrosecond);

  const auto id = peer.read(kMicrosecond, KESTREL_REG_ID);
  CHECK(id.status == PRESIL_STATUS_SUCCESS);
  CHECK(id.data == 0x4b535452);
  // Twice the link's latency, and a few cycles of the bus.
  CHECK(id.device_ps >= kMicrosecond + 300'000);
  CHECK(id.device_ps <= kMicrosecond + 400'000);

  const auto written = peer.write(id.device_ps, KESTREL_REG_SCRATCH, 0xcafe'f00d);
  CHECK(written.device_ps == id.device_ps);
  CHECK(peer.read(written.device_ps, KESTREL_REG_SCRATCH).data == 0xcafe'f00d);
  peer.quit(2 * kMicrosecond);
  CHECK(simulator.wait() == 0);
  INFO(simulator.summary());
  CHECK(simulator.summary().find("\"result\": \"ok\"") != std::string::npos);
}

/// A job of several copies, each of another alignment, and its interrupt.
std::string events_of_a_job(const std::vector<std::string>& arguments) {
  SimulatorProcess simulator(PRESIL_SIMULATOR, PRESIL_DESCRIPTION, arguments);
  LinkPeer peer(simulator.socket());
  KestrelHost host(peer);
  host.start();
  constexpr std::uint64_t kFrom = KestrelHost::kData, kTo = KestrelHost::kData + 0x40000;
  constexpr std::uint32_t kBytes = 20'011;
  host.fill_random(kFrom, 0x10000, 1);
  host.copy(kFrom + 3, kTo + 9, kBytes);
  host.copy(kFrom + 0x8000, kTo + 0x8000, 4096);
  host.fence(0x1234'5678'9abc);
  host.ring();
  REQUIRE(host.idle_until(1, kMillisecond));
  CHECK(std::ranges::equal(host.at(kFrom + 3, kBytes), host.at(kTo + 9, kBytes)));
  CHECK(std::ranges::equal(host.at(kFrom + 0x8000, 4096), host.at(kTo + 0x8000, 4096)));
  CHECK(host.fence_value() == 0x1234'5678'9abc);
  CHECK(peer.interrupts.front().vector == 0);
  CHECK(peer.interrupts.front().time_ps == host.time_ps);
  CHECK(peer.errors.empty());
  host.take_counters();
  CHECK(host.read(KESTREL_REG_COUNT_RECORDS_LO) == 3);
  CHECK(host.read(KESTREL_REG_COUNT_CALLS_LO) == 2);
  // Whole beats: the first copy begins and ends within one, the other fits.
  CHECK(host.read(KESTREL_REG_COUNT_WRITE_BYTES_LO) >= kBytes + 4096);
  CHECK(host.read(KESTREL_REG_COUNT_WRITE_BYTES_LO) <= kBytes + 4096 + 2 * 16);
  peer.quit(host.time_ps + kMillisecond);
  CHECK(simulator.wait() == 0);
  INFO(simulator.summary());
  // 1 GHz: a cycle each nanosecond, evaluated or not.
  CHECK(number_in(simulator.summary(), "rtl_cycles") +
            number_in(simulator.summary(), "rtl_cycles_skipped") ==
        number_in(simulator.summary(), "device_ps") / 1000);
  CHECK(number_in(simulator.summary(), "rtl_cycles") < 100'000);
  return simulator.events();
}

TEST_CASE("a job copies, fences and interrupts", "[link][kestrel]") {
  const std::string events = events_of_a_job({});
  CHECK(events.contains("msix vector=0 sent"));
}

TEST_CASE("a matrix product comes out right", "[link][kestrel]") {
  SimulatorProcess simulator(PRESIL_SIMULATOR, PRESIL_DESCRIPTION);
  LinkPeer peer(simulator.socket());
  KestrelHost host(peer);
  host.start();
  const auto program = kestrel_gemm_program(
      KestrelHost::kData, 1, {.rows = 64, .columns = 48, .depth = 128, .block_rows = 32});
  for (const auto& input : program.inputs)
    std::ranges::copy(input.bytes, host.at(input.addr, input.bytes.size()).begin());
  host.call(program.commands);
  host.fence(1);
  host.ring();
  REQUIRE(host.idle_until(1, kMillisecond));
  for (const auto& result : program.results)
    CHECK(std::ranges::equal(result.bytes, host.at(result.addr, result.bytes.size())));
  host.take_counters();
  CHECK(host.read(KESTREL_REG_COUNT_MACS_LO) == program.macs);
  CHECK(peer.errors.empty());
  peer.quit(host.time_ps);
  CHECK(simulator.wait() == 0);
}

TEST_CASE("an error stops the queue, tells so, and is left by a reset of the queue",
          "[link][kestrel]") {
  SimulatorProcess simulator(PRESIL_SIMULATOR, PRESIL_DESCRIPTION);
  LinkPeer peer(simulator.socket());
  KestrelHost host(peer);
  host.start();
  constexpr std::uint64_t kFrom = KestrelHost::kData, kTo = KestrelHost::kData + 0x40000;
  host.fill_random(kFrom, 4096, 1);
  host.copy(kFrom, kTo, 16);
  const KestrelRecord bad[] = {kestrel_barrier(), KestrelRecord(200)};
  host.call(bad);
  host.fence(1);
  host.ring();
  REQUIRE(host.idle_until(1, kMillisecond));
  CHECK(peer.interrupts.front().vector == KestrelHost::kErrorVector);
  CHECK(host.fence_value() == 0);
  CHECK(host.read(KESTREL_REG_ERROR_QUEUES) == 1u << KestrelHost::kQueue);
  CHECK(host.read(KESTREL_REG_QUEUE_HEAD(KestrelHost::kQueue)) == 1);
  CHECK(host.read(KESTREL_REG_QUEUE_ERROR_INDEX(KestrelHost::kQueue)) == 1);
  CHECK(host.read(KESTREL_REG_QUEUE_ERROR_OFFSET(KestrelHost::kQueue)) == KESTREL_RECORD_BYTES);
  CHECK(host.read(KESTREL_REG_QUEUE_ERROR_CAUSE(KestrelHost::kQueue)) ==
        (KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE | 200u << KESTREL_QUEUE_ERROR_CAUSE_OPCODE_SHIFT |
         KESTREL_QUEUE_ERROR_CAUSE_IN_CALL));

  host.restart_queue();
  CHECK(host.read(KESTREL_REG_ERROR_QUEUES) == 0);
  host.copy(kFrom, kTo, 4096);
  host.fence(2);
  host.ring();
  REQUIRE(host.idle_until(2, 2 * kMillisecond));
  CHECK(peer.interrupts.back().vector == KestrelHost::kVector);
  CHECK(host.fence_value() == 2);
  CHECK(std::ranges::equal(host.at(kFrom, 4096), host.at(kTo, 4096)));
  peer.quit(host.time_ps);
  CHECK(simulator.wait() == 0);
}

TEST_CASE("a budget ends a record, though the clock stands still meanwhile", "[link][kestrel]") {
  SimulatorProcess simulator(PRESIL_SIMULATOR, PRESIL_DESCRIPTION);
  LinkPeer peer(simulator.socket());
  KestrelHost host(peer);
  host.start();
  constexpr std::uint64_t kBudgetNs = 20'000;
  host.write(KESTREL_REG_QUEUE_BUDGET(KestrelHost::kQueue), kBudgetNs);
  // A token that nobody signals.
  const KestrelRecord stuck[] = {kestrel_sync({.wait_prev = true})};
  host.call(stuck);
  host.ring();
  const std::uint64_t begin_ps = host.time_ps;
  REQUIRE(host.idle_until(1, kMillisecond));
  CHECK(peer.interrupts.front().vector == KestrelHost::kErrorVector);
  CHECK(host.time_ps >= begin_ps + kBudgetNs * 1000);
  CHECK(host.time_ps <= begin_ps + kBudgetNs * 1000 + 2 * kMicrosecond);
  CHECK((host.read(KESTREL_REG_QUEUE_ERROR_CAUSE(KestrelHost::kQueue)) &
         KESTREL_QUEUE_ERROR_CAUSE_CAUSE_MASK) == KESTREL_ERROR_CAUSE_BUDGET);
  peer.quit(host.time_ps);
  CHECK(simulator.wait() == 0);
  INFO(simulator.summary());
  CHECK(number_in(simulator.summary(), "rtl_cycles") < kBudgetNs / 2);
}

TEST_CASE("the event log does not depend on batches, waves or pace", "[link][kestrel]") {
  const std::string stall = GENERATE("0", "40");
  const std::string expected = events_of_a_job({"--stall", stall});
  CHECK(events_of_a_job({"--stall", stall, "--batch", "1"}) == expected);
  CHECK(events_of_a_job({"--stall", stall, "--batch", "16"}) == expected);
  CHECK(events_of_a_job({"--stall", stall, "--slow", "3"}) == expected);
  CHECK(events_of_a_job({"--stall", stall, "--waves", "FOLDER/waves.fst"}) == expected);
}

TEST_CASE("seeds change what is random and nothing else", "[link][kestrel]") {
  const std::string one = events_of_a_job({"--stall", "40", "--seed", "1"});
  CHECK(events_of_a_job({"--stall", "40", "--seed", "2"}) != one);
  CHECK(events_of_a_job({"--stall", "40", "--seed", "1"}) == one);
}

}  // namespace
}  // namespace presil::testbench
