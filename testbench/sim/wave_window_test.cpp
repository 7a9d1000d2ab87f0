// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// When waves are recorded, and how users say it.

#include "sim/rtl/wave_window.hpp"

#include <string_view>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace presil {
namespace {

using enum WaveTrigger::Kind;

WaveWindow window(WaveTrigger start, std::optional<WaveTrigger> stop = {}) {
  return WaveWindow({.file = "waves.fst", .start = start, .stop = stop});
}

void check_trigger(std::string_view text, WaveTrigger::Kind kind, std::uint64_t value) {
  CAPTURE(text);
  const auto trigger = WaveTrigger::parse(text);
  REQUIRE(trigger);
  CHECK(trigger->kind == kind);
  CHECK(trigger->value == value);
}

TEST_CASE("a trigger is a time, a message or a write", "[sim][rtl]") {
  check_trigger("120us", kTime, 120'000'000);
  check_trigger("0ps", kTime, 0);
  check_trigger("msix:3", kMsix, 3);
  check_trigger("write:0x4c", kWrite, 0x4c);
  check_trigger("write:0", kWrite, 0);
}

TEST_CASE("text that is no trigger is refused", "[sim][rtl]") {
  const std::string_view text =
      GENERATE(as<std::string_view>(), "", "120", "msix", "msix:", "msix:0", "msix:-1", "msix:1us",
               "msix: 1", "write:", "write:x", "write:0x", "read:0x4c", "MSIX:1", "time:120us");
  CAPTURE(text);
  CHECK(!WaveTrigger::parse(text));
}

TEST_CASE("without triggers everything is recorded", "[sim][rtl]") {
  WaveWindow waves{WaveOptions()};
  CHECK(waves.covers(0));
  waves.on_msix(0);
  waves.on_write(0, 0);
  CHECK(waves.covers(UINT64_MAX));
}

TEST_CASE("a window of two times has both in it", "[sim][rtl]") {
  WaveWindow waves = window({kTime, 100}, WaveTrigger{kTime, 200});
  CHECK(!waves.covers(99));
  CHECK(waves.covers(100));
  CHECK(waves.covers(200));
  CHECK(!waves.covers(201));
}

TEST_CASE("a window opens at the N-th message", "[sim][rtl]") {
  WaveWindow waves = window({kMsix, 2});
  waves.on_msix(0);
  CHECK(!waves.covers(10));
  waves.on_msix(0);
  CHECK(waves.covers(20));
  waves.on_msix(0);
  CHECK(waves.covers(30));
}

TEST_CASE("a window opens at the first write to its register", "[sim][rtl]") {
  WaveWindow waves = window({kWrite, 0x4c});
  waves.on_write(0, 0x48);
  waves.on_msix(0);
  CHECK(!waves.covers(10));
  waves.on_write(0, 0x4c);
  CHECK(waves.covers(20));
}

TEST_CASE("a window closes at its trigger and stays closed", "[sim][rtl]") {
  WaveWindow waves = window({kWrite, 1}, WaveTrigger{kMsix, 2});
  waves.on_msix(0);
  waves.on_write(0, 1);
  CHECK(waves.covers(10));
  waves.on_msix(0);
  CHECK(!waves.covers(20));
  waves.on_write(0, 1);
  CHECK(!waves.covers(30));
}

TEST_CASE("what would close a window does not before it is open", "[sim][rtl]") {
  WaveWindow waves = window({kMsix, 1}, WaveTrigger{kWrite, 8});
  waves.on_write(0, 8);
  waves.on_msix(0);
  CHECK(waves.covers(10));
  waves.on_write(0, 8);
  CHECK(!waves.covers(20));
}

TEST_CASE("the same write opens a window and the next one closes it", "[sim][rtl]") {
  WaveWindow waves = window({kWrite, 8}, WaveTrigger{kWrite, 8});
  waves.on_write(0, 8);
  CHECK(waves.covers(10));
  waves.on_write(0, 8);
  CHECK(!waves.covers(20));
}

TEST_CASE("a window whose end lies before its begin is empty", "[sim][rtl]") {
  WaveWindow waves = window({kWrite, 8}, WaveTrigger{kTime, 100});
  CHECK(!waves.covers(50));
  waves.on_write(0, 8);
  CHECK(!waves.covers(150));
}

TEST_CASE("a window opens in time for a write that closes it", "[sim][rtl]") {
  // The clock stood still from before the window until the write: no edge was asked about.
  WaveWindow waves = window({kTime, 100}, WaveTrigger{kWrite, 8});
  CHECK(!waves.covers(50));
  SECTION("after its begin") {
    waves.on_write(150, 8);
    CHECK(!waves.covers(160));
  }
  SECTION("before its begin") {
    waves.on_write(99, 8);
    CHECK(waves.covers(160));
  }
}

TEST_CASE("messages before a window opens are counted", "[sim][rtl]") {
  // Messages count from the run's begin, not from the window's.
  WaveWindow waves = window({kTime, 100}, WaveTrigger{kMsix, 2});
  waves.on_msix(0);
  CHECK(waves.covers(100));
  waves.on_msix(0);
  CHECK(!waves.covers(110));
}

}  // namespace
}  // namespace presil
