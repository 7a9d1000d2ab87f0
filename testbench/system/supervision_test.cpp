// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// How presil itself ends runs: guest statuses, limits, hangs, interruptions, things that are
// missing.

#include <csignal>
#include <thread>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "checkout.hpp"
#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

bool alive(pid_t process) {
  return process > 0 && kill(process, 0) == 0;
}

TEST_CASE("the command's status and bytes are presil's", "[system][supervision]") {
  // Every byte value, to see that the serial port passes them on as they are.
  const auto run =
      presil_run("status", {"--accel", "none"},
                 "LC_ALL=C awk 'BEGIN { for (i = 1; i < 256; ++i) printf \"%c\", i }'; exit 42");
  CHECK(run.status == 42);
  CHECK(run.result() == "failed");
  std::string expected;
  for (int byte = 1; byte < 256; ++byte) {
    expected += static_cast<char>(byte);
  }
  CHECK(run.output == expected);
}

TEST_CASE("a guest that panics is told from a command that failed", "[system][supervision]") {
  const auto run =
      presil_run("panic", {"--accel", "none"}, "sleep 1; echo c >/proc/sysrq-trigger; sleep 10");
  CHECK(run.status == 106);
  CHECK(run.result() == "guest-died");
  CHECK_THAT(run.messages, ContainsSubstring("Kernel panic"));
  CHECK(run.summary["digest_complete"] == false);
}

TEST_CASE("the guest's time is limited", "[system][supervision]") {
  const auto run = presil_run("limit", {"--timeout", "30"}, "sleep 100000");
  CHECK(run.status == 103);
  CHECK(run.result() == "time-limit");
}

TEST_CASE("a hang leaves stacks and last events, and its own status", "[system][supervision]") {
  PresilRun run("hang", {"run", "--hang", "4", "--device-arg", "watchdog=0", "--", "sleep 100000"});
  REQUIRE(run.wait_for("guest-console.log", "command starts"));
  const auto qemu = run.process("qemu");
  const auto simulator = run.process("dev0");
  REQUIRE(qemu > 0);
  REQUIRE(simulator > 0);
  kill(qemu, SIGSTOP);
  const auto result = run.finish();
  CHECK(result.status == 102);
  CHECK(result.result() == "hang");
  CHECK_THAT(result.messages, ContainsSubstring((result.folder / "hang").string()));
  CHECK_THAT(result.file("hang/qemu.stack"), ContainsSubstring("#1 "));
  CHECK_THAT(result.file("hang/dev0.stack"), ContainsSubstring("#1 "));
  CHECK_THAT(result.file("hang/dev0.last"), ContainsSubstring("mmio-read"));
  CHECK_FALSE(alive(qemu));
  CHECK_FALSE(alive(simulator));
}

TEST_CASE("Ctrl-C ends all that was started, and says so", "[system][supervision]") {
  PresilRun run("interrupt", {"run", "--", "sleep 100000"});
  REQUIRE(run.wait_for("guest-console.log", "command starts"));
  const auto qemu = run.process("qemu");
  const auto simulator = run.process("dev0");
  REQUIRE(alive(qemu));
  REQUIRE(alive(simulator));
  run.signal(SIGINT);
  const auto result = run.finish();
  CHECK(result.status == 130);
  CHECK_THAT(result.messages, ContainsSubstring("interrupted: ending the guest"));
  CHECK_FALSE(alive(qemu));
  CHECK_FALSE(alive(simulator));
  // The simulator had time to close its log.
  CHECK_THAT(result.file("dev0/simulator.json"), ContainsSubstring("device_ps"));
}

TEST_CASE("nothing outlives presil, even when it is killed", "[system][supervision]") {
  PresilRun run("killed", {"run", "--", "sleep 100000"});
  REQUIRE(run.wait_for("guest-console.log", "command starts"));
  const auto qemu = run.process("qemu");
  const auto simulator = run.process("dev0");
  REQUIRE(alive(qemu));
  run.signal(SIGKILL);
  run.finish();
  for (int i = 0; i < 500 && (alive(qemu) || alive(simulator)); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK_FALSE(alive(qemu));
  CHECK_FALSE(alive(simulator));
}

TEST_CASE("a simulator that cannot start is one line and no guest", "[system][supervision]") {
  const auto run = presil_run("no-simulator", {"--sim-arg", "--no-such-option"}, "true");
  CHECK(run.status == 104);
  CHECK_THAT(run.messages, ContainsSubstring("presil: the simulator of "));
  CHECK_FALSE(std::filesystem::exists(run.folder / "guest-console.log"));
}

TEST_CASE("an accelerator without a functional model says so", "[system][supervision]") {
  const auto run =
      presil_run("no-model", {"--accel", "kestrel-faulty", "--model", "functional"}, "true");
  CHECK(run.status == 104);
  CHECK_THAT(run.messages, ContainsSubstring("this accelerator has no functional model"));
}

TEST_CASE("QEMU's refusal is presil's message", "[system][supervision]") {
  const auto run = presil_run("qemu-refuses", {"--qemu-arg", "--no-such-option"}, "true");
  CHECK(run.status == 107);
  CHECK(run.result() == "qemu-failed");
  CHECK_THAT(run.messages, ContainsSubstring("no-such-option"));
}

TEST_CASE("a driver that does not build is one line that names the log", "[system][supervision]") {
  const auto folder = build_folder() / "system-runs" / "bad-driver-source";
  std::filesystem::create_directories(folder);
  cli::write_file(folder / "Kbuild", "obj-m := bad.o\n");
  cli::write_file(folder / "bad.c", "this is no C\n");
  const auto run = presil_run("bad-driver", {"--driver", folder.string()}, "true");
  CHECK(run.status == 101);
  CHECK_THAT(run.messages, ContainsSubstring("does not build, see "));
}

TEST_CASE("somebody's own driver takes the place of ours", "[system][supervision]") {
  const auto folder = build_folder() / "system-runs" / "own-driver-source";
  std::filesystem::create_directories(folder);
  cli::write_file(folder / "Kbuild", "obj-m := own.o\n");
  cli::write_file(
      folder / "own.c",
      "#include <linux/module.h>\n"
      "static int __init own_init(void) { pr_info(\"own driver here\\n\"); return 0; }\n"
      "static void __exit own_exit(void) { }\n"
      "module_init(own_init);\nmodule_exit(own_exit);\nMODULE_LICENSE(\"GPL\");\n");
  const auto run = presil_run("own-driver", {"--driver", folder.string()}, "lsmod");
  CHECK(run.status == 0);
  CHECK_THAT(run.output, ContainsSubstring("own"));
  CHECK(run.output.find("kestrel") == std::string::npos);
  CHECK_THAT(run.file("guest-console.log"), ContainsSubstring("own driver here"));
}

}  // namespace
}  // namespace presil::system
