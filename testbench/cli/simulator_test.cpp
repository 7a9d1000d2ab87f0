// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "simulator.hpp"

#include <presil_link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "error.hpp"
#include "shell_text.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using std::chrono::milliseconds;

/// Far more than a shell needs to say a line; only a test that fails waits so long.
constexpr milliseconds kPatience{30'000};

struct Setting {
  TemporaryFolder top;
  Checkout checkout{.source = top.path() / "source",
                    .build = top.path() / "build",
                    .cache = top.path() / "cache"};
  Accelerator accelerator;
  RunOptions options;
  RunFolder folder{checkout, "test", top.path() / "run"};

  Setting() {
    accelerator.name = "merlin";
    accelerator.description = "/hw/merlin/accelerator.toml";
    accelerator.program = "presil-sim-merlin";
  }

  std::vector<std::string> arguments(std::size_t slot = 0) {
    return simulator_arguments(checkout, accelerator, slot, options, folder);
  }
  std::string line(std::size_t slot = 0) { return shell_line(arguments(slot)); }

  /// A simulator that is a shell script.
  Simulator run(const std::string& script, std::size_t slot = 0) {
    top.write_script("build/bin/presil-sim-merlin", script);
    return {checkout, accelerator, slot, options, folder};
  }
};

/// The message of the Error that a wait ends with.
std::string refusal(Simulator& simulator, milliseconds limit) {
  try {
    simulator.wait_until_listening(limit);
  } catch (const Error& error) {
    CHECK(error.status() == ExitStatus::kDeviceLost);
    return error.what();
  }
  return "it listens";
}

TEST_CASE("a simulator has its slot's socket and files, and the run's seed", "[cli][simulator]") {
  Setting setting;
  setting.options.seed = 17;
  const auto own = setting.top.path() / "run/dev1";
  CHECK(setting.arguments(1) ==
        std::vector<std::string>{(setting.top.path() / "build/bin/presil-sim-merlin").string(),  //
                                 "--description", "/hw/merlin/accelerator.toml",                 //
                                 "--socket", setting.folder.device_socket(1).string(),           //
                                 "--events", (own / "events.log").string(),                      //
                                 "--summary", (own / "simulator.json").string(),                 //
                                 "--model", "rtl",                                               //
                                 "--seed", "17",                                                 //
                                 "--on-assert", "continue"});
}

TEST_CASE("what was not asked for is not handed on", "[cli][simulator]") {
  Setting setting;
  const auto line = setting.line();
  for (const auto* option : {"--waves", "--batch", "--slow", "--random-reset", "--wait-debugger",
                             "--fault", "--plusarg"}) {
    CHECK_THAT(line, !ContainsSubstring(option));
  }
}

TEST_CASE("what was asked for reaches the simulator", "[cli][simulator]") {
  Setting setting;
  setting.options.batch_cycles = 64;
  setting.options.slow = 2.5;
  setting.options.random_reset = true;
  setting.options.on_assert = "stop";
  const auto line = setting.line();
  CHECK_THAT(line, ContainsSubstring("--batch 64"));
  CHECK_THAT(line, ContainsSubstring("--slow 2.5"));
  CHECK_THAT(line, ContainsSubstring("--random-reset"));
  CHECK_THAT(line, ContainsSubstring("--on-assert stop"));
}

TEST_CASE("waves go into the device's folder, cut at the ends that are named", "[cli][simulator]") {
  Setting setting;
  const auto file = (setting.top.path() / "run/dev0/waves.fst").string();
  setting.options.waves = WaveWindow{};
  CHECK_THAT(setting.line(), ContainsSubstring("--waves " + file));
  CHECK_THAT(setting.line(), !ContainsSubstring("--waves-"));

  setting.options.waves = WaveWindow{.start = "msix:2", .stop = ""};
  CHECK_THAT(setting.line(), ContainsSubstring("--waves-start msix:2"));
  CHECK_THAT(setting.line(), !ContainsSubstring("--waves-stop"));

  setting.options.waves = WaveWindow{.start = "", .stop = "120us"};
  CHECK_THAT(setting.line(), !ContainsSubstring("--waves-start"));
  CHECK_THAT(setting.line(), ContainsSubstring("--waves-stop 120us"));
}

TEST_CASE("a simulator waits for a debugger that is for simulators only", "[cli][simulator]") {
  Setting setting;
  setting.options.debugger = Debugger::kSimulator;
  CHECK_THAT(setting.line(), ContainsSubstring("--wait-debugger"));
  setting.options.debugger = Debugger::kGuest;
  CHECK_THAT(setting.line(), !ContainsSubstring("--wait-debugger"));
}

TEST_CASE("a fault or plusarg is for the slot before its slash, or for all", "[cli][simulator]") {
  Setting setting;
  setting.options.faults = {"dev1/hang@call:7", "close@hello"};
  setting.options.plusargs = {"dev0/+width=8", "dev10/+depth=3", "+path=a/b"};

  const auto first = setting.line(0);
  CHECK_THAT(first, !ContainsSubstring("hang@call:7"));
  CHECK_THAT(first, ContainsSubstring("--fault close@hello"));
  CHECK_THAT(first, ContainsSubstring("--plusarg +width=8"));
  CHECK_THAT(first, ContainsSubstring("--plusarg +path=a/b"));
  CHECK_THAT(first, !ContainsSubstring("+depth"));

  const auto second = setting.line(1);
  CHECK_THAT(second, ContainsSubstring("--fault hang@call:7"));
  CHECK_THAT(second, ContainsSubstring("--fault close@hello"));
  CHECK_THAT(second, !ContainsSubstring("+width"));
  CHECK_THAT(second, !ContainsSubstring("+depth"));

  CHECK_THAT(setting.line(10), ContainsSubstring("--plusarg +depth=3"));
}

TEST_CASE("what the user hands through comes last, so that it wins", "[cli][simulator]") {
  Setting setting;
  setting.options.plusargs = {"+a=1"};
  setting.options.simulator_args = {"--seed", "99"};
  const auto arguments = setting.arguments();
  CHECK(std::ranges::equal(arguments.end() - 2, arguments.end(),
                           setting.options.simulator_args.begin(),
                           setting.options.simulator_args.end()));
}

TEST_CASE("a simulator is there once it says that it listens", "[cli][simulator]") {
  Setting setting;
  auto simulator = setting.run("echo oops >&2; echo listening on somewhere; exec sleep 600", 1);
  CHECK_NOTHROW(simulator.wait_until_listening(kPatience));
  CHECK(simulator.slot() == 1);
  CHECK(simulator.name() == "merlin");
  // Both streams are in the log, which is all that is left of a simulator that fails.
  CHECK(simulator.log() == setting.top.path() / "run/dev1/simulator.log");
  CHECK(read_file(simulator.log()) == "oops\nlistening on somewhere\n");
}

TEST_CASE("a simulator that ends first is an error with its last words", "[cli][simulator]") {
  Setting setting;
  auto simulator = setting.run("echo first; echo no such description >&2; echo; exit 2");
  const auto message = refusal(simulator, kPatience);
  CHECK_THAT(message, ContainsSubstring("the simulator of merlin ended with exit status 2: "
                                        "no such description (log: "));
  CHECK_THAT(message, ContainsSubstring(simulator.log().string()));
}

TEST_CASE("a simulator that does not come to listen is given up", "[cli][simulator]") {
  Setting setting;
  auto simulator = setting.run("exec sleep 600");
  CHECK_THAT(refusal(simulator, milliseconds(0)),
             ContainsSubstring("the simulator of merlin does not listen"));
}

TEST_CASE("counters are there from the segment on, and stay when all are gone",
          "[cli][simulator]") {
  Setting setting;
  // The child inherits the descriptor, as a simulator gets it from QEMU.
  const int descriptor = memfd_create("presil-link", 0);
  REQUIRE(ftruncate(descriptor, sizeof(presil_segment)) == 0);
  void* const memory =
      mmap(nullptr, sizeof(presil_segment), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  REQUIRE(memory != MAP_FAILED);
  auto* const segment = static_cast<presil_segment*>(memory);
  segment->magic = PRESIL_LINK_MAGIC;
  segment->version = PRESIL_LINK_VERSION;
  segment->simulator.device_ps = 4000;

  auto simulator = setting.run("exec sleep 600");
  const auto before = simulator.sample();
  simulator.child().end(milliseconds(100));
  const auto after = simulator.sample();
  munmap(memory, sizeof(presil_segment));
  close(descriptor);

  REQUIRE(before);
  CHECK(before->device_ps == 4000);
  REQUIRE(after);
  CHECK(after->device_ps == 4000);
}

TEST_CASE("a simulator that nobody connected to has no counters", "[cli][simulator]") {
  Setting setting;
  auto simulator = setting.run("exec sleep 600");
  CHECK_FALSE(simulator.sample());
}

}  // namespace
}  // namespace presil::cli
