// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-uapi-test: tests the driver's interface from inside the guest. Needs root.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "ktap.hpp"

namespace {

constexpr char kHelp[] =
    "usage: kestrel-uapi-test [--list] [--seed N] [--skips FILE] [PREFIX]\n"
    "\n"
    "Runs the tests whose names begin with PREFIX, or all, and prints KTAP.\n"
    "  --list        prints the names of all tests instead\n"
    "  --seed N      runs them in another order, and yields at other places; 0: does not\n"
    "  --skips FILE  reports the tests that it names, one a line, as skipped\n"
    "Exit status: 0 all passed; 1 some failed; 2 wrong usage.\n";

/// \returns whether the file could be read
bool read_skips(const char* path, std::vector<std::string>& skips) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#')
      skips.push_back(line);
  }
  return file.eof();
}

bool read_seed(const char* text, std::uint64_t& seed) {
  char* end = nullptr;
  seed = std::strtoull(text, &end, 10);
  return end != text && *end == '\0';
}

int wrong_usage() {
  std::fputs(kHelp, stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  ktap::Choice choice;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--list") {
      ktap::list();
      return 0;
    }
    if (argument == "--seed" && i + 1 < argc) {
      if (!read_seed(argv[++i], choice.seed))
        return wrong_usage();
    } else if (argument == "--skips" && i + 1 < argc) {
      if (!read_skips(argv[++i], choice.skips)) {
        std::fprintf(stderr, "kestrel-uapi-test: cannot read the list of skips '%s'\n", argv[i]);
        return 2;
      }
    } else if (!argument.starts_with("-") && choice.prefix.empty()) {
      choice.prefix = argument;
    } else {
      return wrong_usage();
    }
  }

  const int failed = ktap::run(choice);
  if (failed < 0)
    std::fprintf(stderr, "kestrel-uapi-test: no test begins with '%s'\n", choice.prefix.data());
  return failed < 0 ? 2 : failed > 0;
}
