// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The socket that QEMU connects to: who gets a link, who is told why not, who gets no reply.

#include "sim/link/listener.hpp"

#include <signal.h>
#include <sys/socket.h>

#include <cstring>
#include <future>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sim/base/error.hpp"
#include "sim/base/signals.hpp"
#include "testbench/sim/forked.hpp"
#include "testbench/sim/link_end.hpp"
#include "testbench/support/link_peer.hpp"
#include "testbench/support/temporary_folder.hpp"

namespace presil {
namespace {

using testbench::LinkPeer;
using testbench::TemporaryFolder;

/// A listener, a peer that has connected but not said hello, and the accept of one by the other.
struct Bench {
  TemporaryFolder folder;
  Listener listener{folder.path("link.sock")};
  LinkPeer peer{folder.path("link.sock"), 4096, 0, true};
  presil_personality personality = {};

  Bench() {
    personality.vendor_id = 0x1234;
    std::strcpy(personality.name, "somebody");
  }

  /// Says hello. \returns whether a whole reply came.
  bool hello(const presil_hello& message, int fd, std::size_t reply_bytes) {
    auto accepted =
        std::async(std::launch::async, [&] { return listener.accept(personality, reply_bytes); });
    const bool replied = peer.hello(&message, sizeof(message), fd);
    channel = accepted.get();
    problem = channel ? "" : channel.error();
    return replied;
  }
  bool hello(const presil_hello& message) {
    return hello(message, peer.segment_fd(), sizeof(presil_hello_reply));
  }

