// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Bursts between the lanes of a bus and memory: which runs of bytes come of them, with what in
/// them, and what is answered.

#include "sim/axi/burst_memory.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace presil::axi {
namespace {

constexpr std::size_t kBusBytes = 8;
constexpr std::uint64_t kAllLanes = 0xff;

/// What stands at an address of memory.
std::byte content(std::uint64_t addr) {
  return static_cast<std::byte>(addr * 7 + 3);
}

/// One run that the memory was asked for.
struct Run {
  std::uint64_t addr;
  std::size_t bytes;
  std::vector<std::byte> data;  // Writes only.
};

/// Memory that keeps every run, and answers as told.
struct Target : RunTarget {
  Response read(const Address&, std::uint64_t addr, std::span<std::byte> data) override {
    for (std::size_t i = 0; i < data.size(); ++i)
      data[i] = content(addr + i);
    runs.push_back({addr, data.size(), {}});
    return answer();
  }
  Response write(const Address&, std::uint64_t addr, std::span<const std::byte> data) override {
    runs.push_back({addr, data.size(), {data.begin(), data.end()}});
    return answer();
  }
  void broken_rule(const Address&, std::string_view rule) override { rules.emplace_back(rule); }

  Response answer() const {
    const std::size_t index = runs.size() - 1;
    return index < answers.size() ? answers[index] : Response::kOkay;
  }

  std::vector<Response> answers;
  std::vector<Run> runs;
  std::vector<std::string> rules;
};

struct Bench {
  Target target;
  BurstMemory memory{target, kBusBytes};
  BurstSlot slot;

  Bench() {
    slot.data.assign(256 * kBusBytes, std::byte{0xee});
    slot.strobes.assign(256, 0);
  }

  void read(const Address& address) {
    slot.address = address;
    memory.read(slot);
  }

  /// Write data are the number of their byte on the bus, from the first beat on.
  void write(const Address& address, const std::vector<std::uint64_t>& strobes) {
    slot.address = address;
    slot.beats = static_cast<unsigned>(strobes.size());
    std::ranges::copy(strobes, slot.strobes.begin());
    for (std::size_t i = 0; i < strobes.size() * kBusBytes; ++i)
      slot.data[i] = static_cast<std::byte>(i);
    memory.write(slot);
  }

