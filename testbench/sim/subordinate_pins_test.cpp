// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The pins of an AXI4 memory, cycle by cycle, driven by a manager that can do everything AXI
/// allows.

#include "sim/axi/subordinate_pins.hpp"

#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "testbench/sim/pin_manager.hpp"

namespace presil::axi {
namespace {

constexpr unsigned kMaxOutstanding = SubordinatePins::kMaxOutstanding;
constexpr Picoseconds kPeriodPs = PinManager::kPeriodPs;

Address burst(std::uint64_t id, unsigned beats = 1) {
  return {.addr = 0x1000, .id = id, .len = static_cast<std::uint8_t>(beats - 1), .size = 3};
}

// ---------------------------------------------------------------------------------------- reading

TEST_CASE("a read is answered beat by beat, the last one marked", "[sim][axi]") {
  PinManager manager;
  manager.reads = {burst(5, 3)};
  CHECK(manager.cycle());
  CHECK(!manager.pins().idle());
  manager.perform();
  manager.cycles(4);
  REQUIRE(manager.read_beats.size() == 3);
  for (unsigned beat = 0; beat < 3; ++beat) {
    CHECK(manager.read_beats[beat].id == 5);
    CHECK(manager.read_beats[beat].data == std::byte{5});
    CHECK(manager.read_beats[beat].last == (beat == 2));
  }
  CHECK(manager.pins().idle());
}

TEST_CASE("a read that nobody performed is not answered", "[sim][axi]") {
  PinManager manager;
  manager.reads = {burst(1)};
  manager.cycles(20);
  CHECK(manager.read_beats.empty());
  CHECK(!manager.shown().rvalid);
}

TEST_CASE("an answer shows at the first edge at or after its time", "[sim][axi]") {
  PinManager manager;
  manager.reads = {burst(1)};
  manager.writes = {burst(2)};
  manager.data = {{std::byte{9}, true}};
  manager.cycle();
  SECTION("on an edge") {
    manager.perform(5 * kPeriodPs);
  }
  SECTION("between two edges") {
    manager.perform(4 * kPeriodPs + 1);
  }
  manager.cycles(10);
  REQUIRE(manager.read_beats.size() == 1);
  CHECK(manager.read_beats[0].time_ps == 5 * kPeriodPs);
  REQUIRE(manager.answers.size() == 1);
  CHECK(manager.answers[0].time_ps == 5 * kPeriodPs);
}

TEST_CASE("it says when it has something to show next", "[sim][axi]") {
  constexpr Picoseconds kNow = 0, kNever = ~Picoseconds{0};
  PinManager manager;
  const SubordinatePins& pins = manager.pins();
  CHECK(pins.next_due_ps() == kNever);
  SECTION("reads: when the first in order is due, at once when it shows, until its last beat") {
    manager.reads = {burst(1, 2), burst(2)};
    manager.cycle();
    CHECK(pins.next_due_ps() == kNow);  // It has yet to be performed.
    manager.perform(10 * kPeriodPs);
    CHECK(pins.next_due_ps() == 10 * kPeriodPs);
    manager.cycle();
    manager.perform(5 * kPeriodPs);
    CHECK(pins.next_due_ps() == 10 * kPeriodPs);
    manager.rready = false;
    manager.cycles(8);
    CHECK(pins.next_due_ps() == kNow);
    manager.rready = true;
    manager.cycle();
    CHECK(pins.next_due_ps() <= 10 * kPeriodPs);
    manager.cycle();
    CHECK(pins.next_due_ps() == 5 * kPeriodPs);
    manager.cycle();
    CHECK(pins.next_due_ps() == kNever);
  }
  SECTION("writes: never before both address and data came") {
    manager.writes = {burst(1, 2)};
    manager.data = {{std::byte{1}, false}};
    manager.cycles(2);
    CHECK(pins.next_due_ps() == kNever);
    manager.data = {{std::byte{2}, true}};
    manager.cycle();
    CHECK(pins.next_due_ps() == kNow);
    manager.perform(10 * kPeriodPs);
    CHECK(pins.next_due_ps() == 10 * kPeriodPs);
    manager.reads = {burst(1)};
    manager.cycle();
    manager.perform(8 * kPeriodPs);
    CHECK(pins.next_due_ps() == 8 * kPeriodPs);
    manager.cycles(10);
    CHECK(pins.next_due_ps() == kNever);
  }
  SECTION("reset: nothing") {
    manager.reads = {burst(1)};
    manager.cycle();
    manager.perform(10 * kPeriodPs);
    manager.pins().reset();
    CHECK(pins.next_due_ps() == kNever);
  }
}

TEST_CASE("an answer begins to show only when it may", "[sim][axi]") {
  PinManager manager;
  manager.reads = {burst(1, 2)};
  manager.writes = {burst(2)};
  manager.data = {{std::byte{9}, true}};
  manager.rready = manager.bready = false;
  manager.cycle();
  manager.perform();
  manager.may_answer = false;
  manager.cycles(5);
  CHECK(!manager.shown().rvalid);
  CHECK(!manager.shown().bvalid);
  manager.may_answer = true;
  manager.cycle();
  CHECK(manager.shown().rvalid);
  CHECK(manager.shown().bvalid);
  // What shows stays.
  manager.may_answer = false;
  manager.cycles(3);
  CHECK(manager.shown().rvalid);
  CHECK(manager.shown().bvalid);
  manager.rready = manager.bready = true;
  manager.cycles(3);
  CHECK(manager.read_beats.size() == 1);
  CHECK(manager.answers.size() == 1);
}

TEST_CASE("reads are answered in order, also when a later one is ready first", "[sim][axi]") {
  PinManager manager;
  manager.reads = {burst(1, 2), burst(2, 2)};
  manager.cycle();
  manager.perform(8 * kPeriodPs);
  manager.cycle();
  manager.perform(0);
  manager.cycles(20);
  REQUIRE(manager.read_beats.size() == 4);
  CHECK(manager.read_beats[0].time_ps == 8 * kPeriodPs);
  const std::uint64_t expected[] = {1, 1, 2, 2};
  for (unsigned beat = 0; beat < 4; ++beat)
    CHECK(manager.read_beats[beat].id == expected[beat]);
}

TEST_CASE("an answer that is not taken stays as it is", "[sim][axi]") {
  PinManager manager;
  manager.rready = manager.bready = false;
  manager.reads = {burst(1, 2)};
  manager.writes = {burst(2)};
  manager.data = {{std::byte{9}, true}};
  manager.cycle();
  manager.perform();
  manager.cycle();
  const std::byte* const data = manager.shown().rdata;
  for (unsigned cycle = 0; cycle < 5; ++cycle) {
    manager.cycle();
    CHECK(manager.shown().rvalid);
    CHECK(manager.shown().rdata == data);
    CHECK(!manager.shown().rlast);
    CHECK(manager.shown().bvalid);
  }
  CHECK(manager.read_beats.empty());
  manager.rready = manager.bready = true;
  manager.cycles(3);
  CHECK(manager.read_beats.size() == 2);
  CHECK(manager.answers.size() == 1);
}

TEST_CASE("no more reads are taken than can be under way", "[sim][axi]") {
  PinManager manager;
  for (unsigned i = 0; i < kMaxOutstanding + 2; ++i)
    manager.reads.push_back(burst(i));
  manager.cycles(kMaxOutstanding + 10);
  CHECK(manager.reads.size() == 2);
  CHECK(!manager.shown().arready);

  // The place of one that was answered is taken by the next.
  manager.perform();
  manager.cycles(2 * kMaxOutstanding);
  CHECK(manager.reads.empty());
  manager.perform();
  manager.cycles(4);
  REQUIRE(manager.read_beats.size() == kMaxOutstanding + 2);
  for (unsigned i = 0; i < kMaxOutstanding + 2; ++i) {
    CHECK(manager.read_beats[i].id == i);
    CHECK(manager.read_beats[i].data == static_cast<std::byte>(i));
  }
  CHECK(manager.pins().idle());
}

// ---------------------------------------------------------------------------------------- writing

TEST_CASE("a write waits to be performed until address and all data are there", "[sim][axi]") {
  PinManager manager;
  SECTION("address first") {
    manager.writes = {burst(3, 2)};
    CHECK(!manager.cycle());
    manager.data = {{std::byte{7}, false}};
    CHECK(!manager.cycle());
    CHECK(manager.pins().next_write() == nullptr);
    manager.data = {{std::byte{8}, true}};
    CHECK(manager.cycle());
  }
  SECTION("data first") {
    manager.data = {{std::byte{7}, false}, {std::byte{8}, true}};
    CHECK(!manager.cycle());
    CHECK(!manager.cycle());
    CHECK(manager.pins().next_write() == nullptr);
    CHECK(!manager.pins().idle());
    manager.writes = {burst(3, 2)};
    CHECK(manager.cycle());
  }
  manager.perform();
  CHECK(manager.write_beats == std::vector<unsigned>{2});
  CHECK(manager.first_data == std::vector{std::byte{7}});
  manager.cycles(2);
  REQUIRE(manager.answers.size() == 1);
  CHECK(manager.answers[0].id == 3);
  CHECK(manager.pins().idle());
}

TEST_CASE("half a burst of data without an address is under way", "[sim][axi]") {
  PinManager manager;
  manager.data = {{std::byte{1}, false}};
  manager.cycle();
  CHECK(!manager.pins().idle());
}

TEST_CASE("data before their addresses go to the bursts in order", "[sim][axi]") {
  PinManager manager;
  manager.data = {{std::byte{1}, true}, {std::byte{2}, false}, {std::byte{3}, true}};
  manager.cycles(3);
  manager.writes = {burst(11), burst(12, 2)};
  manager.cycles(2);
  manager.perform();
  CHECK(manager.performed_writes == std::vector<std::uint64_t>{11, 12});
  CHECK(manager.write_beats == std::vector<unsigned>{1, 2});
  CHECK(manager.first_data == std::vector{std::byte{1}, std::byte{2}});
}

TEST_CASE("a full queue of writes takes no more addresses or data", "[sim][axi]") {
  PinManager manager;
  const bool data_only = GENERATE(false, true);
  for (unsigned i = 0; i < kMaxOutstanding + 1; ++i) {
    manager.data.push_back({static_cast<std::byte>(i), true});
    if (!data_only)
      manager.writes.push_back(burst(i));
  }
  manager.cycles(kMaxOutstanding + 10);
  CHECK(manager.data.size() == 1);
  CHECK(!manager.shown().wready);
  CHECK(manager.shown().awready == data_only);

  for (unsigned i = 0; data_only && i < kMaxOutstanding + 1; ++i)
    manager.writes.push_back(burst(i));
  for (unsigned cycle = 0; cycle < 4 * kMaxOutstanding; ++cycle) {
    manager.cycle();
    manager.perform();
  }
  REQUIRE(manager.answers.size() == kMaxOutstanding + 1);
  for (unsigned i = 0; i < kMaxOutstanding + 1; ++i) {
    CHECK(manager.answers[i].id == i);
    CHECK(manager.first_data[i] == static_cast<std::byte>(i));
    CHECK(manager.write_beats[i] == 1);
  }
  CHECK(manager.pins().idle());
}

TEST_CASE("data without end are counted and stay within the burst's place", "[sim][axi]") {
  PinManager manager;
  manager.writes = {burst(1)};
  manager.data.assign(300, {std::byte{4}, false});
  manager.data.back().last = true;
  manager.cycles(301);
  manager.perform();
  CHECK(manager.write_beats == std::vector<unsigned>{300});
}

// -------------------------------------------------------------------------------------- and either

TEST_CASE("pins that nothing moves are not set again", "[sim][axi]") {
  PinManager manager;
  manager.cycles(2);
  CHECK(!manager.moved());
  CHECK(manager.shown().arready);
  CHECK(manager.shown().awready);
  CHECK(manager.shown().wready);

  manager.writes = {burst(1)};
  manager.data = {{std::byte{4}, true}};
  manager.cycle();
  manager.perform();
  manager.cycle();
  CHECK(manager.moved());
  // The answer is taken away again.
  manager.cycle();
  CHECK(manager.moved());
  CHECK(!manager.shown().bvalid);
  manager.cycle();
  CHECK(!manager.moved());
}

TEST_CASE("a reset drops everything and leaves nothing behind", "[sim][axi]") {
  PinManager manager;
  manager.rready = manager.bready = false;
  manager.reads = {burst(1), burst(2)};
  manager.writes = {burst(3), burst(4)};
  manager.data = {{std::byte{1}, true}, {std::byte{2}, false}};
  manager.cycle();
  manager.perform();
  manager.cycles(2);
  REQUIRE(manager.shown().rvalid);
  REQUIRE(manager.shown().bvalid);

  manager.pins().reset();
  CHECK(manager.pins().idle());
  CHECK(!manager.shown().rvalid);
  CHECK(!manager.shown().bvalid);
  CHECK(manager.pins().next_read() == nullptr);
  CHECK(manager.pins().next_write() == nullptr);

  // Half a burst from before must not lengthen the first one after it.
  manager.rready = manager.bready = true;
  manager.write_beats.clear();
  manager.writes = {burst(5)};
  manager.data = {{std::byte{6}, true}};
  manager.cycles(2);
  manager.perform();
  manager.cycles(2);
  CHECK(manager.write_beats == std::vector<unsigned>{1});
  REQUIRE(manager.answers.size() == 1);
  CHECK(manager.answers[0].id == 5);
  CHECK(manager.read_beats.empty());
}

TEST_CASE("random stalls delay everything and lose nothing", "[sim][axi]") {
  constexpr unsigned kBursts = 100;
  PinManager manager(60, 7);
  for (unsigned i = 0; i < kBursts; ++i) {
    manager.reads.push_back(burst(i, 2));
    manager.writes.push_back(burst(i));
    manager.data.push_back({static_cast<std::byte>(i), true});
  }
  unsigned withheld = 0;
  for (unsigned cycle = 0; cycle < 100 * kBursts; ++cycle) {
    const bool was_valid = manager.shown().rvalid;
    const std::size_t beats = manager.read_beats.size();
    manager.rready = cycle % 3 != 0;
    manager.cycle();
    manager.perform();
    withheld += !manager.shown().arready;
    // A valid is never taken back before it was taken.
    if (was_valid)
      CHECK((manager.shown().rvalid || manager.read_beats.size() > beats));
  }
  CHECK(withheld > 0);
  REQUIRE(manager.read_beats.size() == 2 * kBursts);
  REQUIRE(manager.answers.size() == kBursts);
  for (unsigned i = 0; i < kBursts; ++i) {
    CHECK(manager.read_beats[2 * i].id == i);
    CHECK(manager.read_beats[2 * i + 1].last);
    CHECK(manager.answers[i].id == i);
    CHECK(manager.first_data[i] == static_cast<std::byte>(i));
  }
  CHECK(manager.pins().idle());
}

TEST_CASE("stalls are the same for the same seed", "[sim][axi]") {
  const auto times = [](std::uint64_t seed) {
    PinManager manager(50, seed);
    for (unsigned i = 0; i < 20; ++i)
      manager.reads.push_back(burst(i));
    std::vector<Picoseconds> result;
    for (unsigned cycle = 0; cycle < 400; ++cycle) {
      manager.cycle();
      manager.perform();
    }
    for (const auto& beat : manager.read_beats)
      result.push_back(beat.time_ps);
    return result;
  };
  CHECK(times(3) == times(3));
  CHECK(times(3) != times(4));
}

}  // namespace
}  // namespace presil::axi
