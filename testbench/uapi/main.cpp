// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-uapi-test: tests the driver's interface from inside the guest. Needs root.

#include <cstdio>
#include <string_view>

#include "ktap.hpp"

namespace {

constexpr char kHelp[] =
    "usage: kestrel-uapi-test [--list | PREFIX]\n"
    "\n"
    "Runs the tests whose names begin with PREFIX, or all, and prints KTAP.\n"
    "Exit status: 0 all passed; 1 some failed; 2 wrong usage.\n";

}  // namespace

int main(int argc, char** argv) {
  const std::string_view argument = argc > 1 ? argv[1] : "";
  if (argc > 2 || (argument.starts_with("-") && argument != "--list")) {
    std::fputs(kHelp, stderr);
    return 2;
  }
  if (argument == "--list") {
    ktap::list();
    return 0;
  }

  const int failed = ktap::run(argument);
  if (failed < 0)
    std::fprintf(stderr, "kestrel-uapi-test: no test begins with '%s'\n", argv[1]);
  return failed < 0 ? 2 : failed > 0;
}
