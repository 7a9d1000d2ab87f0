// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "summary.hpp"

#include <stdlib.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "digest.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using Json = nlohmann::ordered_json;

struct Setting {
  TemporaryFolder top;
  Checkout checkout{.source = top.path(), .build = top.path(), .cache = top.path()};
  RunPlan plan;
  RunFolder folder{checkout, "test", top.path() / "run"};
  Outcome outcome;

  Setting() {
    // What the launcher says, or, when the tests are run without it, something that does as well.
    setenv("PRESIL_ENVIRONMENT", "0123456789abcdef", 0);
    outcome.complete = true;
    outcome.guest_exit = 0;
  }

  /// A device that ended well, with what its simulator says of itself.
  void add_device(const std::string& summary) {
    const auto slot = outcome.devices.size();
    top.write("run/dev" + std::to_string(slot) + "/simulator.json", summary);
    outcome.devices.push_back(
        {.name = "one", .slot = slot, .simulator = ExitReport{}, .last = {}, .lost = ""});
  }
  Json make() { return make_summary({checkout, plan, folder, 1.5}, outcome); }
};

TEST_CASE("a summary tells the result, its reason and its status", "[cli][summary]") {
  Setting setting;
  SECTION("a command that passed") {
    const auto summary = setting.make();
    CHECK(summary["result"] == "passed");
    CHECK(summary["exit_status"] == 0);
    CHECK(summary["guest_exit"] == 0);
  }
  SECTION("a command that failed: its status is presil's") {
    setting.outcome.result = Result::kFailed;
    setting.outcome.guest_exit = 7;
    const auto summary = setting.make();
    CHECK(summary["result"] == "failed");
    CHECK(summary["exit_status"] == 7);
    CHECK(summary["guest_exit"] == 7);
  }
  SECTION("a run that the command did not survive: there is no status of it") {
    setting.outcome.result = Result::kHang;
    setting.outcome.reason = "nothing moved";
    setting.outcome.guest_exit = {};
    setting.outcome.complete = false;
    const auto summary = setting.make();
    CHECK(summary["result"] == "hang");
    CHECK(summary["reason"] == "nothing moved");
    CHECK(summary["exit_status"] == 102);
    CHECK(summary["guest_exit"].is_null());
    CHECK(summary["digest_complete"] == false);
  }
}

TEST_CASE("a summary says what the run was made from", "[cli][summary]") {
  Setting setting;
  setting.plan.options.command = {"echo", "a b"};
  setting.plan.options.seed = 17;
  setting.plan.options.memory_mib = 1024;
  setting.plan.kernel.release = "7.1.2-own";
  const auto summary = setting.make();
  CHECK(summary["command"] == "echo 'a b'");
  CHECK(summary["seed"] == 17);
  CHECK(summary["memory_mib"] == 1024);
  CHECK(summary["kernel"] == "7.1.2-own");
  CHECK(summary["environment"] == environment_id(setting.checkout));
  CHECK(summary["folder"] == setting.folder.path().string());
}

TEST_CASE("counters add up over the devices, times do not", "[cli][summary]") {
  Setting setting;
  setting.add_device(R"({"device_ps": 9000, "rtl_cycles": 5, "rtl_cycles_skipped": 1,
                         "mmio_reads": 2, "mmio_writes": 3, "dma_bytes": 64, "interrupts": 1})");
  setting.add_device(R"({"device_ps": 4000, "rtl_cycles": 10, "rtl_cycles_skipped": 20,
                         "mmio_reads": 30, "mmio_writes": 40, "dma_bytes": 50, "interrupts": 60})");
  const auto summary = setting.make();
  CHECK(summary["device_ns"] == 9);
  CHECK(summary["rtl_cycles"] == 15);
  CHECK(summary["rtl_cycles_skipped"] == 21);
  CHECK(summary["mmio_reads"] == 32);
  CHECK(summary["mmio_writes"] == 43);
  CHECK(summary["dma_bytes"] == 114);
  CHECK(summary["interrupts"] == 61);
  REQUIRE(summary["devices"].size() == 2);
  CHECK(summary["devices"][1]["slot"] == 1);
  CHECK(summary["devices"][1]["mmio_reads"] == 30);
}

TEST_CASE("the guest's time is the latest that anybody knows of", "[cli][summary]") {
  Setting setting;
  setting.add_device("{}");
  setting.add_device("{}");
  setting.outcome.console_guest_ns = 500;
  CHECK(setting.make()["guest_ns"] == 500);
  setting.top.write("run/dev0/qemu.log", "100 hello\n700 quit\n");
  setting.top.write("run/dev1/qemu.log", "200 hello\n600 quit\n");
  CHECK(setting.make()["guest_ns"] == 700);
  setting.outcome.console_guest_ns = 900;
  CHECK(setting.make()["guest_ns"] == 900);
}

