// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-observe-test: what the driver shows of itself, beside its interface. Needs root, debugfs,
// and a kernel that lets it map the registers (iomem=relaxed).

#include <cstdio>

#include "ktap.hpp"

int main(int argc, char** argv) {
  if (argc > 2) {
    std::fputs("usage: kestrel-observe-test [PREFIX]\n", stderr);
    return 2;
  }
  ktap::Choice choice;
  if (argc == 2)
    choice.prefix = argv[1];
  const int failed = ktap::run(choice);
  if (failed < 0)
    std::fprintf(stderr, "kestrel-observe-test: no test begins with '%s'\n", argv[1]);
  return failed < 0 ? 2 : failed > 0;
}
