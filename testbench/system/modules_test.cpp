// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The driver comes and goes, and leaves nothing behind.

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "kernel_reports.hpp"
#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

/// Loads the module `times` times, and has each do a job. Prints ERROR and ends where one fails.
std::string reload(int times) {
  return "i=0; while [ $i -lt " + std::to_string(times) +
         " ]; do rmmod kestrel && modprobe kestrel && kestrel-copy --random 4096 >/dev/null || "
         "{ echo ERROR $i; exit 1; }; i=$((i+1)); done; echo reloaded $i times";
}

TEST_CASE("the module can be loaded and unloaded a hundred times", "[system][modules]") {
  const auto run = presil_run("modules-reload", {"--model", "functional"}, reload(100));
  CHECK(run.status == 0);
  CHECK_THAT(run.output, ContainsSubstring("reloaded 100 times"));
  CHECK(kernel_reports(run.file("guest-console.log")) == "");
}

TEST_CASE("the module does not go while it is in use", "[system][modules]") {
  const auto run = presil_run("modules-busy", {"--model", "functional"},
                              "exec 3<>/dev/accel/accel0; rmmod kestrel; echo busy=$?; exec 3>&-; "
                              "rmmod kestrel; echo free=$?");
  CHECK_THAT(run.output, ContainsSubstring("busy=1") && ContainsSubstring("free=0"));
}

}  // namespace
}  // namespace presil::system