TEST_CASE("a device that died without a word is told by what it had counted", "[cli][summary]") {
  Setting setting;
  setting.outcome.devices.push_back({.name = "one",
                                     .slot = 0,
                                     .simulator = {},
                                     .last = LinkSample{.device_ps = 3000,
                                                        .rtl_cycles = 8,
                                                        .rtl_cycles_skipped = 2,
                                                        .advances = 4,
                                                        .timer_ticks = 6},
                                     .lost = "it was killed"});
  SECTION("it left no summary") {}
  SECTION("it left half a summary") {
    setting.top.write("run/dev0/simulator.json", R"({"device_ps": 99)");
  }
  std::filesystem::create_directories(setting.folder.device(0));
  const auto summary = setting.make();
  const auto& device = summary["devices"][0];
  CHECK(device["simulator"] == "killed");
  CHECK(device["lost"] == "it was killed");
  CHECK(device["device_ps"] == 3000);
  CHECK(device["advances"] == 4);
  CHECK(device["timer_ticks"] == 6);
  CHECK(summary["device_ns"] == 3);
  CHECK(summary["rtl_cycles"] == 8);
  CHECK(summary["rtl_cycles_skipped"] == 2);
}

TEST_CASE("what a simulator says of itself goes before what its segment says", "[cli][summary]") {
  Setting setting;
  setting.add_device(R"({"device_ps": 5000, "reason": "quit"})");
  setting.outcome.devices[0].last = LinkSample{.device_ps = 4000, .advances = 2};
  const auto device = setting.make()["devices"][0];
  CHECK(device["simulator"] == "exit status 0");
  CHECK(device["device_ps"] == 5000);
  CHECK(device["reason"] == "quit");
  CHECK(device["advances"] == 2);
}

TEST_CASE("the digest is that of events, console and results, and of no other file",
          "[cli][summary]") {
  Setting setting;
  setting.add_device("{}");
  setting.add_device("{}");
  setting.top.write("run/dev0/events.log", "first");
  setting.top.write("run/dev1/events.log", "second");
  setting.top.write("run/guest-console.log", "console");
  setting.top.write("run/results.log", "results");
  const std::vector<std::filesystem::path> files = {
      setting.folder.device(0) / "events.log", setting.folder.device(1) / "events.log",
      setting.folder.console(), setting.folder.results()};
  const std::string digest = setting.make()["digest"];
  CHECK(digest == digest_of_files(files));

  setting.top.write("run/dev0/qemu.log", "100 host matters\n");
  CHECK(setting.make()["digest"] == digest);
  setting.top.write("run/dev1/events.log", "another");
  CHECK(setting.make()["digest"] != digest);
}

TEST_CASE("a run that ended early has a digest, as if missing logs were empty", "[cli][summary]") {
  Setting setting;
  const std::string digest = setting.make()["digest"];
  Setting other;
  other.top.write("run/guest-console.log", "");
  other.top.write("run/results.log", "");
  CHECK(other.make()["digest"] == digest);
}

TEST_CASE("a free-running run has no digest, and says why", "[cli][summary]") {
  Setting setting;
  setting.plan.options.free_running = true;
  setting.plan.options.cpus = 4;
  const auto summary = setting.make();
  CHECK(summary["digest"] == "");
  CHECK(summary["free_running"] == true);
  CHECK(summary["cpus"] == 4);
  CHECK_THAT(summary_text(summary), ContainsSubstring("digest       none: a free-running run"));
}

TEST_CASE("host times are rounded to milliseconds", "[cli][summary]") {
  Setting setting;
  setting.checkout.environment_s = 0.12345;
  setting.outcome.boot_s = 2.0006;
  setting.outcome.qemu_cpu_s = 3.9999;
  const auto summary = setting.make();
  CHECK(summary["host_s"]["environment"] == 0.123);
  CHECK(summary["host_s"]["build"] == 1.5);
  CHECK(summary["host_s"]["boot"] == 2.001);
  CHECK(summary["cpu_s"]["qemu"] == 4.0);
}

TEST_CASE("a person reads what happened, and whether the digest can be compared",
          "[cli][summary]") {
  Setting setting;
  setting.add_device(R"({"device_ps": 2500000, "rtl_cycles": 5, "rtl_cycles_skipped": 1,
                         "mmio_reads": 2, "mmio_writes": 3, "dma_bytes": 9999, "interrupts": 1})");
  setting.outcome.console_guest_ns = 1'500'000'000;
  auto text = summary_text(setting.make());
  CHECK_THAT(text, StartsWith("result       passed\n"));
  CHECK_THAT(text, !ContainsSubstring("incomplete"));
  CHECK_THAT(text, ContainsSubstring("guest time   1.500000 s\n"));
  CHECK_THAT(text, ContainsSubstring("device time  0.000003 s\n"));
  CHECK_THAT(text, ContainsSubstring("rtl cycles   5 run, 1 skipped\n"));
  CHECK_THAT(text, ContainsSubstring("2 reads, 3 writes, 9999 bytes by DMA, 1 interrupts\n"));
  CHECK_THAT(text, ContainsSubstring("folder       " + setting.folder.path().string() + "\n"));

  setting.outcome.result = Result::kDeviceLost;
  setting.outcome.reason = "the link broke";
  setting.outcome.complete = false;
  setting.add_device(R"({"dma_bytes": 241})");
  text = summary_text(setting.make());
  CHECK_THAT(text, StartsWith("result       device-lost: the link broke\n"));
  CHECK_THAT(text, ContainsSubstring(" (incomplete)\n"));
  CHECK_THAT(text, ContainsSubstring(" 10.0 KiB by DMA"));
}

TEST_CASE("a run without devices says nothing about the link", "[cli][summary]") {
  Setting setting;
  const auto text = summary_text(setting.make());
  CHECK_THAT(text, !ContainsSubstring("link"));
  CHECK_THAT(text, !ContainsSubstring("rtl cycles"));
}

}  // namespace
}  // namespace presil::cli
