// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// A simulator's summary: what is in it, and that it is there whole or not at all.

#include "sim/record/summary.hpp"

#include <string>
#include <utility>

#include <catch2/catch_test_macros.hpp>

#include "testbench/support/temporary_folder.hpp"

namespace presil {
namespace {

using testbench::TemporaryFolder;

TEST_CASE("a summary holds every number of its run", "[sim][record]") {
  const TemporaryFolder folder;
  const Summary summary = {
      .status = ExitStatus::kQuit,
      .reason = "QEMU said QUIT",
      .device_ps = kLatestTime,
      .rtl_cycles = 1,
      .rtl_cycles_skipped = UINT64_MAX,
      .totals = {
          .mmio_reads = 2, .mmio_writes = 3, .dma_bytes = 4, .interrupts = 5, .rtl_failures = 6}};
  summary.write(folder.path("summary.json"));
  CHECK(folder.read("summary.json") == R"({
  "result": "ok",
  "reason": "QEMU said QUIT",
  "device_ps": 4611686018427387904,
  "rtl_cycles": 1,
  "rtl_cycles_skipped": 18446744073709551615,
  "rtl_failures": 6,
  "mmio_reads": 2,
  "mmio_writes": 3,
  "dma_bytes": 4,
  "interrupts": 5
}
)");
}

TEST_CASE("every end of a run has its name", "[sim][record]") {
  const TemporaryFolder folder;
  for (const auto& [status, name] : {std::pair{ExitStatus::kQuit, "ok"},
                                     {ExitStatus::kSystem, "system-error"},
                                     {ExitStatus::kConfiguration, "configuration-error"},
                                     {ExitStatus::kRtlEnded, "rtl-failed"},
                                     {ExitStatus::kLinkDown, "link-down"},
                                     {ExitStatus::kInternal, "internal-error"}}) {
    Summary summary;
    summary.status = status;
    summary.write(folder.path("summary.json"));
    CHECK(folder.read("summary.json").contains(std::string("\"result\": \"") + name + "\""));
  }
}

TEST_CASE("a summary that nobody filled in is a bug's", "[sim][record]") {
  CHECK(Summary().status == ExitStatus::kInternal);
}

TEST_CASE("a reason is quoted as JSON wants it", "[sim][record]") {
  const TemporaryFolder folder;
  Summary summary;
  summary.reason = "say \"no\"\n\\";
  summary.write(folder.path("summary.json"));
  CHECK(folder.read("summary.json").contains(R"("reason": "say \"no\"\n\\")"));
}

TEST_CASE("a reason that is no UTF-8 does not cost the summary", "[sim][record]") {
  // The RTL may say anything in its last words.
  const TemporaryFolder folder;
  Summary summary;
  summary.reason = "caf\xe9";
  summary.write(folder.path("summary.json"));
  CHECK(folder.read("summary.json").contains("\"reason\": \"caf\xef\xbf\xbd\""));
}

TEST_CASE("a summary takes an older one's place and leaves nothing beside it", "[sim][record]") {
  const TemporaryFolder folder;
  folder.write("summary.json", std::string(10'000, 'x'));
  Summary().write(folder.path("summary.json"));
  CHECK(folder.read("summary.json").ends_with("}\n"));
  CHECK(!folder.read("summary.json").contains('x'));
  CHECK(!std::filesystem::exists(folder.path("summary.json.new")));
}

TEST_CASE("a summary that cannot be written says so and leaves nothing", "[sim][record]") {
  const TemporaryFolder folder;
  std::string name;
  SECTION("no such folder") {
    name = "none/summary.json";
  }
  SECTION("a folder is in its place") {
    name = "taken";
    std::filesystem::create_directories(folder.path("taken/not-empty"));
  }
  try {
    Summary().write(folder.path(name));
    FAIL("written");
  } catch (const Error& error) {
    CHECK(error.status() == ExitStatus::kSystem);
    CHECK(std::string(error.what()).starts_with("summary " + folder.path(name).string() + ": "));
  }
  CHECK(!std::filesystem::exists(folder.path(name + ".new")));
}

}  // namespace
}  // namespace presil
