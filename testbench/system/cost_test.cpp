// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What the driver's operations cost, exactly as docs/cost.md says.

#include <cstdint>
#include <format>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "presil_run.hpp"

namespace presil::system {
namespace {

constexpr std::uint64_t kPsPerNs = 1'000;
const std::string kDocument = PRESIL_SOURCE_DIR "/docs/cost.md";

std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> parts;
  std::istringstream text(line);
  for (std::string part; std::getline(text, part, '|');)
    parts.push_back(part);
  return parts;
}

/// How many records of a kind there are for each repetition; "?" if it is not the same number.
std::string each(const std::vector<Event>& events, const std::string& kind, std::uint64_t begin_ns,
                 std::uint64_t end_ns, std::uint64_t repetitions) {
  std::uint64_t count = 0;
  for (const auto& event : events)
    count += event.kind == kind && event.time_ps >= begin_ns * kPsPerNs &&
             event.time_ps < end_ns * kPsPerNs;
  return count % repetitions ? std::format("{}/{}", count, repetitions)
                             : std::format("{}", count / repetitions);
}

/// A row of the table, with its times or without.
std::string row(const std::string& line, const std::vector<Event>& events, bool with_times) {
  const auto parts = fields(line);
  REQUIRE(parts.size() == 7);
  const auto number = [&](std::size_t i) { return std::stoull(parts[i]); };
  std::string text = std::format("| {} |", parts[1]);
  for (const auto* kind : {"mmio-read", "mmio-write", "msix", "dma-read", "dma-write"})
    text += std::format(" {} |", each(events, kind, number(3), number(4), number(2)));
  return with_times ? text + std::format(" {} | {} |", number(5), number(6)) : text;
}

/// The rows of the document's table.
std::vector<std::string> documented(const std::string& text) {
  std::vector<std::string> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| ") && !line.starts_with("| operation"))
      rows.push_back(line);
  }
  return rows;
}

TEST_CASE("operations cost what docs/cost.md says", "[system][cost]") {
  const auto run =
      presil_run("cost", {"--add", built("guest/bin/operation-cost")}, "operation-cost");
  REQUIRE(run.status == 0);
  std::ifstream file(kDocument);
  const std::string document{std::istreambuf_iterator<char>(file), {}};
  const auto events = run.events();
  std::vector<std::string> rows, counts;
  std::istringstream lines(run.output);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("cost|"))
      continue;
    rows.push_back(row(line, events, true));
    counts.push_back(row(line, events, false));
  }
  std::string measured;
  for (const auto& text : rows)
    measured += text + "\n";
  INFO("measured, environment " << run.summary.value("environment", "") << ":\n" << measured);

  const auto expected = documented(document);
  REQUIRE(expected.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    // Times are also those of the kernel, and of what else is in the guest's memory.
    CHECK_THAT(expected[i], Catch::Matchers::StartsWith(counts[i]));
  }
}

}  // namespace
}  // namespace presil::system
