// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// A simulator that dies, hangs or speaks nonsense looks like a dead device; the guest lives on.

#include <sys/socket.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "support/bench.hpp"
#include "support/peer_process.hpp"

namespace presil::test {
namespace {

using std::chrono::milliseconds;

size_t occurrences(const std::string& text, const std::string& of) {
  size_t count = 0;
  for (size_t at = text.find(of); at != std::string::npos; at = text.find(of, at + 1)) {
    ++count;
  }
  return count;
}

// Appends what a guest does with a dead device, and checks what it saw.
class DeadDevice {
 public:
  explicit DeadDevice(Script& script) {
    for (const uint64_t size : {1u, 2u, 4u, 8u}) {
      reads_.push_back({script.read(bar0(0x20), size), size});
    }
    script.write(bar0(0x20), 4, 0x1234);
    reads_.push_back({script.read(CONFIG_ADDR(0, 0), 4), 4});
    reads_.push_back({script.read(CONFIG_ADDR(0, 0x10), 2), 2});
    script.write(CONFIG_ADDR(0, 0x04), 2, 0);
    script.write(CONFIG_ADDR(0, 0x10), 4, 0);
    reads_.push_back({script.read(bar0(0x20), 4), 4});  // the BAR is where it was
    script.sleep(1'000'000);
  }
  void check(const Outcome& outcome, const std::string& reason) const {
    INFO("stderr: " << outcome.stderr_text);
    INFO("log: " << outcome.log);
    REQUIRE_FALSE(outcome.timed_out);
    REQUIRE(outcome.done());
    for (const auto& [index, size] : reads_) {
      CHECK(outcome.results[index].value == low_bytes(kOnes, size));
    }
    CHECK(occurrences(outcome.stderr_text, "link down (" + reason + ")") == 1);
    CHECK(occurrences(outcome.stderr_text, "link down") == 1);
    CHECK(occurrences(outcome.log, " down reason=" + reason + " ") == 1);
    CHECK(outcome.counter("mmio_reads") >= 0);
  }

