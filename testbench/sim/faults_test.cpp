// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Faults strike where they were asked for, once, and nowhere else.

#include "sim/base/faults.hpp"

#include <format>
#include <string>
#include <string_view>
#include <utility>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "testbench/sim/device_time.hpp"

namespace presil {
namespace {

using enum FaultKind;
using enum Faults::Site;

Faults faults_of(std::initializer_list<std::string_view> texts) {
  Faults faults;
  for (const std::string_view text : texts)
    REQUIRE(faults.add(text));
  return faults;
}

constexpr FaultKind kEveryKind[] = {kSilentRead,    kDropWrite,  kDmaError, kDropMsix,
                                    kErrorNonfatal, kErrorFatal, kClose,    kTruncate,
                                    kNonsense,      kExit,       kHang};

bool any_strikes(Faults& faults) {
  bool any = false;
  for (const FaultKind kind : kEveryKind)
    any |= faults.strikes(kind);
  return any;
}

TEST_CASE("without a fault nothing strikes", "[sim][base]") {
  Faults faults;
  for (const Faults::Site site : {kHello, kRead, kWrite, kDma, kMsix})
    faults.count(site);
  CHECK(!any_strikes(faults));
}

TEST_CASE("a fault strikes once, at its occurrence", "[sim][base]") {
  const auto [text, kind, site] = GENERATE(table<std::string_view, FaultKind, Faults::Site>(
      {{"silent-read@read:3", kSilentRead, kRead},
       {"drop-write@write:3", kDropWrite, kWrite},
       {"dma-error@dma:3", kDmaError, kDma},
       {"drop-msix@msix:3", kDropMsix, kMsix},
       {"error-nonfatal@msix:3", kErrorNonfatal, kMsix},
       {"error-fatal@read:3", kErrorFatal, kRead},
       {"error-fatal@dma:3", kErrorFatal, kDma},
       {"close@read:3", kClose, kRead},
       {"nonsense@write:3", kNonsense, kWrite},
       {"truncate@dma:3", kTruncate, kDma},
       {"exit@dma:0x3", kExit, kDma},
       {"hang@read:3", kHang, kRead}}));
  CAPTURE(text);
  Faults faults = faults_of({text});
  CHECK(!faults.strikes(kind));
  for (int occurrence = 1; occurrence <= 6; ++occurrence) {
    CAPTURE(occurrence);
    faults.count(site);
    CHECK(faults.strikes(kind) == (occurrence == 3));
    CHECK(!faults.strikes(kind));
  }
}

TEST_CASE("a fault strikes as what it is", "[sim][base]") {
  Faults faults = faults_of({"close@read:1"});
  faults.count(kRead);
  for (const FaultKind kind : kEveryKind) {
    if (kind != kClose)
      CHECK(!faults.strikes(kind));
  }
  CHECK(faults.strikes(kClose));
}

TEST_CASE("each site has a count of its own", "[sim][base]") {
  Faults faults = faults_of({"close@write:2"});
  faults.count(kWrite);
  faults.count(kRead);
  faults.count(kDma);
  faults.count(kMsix);
  CHECK(!any_strikes(faults));
  faults.count(kWrite);
  CHECK(any_strikes(faults));
}

TEST_CASE("a fault whose occurrence went by unasked is over", "[sim][base]") {
  Faults faults = faults_of({"silent-read@read:1"});
  faults.count(kRead);
  faults.count(kRead);
  CHECK(!any_strikes(faults));
}

TEST_CASE("an occurrence of another site does not end the present one", "[sim][base]") {
  // A DMA of the accelerator may come between a read's begin and its end.
  Faults faults = faults_of({"silent-read@read:1"});
  faults.count(kRead);
  faults.count(kDma);
  CHECK(faults.strikes(kSilentRead));
}

TEST_CASE("several faults of a run strike each at its own", "[sim][base]") {
  Faults faults = faults_of({"dma-error@dma:3", "dma-error@dma:1", "drop-write@write:1"});
  std::string struck;
  for (int i = 0; i < 4; ++i) {
    faults.count(kDma);
    struck += faults.strikes(kDmaError) ? 'x' : '.';
  }
  CHECK(struck == "x.x.");
  faults.count(kWrite);
  CHECK(faults.strikes(kDropWrite));
}

TEST_CASE("a reply to the hello can be cut short, and nothing else done to it", "[sim][base]") {
  Faults faults = faults_of({"truncate@hello"});
  CHECK(!faults.strikes(kTruncate));
  faults.count(kHello);
  CHECK(faults.strikes(kTruncate));
  CHECK(!faults.strikes(kTruncate));
}

TEST_CASE("a fault at a time strikes at the first asking at or after it", "[sim][base]") {
  const Picoseconds start_ps = now_ps();
  Faults faults = faults_of({std::format("close@time:{}ps", start_ps + 2000)});
  CHECK(!any_strikes(faults));
  testbench::pass(1999);
  CHECK(!any_strikes(faults));
  SECTION("at the very time") {
    testbench::pass(1);
  }
  SECTION("later") {
    testbench::pass(500'000);
  }
  CHECK(faults.strikes(kClose));
  CHECK(!faults.strikes(kClose));
}

TEST_CASE("errors at a time are told beforehand, the earliest first", "[sim][base]") {
  const Picoseconds start_ps = now_ps();
  Faults faults =
      faults_of({std::format("error-fatal@time:{}ps", start_ps + 2000), "error-fatal@dma:1",
                 std::format("error-nonfatal@time:{}ps", start_ps + 1000),
                 std::format("close@time:{}ps", start_ps + 500)});
  CHECK(faults.next_error_ps() == start_ps + 1000);
  testbench::pass(1000);
  CHECK(faults.strikes(kErrorNonfatal));
  CHECK(!faults.strikes(kErrorFatal));
  CHECK(faults.next_error_ps() == start_ps + 2000);
  testbench::pass(1000);
  CHECK(faults.strikes(kErrorFatal));
  CHECK(!faults.next_error_ps());
}

TEST_CASE("text that is no fault is refused", "[sim][base]") {
  const std::string_view text =
      GENERATE(as<std::string_view>(), "", "@", "close", "close@", "@read:1", "close@read",
               "close@read:", "close@read:0", "close@read:-1", "close@read:x", "close@read:1 ",
               "close@ read:1", "close@reads:1", "Close@read:1", "closes@read:1", "close@hello:1",
               "close@time:", "close@time:120", "close@time:1h", "close@@read:1",
               "close@read:1,read:2", "close@read:18446744073709551616");
  CAPTURE(text);
  CHECK(!Faults().add(text));
}

TEST_CASE("a fault that cannot be where it was asked for is refused", "[sim][base]") {
  const std::string_view text = GENERATE(
      as<std::string_view>(), "silent-read@write:1", "silent-read@dma:1", "drop-write@read:1",
      "drop-write@dma:1", "dma-error@read:1", "dma-error@write:1", "drop-msix@dma:1",
      "drop-msix@write:1", "drop-msix@hello", "error-fatal@hello", "error-nonfatal@hello",
      "close@hello", "exit@hello", "hang@hello", "nonsense@hello", "silent-read@hello");
  CAPTURE(text);
  CHECK(!Faults().add(text));
}

TEST_CASE("a refused fault never strikes", "[sim][base]") {
  const std::string_view text =
      GENERATE(as<std::string_view>(), "close@hello", "drop-write@read:1", "close@time:1h");
  CAPTURE(text);
  Faults faults;
  CHECK(!faults.add(text));
  faults.count(kHello);
  faults.count(kRead);
  CHECK(!any_strikes(faults));
}

}  // namespace
}  // namespace presil
