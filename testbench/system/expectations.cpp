// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "expectations.hpp"

#include <sstream>

#include "checkout.hpp"

namespace presil::system {

Expectations Expectations::read(const std::filesystem::path& folder, const std::string& kernel) {
  const auto names = [&](const char* kind) {
    return read_names(cli::read_file(folder / (kernel + "-" + kind + ".txt")));
  };
  return {.fails = names("fails"), .flakes = names("flakes"), .skips = names("skips")};
}

std::vector<std::string> Expectations::surprises(const KtapReport& report) const {
  std::vector<std::string> found;
  if (!report.whole()) {
    found.push_back("the report breaks off after " + std::to_string(report.cases.size()) +
                    " cases");
  }
  std::set<std::string> seen;
  for (const auto& result : report.cases) {
    seen.insert(result.name);
    const bool skipped = !result.skipped.empty();
    if (skipped != skips.contains(result.name)) {
      found.push_back(result.name + (skipped ? ": skipped, which is not listed: " + result.skipped
                                             : ": listed as skipped, and ran"));
    } else if (!skipped && !flakes.contains(result.name) &&
               result.ok == fails.contains(result.name)) {
      found.push_back(result.name +
                      (result.ok ? ": listed as failing, and passed" : ": failed\n" + result.text));
    }
  }
  for (const auto* names : {&fails, &flakes, &skips}) {
    for (const auto& name : *names) {
      if (!seen.contains(name)) {
        found.push_back(name + ": listed, and there is no such case");
      }
    }
  }
  return found;
}

std::set<std::string> read_names(std::string_view text) {
  std::set<std::string> names;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] != '#') {
      names.insert(line);
    }
  }
  return names;
}

}  // namespace presil::system
