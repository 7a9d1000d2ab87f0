// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The driver under the debug kernel, which reports nothing; and that it would report.

#include <algorithm>
#include <regex>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "kernel_reports.hpp"
#include "ktap_report.hpp"
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

/// The kernel's messages without their times.
std::string without_times(const std::string& console) {
  static const std::regex time(R"((^|\n)\[ *[0-9]+\.[0-9]+\] )");
  return std::regex_replace(console, time, "$1");
}

TEST_CASE("the driver's KUnit tests pass", "[system][debug-kernel]") {
  const auto run = presil_run("debug_kunit", on_debug_kernel({"--append", "kunit.enable=1"}),
                              "test -d /sys/kernel/debug/kunit");
  CHECK(run.status == 0);
  const auto console = run.file("guest-console.log");
  const auto messages = without_times(console);
  const auto report =
      read_ktap(messages.substr(std::min(messages.find("KTAP version 1"), messages.size())));
  CHECK(report.whole());
  std::set<std::string> suites;
  for (const auto& suite : report.cases) {
    INFO(suite.text);
    CHECK(suite.ok);
    CHECK(suite.skipped == "");
    suites.insert(suite.name);
  }
  CHECK(suites == std::set<std::string>{"kestrel_array", "kestrel_bind", "kestrel_mmu",
                                        "kestrel_recover", "kestrel_ring", "kestrel_submit"});
  CHECK_THAT(messages, ContainsSubstring("ok 5 kestrel_mmu_test_sequence"));
  CHECK(kernel_reports(console) == "");
}

TEST_CASE("what the driver shows of itself gives the debug kernel nothing to report",
          "[system][debug-kernel]") {
  const auto run = presil_run("debug_observe",
                              on_debug_kernel({"--iommu", "strict", "--append", "iomem=relaxed",
                                               "--add", built("guest/bin/kestrel-observe-test")}),
                              std::string("kestrel-observe-test && { ") + kLookForLeaks + "; }");
  CHECK(run.status == 0);
  const auto report = read_ktap(run.output);
  CHECK(report.whole());
  for (const auto& result : report.cases) {
    INFO(result.name << "\n" << result.text);
    CHECK(result.ok);
  }
  CHECK_THAT(run.output, !ContainsSubstring("unreferenced object"));
  CHECK(kernel_reports(run.file("guest-console.log")) == "");
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
