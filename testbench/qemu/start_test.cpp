// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Starting: what is refused, in one line, and the guard.

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "support/bench.hpp"

namespace presil::test {
namespace {

// QEMU ended by itself, with status 1 and `text` in one line of stderr.
void check_refused(const Outcome& outcome, const std::string& text) {
  INFO("stderr: " << outcome.stderr_text);
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.status == 1);
  CHECK(outcome.stderr_text.find(text) != std::string::npos);
  CHECK(outcome.stderr_text.find('\n') == outcome.stderr_text.size() - 1);
}

TEST_CASE("start: nobody listens", "[qemu][start]") {
  TempFolder folder;
  Machine machine(folder);
  machine.devices = {{folder / "nobody", ""}};
  check_refused(machine.run(), "no simulator listens at");
}

TEST_CASE("start: a path that is no socket's", "[qemu][start]") {
  TempFolder folder;
  Machine machine(folder);
  machine.devices = {{folder / std::string(120, 'x'), ""}};
  check_refused(machine.run(), "exceeds limit 107");
}

TEST_CASE("start: a simulator that cannot be talked to", "[qemu][start]") {
  struct Case {
    const char* text;
    void (*spoil)(Peer&);
  };
  const auto c = GENERATE(values<Case>({
      {"speaks link version 77, this device 1",
       [](Peer& p) {
         p.reply.version = 77;
         p.reply.status = PRESIL_HELLO_BAD_VERSION;
       }},
      {"speaks link version 2, this device 1", [](Peer& p) { p.reply.version = 2; }},
      {"is no presil simulator", [](Peer& p) { p.reply.magic = 0x20505454; }},
      {"declined the hello (status 2)", [](Peer& p) { p.reply.status = PRESIL_HELLO_BAD_SEGMENT; }},
      {"hello answer of 1 bytes", [](Peer& p) { p.reply.length = 1; }},
  }));
  CAPTURE(c.text);
  Bench bench;
  c.spoil(bench.peer);
  bench.peer.start();
  check_refused(bench.machine.run(), c.text);
}

TEST_CASE("start: a machine that it does not fit", "[qemu][start]") {
  Bench bench;
  bench.peer.start();
  SECTION("without icount") {
    bench.machine.icount = false;
    check_refused(bench.machine.run(), "needs -icount shift=0,sleep=off");
  }
  SECTION("with another icount") {
    bench.machine.icount = false;
    bench.machine.extra_args = {"-icount", "shift=3,sleep=off"};
    check_refused(bench.machine.run(), "needs -icount shift=0,sleep=off");
  }
  SECTION("free-running with icount") {
    bench.machine.devices[0].extra += ",free-running=1";
    check_refused(bench.machine.run(), "free-running=1 goes without -icount");
  }
  SECTION("with two vCPUs") {
    bench.machine.extra_args = {"-smp", "2"};
    check_refused(bench.machine.run(), "one vCPU");
  }
}

TEST_CASE("start: a property out of range", "[qemu][start]") {
  const auto& [option, text] = GENERATE(table<const char*, const char*>({
      {",quantum=0", "quantum=0 is not within 100 .. 100000"},
      {",quantum=100001", "quantum=100001 is not within"},
      {",watchdog=86400001", "watchdog=86400001 is not within"},
      {",spin=x", "spin"},
      {",colour=red", "colour"},
  }));
  Bench bench(option);
  bench.peer.start();
  check_refused(bench.machine.run(), text);
}

TEST_CASE("start: a log that cannot be written", "[qemu][start]") {
  Bench bench(",log=/nonexistent/log");
  bench.peer.start();
  check_refused(bench.machine.run(), "cannot write log");
}

TEST_CASE("hello: says what the device was told", "[qemu][start]") {
  Bench bench(",quantum=2500,spin=1234");
  bench.run();
  CHECK(bench.peer.hello.magic == PRESIL_LINK_MAGIC);
  CHECK(bench.peer.hello.version == PRESIL_LINK_VERSION);
  CHECK(bench.peer.hello.length == sizeof(presil_hello));
  CHECK(bench.peer.hello.segment_bytes == sizeof(presil_segment));
  CHECK(bench.peer.hello.quantum_ps == 2'500'000);
  CHECK(bench.peer.hello.spin_ns == 1234);
  CHECK(bench.peer.calls().back().header.type == PRESIL_CALL_QUIT);
}

TEST_CASE("guard: an expectation taken wrong is refused, and QEMU goes on to its own error",
          "[qemu][guard]") {
  const auto& [test, sentence] = GENERATE(table<const char*, const char*>({
      {"target", "target is x86_64, expected sparc64"},
      {"symbol", "it lacks pci_register_bar"},
      {"ids", "the ids of e1000e were found 0 times"},
      {"slots", "realize of ich9-usb-uhci1 is not usb_uhci_common_realize"},
      {"type-info", "its TypeInfo is laid out otherwise"},
      {"region-size", "its MemoryRegion does not fit into 64 bytes"},
      {"space-size", "its AddressSpace does not fit into 16 bytes"},
      {"timer-size", "its QEMUTimer does not fit into 16 bytes"},
      {"notifier-size", "its Notifier does not fit into 8 bytes"},
      {"ops", "a read of 8 bytes came as 2 accesses of 4 bytes"},
      {"attrs", "memory attributes confine an access to RAM, expected one"},
  }));
  CAPTURE(test);
  Bench bench;
  bench.machine.plugin_options = std::string(",guard-test=") + test;
  const Outcome outcome = bench.machine.run();
  INFO("stderr: " << outcome.stderr_text);
  CHECK(outcome.status == 1);
  CHECK(outcome.stderr_text.find("presil-pci: refusing to load into QEMU ") != std::string::npos);
  CHECK(outcome.stderr_text.find(sentence) != std::string::npos);
  CHECK(outcome.stderr_text.find("'presil-pci' is not a valid device model name") !=
        std::string::npos);
}

TEST_CASE("guard: a build that was not tested loads with one warning", "[qemu][guard]") {
  Bench bench;
  bench.machine.plugin_options = ",guard-test=build-id";
  const size_t read = bench.script.read(bar0(0x40), 4);
  const Outcome outcome = bench.run();
  CHECK(outcome.results[read].value == low_bytes(Peer::pattern(0x40), 4));
  CHECK(outcome.stderr_text.find("passed all checks, but was not tested") != std::string::npos);
}

TEST_CASE("guard: an option that does not exist is an error", "[qemu][guard]") {
  Bench bench;
  bench.machine.plugin_options = ",guard-test=nonesuch";
  const Outcome outcome = bench.machine.run();
  CHECK(outcome.status == 1);
  CHECK(outcome.stderr_text.find("no such option: guard-test=nonesuch") != std::string::npos);
}

}  // namespace
}  // namespace presil::test