  /// The lanes of one beat.
  std::vector<std::byte> lanes(unsigned beat) const {
    const auto* const begin = slot.data.data() + beat * kBusBytes;
    return {begin, begin + kBusBytes};
  }
};

/// Lanes as they must be: content() of `bytes` from `addr` on in their places, else zero.
std::vector<std::byte> expected_lanes(std::uint64_t addr, std::size_t bytes) {
  std::vector<std::byte> lanes(kBusBytes, std::byte{0});
  for (std::size_t i = 0; i < bytes; ++i)
    lanes[(addr + i) % kBusBytes] = content(addr + i);
  return lanes;
}

void check_run(const Run& run, std::uint64_t addr, const std::vector<int>& data) {
  CHECK(run.addr == addr);
  std::vector<std::byte> bytes;
  for (int value : data)
    bytes.push_back(static_cast<std::byte>(value));
  CHECK(run.data == bytes);
}

// ---------------------------------------------------------------------------------------- reading

TEST_CASE("an INCR read is one run of memory", "[sim][axi]") {
  Bench bench;
  bench.read({.addr = 0x1010, .len = 2, .size = 3});
  REQUIRE(bench.target.runs.size() == 1);
  CHECK(bench.target.runs[0].addr == 0x1010);
  CHECK(bench.target.runs[0].bytes == 24);
  for (unsigned beat = 0; beat < 3; ++beat)
    CHECK(bench.lanes(beat) == expected_lanes(0x1010 + 8 * beat, 8));
  CHECK(bench.slot.response == Response::kOkay);
}

TEST_CASE("an unaligned read asks for no byte before its address", "[sim][axi]") {
  Bench bench;
  bench.read({.addr = 0x1005, .len = 1, .size = 3});
  REQUIRE(bench.target.runs.size() == 1);
  CHECK(bench.target.runs[0].addr == 0x1005);
  CHECK(bench.target.runs[0].bytes == 11);
  CHECK(bench.lanes(0) == expected_lanes(0x1005, 3));
  CHECK(bench.lanes(1) == expected_lanes(0x1008, 8));
}

TEST_CASE("a narrow read moves over the lanes, the others are zero", "[sim][axi]") {
  Bench bench;
  bench.read({.addr = 0x1002, .len = 3, .size = 1});
  for (unsigned beat = 0; beat < 4; ++beat)
    CHECK(bench.lanes(beat) == expected_lanes(0x1002 + 2 * beat, 2));
}

TEST_CASE("a FIXED read reads the same bytes once for every beat", "[sim][axi]") {
  Bench bench;
  bench.read({.addr = 0x1004, .len = 2, .size = 2, .burst = Burst::kFixed});
  REQUIRE(bench.target.runs.size() == 3);
  for (unsigned beat = 0; beat < 3; ++beat) {
    CHECK(bench.target.runs[beat].addr == 0x1004);
    CHECK(bench.target.runs[beat].bytes == 4);
    CHECK(bench.lanes(beat) == expected_lanes(0x1004, 4));
  }
}

TEST_CASE("a WRAP read is one run of its window, entered midway", "[sim][axi]") {
  Bench bench;
  bench.read({.addr = 0x1018, .len = 3, .size = 3, .burst = Burst::kWrap});
  REQUIRE(bench.target.runs.size() == 1);
  CHECK(bench.target.runs[0].addr == 0x1000);
  CHECK(bench.target.runs[0].bytes == 32);
  CHECK(bench.lanes(0) == expected_lanes(0x1018, 8));
  CHECK(bench.lanes(1) == expected_lanes(0x1000, 8));
  CHECK(bench.lanes(3) == expected_lanes(0x1010, 8));
}

TEST_CASE("a read up to the last address gets all of its bytes", "[sim][axi]") {
  Bench bench;
  constexpr std::uint64_t kStart = UINT64_MAX - 15;
  bench.read({.addr = kStart, .len = 1, .size = 3});
  REQUIRE(bench.target.runs.size() == 1);
  CHECK(bench.target.runs[0].addr == kStart);
  CHECK(bench.target.runs[0].bytes == 16);
  CHECK(bench.lanes(1) == expected_lanes(kStart + 8, 8));
}

TEST_CASE("a read that fails is answered with the worst of its runs", "[sim][axi]") {
  Bench bench;
  bench.target.answers = {Response::kSlverr, Response::kDecerr, Response::kOkay};
  bench.read({.addr = 0x1000, .len = 2, .size = 3, .burst = Burst::kFixed});
  CHECK(bench.slot.response == Response::kDecerr);
}

TEST_CASE("an illegal read is answered with zeros and not performed", "[sim][axi]") {
  Bench bench;
  bench.read({.addr = 0x1ff8, .len = 1, .size = 3});
  CHECK(bench.target.runs.empty());
  CHECK(bench.target.rules == std::vector<std::string>{"burst crosses a 4 KiB boundary"});
  CHECK(bench.slot.response == Response::kSlverr);
  CHECK(bench.lanes(0) == expected_lanes(0, 0));
  CHECK(bench.lanes(1) == expected_lanes(0, 0));
}

TEST_CASE("a failed burst leaves no trace in the slot's next one", "[sim][axi]") {
  Bench bench;
  bench.read({.addr = 0x1ff8, .len = 1, .size = 3});
  bench.read({.addr = 0x1000, .len = 0, .size = 3});
  CHECK(bench.slot.response == Response::kOkay);
  bench.target.answers = {Response::kOkay, Response::kSlverr};
  bench.write({.addr = 0x1000, .len = 0, .size = 3}, {kAllLanes});
  CHECK(bench.slot.response == Response::kSlverr);
  bench.write({.addr = 0x1000, .len = 0, .size = 3}, {kAllLanes});
  CHECK(bench.slot.response == Response::kOkay);
}

// ---------------------------------------------------------------------------------------- writing

TEST_CASE("a write with all strobes is one run", "[sim][axi]") {
  Bench bench;
  bench.write({.addr = 0x1010, .len = 1, .size = 3}, {kAllLanes, kAllLanes});
  REQUIRE(bench.target.runs.size() == 1);
  check_run(bench.target.runs[0], 0x1010, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
}

TEST_CASE("an unaligned write starts in the middle of its first beat", "[sim][axi]") {
  Bench bench;
  bench.write({.addr = 0x1005, .len = 1, .size = 3}, {0xe0, 0x03});
  REQUIRE(bench.target.runs.size() == 1);
  check_run(bench.target.runs[0], 0x1005, {5, 6, 7, 8, 9});
}

TEST_CASE("bytes without a strobe are not written, and part the runs", "[sim][axi]") {
  Bench bench;
  // A hole within a beat, a beat without any byte, and a run over the border of two beats.
  bench.write({.addr = 0x1000, .len = 3, .size = 3}, {0x6b, 0x00, 0x80, 0x01});
  REQUIRE(bench.target.runs.size() == 4);
  check_run(bench.target.runs[0], 0x1000, {0, 1});
  check_run(bench.target.runs[1], 0x1003, {3});
  check_run(bench.target.runs[2], 0x1005, {5, 6});
  check_run(bench.target.runs[3], 0x1017, {23, 24});
}

TEST_CASE("a write without any strobe is answered and writes nothing", "[sim][axi]") {
  Bench bench;
  bench.write({.addr = 0x1000, .len = 1, .size = 3}, {0, 0});
  CHECK(bench.target.runs.empty());
  CHECK(bench.target.rules.empty());
  CHECK(bench.slot.response == Response::kOkay);
}

TEST_CASE("a narrow write takes each beat from its own lanes", "[sim][axi]") {
  Bench bench;
  bench.write({.addr = 0x1004, .len = 1, .size = 1}, {0x30, 0xc0});
  REQUIRE(bench.target.runs.size() == 1);
  check_run(bench.target.runs[0], 0x1004, {4, 5, 14, 15});
}

TEST_CASE("a FIXED write writes its bytes once for every beat, in order", "[sim][axi]") {
  Bench bench;
  bench.write({.addr = 0x1004, .len = 1, .size = 2, .burst = Burst::kFixed}, {0xf0, 0xf0});
  REQUIRE(bench.target.runs.size() == 2);
  check_run(bench.target.runs[0], 0x1004, {4, 5, 6, 7});
  check_run(bench.target.runs[1], 0x1004, {12, 13, 14, 15});
}

TEST_CASE("a WRAP write is two runs, the upper part of its window first", "[sim][axi]") {
  Bench bench;
  bench.write({.addr = 0x1008, .len = 1, .size = 3, .burst = Burst::kWrap}, {kAllLanes, kAllLanes});
  REQUIRE(bench.target.runs.size() == 2);
  check_run(bench.target.runs[0], 0x1008, {0, 1, 2, 3, 4, 5, 6, 7});
  check_run(bench.target.runs[1], 0x1000, {8, 9, 10, 11, 12, 13, 14, 15});
}

TEST_CASE("a write that fails is answered with the worst of its runs", "[sim][axi]") {
  Bench bench;
  bench.target.answers = {Response::kOkay, Response::kDecerr, Response::kSlverr};
  bench.write({.addr = 0x1000, .len = 0, .size = 3}, {0x15});
  CHECK(bench.target.runs.size() == 3);
  CHECK(bench.slot.response == Response::kDecerr);
}

TEST_CASE("a strobe outside its beat is a broken rule", "[sim][axi]") {
  Bench bench;
  SECTION("below an unaligned address") {
    bench.write({.addr = 0x1005, .len = 0, .size = 3}, {0xf0});
  }
  SECTION("above a narrow beat") {
    bench.write({.addr = 0x1000, .len = 0, .size = 2}, {0x10});
  }
  SECTION("in a beat behind others that could be performed") {
    bench.write({.addr = 0x1000, .len = 2, .size = 2, .burst = Burst::kFixed}, {0xf, 0xf, 0xf0});
  }
  CHECK(bench.target.rules == std::vector<std::string>{"strobe outside the bytes of its beat"});
  CHECK(bench.target.runs.empty());
  CHECK(bench.slot.response == Response::kSlverr);
}

TEST_CASE("data of another length than announced are a broken rule", "[sim][axi]") {
  Bench bench;
  SECTION("too short") {
    bench.write({.addr = 0x1000, .len = 2, .size = 3}, {kAllLanes, kAllLanes});
  }
  SECTION("too long") {
    bench.write({.addr = 0x1000, .len = 0, .size = 3}, {kAllLanes, kAllLanes});
  }
  CHECK(bench.target.rules == std::vector<std::string>{"WLAST on another beat than AWLEN says"});
  CHECK(bench.target.runs.empty());
  CHECK(bench.slot.response == Response::kSlverr);
}

TEST_CASE("on the widest bus every lane has its strobe", "[sim][axi]") {
  Target target;
  BurstMemory memory(target, kMaxBusBytes);
  BurstSlot slot;
  slot.address = {.addr = 0x1000, .len = 0, .size = 6};
  slot.beats = 1;
  slot.data.assign(256 * kMaxBusBytes, std::byte{0x5a});
  slot.strobes.assign(256, ~std::uint64_t{0});
  memory.write(slot);
  REQUIRE(target.runs.size() == 1);
  CHECK(target.runs[0].bytes == 64);
}

}  // namespace
}  // namespace presil::axi
