// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "ktap_report.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

namespace presil::system {
namespace {

constexpr std::string_view kSkip = "# SKIP";

/// "12 - name # SKIP reason" or "12 name".
KtapCase read_result(bool ok, std::string_view rest) {
  KtapCase result;
  result.ok = ok;
  rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of("0123456789 ")));
  if (rest.starts_with("- ")) {
    rest.remove_prefix(2);
  }
  if (const auto skip = rest.find(kSkip); skip != std::string_view::npos) {
    const auto reason = rest.substr(skip + kSkip.size());
    result.skipped = reason.empty() ? "no reason given" : std::string(reason.substr(1));
    rest = rest.substr(0, skip);
  }
  result.name = rest.substr(0, rest.find_last_not_of(' ') + 1);
  return result;
}

}  // namespace

KtapReport read_ktap(std::string_view text) {
  KtapReport report;
  std::istringstream lines{std::string(text)};
  std::string said;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("ok ") || line.starts_with("not ok ")) {
      const bool ok = line[0] == 'o';
      report.cases.push_back(read_result(ok, std::string_view(line).substr(ok ? 3 : 7)));
      report.cases.back().text = std::exchange(said, {});
    } else if (line.starts_with("1..")) {
      std::size_t planned = 0;
      std::from_chars(line.data() + 3, line.data() + line.size(), planned);
      report.planned = planned;
    } else {
      said += line + "\n";
    }
  }
  return report;
}

}  // namespace presil::system