 private:
  struct Read {
    size_t index;
    uint64_t size;
  };
  std::vector<Read> reads_;
};

TEST_CASE("down: closed during a read, the read gives ones", "[qemu][down]") {
  Bench bench;
  bench.peer.on_read = [](Peer&, const presil_message&) -> Reply { throw HangUp{}; };
  const DeadDevice dead(bench.script);
  dead.check(bench.run(), "closed");
}

TEST_CASE("down: closed during a write", "[qemu][down]") {
  Bench bench;
  bench.peer.on_write = [](Peer&, const presil_message&) -> Reply { throw HangUp{}; };
  bench.script.write(bar0(0), 4, 1);
  const DeadDevice dead(bench.script);
  dead.check(bench.run(), "closed");
}

TEST_CASE("down: closed while the simulator runs ahead of an idle guest", "[qemu][down]") {
  Bench bench;
  bench.peer.on_write = [](Peer& peer, const presil_message&) {
    return Reply{.next_ps = peer.present_ps()};
  };
  bench.peer.on_advance = [](Peer& peer, const presil_message& call) -> Reply {
    if (peer.count(PRESIL_CALL_ADVANCE) == 4) {
      throw HangUp{};
    }
    return {.time_ps = call.header.time_ps, .next_ps = call.header.time_ps};
  };
  bench.script.write(bar0(0), 4, 1);
  bench.script.sleep(10'000'000);
  const DeadDevice dead(bench.script);
  dead.check(bench.run(), "closed");
}

TEST_CASE("down: closed while nothing is going on, config space tells at once", "[qemu][down]") {
  Bench bench;
  bench.peer.on_write = [](Peer& peer, const presil_message&) {
    ::shutdown(peer.socket(), SHUT_RDWR);
    return Reply{};
  };
  bench.script.write(bar0(0), 4, 1);
  bench.script.poll(CONFIG_ADDR(0, 0), 4, 0xffff'ffff);
  const DeadDevice dead(bench.script);
  const Outcome outcome = bench.run();
  dead.check(outcome, "closed");
  CHECK(bench.peer.count(PRESIL_CALL_MMIO_READ) == 0);
}

TEST_CASE("down: killed during a read", "[qemu][down]") {
  Bench bench;
  bench.peer.on_read = [](Peer&, const presil_message&) -> Reply {
    ::raise(SIGKILL);
    return {};
  };
  const DeadDevice dead(bench.script);
  const PeerProcess simulator(bench.peer);
  dead.check(bench.machine.run(), "closed");
}

TEST_CASE("down: killed while nothing is going on", "[qemu][down]") {
  Bench bench;
  bench.script.poll(CONFIG_ADDR(0, 0), 4, 0xffff'ffff);
  const DeadDevice dead(bench.script);
  const PeerProcess simulator(bench.peer);
  bench.machine.start();
  std::this_thread::sleep_for(milliseconds(200));
  simulator.send(SIGKILL);
  dead.check(bench.machine.wait(), "closed");
}

TEST_CASE("down: stopped, the watchdog bites; going on later is harmless",
          "[qemu][down][watchdog]") {
  Bench bench(",watchdog=300");
  bench.peer.on_read = [](Peer&, const presil_message&) -> Reply {
    ::raise(SIGSTOP);
    return {};
  };
  const DeadDevice dead(bench.script);
  bench.script.poll(CONFIG_ADDR(0, 0), 4, 0xffff'ffff);
  for (int i = 0; i < 20; ++i) {
    bench.script.read_loop(bar0(0), 4, 5000);
  }
  const PeerProcess simulator(bench.peer);
  bench.machine.start();
  std::this_thread::sleep_for(milliseconds(600));
  simulator.send(SIGCONT);
  dead.check(bench.machine.wait(), "watchdog");
}

TEST_CASE("watchdog: a slow call with a heartbeat is not a dead one", "[qemu][watchdog]") {
  Bench bench(",watchdog=200");
  bench.peer.on_read = [](Peer& peer, const presil_message&) {
    for (int i = 0; i < 12; ++i) {
      std::this_thread::sleep_for(milliseconds(50));
      peer.beat();
    }
    return Reply{.data = 42};
  };
  const size_t read = bench.script.read(bar0(0), 4);
  const Outcome outcome = bench.run();
  CHECK(outcome.results[read].value == 42);
  CHECK(outcome.log_values("down", "reason").empty());
}

TEST_CASE("watchdog: off, nothing is too long", "[qemu][watchdog]") {
  Bench bench(",watchdog=0");
  bench.peer.on_read = [](Peer&, const presil_message&) {
    std::this_thread::sleep_for(milliseconds(600));
    return Reply{.data = 42};
  };
  const size_t read = bench.script.read(bar0(0), 4);
  const Outcome outcome = bench.run();
  CHECK(outcome.results[read].value == 42);
}

// Something that docs/protocol.md forbids, instead of the answer to a read.
struct Offence {
  const char* name;
  void (*commit)(Peer&);
};

presil_message message(uint32_t type, uint64_t time_ps, uint32_t payload_bytes = 0) {
  presil_message m{};
  m.header = {.type = type, .payload_bytes = payload_bytes, .time_ps = time_ps};
  return m;
}

presil_message dma(uint32_t type, Peer& peer, uint64_t addr, uint32_t len_bytes,
                   uint32_t payload_bytes) {
  presil_message m = message(type, peer.present_ps(), payload_bytes);
  m.u.dma.addr = addr;
  m.u.dma.len_bytes = len_bytes;
  return m;
}

presil_message returning(Peer& peer, uint32_t status) {
  presil_message m = message(PRESIL_RETURN, peer.present_ps());
  m.u.ret.next_ps = PRESIL_LINK_NEVER;
  m.u.ret.status = status;
  return m;
}

TEST_CASE("down: an offence against the protocol", "[qemu][down][protocol]") {
  const auto offence = GENERATE(values<Offence>({
      {"no such type", [](Peer& p) { p.send(message(0xdead'beef, p.present_ps())); }},
      {"a call from the simulator",
       [](Peer& p) { p.send(message(PRESIL_CALL_MMIO_READ, p.present_ps())); }},
      {"an answer where none is due",
       [](Peer& p) { p.send(message(PRESIL_ANSWER, p.present_ps())); }},
      {"a reserved upcall", [](Peer& p) { p.send(message(0x90, p.present_ps())); }},
      {"payload longer than a box",
       [](Peer& p) { p.send(message(PRESIL_UPCALL_DMA_WRITE, p.present_ps(), 4097)); }},
      {"payload of four gigabytes",
       [](Peer& p) { p.send(message(PRESIL_RETURN, p.present_ps(), UINT32_MAX)); }},
      {"a return with a payload",
       [](Peer& p) { p.send(message(PRESIL_RETURN, p.present_ps(), 8)); }},
      {"an interrupt with a payload",
       [](Peer& p) { p.send(message(PRESIL_UPCALL_MSIX, p.present_ps(), 8)); }},
      {"device time that goes back",
       [](Peer& p) {
         p.send(message(PRESIL_RETURN, p.present_ps() / 2));
         p.wait_for_answer();
       }},
      {"next event in the past",
       [](Peer& p) {
         presil_message m = returning(p, PRESIL_STATUS_SUCCESS);
         m.u.ret.next_ps = 0;
         p.send(m);
       }},
      {"status of another call", [](Peer& p) { p.send(returning(p, PRESIL_STATUS_STOPPED)); }},
      {"status that does not exist", [](Peer& p) { p.send(returning(p, 99)); }},
      {"truncated DMA write",
       [](Peer& p) { p.send(dma(PRESIL_UPCALL_DMA_WRITE, p, BUFFER_ADDR, 64, 63)); }},
      {"DMA of nothing",
       [](Peer& p) { p.send(dma(PRESIL_UPCALL_DMA_READ, p, BUFFER_ADDR, 0, 0)); }},
      {"DMA read beyond MRRS",
       [](Peer& p) { p.send(dma(PRESIL_UPCALL_DMA_READ, p, BUFFER_ADDR, 513, 0)); }},
      {"DMA write beyond MPS",
       [](Peer& p) { p.send(dma(PRESIL_UPCALL_DMA_WRITE, p, BUFFER_ADDR, 129, 129)); }},
      {"DMA across 4 KiB",
       [](Peer& p) { p.send(dma(PRESIL_UPCALL_DMA_READ, p, BUFFER_ADDR + 4090, 8, 0)); }},
      {"DMA round the end of addresses",
       [](Peer& p) { p.send(dma(PRESIL_UPCALL_DMA_READ, p, UINT64_MAX - 3, 8, 0)); }},
      {"no such vector",
       [](Peer& p) {
         presil_message m = message(PRESIL_UPCALL_MSIX, p.present_ps());
         m.u.msix.vector = 2;
         p.send(m);
       }},
      {"an error of two kinds",
       [](Peer& p) {
         presil_message m = message(PRESIL_UPCALL_ERROR, p.present_ps());
         m.u.error.status_bit = 0x3;
         p.send(m);
       }},
      {"an error of no severity",
       [](Peer& p) {
         presil_message m = message(PRESIL_UPCALL_ERROR, p.present_ps());
         m.u.error.severity = 3;
         m.u.error.status_bit = 1;
         p.send(m);
       }},
      {"two messages at once",
       [](Peer& p) {
         // In one step: after the first of two QEMU would take it for one message.
         p.segment().to_qemu.message = returning(p, PRESIL_STATUS_SUCCESS);
         __atomic_add_fetch(&p.segment().to_qemu.sequence, 2, __ATOMIC_SEQ_CST);
       }},
      {"words on the socket", [](Peer& p) { ::send(p.socket(), "hello", 5, MSG_NOSIGNAL); }},
  }));
  CAPTURE(offence.name);
  Bench bench;
  bench.peer.on_read = [=](Peer& peer, const presil_message&) -> Reply {
    offence.commit(peer);
    peer.wait_for_answer();  // which does not come: the link ends
    return {};
  };
  bench.script.spin(1000);
  const DeadDevice dead(bench.script);
  dead.check(bench.run(),
             std::string(offence.name) == "words on the socket" ? "closed" : "protocol");
}

TEST_CASE("down: one device's end is not the other's", "[qemu][down][two]") {
  TempFolder folder;
  Peer first(folder / "sim0"), second(folder / "sim1");
  first.on_read = [](Peer&, const presil_message&) -> Reply { throw HangUp{}; };
  Machine machine(folder);
  machine.devices = {{folder / "sim0", ""}, {folder / "sim1", ""}};
  const size_t dead = machine.script.read(BAR_ADDR(0, 0, 0), 4);
  const size_t alive = machine.script.read(BAR_ADDR(1, 0, 0x40), 4);
  first.start();
  second.start();
  const Outcome outcome = machine.run();
  REQUIRE(outcome.done());
  CHECK(outcome.results[dead].value == 0xffff'ffff);
  CHECK(outcome.results[alive].value == low_bytes(Peer::pattern(0x40), 4));
}

}  // namespace
}  // namespace presil::test
