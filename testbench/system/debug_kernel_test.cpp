// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The driver under the debug kernel, which reports nothing; and that it would report.

#include <regex>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "kernel_reports.hpp"
#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("the driver gives the debug kernel nothing to report", "[system][debug-kernel]") {
  const auto run =
      presil_run("debug_clean", on_debug_kernel(),
                 std::string("kestrel-copy --random 65536 && rmmod kestrel && modprobe kestrel && "
                             "kestrel-copy --random 4096 && { ") +
                     kLookForLeaks + "; }");
  CHECK(run.status == 0);
  CHECK_THAT(run.summary.value("kernel", ""), ContainsSubstring("presil-debug"));
  CHECK_THAT(run.output, ContainsSubstring("equal") && !ContainsSubstring("unreferenced object"));
  const auto console = run.file("guest-console.log");
  CHECK_THAT(console, ContainsSubstring("kestrel") && ContainsSubstring("KernelAddressSanitizer"));
  CHECK(kernel_reports(console) == "");
}

struct Fault {
  const char* name;
  const char* report;
};

TEST_CASE("the debug kernel reports a driver's fault", "[system][debug-kernel]") {
  const auto fault =
      GENERATE(Fault{"use-after-free", "BUG: KASAN: slab-use-after-free in faulty_use_after_free"},
               Fault{"atomic-sleep", "BUG: sleeping function called from invalid context"},
               Fault{"lock-order", "WARNING: possible circular locking dependency detected"},
               Fault{"dma", "DMA-API: .*device driver tries to free DMA memory it has not"},
               Fault{"leak", "kmemleak: [0-9]+ new suspected memory leaks"});
  CAPTURE(fault.name);
  const std::string faulty = PRESIL_SOURCE_DIR "/testbench/system/guest/faulty_module";
  const auto run =
      presil_run(std::string("debug_") + fault.name, on_debug_kernel({"--driver", faulty}),
                 std::string("echo ") + fault.name + " >/sys/module/faulty/parameters/fault && { " +
                     kLookForLeaks + "; }");
  CHECK(run.status == 0);
  const auto console = run.file("guest-console.log");
  CHECK(std::regex_search(console, std::regex(fault.report)));
  CHECK_FALSE(kernel_reports(console).empty());
}

}  // namespace
}  // namespace presil::system
