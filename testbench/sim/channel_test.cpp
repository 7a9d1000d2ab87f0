// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Sending and waiting, with peers that keep the rules, break them, or are gone.

#include "sim/link/channel.hpp"

#include <signal.h>

#include <cstring>
#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sim/base/signals.hpp"
#include "testbench/sim/forked.hpp"
#include "testbench/sim/link_end.hpp"

namespace presil {
namespace {

struct Bench {
  explicit Bench(std::uint32_t spin_ns = 0)
      : channel(peer.take_other_socket(), peer.map_again(), spin_ns) {}

  testbench::LinkEnd peer;
  Channel channel;
  Message message = {};
};

presil_message call_at(std::uint64_t time_ps, std::uint32_t payload_bytes = 0) {
  presil_message message = {};
  message.header.type = PRESIL_CALL_ADVANCE;
  message.header.time_ps = time_ps;
  message.header.payload_bytes = payload_bytes;
  return message;
}

// ---------------------------------------------------------------------------------------- sending

TEST_CASE("a message is in the box before its number", "[sim][link]") {
  Bench bench;
  const presil_box& box = bench.peer.segment().to_qemu;
  const std::vector payload(PRESIL_LINK_MAX_PAYLOAD, std::byte{0x5a});
  presil_message message = call_at(77, PRESIL_LINK_MAX_PAYLOAD);
  message.header.type = PRESIL_UPCALL_DMA_WRITE;
  bench.channel.send(message, payload);
  CHECK(box.sequence == 1);
  CHECK(box.message.header.type == PRESIL_UPCALL_DMA_WRITE);
  CHECK(box.message.header.time_ps == 77);
  CHECK(std::memcmp(box.payload, payload.data(), payload.size()) == 0);
  bench.channel.send(call_at(78));
  CHECK(box.sequence == 2);
  CHECK(box.message.header.time_ps == 78);
}

TEST_CASE("sending leaves the other direction alone", "[sim][link]") {
  Bench bench;
  bench.channel.send(call_at(1));
  CHECK(bench.peer.segment().to_simulator.sequence == 0);
}

TEST_CASE("numbers start again after 2^32 messages", "[sim][link]") {
  Bench bench;
  bench.peer.segment().to_qemu.sequence = UINT32_MAX;
  bench.channel.send(call_at(1));
  CHECK(bench.peer.segment().to_qemu.sequence == 0);
}

TEST_CASE("sending wakes a peer that sleeps", "[sim][link]") {
  Bench bench;
  presil_box& box = bench.peer.segment().to_qemu;
  __atomic_store_n(&box.sleeping, 1, __ATOMIC_SEQ_CST);
  std::thread peer([&] {
    // Without an end of its own: a lost wake-up is a test that times out.
    while (__atomic_load_n(&box.sequence, __ATOMIC_SEQ_CST) == 0)
      ::syscall(SYS_futex, &box.sequence, FUTEX_WAIT, 0, nullptr, nullptr, 0);
  });
  bench.channel.send(call_at(1));
  peer.join();
  CHECK(box.sequence == 1);
}

TEST_CASE("the process that simulates can be found in the segment", "[sim][link]") {
  Bench bench;
  CHECK(bench.peer.segment().simulator.process_id == static_cast<std::uint64_t>(::getpid()));
  bench.channel.progress().heartbeat = 5;
  CHECK(bench.peer.segment().simulator.heartbeat == 5);
}

// -------------------------------------------------------------------------------------- receiving

TEST_CASE("messages are received one by one", "[sim][link]") {
  Bench bench(GENERATE(0u, 50'000u));
  for (std::uint64_t i = 1; i <= 5; ++i) {
    bench.peer.send(call_at(i));
    REQUIRE(bench.channel.receive(bench.message));
    CHECK(bench.message.head.header.time_ps == i);
    CHECK(bench.message.head.header.type == PRESIL_CALL_ADVANCE);
  }
  CHECK(bench.channel.failure().empty());
}

TEST_CASE("a received message cannot be changed any more", "[sim][link]") {
  Bench bench;
  presil_box& box = bench.peer.segment().to_simulator;
  std::memset(box.payload, 0x11, sizeof(box.payload));
  bench.peer.send(call_at(1, PRESIL_LINK_MAX_PAYLOAD));
  REQUIRE(bench.channel.receive(bench.message));
  std::memset(box.payload, 0x22, sizeof(box.payload));
  box.message.header.time_ps = 2;
  CHECK(bench.message.head.header.time_ps == 1);
  CHECK(bench.message.payload.front() == std::byte{0x11});
  CHECK(bench.message.payload.back() == std::byte{0x11});
}

TEST_CASE("a message wakes a simulator that sleeps", "[sim][link]") {
  Bench bench;
  std::thread peer([&] {
    bench.peer.wait_for_sleep();
    bench.peer.send(call_at(9));
  });
  const bool received = bench.channel.receive(bench.message);
  peer.join();
  REQUIRE(received);
  CHECK(bench.message.head.header.time_ps == 9);
  CHECK(bench.peer.segment().to_simulator.sleeping == 0);
}

TEST_CASE("a simulator that nobody wakes looks by itself", "[sim][link]") {
  Bench bench;
  std::thread peer([&] {
    bench.peer.wait_for_sleep();
    __atomic_fetch_add(&bench.peer.segment().to_simulator.sequence, 1, __ATOMIC_SEQ_CST);
  });
  CHECK(bench.channel.receive(bench.message));
  peer.join();
}

TEST_CASE("two messages at once break a rule", "[sim][link]") {
  Bench bench;
  bench.peer.send(call_at(1));
  bench.peer.send(call_at(2));
  CHECK(!bench.channel.receive(bench.message));
  CHECK(bench.channel.failure() == "the peer sent 2 messages where one was due");
}

TEST_CASE("a number that goes back breaks a rule", "[sim][link]") {
  Bench bench;
  bench.peer.segment().to_simulator.sequence = UINT32_MAX;
  CHECK(!bench.channel.receive(bench.message));
  CHECK(bench.channel.failure() == "the peer sent 4294967295 messages where one was due");
}

TEST_CASE("a payload too long for its box breaks a rule", "[sim][link]") {
  Bench bench;
  bench.peer.send(call_at(1, GENERATE(4097u, UINT32_MAX)));
  CHECK(!bench.channel.receive(bench.message));
  CHECK(bench.channel.failure().ends_with("bytes exceeds the limit of 4096"));
}

TEST_CASE("a link that failed stays down", "[sim][link]") {
  Bench bench;
  bench.peer.send(call_at(1, 4097));
  REQUIRE(!bench.channel.receive(bench.message));
  const std::string failure = bench.channel.failure();
  bench.peer.send(call_at(2));
  CHECK(!bench.channel.receive(bench.message));
  CHECK(bench.channel.failure() == failure);
}

// ------------------------------------------------------------------------------ peers that are
// gone

TEST_CASE("a peer that is gone is noticed", "[sim][link]") {
  Bench bench(GENERATE(0u, 50'000u));
  CHECK(bench.channel.peer_alive());
  SECTION("before the wait") {
    bench.peer.close_socket();
    CHECK(!bench.channel.receive(bench.message));
  }
  SECTION("during the wait") {
    std::thread peer([&] {
      bench.peer.wait_for_sleep();
      bench.peer.close_socket();
    });
    CHECK(!bench.channel.receive(bench.message));
    peer.join();
  }
  SECTION("without a wait") {
    bench.peer.close_socket();
    CHECK(!bench.channel.peer_alive());
  }
  CHECK(bench.channel.failure() == "the peer closed the link");
}

TEST_CASE("the last message of a peer that is gone still counts", "[sim][link]") {
  Bench bench;
  SECTION("before the wait") {
    bench.peer.send(call_at(3));
    bench.peer.close_socket();
    REQUIRE(bench.channel.receive(bench.message));
  }
  SECTION("during the wait, when nobody wakes any more") {
    std::thread peer([&] {
      bench.peer.wait_for_sleep();
      bench.peer.segment().to_simulator.message = call_at(3);
      __atomic_fetch_add(&bench.peer.segment().to_simulator.sequence, 1, __ATOMIC_SEQ_CST);
      bench.peer.close_socket();
    });
    const bool received = bench.channel.receive(bench.message);
    peer.join();
    REQUIRE(received);
  }
  CHECK(bench.message.head.header.time_ps == 3);
  CHECK(!bench.channel.receive(bench.message));
  CHECK(bench.channel.failure() == "the peer closed the link");
}

TEST_CASE("a byte on the socket breaks a rule", "[sim][link]") {
  Bench bench;
  REQUIRE(::send(bench.peer.socket(), "x", 1, MSG_NOSIGNAL) == 1);
  CHECK(!bench.channel.receive(bench.message));
  CHECK(bench.channel.failure() == "the peer sent bytes on the socket after the hello");
}

TEST_CASE("the peer sees the simulator close the link", "[sim][link]") {
  Bench bench;
  bench.channel.close();
  char byte = 0;
  CHECK(::recv(bench.peer.socket(), &byte, 1, 0) == 0);
}

TEST_CASE("a signal ends the wait", "[sim][link]") {
  Bench bench;
  CHECK(testbench::run_forked([&] {
          catch_termination();
          ::raise(SIGTERM);
          const bool received = bench.channel.receive(bench.message);
          return !received && bench.channel.failure() == "ended by a signal" ? 0 : 1;
        }) == 0);
}

}  // namespace
}  // namespace presil
