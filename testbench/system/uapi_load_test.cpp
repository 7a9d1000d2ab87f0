// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Many jobs of many queues that wait for each other: kestrel-uapi-load in the guest.

#include <regex>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "presil_run.hpp"

namespace presil::system {
namespace {

/// docs/programmers_guide.md, "Queues and rings": a ready queue of the lowest priority waits for at
/// most 4 * 3 + 15 records of others; a job is two records, which wait one after the other.
constexpr int kMostRecords = 2 * (4 * 3 + 15);

void check_load(const RunResult& run) {
  CHECK(run.status == 0);
  INFO(run.output);
  std::smatch wait;
  REQUIRE(std::regex_search(run.output, wait,
                            std::regex("low priority at most ([0-9]+) records of others")));
  // Waiting for nobody would mean that the others were not busy.
  CHECK(std::stoi(wait[1]) > 0);
  CHECK(std::stoi(wait[1]) <= kMostRecords);
}

RunResult load(const std::string& name, std::vector<std::string> options, const std::string& size) {
  options.insert(options.end(),
                 {"--timeout", "6000", "--add", built("guest/bin/kestrel-uapi-load")});
  return presil_run(name, std::move(options), "kestrel-uapi-load " + size);
}

TEST_CASE("jobs of sixteen queues on the RTL that wait for each other end, and are right",
          "[system][uapi][load]") {
  check_load(load("uapi-load-rtl", {"--model", "rtl"}, "4 4 100 1"));
}

TEST_CASE("a load with another seed, quantum, latency and preemption is right as well",
          "[system][uapi][load]") {
  check_load(load("uapi-load-functional",
                  {"--model", "functional", "--quantum", "1500ns", "--jitter", "30us", "--seed",
                   "2", "--append", "preempt=full"},
                  "4 4 200 2"));
}

}  // namespace
}  // namespace presil::system
