// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "options.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "error.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

std::optional<Options> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "presil");
  return parse_options(static_cast<int>(words.size()), words.data());
}

TEST_CASE("what follows the mark is the guest's, options and all", "[cli][options]") {
  const auto options = parse({"run", "--accel", "a", "--", "ls", "-l", "--", "--seed"});
  REQUIRE(options);
  CHECK(options->run.accelerators == std::vector<std::string>{"a"});
  CHECK(options->run.command == std::vector<std::string>{"ls", "-l", "--", "--seed"});
}

TEST_CASE("options that repeat keep their order", "[cli][options]") {
  const auto run = parse({"demo", "--accel", "b", "--accel", "a", "--accel", "b"})->run;
  CHECK(run.accelerators == std::vector<std::string>{"b", "a", "b"});
}

TEST_CASE("waves without a window are all of them", "[cli][options]") {
  const auto run = parse({"run", "--waves", "--", "x"})->run;
  REQUIRE(run.waves);
  CHECK(run.waves->start.empty());
  CHECK(run.waves->stop.empty());
  CHECK_FALSE(parse({"run", "--", "x"})->run.waves);
  CHECK_FALSE(parse({"run", "--", "x", "--waves"})->run.waves);
}

TEST_CASE("a window is split between its marks", "[cli][options]") {
  const auto window = [](const char* text) {
    const auto parsed = parse_wave_window(text);
    return parsed.start + "|" + parsed.stop;
  };
  CHECK(window("120us:1.5ms") == "120us|1.5ms");
  CHECK(window(":1ms") == "|1ms");
  CHECK(window("1ms:") == "1ms|");
  CHECK(window("1ms") == "1ms|");
  CHECK(window("msix:3:msix:9") == "msix:3|msix:9");
  CHECK(window("write:0x20:2ms") == "write:0x20|2ms");
  CHECK_THROWS_AS(parse_wave_window("3:4"), Error);
  CHECK_THROWS_AS(parse_wave_window("1ms:2ms:3ms"), Error);
  CHECK_THROWS_AS(parse_wave_window("irq:1"), Error);
}

TEST_CASE("sizes and times have units and limits", "[cli][options]") {
  CHECK(parse_memory_mib("1G") == 1024);
  CHECK(parse_memory_mib("768M") == 768);
  CHECK(parse_memory_mib("512") == 512);
  for (const auto* wrong : {"", "1K", "64M", "100000G", "G", "1GB", "-1"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(parse_memory_mib(wrong), Error);
  }
  CHECK(parse({"demo", "--quantum", "10us"})->run.quantum_ns == 10'000);
  CHECK(parse({"demo", "--quantum", "500"})->run.quantum_ns == 500);
  CHECK(parse({"demo"})->run.model == "rtl");
  CHECK(parse({"demo", "--model", "functional"})->run.model == "functional");
  CHECK_THROWS_AS(parse({"demo", "--model", "real"}), Error);
  CHECK_THROWS_AS(parse({"demo", "--model", "functional", "--waves"}), Error);
  CHECK(!parse({"demo"})->run.jitter_ns);
  CHECK(parse({"demo", "--jitter", "20us"})->run.jitter_ns == 20'000);
  CHECK(parse({"demo", "--jitter", "1ms"})->run.jitter_ns == 1'000'000);
  CHECK_THROWS_AS(parse({"demo", "--jitter", "2ms"}), Error);
  CHECK_THROWS_AS(parse({"demo", "--jitter", "much"}), Error);
  CHECK(parse({"demo", "--quantum", "100us"})->run.quantum_ns == 100'000);
  CHECK_THROWS_AS(parse({"demo", "--quantum", "101us"}), Error);
  CHECK_THROWS_AS(parse({"demo", "--quantum", "10s"}), Error);
  CHECK_THROWS_AS(parse({"demo", "--quantum", "1ns"}), Error);
}

TEST_CASE("a demonstration's number is its own", "[cli][options]") {
  CHECK(parse({"demo", "--count", "200"})->demo.count == 200);
  CHECK_FALSE(parse({"demo"})->demo.count);
}

TEST_CASE("every wrong command line is one line that names the word", "[cli][options]") {
  struct Case {
    std::vector<const char*> words;
    const char* says;
  };
  const std::vector<Case> cases = {
      {{}, "subcommand"},
      {{"frobnicate"}, "frobnicate"},
      {{"run"}, "run needs a command"},
      {{"run", "--"}, "run needs a command"},
      {{"run", "ls"}, "ls"},
      {{"demo", "--cpus", "4"}, "add --free-running"},
      {{"demo", "--free-running", "--cpus", "9"}, "--cpus"},
      {{"demo", "--", "ls"}, "only run takes a command"},
      {{"demo", "--iommu", "on"}, "\"on\" is none of off, pt, strict"},
      {{"demo", "--gdb", "me"}, "\"me\" is none of guest, sim"},
      {{"demo", "--on-assert", "cry"}, "\"cry\" is none of continue, stop"},
      {{"demo", "--seed", "x"}, "--seed"},
      {{"demo", "--timeout", "0"}, "--timeout"},
      {{"demo", "--modules", "/m"}, "--modules goes with --kernel"},
      {{"demo", "--accel", "none", "--accel", "a"}, "none stands alone"},
      {{"demo", "--out"}, "--out"},
      {{"demo", "--count", "0"}, "--count"},
      {{"run", "--count", "1", "--", "ls"}, "--count"},
  };
  for (const auto& [words, says] : cases) {
    CAPTURE(says);
    CHECK_THROWS_MATCHES(parse(words), Error,
                         MessageMatches(ContainsSubstring(says) && !ContainsSubstring("\n")));
  }
}

}  // namespace
}  // namespace presil::cli
