// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The records of the event log, letter by letter, and the totals beside them.

#include "sim/record/recorder.hpp"

#include <presil_link.h>

#include <algorithm>
#include <format>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "sim/base/error.hpp"
#include "testbench/sim/device_time.hpp"
#include "testbench/support/temporary_folder.hpp"

namespace presil {
namespace {

/// A recorder that began at some device time, and what it has written.
struct Bench {
  testbench::TemporaryFolder folder;
  Recorder recorder{folder.path("log")};

  Bench() { testbench::pass(5000); }

  /// The whole log; ends the recording.
  std::string log() {
    recorder.close();
    return folder.read("log");
  }
};

std::string at_now(std::string_view record) {
  return std::format("{} {}\n", now_ps(), record);
}

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto* const begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

// XXH3 with 64 bits, no seed; the same in every implementation.
constexpr std::string_view kHashOfNothing = "2d06800538d394c2";
constexpr std::string_view kHashOfAbc = "78af5f94892f3950";

TEST_CASE("register accesses are recorded with what was moved", "[sim][record]") {
  Bench bench;
  bench.recorder.mmio_read(0, 0x10, 4, PRESIL_STATUS_SUCCESS, 0xabcd);
  bench.recorder.mmio_write(2, 0x1000, 8, 0x1'0000'0000);
  CHECK(bench.log() == at_now("mmio-read bar=0 offset=0x10 size=4 status=ok data=0xabcd") +
                           at_now("mmio-write bar=2 offset=0x1000 size=8 data=0x100000000"));
}

TEST_CASE("every way a register read ends has its name", "[sim][record]") {
  Bench bench;
  std::string expected;
  for (const auto& [status, name] : {std::pair{PRESIL_STATUS_SUCCESS, "ok"},
                                     {PRESIL_STATUS_UNSUPPORTED_REQUEST, "ur"},
                                     {PRESIL_STATUS_COMPLETER_ABORT, "ca"},
                                     {PRESIL_STATUS_COMPLETION_TIMEOUT, "cto"},
                                     {PRESIL_STATUS_STOPPED, "invalid"}}) {
    bench.recorder.mmio_read(0, 0, 4, status, 0xf);
    expected += at_now(std::format("mmio-read bar=0 offset=0x0 size=4 status={} data=0xf", name));
  }
  CHECK(bench.log() == expected);
}

TEST_CASE("a DMA is recorded at the time of its clock edge, with its data's hash",
          "[sim][record]") {
  Bench bench;
  const auto data = bytes_of("abc");
  bench.recorder.dma_read(now_ps() + 700, 0x1000, 0x100000, PRESIL_STATUS_SUCCESS, data);
  bench.recorder.dma_write(now_ps() + 800, UINT64_MAX, UINT64_MAX, PRESIL_STATUS_SUCCESS, {});
  CHECK(bench.log() ==
        std::format("{} dma-read addr=0x1000 len=3 attr=0x100000 status=ok xxh3={}\n"
                    "{} dma-write addr=0xffffffffffffffff len=0 attr=0xffffffffffffffff "
                    "status=ok xxh3={}\n",
                    now_ps() + 700, kHashOfAbc, now_ps() + 800, kHashOfNothing));
}

TEST_CASE("a failed DMA read has no data, a failed write has", "[sim][record]") {
  Bench bench;
  const auto data = bytes_of("abc");
  bench.recorder.dma_read(now_ps(), 0, 0, PRESIL_STATUS_UNSUPPORTED_REQUEST, data);
  bench.recorder.dma_write(now_ps(), 0, 0, PRESIL_STATUS_COMPLETER_ABORT, data);
  CHECK(bench.log() ==
        at_now("dma-read addr=0x0 len=3 attr=0x0 status=ur xxh3=0000000000000000") +
            at_now(std::format("dma-write addr=0x0 len=3 attr=0x0 status=ca xxh3={}", kHashOfAbc)));
}

TEST_CASE("what else crosses the link has a record each", "[sim][record]") {
  Bench bench;
  bench.recorder.msix(3, "sent");
  bench.recorder.msix(0, "disabled");
  bench.recorder.error("non-fatal", 20);
  bench.recorder.config(0x7, 256, 512, 3);
  bench.recorder.reset("function");
  bench.recorder.note("completion-timeout", "bar=0 offset=0x10 size=4");
  bench.recorder.rtl_message(now_ps() + 3, "rtl-assert", "top.p_no: failed", true);
  CHECK(bench.log() == at_now("msix vector=3 sent") + at_now("msix vector=0 disabled") +
                           at_now("error severity=non-fatal status_bit=0x14") +
                           at_now("config flags=0x7 mps=256 mrrs=512 power_state=3") +
                           at_now("reset kind=function") +
                           at_now("completion-timeout bar=0 offset=0x10 size=4") +
                           std::format("{} rtl-assert top.p_no: failed\n", now_ps() + 3));
}

TEST_CASE("records bear the device time at which they were made", "[sim][record]") {
  Bench bench;
  std::string expected;
  for (const Picoseconds span : {1, 999, 1'000'000}) {
    testbench::pass(span);
    bench.recorder.reset("conventional");
    expected += at_now("reset kind=conventional");
  }
  CHECK(bench.log() == expected);
}

TEST_CASE("a text that is too long is cut and its record still ends", "[sim][record]") {
  Bench bench;
  bench.recorder.note("note", std::string(10'000, 'x'));
  bench.recorder.reset("function");
  const std::string log = bench.log();
  CHECK(log.starts_with(std::format("{} note xxx", now_ps())));
  CHECK(log.find('\n') == 511);
  CHECK(log.substr(512) == at_now("reset kind=function"));
}

// ----------------------------------------------------------------------------------------- totals

TEST_CASE("totals count what happened", "[sim][record]") {
  Bench bench;
  const auto data = bytes_of("abcde");
  bench.recorder.mmio_read(0, 0, 4, PRESIL_STATUS_SUCCESS, 0);
  bench.recorder.mmio_read(0, 0, 4, PRESIL_STATUS_UNSUPPORTED_REQUEST, 0);
  bench.recorder.mmio_write(0, 0, 4, 0);
  bench.recorder.dma_read(now_ps(), 0, 0, PRESIL_STATUS_SUCCESS, data);
  bench.recorder.dma_write(now_ps(), 0, 0, PRESIL_STATUS_SUCCESS, data);
  bench.recorder.dma_write(now_ps(), 0, 0, PRESIL_STATUS_COMPLETER_ABORT, data);
  bench.recorder.msix(1, "sent");
  bench.recorder.msix(1, "refused");
  bench.recorder.rtl_message(now_ps(), "rtl-assert", "", true);
  bench.recorder.rtl_message(now_ps(), "rtl-finish", "", false);
  const Totals& totals = bench.recorder.totals();
  CHECK(totals.mmio_reads == 2);
  CHECK(totals.mmio_writes == 1);
  CHECK(totals.dma_bytes == 10);
  CHECK(totals.interrupts == 1);
  CHECK(totals.rtl_failures == 1);
}

TEST_CASE("only a message that was sent is told of", "[sim][record]") {
  Bench bench;
  int told = 0;
  bench.recorder.on_msix_sent = [&] { ++told; };
  bench.recorder.msix(0, "disabled");
  bench.recorder.msix(0, "refused");
  CHECK(told == 0);
  bench.recorder.msix(0, "sent");
  CHECK(told == 1);
}

TEST_CASE("an assertion that never stops failing does not fill the disk", "[sim][record]") {
  Bench bench;
  constexpr auto kFailures = Recorder::kMaxRtlRecords + 500;
  for (std::uint64_t i = 0; i < kFailures; ++i)
    bench.recorder.rtl_message(now_ps(), "rtl-assert", std::to_string(i), true);
  // How the run ended is still told.
  bench.recorder.rtl_message(now_ps(), "rtl-finish", "at last", false);
  bench.recorder.rtl_message(now_ps(), "rtl-fatal", "at the very last", true);
  bench.recorder.reset("function");
  CHECK(bench.recorder.totals().rtl_failures == kFailures + 1);
  const std::string log = bench.log();
  CHECK(std::ranges::count(log, '\n') == Recorder::kMaxRtlRecords + 3);
  CHECK(log.contains("rtl-finish at last\n"));
  CHECK(log.contains("rtl-fatal at the very last\n"));
  CHECK(log.contains("rtl-assert 999\n"));
  CHECK(!log.contains("rtl-assert 1000\n"));
  CHECK(log.ends_with("reset kind=function\n"));
}

TEST_CASE("without a log the totals are kept all the same", "[sim][record]") {
  Recorder recorder({});
  int told = 0;
  recorder.on_msix_sent = [&] { ++told; };
  recorder.mmio_write(0, 0, 4, 0);
  recorder.dma_write(0, 0, 0, PRESIL_STATUS_SUCCESS, bytes_of("abc"));
  recorder.msix(0, "sent");
  recorder.close();
  CHECK(recorder.totals().mmio_writes == 1);
  CHECK(recorder.totals().dma_bytes == 3);
  CHECK(recorder.totals().interrupts == 1);
  CHECK(told == 1);
  CHECK(recorder.failure().empty());
}

TEST_CASE("a recorder that was closed counts on and writes no more", "[sim][record]") {
  Bench bench;
  bench.recorder.reset("function");
  const std::string log = bench.log();
  bench.recorder.mmio_write(0, 0, 4, 0);
  bench.recorder.close();
  CHECK(bench.recorder.totals().mmio_writes == 1);
  CHECK(bench.folder.read("log") == log);
}

TEST_CASE("a log that cannot be opened stops the run before it begins", "[sim][record]") {
  const testbench::TemporaryFolder folder;
  CHECK_THROWS_AS(Recorder(folder.path("none/log")), Error);
}

}  // namespace
}  // namespace presil
