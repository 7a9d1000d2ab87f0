// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-recovery: what clients see when the device fails, row by row. Needs root.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "row.hpp"

namespace {

constexpr char kHelp[] =
    "usage: kestrel-recovery LOAD/FAULT[@MS]...\n"
    "\n"
    "Tries each fault under its load, prints KTAP: one line a row, with what guilty and innocent\n"
    "clients saw, and whether jobs run again.\n"
    "  LOAD   idle, one (job of each of two clients), all (queues, of four processes)\n"
    "  FAULT  hang, mmu, illegal, parity, reset: made by the program (parity needs iomem=relaxed)\n"
    "         bus, interrupt, nonfatal, fatal, unplug, death: somebody else makes the device fail\n"
    "         at MS milliseconds of guest time after power-on\n"
    "Exit status: 0 all that holds whatever the fault did hold; 1 it did not; 2 wrong usage.\n";

bool read_row(std::string_view text, Row& row) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos)
    return false;
  const auto load = load_named(text.substr(0, slash));
  const auto at = text.find('@', slash);
  const auto fault = fault_named(text.substr(slash + 1, at - slash - 1));
  if (!load || !fault || is_made_outside(*fault) != (at != std::string_view::npos))
    return false;
  row = {*fault, *load, 0};
  if (at == std::string_view::npos)
    return true;
  char* end = nullptr;
  const std::string number(text.substr(at + 1));
  row.at_ms = std::strtoll(number.c_str(), &end, 10);
  return row.at_ms > 0 && *end == '\0';
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Row> rows;
  for (int i = 1; i < argc; ++i) {
    Row row;
    if (!read_row(argv[i], row)) {
      std::fprintf(stderr, "kestrel-recovery: wrong row '%s'\n%s", argv[i], kHelp);
      return 2;
    }
    rows.push_back(row);
  }
  if (rows.empty()) {
    std::fputs(kHelp, stderr);
    return 2;
  }

  bool all_ok = true;
  std::printf("KTAP version 1\n1..%zu\n", rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RowResult result = try_row(rows[i]);
    const std::string load(name_of(rows[i].load)), fault(name_of(rows[i].fault));
    std::printf("%s%s %zu - %s/%s %s\n", result.notes.c_str(), result.ok ? "ok" : "not ok", i + 1,
                load.c_str(), fault.c_str(), result.facts.c_str());
    std::fflush(stdout);
    all_ok &= result.ok;
  }
  return all_ok ? 0 : 1;
}
