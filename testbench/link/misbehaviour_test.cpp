// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// A peer that breaks docs/protocol.md, one rule a case. The simulator must say which rule in one
/// line, finish its files and end with status 4; it must never hang, crash or go on.

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "testbench/sim/probe_bench.hpp"

namespace presil::testbench {
namespace {

/// Checks the end that every breach must have.
void check_end(SimulatorProcess& simulator, const std::string& rule) {
  CHECK(simulator.wait() == 4);
  INFO(simulator.errors());
  CHECK(simulator.errors().contains(rule));
  CHECK(std::ranges::count(simulator.errors(), '\n') == 1);
  CHECK(simulator.summary().contains("\"result\": \"link-down\""));
  CHECK(!simulator.events().contains('\0'));
}

presil_message call_of(std::uint32_t type) {
  presil_message message = {};
  message.header.type = type;
  message.u.mmio.size = 4;
  return message;
}

presil_message config_of(std::uint32_t flags, std::uint32_t mps, std::uint32_t mrrs,
                         std::uint32_t power_state) {
  presil_message message = {};
  message.header.type = PRESIL_CALL_CONFIG;
  message.u.config.flags = flags;
  message.u.config.mps_bytes = mps;
  message.u.config.mrrs_bytes = mrrs;
  message.u.config.power_state = power_state;
  return message;
}

// ------------------------------------------------------------------------------------- the hello

struct RawBench {
  SimulatorProcess simulator{PRESIL_PROBE, PRESIL_PROBE_DESCRIPTION};
  LinkPeer peer{simulator.socket(), 4096, 0, true};
};

TEST_CASE("a hello that is not one gets no reply", "[link][hello]") {
  RawBench bench;
  presil_hello hello = LinkPeer::good_hello();
  hello.magic = 0x4b435546;
  CHECK(!bench.peer.hello(&hello, sizeof(hello), bench.peer.segment_fd()));
  check_end(bench.simulator, "hello starts with 0x4b435546");
}

TEST_CASE("a hello cut short gets no reply", "[link][hello]") {
  RawBench bench;
  const presil_hello hello = LinkPeer::good_hello();
  REQUIRE(::send(bench.peer.socket(), &hello, sizeof(hello) - 1, MSG_NOSIGNAL) > 0);
  bench.peer.close_socket();
  check_end(bench.simulator, "no whole hello, 63 of 64 bytes came");
}

TEST_CASE("a hello of another version is told ours", "[link][hello]") {
  RawBench bench;
  presil_hello hello = LinkPeer::good_hello();
  SECTION("version") {
    hello.version = PRESIL_LINK_VERSION + 1;
  }
  SECTION("length") {
    hello.length = sizeof(hello) + 8;
  }
  CHECK(bench.peer.hello(&hello, sizeof(hello), bench.peer.segment_fd()));
  CHECK(bench.peer.reply().status == PRESIL_HELLO_BAD_VERSION);
  CHECK(bench.peer.reply().version == PRESIL_LINK_VERSION);
  check_end(bench.simulator, "the peer speaks version");
}

TEST_CASE("a segment that cannot be trusted is declined", "[link][hello]") {
  RawBench bench;
  presil_hello hello = LinkPeer::good_hello();
  const auto declined = [&](int fd, const char* rule) {
    CHECK(bench.peer.hello(&hello, sizeof(hello), fd));
    CHECK(bench.peer.reply().status == PRESIL_HELLO_BAD_SEGMENT);
    check_end(bench.simulator, rule);
  };
  const auto make = [](std::size_t bytes, int seals) {
    const int fd = ::memfd_create("segment", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    REQUIRE(::ftruncate(fd, static_cast<off_t>(bytes)) == 0);
    REQUIRE(::fcntl(fd, F_ADD_SEALS, seals) == 0);
    return fd;
  };
  constexpr int kAllSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  SECTION("none") {
    declined(-1, "brought no segment");
  }
  SECTION("can shrink") {
    const int fd = make(sizeof(presil_segment), F_SEAL_GROW | F_SEAL_SEAL);
    declined(fd, "not sealed");
    ::close(fd);
  }
  SECTION("no memfd") {
    const int fd = ::open("/dev/null", O_RDWR);
    declined(fd, "not sealed");
    ::close(fd);
  }
  SECTION("too small") {
    const int fd = make(4096, kAllSeals);
    declined(fd, "has 4096 bytes");
    ::close(fd);
  }
  SECTION("announced with another size") {
    hello.segment_bytes = 4096;
    declined(bench.peer.segment_fd(), "announces a segment of 4096");
  }
  SECTION("another magic inside") {
    bench.peer.segment().magic = 1;
    declined(bench.peer.segment_fd(), "the segment starts with 0x1");
  }
}

TEST_CASE("a second peer finds nobody", "[link][hello]") {
  ProbeBench bench;
  CHECK_THROWS_AS(LinkPeer(bench.simulator.socket()), LinkError);
  CHECK(bench.quit() == 0);
}

// ----------------------------------------------------------------------------------------- calls

struct BadCall {
  const char* rule;
  std::function<void(presil_message&)> spoil;
  std::uint32_t type;
};

TEST_CASE("a call that breaks a rule ends the link", "[link][call]") {
  const auto wanted = GENERATE(
      BadCall{"type 0x0 where a call was due", [](auto& m) { m.header.type = 0; }, 0},
      BadCall{"type 0x9 where a call was due", [](auto& m) { m.header.type = 9; }, 0},
      BadCall{"type 0x81 where a call was due", [](auto&) {}, PRESIL_UPCALL_DMA_READ},
      BadCall{"type 0xc0 where a call was due", [](auto&) {}, PRESIL_ANSWER},
      BadCall{"payload of 4 bytes, calls have none", [](auto& m) { m.header.payload_bytes = 4; },
              PRESIL_CALL_MMIO_WRITE},
      BadCall{"payload of 4097 bytes exceeds", [](auto& m) { m.header.payload_bytes = 4097; },
              PRESIL_CALL_MMIO_WRITE},
      BadCall{"later than any time allowed", [](auto& m) { m.header.time_ps = UINT64_MAX; },
              PRESIL_CALL_ADVANCE},
      BadCall{"BAR 6, there are 6", [](auto& m) { m.u.mmio.bar = 6; }, PRESIL_CALL_MMIO_READ},
      BadCall{"of 3 bytes, expected", [](auto& m) { m.u.mmio.size = 3; }, PRESIL_CALL_MMIO_READ},
      BadCall{"of 0 bytes, expected", [](auto& m) { m.u.mmio.size = 0; }, PRESIL_CALL_MMIO_WRITE},
      BadCall{"of 16 bytes, expected", [](auto& m) { m.u.mmio.size = 16; }, PRESIL_CALL_MMIO_WRITE},
      BadCall{"past the end of any BAR", [](auto& m) { m.u.mmio.offset = UINT64_MAX - 1; },
              PRESIL_CALL_MMIO_READ},
      BadCall{"ADVANCE flags 0x2", [](auto& m) { m.u.advance.flags = 2; }, PRESIL_CALL_ADVANCE},
      BadCall{"CONFIG flags 0x10", [](auto& m) { m = config_of(0x10, 128, 128, 0); }, 0},
      BadCall{"MPS 100", [](auto& m) { m = config_of(0, 100, 128, 0); }, 0},
      BadCall{"MPS 64", [](auto& m) { m = config_of(0, 64, 128, 0); }, 0},
      BadCall{"MRRS 8192", [](auto& m) { m = config_of(0, 128, 8192, 0); }, 0},
      BadCall{"power state 1", [](auto& m) { m = config_of(0, 128, 128, 1); }, 0},
      BadCall{"RESET of unknown kind 2", [](auto& m) { m.u.reset.kind = 2; }, PRESIL_CALL_RESET});
  CAPTURE(wanted.rule);
  ProbeBench bench;
  presil_message message = call_of(wanted.type);
  if (wanted.type == PRESIL_CALL_ADVANCE || wanted.type == PRESIL_CALL_RESET)
    message.u = {};
  wanted.spoil(message);
  bench.peer.send(message);
  CHECK(bench.peer.closed_by_simulator());
  check_end(bench.simulator, wanted.rule);
}

TEST_CASE("two messages at once end the link", "[link][call]") {
  ProbeBench bench;
  __atomic_fetch_add(&bench.peer.segment().to_simulator.sequence, 2, __ATOMIC_SEQ_CST);
  CHECK(bench.peer.closed_by_simulator());
  check_end(bench.simulator, "2 messages where one was due");
}

TEST_CASE("a byte on the socket ends the link", "[link][call]") {
  ProbeBench bench;
  REQUIRE(::send(bench.peer.socket(), "x", 1, MSG_NOSIGNAL) == 1);
  CHECK(bench.peer.closed_by_simulator());
  check_end(bench.simulator, "bytes on the socket");
}

TEST_CASE("a peer that goes away ends the simulator", "[link][call]") {
  ProbeBench bench;
  SECTION("while idle") {
    bench.peer.close_socket();
  }
  SECTION("in the middle of a call that would take hours") {
    bench.write(kDeny, 1);
    presil_message message = call_of(PRESIL_CALL_ADVANCE);
    message.u = {};
    message.header.time_ps = 1'000'000'000 * kMicrosecond;
    bench.peer.send(message);
    ::usleep(50'000);
    bench.peer.close_socket();
  }
  SECTION("after half a message") {
    bench.peer.segment().to_simulator.message = call_of(PRESIL_CALL_MMIO_READ);
    bench.peer.close_socket();
  }
  check_end(bench.simulator, "the peer closed the link");
}

// --------------------------------------------------------------------------------------- answers

/// Starts a DMA and returns its upcall, unanswered.
presil_message begin_dma(ProbeBench& bench, bool is_write) {
  bench.write(kStrobes, 0xffff);
  bench.write(kAddrLow, LinkPeer::kMemoryBase);
  bench.write(kShape, ProbeBench::shape(1, 4, 1));
  bench.write(kGo, is_write ? 2 : 1);
  presil_message message = call_of(PRESIL_CALL_ADVANCE);
  message.u = {};
  message.header.time_ps = bench.now + kMicrosecond;
  bench.peer.send(message);
  const auto upcall = bench.peer.receive();
  REQUIRE(upcall);
  REQUIRE(upcall->header.type == (is_write ? PRESIL_UPCALL_DMA_WRITE : PRESIL_UPCALL_DMA_READ));
  return *upcall;
}

struct BadAnswer {
  const char* rule;
  bool is_write;
  std::uint32_t type, status, payload_bytes;
};

TEST_CASE("an answer that breaks a rule ends the link", "[link][answer]") {
  const auto wanted =
      GENERATE(BadAnswer{"type 0x1 where an answer was due", false, PRESIL_CALL_MMIO_READ, 0, 16},
               BadAnswer{"type 0x40 where an answer was due", false, PRESIL_RETURN, 0, 16},
               BadAnswer{"payload of 15 bytes, expected 16", false, PRESIL_ANSWER, 0, 15},
               BadAnswer{"payload of 17 bytes, expected 16", false, PRESIL_ANSWER, 0, 17},
               BadAnswer{"payload of 0 bytes, expected 16", false, PRESIL_ANSWER, 0, 0},
               BadAnswer{"payload of 16 bytes, expected 0", false, PRESIL_ANSWER,
                         PRESIL_STATUS_UNSUPPORTED_REQUEST, 16},
               BadAnswer{"payload of 16 bytes, expected 0", true, PRESIL_ANSWER, 0, 16},
               BadAnswer{"answer with status 2", false, PRESIL_ANSWER, 2, 0},
               BadAnswer{"answer with status 32", true, PRESIL_ANSWER, PRESIL_STATUS_STOPPED, 0},
               BadAnswer{"payload of 9999 bytes exceeds", false, PRESIL_ANSWER, 0, 9999});
  CAPTURE(wanted.rule);
  ProbeBench bench;
  begin_dma(bench, wanted.is_write);
  presil_message answer = {};
  answer.header.type = wanted.type;
  answer.header.payload_bytes = wanted.payload_bytes;
  answer.u.answer.status = wanted.status;
  bench.peer.send(answer);
  CHECK(bench.peer.closed_by_simulator());
  check_end(bench.simulator, wanted.rule);
}

TEST_CASE("a peer that dies owing an answer ends the simulator", "[link][answer]") {
  ProbeBench bench;
  begin_dma(bench, GENERATE(false, true));
  bench.peer.close_socket();
  check_end(bench.simulator, "the peer closed the link");
}

TEST_CASE("a message changed after it was sent does not reach past its copy", "[link][answer]") {
  // The peer rewrites the box as fast as it can while the simulator reads it: whatever is seen must
  // be either obeyed or refused, never believed twice.
  ProbeBench bench;
  presil_box& box = bench.peer.segment().to_simulator;
  for (int round = 0; round < 2000; ++round) {
    presil_message message = call_of(PRESIL_CALL_MMIO_READ);
    message.header.time_ps = bench.now;
    bench.peer.send(message);
    for (int again = 0; again < 20; ++again)
      __atomic_store_n(&box.message.header.payload_bytes, again % 2 == 0 ? 0xffff'ffffu : 0u,
                       __ATOMIC_RELAXED);
    if (!bench.peer.receive())
      break;
  }
  bench.peer.close_socket();
  CHECK(bench.simulator.wait() == 4);
}

}  // namespace
}  // namespace presil::testbench