  std::expected<Channel, std::string> channel = std::unexpected("");
  std::string problem;
};

std::string construction_problem(const std::filesystem::path& path) {
  try {
    const Listener listener(path);
    return {};
  } catch (const Error& error) {
    CHECK(error.status() == ExitStatus::kConfiguration);
    return error.what();
  }
}

// -------------------------------------------------------------------------------------- the socket

TEST_CASE("a listener takes its socket away with it", "[sim][link]") {
  const TemporaryFolder folder;
  {
    const Listener listener(folder.path("link.sock"));
    CHECK(std::filesystem::is_socket(folder.path("link.sock")));
  }
  CHECK(!std::filesystem::exists(folder.path("link.sock")));
}

TEST_CASE("a socket that a dead simulator left is replaced", "[sim][link]") {
  const TemporaryFolder folder;
  CHECK(testbench::run_forked([&] {
          const Listener listener(folder.path("link.sock"));
          ::_exit(0);
          return 1;
        }) == 0);
  REQUIRE(std::filesystem::is_socket(folder.path("link.sock")));
  CHECK(construction_problem(folder.path("link.sock")).empty());
}

TEST_CASE("what is no socket is not removed", "[sim][link]") {
  const TemporaryFolder folder;
  folder.write("link.sock", "precious");
  const std::string problem = construction_problem(folder.path("link.sock"));
  CHECK(problem.starts_with("cannot listen on "));
  CHECK(problem.contains("link.sock"));
  CHECK(folder.read("link.sock") == "precious");
}

TEST_CASE("a path that is too long for a socket says so", "[sim][link]") {
  // 107 bytes and the NUL are all that fits.
  CHECK(construction_problem(std::string(108, 'x')).ends_with("has 108 bytes, at most 107 fit"));
}

TEST_CASE("a folder that does not exist cannot be listened in", "[sim][link]") {
  const TemporaryFolder folder;
  CHECK(construction_problem(folder.path("none/link.sock")).contains("none/link.sock"));
}

// --------------------------------------------------------------------------------------- the hello

TEST_CASE("a good hello makes a link and is told the personality", "[sim][link]") {
  Bench bench;
  REQUIRE(bench.hello(LinkPeer::good_hello()));
  REQUIRE(bench.channel.has_value());
  const presil_hello_reply& reply = bench.peer.reply();
  CHECK(reply.magic == PRESIL_LINK_MAGIC);
  CHECK(reply.version == PRESIL_LINK_VERSION);
  CHECK(reply.length == sizeof(presil_hello_reply));
  CHECK(reply.status == PRESIL_HELLO_OK);
  CHECK(reply.personality.vendor_id == 0x1234);
  CHECK(std::string(reply.personality.name) == "somebody");

  presil_message call = {};
  call.header.type = PRESIL_CALL_QUIT;
  bench.peer.send(call);
  Message message;
  REQUIRE(bench.channel->receive(message));
  CHECK(message.head.header.type == PRESIL_CALL_QUIT);
}

TEST_CASE("a second QEMU finds nobody", "[sim][link]") {
  Bench bench;
  REQUIRE(bench.hello(LinkPeer::good_hello()));
  CHECK(!std::filesystem::exists(bench.folder.path("link.sock")));
  CHECK_THROWS_AS(LinkPeer(bench.folder.path("link.sock"), 4096, 0, true), testbench::LinkError);
}

TEST_CASE("a hello may come in pieces", "[sim][link]") {
  Bench bench;
  const presil_hello hello = LinkPeer::good_hello();
  auto accepted =
      std::async(std::launch::async, [&] { return bench.listener.accept(bench.personality); });
  const auto* const bytes = reinterpret_cast<const std::byte*>(&hello);
  // The first piece carries the descriptor, and is no whole hello, so no reply comes yet.
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  iovec part = {.iov_base = const_cast<std::byte*>(bytes), .iov_len = 1};
  msghdr header = {};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof(control);
  cmsghdr* const rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  const int fd = bench.peer.segment_fd();
  std::memcpy(CMSG_DATA(rights), &fd, sizeof(fd));
  REQUIRE(::sendmsg(bench.peer.socket(), &header, MSG_NOSIGNAL) == 1);
  REQUIRE(::send(bench.peer.socket(), bytes + 1, 30, MSG_NOSIGNAL) == 30);
  CHECK(bench.peer.hello(bytes + 31, sizeof(hello) - 31, -1));
  CHECK(accepted.get().has_value());
  CHECK(bench.peer.reply().status == PRESIL_HELLO_OK);
}

TEST_CASE("a hello that trickles in is given up as a whole", "[sim][link]") {
  const TemporaryFolder folder;
  Listener listener(folder.path("link.sock"), std::chrono::milliseconds(200));
  LinkPeer peer(folder.path("link.sock"), 4096, 0, true);
  auto accepted = std::async(std::launch::async, [&] { return listener.accept({}); });
  const presil_hello hello = LinkPeer::good_hello();
  const auto* bytes = reinterpret_cast<const char*>(&hello);
  // No byte is late by itself.
  std::size_t sent = 0;
  while (accepted.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) {
    if (sent < sizeof(hello) - 1)
      ::send(peer.socket(), bytes + sent++, 1, MSG_NOSIGNAL);
  }
  const auto channel = accepted.get();
  REQUIRE(!channel);
  CHECK(channel.error().contains("no whole hello"));
}

TEST_CASE("another version is told ours", "[sim][link]") {
  Bench bench;
  presil_hello hello = LinkPeer::good_hello();
  SECTION("by its number") {
    hello.version = PRESIL_LINK_VERSION + 1;
  }
  SECTION("by its length") {
    hello.length = sizeof(presil_hello) + 8;
  }
  REQUIRE(bench.hello(hello));
  CHECK(!bench.channel);
  CHECK(bench.problem.starts_with("the peer speaks version "));
  CHECK(bench.peer.reply().status == PRESIL_HELLO_BAD_VERSION);
  CHECK(bench.peer.reply().version == PRESIL_LINK_VERSION);
}

TEST_CASE("a segment that is not as it must be is refused with a reason", "[sim][link]") {
  Bench bench;
  presil_hello hello = LinkPeer::good_hello();
  UniqueFd fd = testbench::make_segment_fd();
  std::string expected;
  SECTION("none") {
    fd.reset();
    expected = "the hello brought no segment";
  }
  SECTION("announced with another size") {
    hello.segment_bytes = 4096;
    expected = "the hello announces a segment of 4096 bytes, expected 12288";
  }
  SECTION("of another size") {
    fd = testbench::make_segment_fd(4096);
    expected = "the segment has 4096 bytes, expected 12288";
  }
  SECTION("not sealed") {
    fd = testbench::make_segment_fd(sizeof(presil_segment), F_SEAL_GROW);
    expected = "the segment is not sealed against resizing";
  }
  REQUIRE(bench.hello(hello, fd.get(), sizeof(presil_hello_reply)));
  CHECK(!bench.channel);
  CHECK(bench.problem == expected);
  CHECK(bench.peer.reply().status == PRESIL_HELLO_BAD_SEGMENT);
}

TEST_CASE("what is no hello gets no reply", "[sim][link]") {
  Bench bench;
  presil_hello hello = LinkPeer::good_hello();
  hello.magic = 0;
  CHECK(!bench.hello(hello));
  CHECK(!bench.channel);
  CHECK(bench.problem == "hello starts with 0x0, expected 0x4b4c5350");
}

TEST_CASE("half a hello of a peer that is gone is none", "[sim][link]") {
  Bench bench;
  const presil_hello hello = LinkPeer::good_hello();
  REQUIRE(::send(bench.peer.socket(), &hello, 17, MSG_NOSIGNAL) == 17);
  bench.peer.close_socket();
  const auto channel = bench.listener.accept(bench.personality);
  REQUIRE(!channel);
  CHECK(channel.error() == "no whole hello, 17 of 64 bytes came");
}

TEST_CASE("a reply that is cut short ends the link", "[sim][link]") {
  Bench bench;
  CHECK(!bench.hello(LinkPeer::good_hello(), bench.peer.segment_fd(), 100));
  CHECK(!bench.channel);
  CHECK(bench.problem == "the reply to the hello could not be sent whole");
}

TEST_CASE("a signal ends the wait for QEMU", "[sim][link]") {
  const TemporaryFolder folder;
  Listener listener(folder.path("link.sock"));
  CHECK(testbench::run_forked([&] {
          catch_termination();
          ::raise(SIGINT);
          const auto channel = listener.accept({});
          return !channel && channel.error() == "ended by a signal" ? 0 : 1;
        }) == 0);
}

}  // namespace
}  // namespace presil
