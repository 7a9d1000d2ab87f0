// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The command line of a simulator program.

#include "sim/app/options.hpp"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sim/base/error.hpp"

namespace presil {
namespace {

/// Reads `words` behind the two options that there must be.
Options parse(std::vector<std::string> words, bool with_required = true) {
  std::vector<std::string> line = {"presil-sim-somebody"};
  if (with_required)
    line.insert(line.end(), {"--description", "accelerator.toml", "--socket", "link.sock"});
  line.insert(line.end(), words.begin(), words.end());
  std::vector<char*> pointers;
  for (std::string& word : line)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return parse_options(static_cast<int>(line.size()), pointers.data());
}

std::string problem(const std::vector<std::string>& words, bool with_required = true) {
  try {
    parse(words, with_required);
    return {};
  } catch (const Error& error) {
    CHECK(error.status() == ExitStatus::kConfiguration);
    return error.what();
  }
}

TEST_CASE("a simulator needs a description and a socket, nothing else", "[sim][app]") {
  const Options options = parse({});
  CHECK(options.description == "accelerator.toml");
  CHECK(options.socket == "link.sock");
  CHECK(options.events.empty());
  CHECK(options.summary.empty());
  CHECK(options.model == ModelKind::kRtl);
  CHECK(options.rtl.waves.file.empty());
  CHECK(!options.rtl.waves.stop);
  CHECK(options.rtl.batch_cycles == 1000);
  CHECK(options.rtl.seed == 1);
  CHECK(!options.rtl.random_reset);
  CHECK(!options.rtl.stop_on_assert);
  CHECK(options.rtl.plusargs.empty());
  CHECK(options.rtl.stall_percent == 0);
  CHECK(options.slow_factor == 1);
  CHECK(options.link_latency_ps == 150'000);
  CHECK(options.host_latency_ps == 200'000);
  CHECK(options.jitter_ps == 0);
  CHECK(!options.wait_for_debugger);
}

TEST_CASE("a functional model is asked for by name, and has no waves", "[sim][app]") {
  CHECK(parse({"--model", "functional"}).model == ModelKind::kFunctional);
  CHECK(parse({"--model", "rtl"}).model == ModelKind::kRtl);
  CHECK(problem({"--model", "0"}).contains("--model"));
  CHECK(problem({"--model", "functional", "--waves", "w"}).contains("--waves"));
}

TEST_CASE("without description or socket there is nothing to do", "[sim][app]") {
  CHECK(problem({"--socket", "link.sock"}, false).contains("--description"));
  CHECK(problem({"--description", "accelerator.toml"}, false).contains("--socket"));
}

TEST_CASE("every option arrives where it belongs", "[sim][app]") {
  const Options options = parse({"--events",
                                 "e",
                                 "--summary",
                                 "s",
                                 "--waves",
                                 "w",
                                 "--waves-start",
                                 "msix:2",
                                 "--waves-stop",
                                 "120us",
                                 "--batch",
                                 "7",
                                 "--seed",
                                 "42",
                                 "--random-reset",
                                 "--slow",
                                 "2.5",
                                 "--link-latency-ns",
                                 "10",
                                 "--host-latency-ns",
                                 "0",
                                 "--jitter-ns",
                                 "3000",
                                 "--stall",
                                 "95",
                                 "--on-assert",
                                 "stop",
                                 "--plusarg",
                                 "+a=1",
                                 "--plusarg",
                                 "+b",
                                 "--wait-debugger"});
  CHECK(options.events == "e");
  CHECK(options.summary == "s");
  CHECK(options.rtl.waves.file == "w");
  CHECK(options.rtl.waves.start.kind == WaveTrigger::Kind::kMsix);
  CHECK(options.rtl.waves.start.value == 2);
  REQUIRE(options.rtl.waves.stop);
  CHECK(options.rtl.waves.stop->value == 120'000'000);
  CHECK(options.rtl.batch_cycles == 7);
  CHECK(options.rtl.seed == 42);
  CHECK(options.rtl.random_reset);
  CHECK(options.slow_factor == 2.5);
  CHECK(options.link_latency_ps == 10'000);
  CHECK(options.host_latency_ps == 0);
  CHECK(options.jitter_ps == 3'000'000);
  CHECK(options.rtl.stall_percent == 95);
  CHECK(options.rtl.stop_on_assert);
  CHECK(options.rtl.plusargs == std::vector<std::string>{"+a=1", "+b"});
  CHECK(options.wait_for_debugger);
}

TEST_CASE("faults are repeatable", "[sim][app]") {
  Faults faults = parse({"--fault", "close@read:2", "--fault", "dma-error@dma:1"}).faults;
  faults.count(Faults::Site::kDma);
  CHECK(faults.strikes(FaultKind::kDmaError));
  faults.count(Faults::Site::kRead);
  CHECK(!faults.strikes(FaultKind::kClose));
  faults.count(Faults::Site::kRead);
  CHECK(faults.strikes(FaultKind::kClose));
}

TEST_CASE("a value out of its range names its option", "[sim][app]") {
  const auto [option, value] =
      GENERATE(table<std::string, std::string>({{"--batch", "0"},
                                                {"--batch", "10001"},
                                                {"--batch", "-1"},
                                                {"--stall", "96"},
                                                {"--stall", "-1"},
                                                {"--slow", "0.5"},
                                                {"--slow", "100001"},
                                                {"--link-latency-ns", "1000001"},
                                                {"--host-latency-ns", "-1"},
                                                {"--seed", "x"},
                                                {"--on-assert", "ignore"}}));
  CAPTURE(option, value);
  CHECK(problem({option, value}).contains(option));
}

TEST_CASE("text that is not understood is shown with its option", "[sim][app]") {
  CHECK(problem({"--waves-start", "soon"}) ==
        "--waves-start soon: expected a time like 120us, msix:N or write:OFFSET");
  CHECK(problem({"--waves-stop", "msix:"}).starts_with("--waves-stop msix:: "));
  CHECK(problem({"--fault", "close@hello"}) == "--fault close@hello: not understood");
  CHECK(problem({"--plusarg", "trace"}) == "--plusarg trace: must start with +");
}

TEST_CASE("an option that does not exist is refused", "[sim][app]") {
  CHECK(problem({"--colour"}).contains("--colour"));
  CHECK(problem({"stray"}).contains("stray"));
}

TEST_CASE("who asks for help gets nothing simulated", "[sim][app]") {
  CHECK_THROWS_AS(parse({"--help"}, false), Finished);
}

}  // namespace
}  // namespace presil
