// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-top's numbers: shares of time and of cycles, rates, and what cannot be known.

#include "usage.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using Catch::Matchers::ContainsSubstring;

namespace {

const UsageDevice kDevice{.path = "/dev/accel/accel0", .clock_mhz = 500};

DrmClient client(std::uint64_t id, std::uint64_t busy_ns) {
  return {.pid = 1000 + id,
          .command = "job",
          .id = id,
          .device = "0000:01:00.0",
          .busy_ns = busy_ns,
          .memory_bytes = 24 << 10};
}

/// Words of the line that begins with a word, or of line `number`.
std::vector<std::string> words_of(const std::string& table, std::size_t number) {
  std::istringstream lines(table);
  std::string line;
  for (std::size_t i = 0; i <= number; ++i)
    std::getline(lines, line);
  std::istringstream text(line);
  std::vector<std::string> words;
  for (std::string word; text >> word;)
    words.push_back(word);
  return words;
}

}  // namespace

TEST_CASE("usage: Shares are of time or of cycles, rates of a second", "[userspace][usage]") {
  // Two seconds at 500 MHz: 10^9 cycles.
  const UsageSample before{.time_ns = 1'000'000'000, .device = kestrel_counters{}, .clients = {}};
  kestrel_counters counters{};
  counters.busy_ns = 1'500'000'000;
  counters.compute_busy = 250'000'000;
  counters.output_busy = 100'000'000;
  counters.load_busy = 50'000'000;
  counters.store_busy = 25'000'000;
  counters.read_bytes = 3'000'000;
  counters.write_bytes = 1'000'000;
  counters.macs = 64'000'000'000;
  counters.calls = 24;
  counters.tlb_misses = 8;
  const UsageSample after{.time_ns = 3'000'000'000, .device = counters, .clients = {}};

  const std::string table = usage_table(kDevice, before, after);
  CHECK_THAT(table, ContainsSubstring("/dev/accel/accel0, 500 MHz\n"));
  CHECK(words_of(table, 1) == std::vector<std::string>{"BUSY%", "ARRAY%", "OUTPUT%", "LOAD%",
                                                       "STORE%", "READ-MB/s", "WRITE-MB/s",
                                                       "GMAC/s", "CALLS/s", "MISS/s"});
  CHECK(words_of(table, 2) == std::vector<std::string>{"75.0", "25.0", "10.0", "5.0", "2.5", "1.5",
                                                       "0.5", "32.00", "12", "4"});
}

TEST_CASE("usage: A count that went back counts as nothing", "[userspace][usage]") {
  kestrel_counters many{};
  many.busy_ns = many.calls = 1'000'000;
  const UsageSample before{.time_ns = 0, .device = many, .clients = {client(1, 1'000'000)}};
  const UsageSample after{.time_ns = 1000, .device = kestrel_counters{}, .clients = {client(1, 0)}};
  const std::string table = usage_table(kDevice, before, after);
  CHECK(words_of(table, 2)[0] == "0.0");
  CHECK(words_of(table, 2)[8] == "0");
  CHECK(words_of(table, 5)[2] == "0.0");
}

TEST_CASE("usage: Without the right to, the device's numbers are missing", "[userspace][usage]") {
  const UsageSample before{.time_ns = 0, .device = std::nullopt, .clients = {client(1, 0)}};
  const UsageSample after{
      .time_ns = 1000, .device = kestrel_counters{}, .clients = {client(1, 500)}};
  const std::string table = usage_table(kDevice, before, after);
  CHECK_THAT(table, ContainsSubstring("the device's counters need CAP_PERFMON\n"));
  CHECK(words_of(table, 4)[2] == "50.0");
}

TEST_CASE("usage: Each client has a line, and no past before it was seen", "[userspace][usage]") {
  const UsageSample before{
      .time_ns = 0, .device = kestrel_counters{}, .clients = {client(1, 100), client(2, 0)}};
  UsageSample after{
      .time_ns = 1000, .device = kestrel_counters{}, .clients = {client(1, 350), client(3, 9'000)}};
  after.clients[1].command = "bad\033[2Jname";
  const std::string table = usage_table(kDevice, before, after);
  CHECK(words_of(table, 4) ==
        std::vector<std::string>{"PID", "CLIENT", "BUSY%", "MEM-KiB", "DEVICE", "COMMAND"});
  CHECK(words_of(table, 5) ==
        std::vector<std::string>{"1001", "1", "25.0", "24", "0000:01:00.0", "job"});
  CHECK(words_of(table, 6) ==
        std::vector<std::string>{"1003", "3", "0.0", "24", "0000:01:00.0", "bad?[2Jname"});
  CHECK(words_of(table, 7).empty());
}
