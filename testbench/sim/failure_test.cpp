// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RTL that fails or ends the run, and a simulator that breaks: what is recorded, and how it ends.

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "testbench/sim/probe_bench.hpp"

namespace presil::testbench {
namespace {

constexpr unsigned kAssertion = 1, kFinish = 2, kFatal = 3, kStop = 4, kError = 5;

TEST_CASE("a failed assertion is recorded, and the run goes on", "[sim][failure]") {
  struct Case {
    unsigned kind;
    const char* text;
  };
  const auto wanted =
      GENERATE(Case{kAssertion, "Assertion failed in TOP.probe.FailOnRequest: software asked for"},
               Case{kStop, "$stop"}, Case{kError, "software asked for an error"});
  ProbeBench bench;
  bench.write(kFail, wanted.kind);
  bench.advance(kMicrosecond);
  CHECK(bench.read(kScratch).status == PRESIL_STATUS_SUCCESS);
  CHECK(bench.quit() == 3);
  const std::string events = bench.simulator.events();
  INFO(events);
  CHECK(events.contains(" rtl-assert probe.sv:"));
  CHECK(events.contains(wanted.text));
  CHECK(bench.simulator.summary().contains("\"result\": \"rtl-failed\""));
  CHECK(number_in(bench.simulator.summary(), "rtl_failures") == 1);
}

TEST_CASE("with --on-assert stop an assertion ends the run", "[sim][failure]") {
  ProbeBench bench({"--on-assert", "stop"});
  bench.write(kFail, kAssertion);
  CHECK_THROWS_AS(bench.advance(kMicrosecond), LinkError);
  CHECK(bench.simulator.wait() == 3);
  CHECK(bench.simulator.events().contains("FailOnRequest"));
  CHECK(bench.simulator.errors().contains("FailOnRequest"));
}

TEST_CASE("$finish and $fatal end the run in order, whatever the call", "[sim][failure]") {
  struct Case {
    unsigned kind;
    const char* record;
    std::uint64_t failures;
  };
  const auto wanted =
      GENERATE(Case{kFinish, " rtl-finish probe.sv:", 0}, Case{kFatal, " rtl-fatal probe.sv:", 1});
  ProbeBench bench({"--batch", GENERATE("1", "1000")});
  SECTION("during an ADVANCE") {
    bench.write(kFail, wanted.kind);
    CHECK_THROWS_AS(bench.advance(kMicrosecond), LinkError);
  }
  SECTION("during a read") {
    bench.write(kFail, wanted.kind);
    CHECK_THROWS_AS(bench.read(kNever), LinkError);
  }
  SECTION("during QUIT") {
    bench.write(kFail, wanted.kind);
    bench.now += kMicrosecond;
    CHECK_THROWS_AS(bench.quit(), LinkError);
  }
  CHECK(bench.simulator.wait() == 3);
  // One line for the user, and whole files.
  CHECK(std::ranges::count(bench.simulator.errors(), '\n') == 1);
  CHECK(bench.simulator.events().contains(wanted.record));
  CHECK(!bench.simulator.events().contains('\0'));
  CHECK(number_in(bench.simulator.summary(), "rtl_failures") == wanted.failures);
}

TEST_CASE("a killed simulator leaves every record", "[sim][failure]") {
  ProbeBench bench;
  for (int count = 0; count < 1000; ++count)
    bench.write(kScratch, static_cast<unsigned>(count));
  ::kill(bench.simulator.pid(), SIGKILL);
  CHECK(bench.simulator.wait() == -SIGKILL);
  CHECK_THROWS_AS(bench.read(kScratch), LinkError);
  std::string events = bench.simulator.events();
  events.resize(events.find('\0'));
  CHECK(std::ranges::count(events, '\n') == 1001);
  CHECK(events.ends_with("data=0x3e7\n"));
}

TEST_CASE("SIGTERM ends a waiting simulator in order", "[sim][failure]") {
  ProbeBench bench;
  ::kill(bench.simulator.pid(), SIGTERM);
  CHECK(bench.simulator.wait() == 4);
  CHECK(bench.simulator.summary().contains("ended by a signal"));
}

TEST_CASE("SIGTERM ends a simulator in the middle of a call", "[sim][failure]") {
  ProbeBench bench;
  bench.write(kBusy, 0xffff'ffff);
  presil_message message = {};
  message.header.type = PRESIL_CALL_ADVANCE;
  message.header.time_ps = 1'000'000'000 * kMicrosecond;
  bench.peer.send(message);
  ::kill(bench.simulator.pid(), SIGTERM);
  CHECK(bench.peer.closed_by_simulator());
  CHECK(bench.simulator.wait() == 4);
}

/// Keeps children from writing files larger than this, as a full disk would.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_ = {};
};

TEST_CASE("a disk that fills up ends the run with a reason, and whole records", "[sim][failure]") {
  const FileSizeLimit limit(1'200'000);
  ProbeBench bench;
  const auto fill = [&] {
    for (int count = 0; count < 40'000; ++count)
      bench.write(kScratch, 0xffff'ffff);
  };
  CHECK_THROWS_AS(fill(), LinkError);
  CHECK(bench.simulator.wait() == 1);
  CHECK(bench.simulator.errors().contains("event log: File too large"));
  CHECK(std::ranges::count(bench.simulator.errors(), '\n') == 1);
  CHECK(bench.simulator.events().size() > 1'000'000);
  CHECK(bench.simulator.events().ends_with('\n'));
}

TEST_CASE("no room for a log is told before anybody connects", "[sim][failure]") {
  const FileSizeLimit limit(100'000);
  SimulatorProcess simulator(PRESIL_PROBE, PRESIL_PROBE_DESCRIPTION);
  CHECK(simulator.wait() == 1);
  CHECK(simulator.errors().contains("File too large"));
  CHECK(!simulator.output().contains("listening"));
}

TEST_CASE("the heartbeat moves within a call", "[sim][progress]") {
  ProbeBench bench({"--slow", "50"});
  bench.write(kBusy, 0xffff'ffff);
  const std::uint64_t before = bench.peer.progress().heartbeat;
  bench.advance(1000 * kMicrosecond);
  // 400,000 cycles in batches of at most 1000.
  CHECK(bench.peer.progress().heartbeat - before >= 400);
  CHECK(bench.quit() == 0);
}

TEST_CASE("a fault on the command line breaks what it says, once", "[sim][fault]") {
  SECTION("a lost write") {
    ProbeBench bench({"--fault", "drop-write@write:2"});
    bench.write(kScratch, 1);
    bench.write(kScratch, 2);
    CHECK(bench.value(kScratch) == 1);
    bench.write(kScratch, 3);
    CHECK(bench.value(kScratch) == 3);
    CHECK(bench.quit() == 0);
  }
  SECTION("a read without an answer") {
    ProbeBench bench({"--fault", "silent-read@read:2"});
    CHECK(bench.read(kScratch).status == PRESIL_STATUS_SUCCESS);
    CHECK(bench.read(kScratch).status == PRESIL_STATUS_COMPLETION_TIMEOUT);
    CHECK(bench.read(kScratch).status == PRESIL_STATUS_SUCCESS);
    CHECK(bench.quit() == 0);
  }
  SECTION("a failed DMA") {
    ProbeBench bench({"--fault", "dma-error@dma:2"});
    for (const unsigned response : {0u, 2u, 0u})
      CHECK(bench.burst(LinkPeer::kMemoryBase, ProbeBench::shape(1, 4, 1), false) == response);
    CHECK(bench.quit() == 0);
  }
  SECTION("a lost interrupt") {
    ProbeBench bench({"--fault", "drop-msix@msix:2"});
    for (const unsigned line : {1u, 2u, 4u}) {
      bench.write(kIrq, line);
      bench.advance(10 * kMicrosecond);
    }
    REQUIRE(bench.peer.interrupts.size() == 2);
    CHECK(bench.peer.interrupts[0].vector == 0);
    CHECK(bench.peer.interrupts[1].vector == 2);
    CHECK(bench.quit() == 0);
    CHECK(bench.simulator.events().contains(" msix vector=1 lost\n"));
  }
  SECTION("a closed link") {
    ProbeBench bench({"--fault", "close@read:1"});
    CHECK_THROWS_AS(bench.read(kScratch), LinkError);
    CHECK(bench.simulator.wait() == 4);
  }
  SECTION("sudden death") {
    ProbeBench bench({"--fault", "exit@time:5us"});
    bench.advance(4 * kMicrosecond);
    CHECK_THROWS_AS(bench.advance(2 * kMicrosecond), LinkError);
    CHECK(bench.simulator.wait() == 5);
    CHECK(bench.simulator.summary().empty());
  }
  SECTION("nonsense in place of a DMA") {
    ProbeBench bench({"--fault", "nonsense@dma:1"});
    CHECK_THROWS_AS(bench.burst(LinkPeer::kMemoryBase, ProbeBench::shape(1, 4, 1), false),
                    LinkError);
  }
  SECTION("a return that is shorter than it says") {
    ProbeBench bench({"--fault", "truncate@read:1"});
    presil_message message = {};
    message.header.type = PRESIL_CALL_MMIO_READ;
    message.u.mmio.size = 4;
    bench.peer.send(message);
    const auto answer = bench.peer.receive();
    REQUIRE(answer);
    CHECK(answer->header.payload_bytes == 1);
  }
  SECTION("half a hello") {
    SimulatorProcess simulator(PRESIL_PROBE, PRESIL_PROBE_DESCRIPTION,
                               {"--fault", "truncate@hello"});
    LinkPeer peer(simulator.socket(), 1 << 20, 0, true);
    const presil_hello hello = LinkPeer::good_hello();
    CHECK(!peer.hello(&hello, sizeof(hello), peer.segment_fd()));
    CHECK(simulator.wait() == 4);
  }
  SECTION("silence, until the peer gives up") {
    ProbeBench bench({"--fault", "hang@write:1"});
    presil_message message = {};
    message.header.type = PRESIL_CALL_MMIO_WRITE;
    message.u.mmio.size = 4;
    bench.peer.send(message);
    const std::uint64_t heartbeat = bench.peer.progress().heartbeat;
    ::usleep(300'000);
    CHECK(bench.peer.progress().heartbeat <= heartbeat + 1);
    bench.peer.close_socket();
    CHECK(bench.simulator.wait() == 4);
  }
}

constexpr std::uint32_t kPoisonedTlp = 1u << 12, kMalformedTlp = 1u << 18;

TEST_CASE("an error is reported where the command line says, and the run goes on", "[sim][fault]") {
  struct Case {
    const char* kind;
    presil_error_severity severity;
    std::uint32_t status_bit;
  };
  const auto wanted = GENERATE(Case{"error-nonfatal", PRESIL_ERROR_NONFATAL, kPoisonedTlp},
                               Case{"error-fatal", PRESIL_ERROR_FATAL, kMalformedTlp});
  const auto* const site = GENERATE("read:2", "write:3", "dma:2", "msix:1", "time:50us");
  CAPTURE(wanted.kind, site);
  ProbeBench bench({"--fault", std::string(wanted.kind) + "@" + site});
  CHECK(bench.read(kScratch).status == PRESIL_STATUS_SUCCESS);
  CHECK(bench.peer.errors.empty());
  for (int times = 0; times < 3; ++times)
    CHECK(bench.burst(LinkPeer::kMemoryBase, ProbeBench::shape(1, 4, 1), false) == 0);
  bench.write(kIrq, 1);
  bench.advance(100 * kMicrosecond);
  CHECK(bench.peer.interrupts.size() == 1);
  REQUIRE(bench.peer.errors.size() == 1);
  CHECK(bench.peer.errors[0].severity == wanted.severity);
  CHECK(bench.peer.errors[0].status_bit == wanted.status_bit);
  CHECK(bench.quit() == 0);
}

TEST_CASE("an error at a time wakes an idle device, and counts as what comes next",
          "[sim][fault]") {
  constexpr std::uint64_t kDue = 50 * kMicrosecond;
  ProbeBench bench({"--fault", "error-nonfatal@time:50us", "--fault", "error-fatal@time:90us"});
  bench.read(kScratch);
  const std::uint64_t cycles = bench.peer.progress().rtl_cycles;
  CHECK(bench.advance(10 * kMicrosecond).next_ps == kDue);
  CHECK(bench.advance(100 * kMicrosecond, true).status == PRESIL_STATUS_STOPPED);
  // It crosses the link first.
  CHECK(bench.now > kDue);
  CHECK(bench.now < kDue + kMicrosecond);
  CHECK(bench.peer.errors.empty());
  const std::uint64_t stopped = bench.now;
  CHECK(bench.advance(0).next_ps == 90 * kMicrosecond);
  REQUIRE(bench.peer.errors.size() == 1);
  CHECK(bench.peer.errors[0].time_ps == stopped);
  CHECK(bench.advance(100 * kMicrosecond).next_ps == PRESIL_LINK_NEVER);
  REQUIRE(bench.peer.errors.size() == 2);
  CHECK(bench.peer.errors[1].severity == PRESIL_ERROR_FATAL);
  // Its clock stood still meanwhile.
  CHECK(bench.peer.progress().rtl_cycles < cycles + 1000);
  CHECK(bench.quit() == 0);
}

TEST_CASE("waves are written for the window that was asked for", "[sim][waves]") {
  const auto wave_bytes = [](std::vector<std::string> arguments) -> std::uintmax_t {
    arguments.insert(arguments.end(), {"--waves", "FOLDER/waves.fst"});
    ProbeBench bench(arguments);
    for (unsigned count = 0; count < 20; ++count) {
      bench.write(kScratch, count);
      bench.write(kIrq, 1);
      bench.advance(10 * kMicrosecond);
    }
    bench.write(kBusy, 4000);
    bench.advance(10 * kMicrosecond);
    CHECK(bench.quit() == 0);
    std::error_code error;
    const auto bytes = std::filesystem::file_size(bench.simulator.folder() / "waves.fst", error);
    return error ? 0 : bytes;
  };
  const auto all = wave_bytes({});
  CHECK(all > 1000);
  for (const auto& window : {std::vector<std::string>{"--waves-start", "msix:18"},
                             {"--waves-start", "195us"},
                             {"--waves-start", "write:0x18"},
                             {"--waves-stop", "msix:2"},
                             {"--waves-stop", "20us"}}) {
    CAPTURE(window[0], window[1]);
    const auto part = wave_bytes(window);
    CHECK(part > 0);
    CHECK(part < all);
  }
  CHECK(wave_bytes({"--waves-start", "msix:99"}) == 0);
}

}  // namespace
}  // namespace presil::testbench
