// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Same inputs, same run: law 3.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include <catch2/catch_test_macros.hpp>

#include "checkout.hpp"
#include "presil_run.hpp"
#include "testbench/support/busy_cores.hpp"

namespace presil::system {
namespace {

constexpr auto kCommand = "cat /proc/sys/kernel/random/uuid; kestrel-copy --random 100003";

/// Checks that two runs gave the same, part by part first: they say where to look.
void check_same(const RunResult& run, const RunResult& reference) {
  REQUIRE(reference.status == 0);
  REQUIRE(run.status == 0);
  CHECK(run.summary["digest_complete"] == true);
  CHECK(run.file("results.log") == reference.file("results.log"));
  CHECK(run.file("guest-console.log") == reference.file("guest-console.log"));
  CHECK(run.file("dev0/events.log") == reference.file("dev0/events.log"));
  CHECK(run.digest() == reference.digest());
}

/// Where QEMU's monitor listens: it stands in the command lines.
std::string monitor_path(const PresilRun& run) {
  const auto lines = cli::read_file(run.folder() / "command-lines.txt");
  const auto at = lines.find("unix:");
  return lines.substr(at + 5, lines.find(',', at) - at - 5);
}

/// Asks QEMU for its state over and over. \returns how often it answered.
int poll_monitor(PresilRun& run) {
  const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = monitor_path(run);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  REQUIRE(connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  int answers = 0;
  const auto say = [&](const char* text) {
    return send(descriptor, text, std::strlen(text), MSG_NOSIGNAL) > 0;
  };
  char buffer[4096];
  say("{\"execute\":\"qmp_capabilities\"}\n");
  while (!run.ended() && say("{\"execute\":\"query-status\"}\n") &&
         recv(descriptor, buffer, sizeof buffer, 0) > 0) {
    ++answers;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  close(descriptor);
  return answers;
}

TEST_CASE("what the host does beside a run does not change its digest", "[system][determinism]") {
  const auto reference = presil_run("host-reference", {}, kCommand);
  {
    INFO("the same again");
    check_same(presil_run("host-again", {}, kCommand), reference);
  }
  {
    INFO("every core busy");
    const testbench::BusyCores busy;
    check_same(presil_run("host-busy", {}, kCommand), reference);
  }
  {
    INFO("somebody polls QEMU's monitor");
    PresilRun run("host-monitor", {"run", "--", kCommand});
    REQUIRE(run.wait_for("guest-console.log", "Linux version"));
    const int answers = poll_monitor(run);
    const auto result = run.finish();
    CHECK(answers > 100);
    check_same(result, reference);
  }
}

TEST_CASE("how the simulator works does not change the digest, its inputs do",
          "[system][determinism]") {
  const auto reference = presil_run("simulator-reference", {}, kCommand);
  for (const auto* cycles : {"1", "16", "1000"}) {
    INFO("batches of " << cycles);
    check_same(presil_run("simulator-batch", {"--batch", cycles}, kCommand), reference);
  }
  {
    INFO("waves");
    const auto run = presil_run("simulator-waves", {"--waves"}, kCommand);
    check_same(run, reference);
    CHECK(std::filesystem::file_size(run.folder / "dev0/waves.fst") > 10'000);
  }
  {
    INFO("another seed, where there is chance");
    const auto stalled = [&](const char* seed) {
      return presil_run("simulator-seed", {"--seed", seed, "--sim-arg", "--stall=20"}, kCommand);
    };
    const auto one = stalled("1");
    const auto other = stalled("2");
    REQUIRE(one.status == 0);
    REQUIRE(other.status == 0);
    CHECK(one.digest() != other.digest());
  }
}

TEST_CASE("runs of the functional model are the same each time, and not those of the RTL",
          "[system][determinism]") {
  const std::vector<std::string> functional = {"--model", "functional"};
  const auto reference = presil_run("model-reference", functional, kCommand);
  CHECK(reference.summary["model"] == "functional");
  CHECK(reference.number("rtl_cycles") == 0);
  check_same(presil_run("model-again", functional, kCommand), reference);
  // The same driver and the same data, but not the same clock cycles.
  const auto rtl = presil_run("model-rtl", {}, kCommand);
  CHECK(rtl.status == 0);
  CHECK(rtl.digest() != reference.digest());
}

}  // namespace
}  // namespace presil::system
