// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// RtlContext, see the header.

#include "rtl_context.hpp"

#include <cstdlib>

#if PRESIL_RTL_COVERAGE
#include <unistd.h>

#include <format>
#include <string>

#include <verilated_cov.h>
#endif

namespace presil::testbench {

RtlContext::RtlContext(std::uint64_t seed) {
  fatalOnError(false);
  errorLimit(1'000'000);
  randReset(PRESIL_RTL_COVERAGE ? 0 : 2);
  randSeed(static_cast<int>(seed % 1'000'000 + 1));
}

void RtlContext::forget_coverage() {
#if PRESIL_RTL_COVERAGE
  coveragep()->zero();
#endif
}

// The counts lie in the model, not in the context.
void RtlContext::write_coverage() {
#if PRESIL_RTL_COVERAGE
  static unsigned written = 0;
  if (const char* folder = std::getenv("PRESIL_COVERAGE_DIR"); folder != nullptr) {
    const std::string name = std::format("{}/{}-{}.dat", folder, getpid(), written++);
    coveragep()->write(name.c_str());
  }
#endif
}

}  // namespace presil::testbench
