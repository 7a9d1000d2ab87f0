// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Which bursts AXI allows, and which bytes each of their beats covers.

#include "sim/axi/burst.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace presil::axi {

// For Catch2 to compare and to show.
static bool operator==(const BeatRange& one, const BeatRange& other) {
  return one.first == other.first && one.bytes == other.bytes;
}

namespace {

constexpr std::size_t kBusBytes = 16;

Address incr(std::uint64_t addr, unsigned beats, unsigned size = 4) {
  return {.addr = addr,
          .len = static_cast<std::uint8_t>(beats - 1),
          .size = static_cast<std::uint8_t>(size),
          .burst = Burst::kIncr};
}

Address with(Burst burst, std::uint64_t addr, unsigned beats, unsigned size = 4) {
  Address address = incr(addr, beats, size);
  address.burst = burst;
  return address;
}

TEST_CASE("a burst may fill a 4 KiB page and no more", "[sim][axi]") {
  CHECK(illegal_because(incr(0x1000, 256), kBusBytes).empty());
  CHECK(illegal_because(incr(0x1ff0, 1), kBusBytes).empty());
  CHECK(illegal_because(incr(0x1ff0, 2), kBusBytes) == "burst crosses a 4 KiB boundary");
  CHECK(illegal_because(incr(0x1010, 256), kBusBytes) == "burst crosses a 4 KiB boundary");
}

TEST_CASE("an unaligned burst is measured from the container of its first beat", "[sim][axi]") {
  // Taken from its first byte on, either would cross or not cross the other way round.
  CHECK(illegal_because(incr(0x1fff, 1), kBusBytes).empty());
  CHECK(illegal_because(incr(0x1007, 256), kBusBytes).empty());
  CHECK(illegal_because(incr(0x1fef, 2), kBusBytes).empty());
  CHECK(!illegal_because(incr(0x1fef, 3), kBusBytes).empty());
}

TEST_CASE("a burst that ends where addresses end is legal", "[sim][axi]") {
  CHECK(illegal_because(incr(UINT64_MAX - 0xfff, 256), kBusBytes).empty());
  CHECK(!illegal_because(incr(UINT64_MAX - 0xf, 2), kBusBytes).empty());
}

TEST_CASE("a beat is at most as wide as the bus", "[sim][axi]") {
  const Burst burst = GENERATE(Burst::kFixed, Burst::kIncr, Burst::kWrap);
  CHECK(illegal_because(with(burst, 0, 2, 4), kBusBytes).empty());
  CHECK(illegal_because(with(burst, 0, 2, 0), kBusBytes).empty());
  CHECK(illegal_because(with(burst, 0, 2, 5), kBusBytes) == "beat wider than the bus");
  CHECK(illegal_because(with(burst, 0, 2, 7), kBusBytes) == "beat wider than the bus");
}

TEST_CASE("a FIXED burst has at most 16 beats", "[sim][axi]") {
  CHECK(illegal_because(with(Burst::kFixed, 0xfff, 16), kBusBytes).empty());
  CHECK(illegal_because(with(Burst::kFixed, 0, 17), kBusBytes) ==
        "FIXED burst of more than 16 beats");
}

TEST_CASE("a WRAP burst has 2, 4, 8 or 16 beats", "[sim][axi]") {
  for (unsigned beats = 1; beats <= 256; ++beats) {
    CAPTURE(beats);
    const bool expected = beats == 2 || beats == 4 || beats == 8 || beats == 16;
    CHECK(illegal_because(with(Burst::kWrap, 0x40, beats), kBusBytes).empty() == expected);
  }
}

TEST_CASE("a WRAP burst starts at the begin of a beat", "[sim][axi]") {
  CHECK(illegal_because(with(Burst::kWrap, 0x48, 4, 3), kBusBytes).empty());
  CHECK(illegal_because(with(Burst::kWrap, 0x48, 4, 4), kBusBytes) ==
        "WRAP burst not aligned to its beat");
  CHECK(!illegal_because(with(Burst::kWrap, 0x41, 4, 1), kBusBytes).empty());
}

TEST_CASE("the reserved burst type is refused", "[sim][axi]") {
  CHECK(illegal_because(with(Burst::kReserved, 0, 1), kBusBytes) == "reserved burst type");
}

TEST_CASE("the beats of an INCR burst follow each other", "[sim][axi]") {
  const Address address = incr(0x1000, 3, 3);
  CHECK(beat_range(address, 0) == BeatRange{0x1000, 8});
  CHECK(beat_range(address, 1) == BeatRange{0x1008, 8});
  CHECK(beat_range(address, 2) == BeatRange{0x1010, 8});
}

TEST_CASE("only the first beat of an unaligned INCR burst is shorter", "[sim][axi]") {
  const Address address = incr(0x100d, 3, 3);
  CHECK(beat_range(address, 0) == BeatRange{0x100d, 3});
  CHECK(beat_range(address, 1) == BeatRange{0x1010, 8});
  CHECK(beat_range(address, 2) == BeatRange{0x1018, 8});
}

TEST_CASE("every beat of a FIXED burst covers the same bytes", "[sim][axi]") {
  const unsigned index = GENERATE(0u, 1u, 15u);
  CHECK(beat_range(with(Burst::kFixed, 0x100d, 16, 3), index) == BeatRange{0x100d, 3});
}

TEST_CASE("a WRAP burst goes round its own window", "[sim][axi]") {
  // Four beats of 8 bytes: a window of 32 bytes, entered at its third beat.
  const Address address = with(Burst::kWrap, 0x1030, 4, 3);
  CHECK(beat_range(address, 0) == BeatRange{0x1030, 8});
  CHECK(beat_range(address, 1) == BeatRange{0x1038, 8});
  CHECK(beat_range(address, 2) == BeatRange{0x1020, 8});
  CHECK(beat_range(address, 3) == BeatRange{0x1028, 8});
}

TEST_CASE("a WRAP burst that starts at its window does not wrap", "[sim][axi]") {
  const Address address = with(Burst::kWrap, 0x1040, 4, 3);
  for (unsigned beat = 0; beat < 4; ++beat)
    CHECK(beat_range(address, beat) == BeatRange{0x1040 + 8u * beat, 8});
}

}  // namespace
}  // namespace presil::axi
