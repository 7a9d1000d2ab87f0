// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "kernel_reports.hpp"

#include <regex>
#include <sstream>

namespace presil::system {

const std::string kLookForLeaks =
    "leaks=/sys/kernel/debug/kmemleak; echo scan >$leaks; sleep 6; echo scan >$leaks; cat $leaks";

std::string kernel_reports(const std::string& console) {
  static const std::regex bad(
      "BUG:|WARNING:|DMA-API: .*(error|device driver)|kmemleak: .*new suspected|"
      "possible circular locking|possible recursive locking|suspicious RCU|Call "
      "Trace|ODEBUG:|Oops");
  std::istringstream lines(console);
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    found += std::regex_search(line, bad) ? line + "\n" : "";
  }
  return found;
}

std::vector<std::string> on_debug_kernel(std::vector<std::string> options) {
  options.insert(options.end(), {"--kernel", "debug", "--model", "functional", "--hang", "300"});
  return options;
}

}  // namespace presil::system
