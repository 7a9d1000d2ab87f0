// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// From power-on to the first job: probe, demo, and that an idle device costs nothing.

#include <regex>
#include <sstream>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

/// The kernel's lines that tell of something wrong.
std::string complaints(const std::string& console) {
  static const std::regex bad("BUG:|WARNING:|Call Trace|AER: .*rror|DMAR: .*fault|lockup|Oops");
  std::istringstream lines(console);
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    found += std::regex_search(line, bad) ? line + "\n" : "";
  }
  return found;
}

TEST_CASE("the demo classifies, compares, and tells all that its summary must", "[system][boot]") {
  const auto run = PresilRun("demo", {"demo"}).finish();
  REQUIRE(run.status == 0);
  // What the network gets right is its makers' affair; that it is what they computed is ours.
  CHECK_THAT(run.output, ContainsSubstring("16 of 16 outputs equal fashion_cnn.onnxruntime.npy "
                                           "bit for bit\n"));
  CHECK_THAT(run.output, ContainsSubstring("16 of 16 pictures right: fashion_cnn on kestrel"));
  CHECK_THAT(run.output, ContainsSubstring("15  Trouser"));
  CHECK_THAT(run.output, ContainsSubstring("\nconv5  Conv "));
  CHECK_THAT(run.messages, ContainsSubstring("/demo.html\n"));
  const auto page = run.file("demo.html");
  CHECK_THAT(page, ContainsSubstring("<h1>16 of 16 pictures right</h1>"));
  CHECK_THAT(page, ContainsSubstring(run.digest()));
  CHECK(nlohmann::json::parse(run.file("demo.json"))["pictures"].size() == 16);
  CHECK(run.result() == "passed");
  for (const auto* key :
       {"digest", "environment", "guest_ns", "device_ns", "rtl_cycles", "rtl_cycles_skipped",
        "mmio_reads", "mmio_writes", "dma_bytes", "interrupts", "host_s"}) {
    CAPTURE(key);
    CHECK(run.summary.contains(key));
  }
  CHECK(run.summary["digest_complete"] == true);
  CHECK(run.digest().size() == 64);
  for (const auto* phase : {"environment", "build", "boot", "run"}) {
    CHECK(run.summary["host_s"].contains(phase));
  }
  // The weights crossed the link for every picture.
  CHECK(run.number("dma_bytes") >= 16 * 107'050);

  const auto& device = run.summary["devices"].at(0);
  const auto device_ps = device["device_ps"].get<std::uint64_t>();
  CHECK(run.number("rtl_cycles") + run.number("rtl_cycles_skipped") == device_ps / 1000);
}

TEST_CASE("the demo goes through as many pictures as are wanted, on the model too",
          "[system][boot]") {
  const auto run =
      PresilRun("demo-functional", {"demo", "--model", "functional", "--count", "3"}).finish();
  REQUIRE(run.status == 0);
  CHECK_THAT(run.output, ContainsSubstring("3 of 3 outputs equal fashion_cnn.onnxruntime.npy "
                                           "bit for bit\n"));
  CHECK_THAT(run.file("demo.html"), ContainsSubstring("<h1>3 of 3 pictures right</h1>"));
}

TEST_CASE("the driver binds, and the guest's kernel has nothing to complain of", "[system][boot]") {
  const auto run = presil_run("probe", {},
                              "kestrel-copy --info && ls /dev/accel && "
                              "readlink /sys/bus/pci/devices/0000:01:00.0/driver");
  REQUIRE(run.status == 0);
  CHECK_THAT(run.output, ContainsSubstring("accel0"));
  CHECK_THAT(run.output, ContainsSubstring("/kestrel"));
  CHECK(complaints(run.file("guest-console.log")) == "");
}

TEST_CASE("an idle device costs no call and no tick, however long it idles", "[system][boot]") {
  // The same but for thirty seconds of idling: every count of the link has to be the same. The
  // driver puts an idle device to sleep after a moment; by then it has.
  const auto brief = presil_run("idle-brief", {}, "sleep 1");
  const auto lasting = presil_run("idle-lasting", {}, "sleep 30");
  REQUIRE(brief.status == 0);
  REQUIRE(lasting.status == 0);
  CHECK(lasting.number("guest_ns") > brief.number("guest_ns") + 28'000'000'000);
  const auto& one = brief.summary["devices"].at(0);
  const auto& other = lasting.summary["devices"].at(0);
  for (const auto* count : {"advances", "timer_ticks", "mmio_reads", "mmio_writes", "rtl_cycles"}) {
    CAPTURE(count);
    REQUIRE(one.contains(count));
    CHECK(one[count] == other[count]);
  }
}

}  // namespace
}  // namespace presil::system
