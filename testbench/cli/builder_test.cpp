// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "builder.hpp"

#include <unistd.h>

#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "error.hpp"
#include "temporary_folder.hpp"
#include "testbench/support/captured_stream.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
using testbench::CapturedStream;

/// Where build steps are called "make", and make their output.
constexpr auto kRule = "rule make\n  command = touch $out\n";

/// Stands in for cmake/kernel-module.sh: a driver "builds" the modules that lie in its folder.
constexpr auto kDriverScript = R"(cp "$1"/*.ko "$2"; printf %s "$3" > "$2/headers")";

struct Setting {
  TemporaryFolder top;
  Checkout checkout{.source = top.path() / "source",
                    .build = top.path() / "build",
                    .cache = top.path() / "cache"};
  CapturedStream errors{STDERR_FILENO};
  ProgressLine progress;
  Builder builder{checkout, progress};
  RunOptions options;
  Kernel kernel{.image = "/boot/bzImage",
                .modules = top.path() / "modules",
                .release = "7.1.2-own",
                .pinned = false};

  Setting() {
    top.write("modules/build/Makefile", "");
    top.write_script("source/cmake/kernel-module.sh", kDriverScript);
  }

  /// A build folder with these targets, each of one step.
  void targets(const std::vector<std::string>& names) {
    std::string text = kRule;
    for (const auto& name : names) {
      text += std::format("build {}: make\n", name);
    }
    top.write("build/build.ninja", text);
  }
  [[nodiscard]] bool built(const std::string& target) const { return top.holds("build/" + target); }

  std::vector<std::string> modules(const Accelerator& accelerator) {
    std::vector<std::string> names;
    for (const auto& path : builder.driver_modules(accelerator, kernel, options)) {
      names.push_back(path.filename().string());
    }
    return names;
  }
};

/// An accelerator with a driver in the checkout.
Accelerator with_driver(const std::vector<std::string>& modules) {
  Accelerator accelerator;
  accelerator.driver = "driver/one";
  accelerator.modules = modules;
  return accelerator;
}

/// The status that Builder's failure ends presil with.
template <typename Function>
ExitStatus status_of(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return error.status();
  }
  return ExitStatus::kSuccess;
}

TEST_CASE("what is named is built, and nothing else", "[cli][builder]") {
  Setting setting;
  setting.targets({"one", "two", "three"});
  setting.builder.build({"one", "three"});
  CHECK(setting.built("one"));
  CHECK_FALSE(setting.built("two"));
  CHECK(setting.built("three"));
  setting.builder.build({});
  CHECK(setting.built("two"));
}

TEST_CASE("a build that has nothing to do says nothing", "[cli][builder]") {
  Setting setting;
  setting.targets({"one"});
  setting.builder.build({"one"});
  setting.builder.build({"one"});
  CHECK(setting.errors.text().empty());
}

TEST_CASE("a long build shows in a pipe that it goes on", "[cli][builder]") {
  Setting setting;
  std::vector<std::string> names;
  for (int i = 0; i < 120; ++i) {
    names.push_back(std::format("t{}", i));
  }
  setting.targets(names);
  setting.builder.build({});
  CHECK(setting.errors.text() == "presil: build [50/120]\npresil: build [100/120]\n");
}

TEST_CASE("a step that fails is an error below its own messages", "[cli][builder]") {
  Setting setting;
  setting.top.write("build/build.ninja",
                    "rule fail\n  command = echo a.c:7: no such thing; exit 1\nbuild one: fail\n");
  CHECK_THROWS_MATCHES(setting.builder.build({"one"}), Error,
                       MessageMatches(ContainsSubstring("build failed; the messages are above")));
  CHECK_THAT(setting.errors.text(), ContainsSubstring("\na.c:7: no such thing\n"));
  CHECK(status_of([&] { setting.builder.build({"one"}); }) == ExitStatus::kBuildFailed);
}

TEST_CASE("a target that does not exist is an error with ninja's words", "[cli][builder]") {
  Setting setting;
  setting.targets({"one"});
  CHECK(status_of([&] { setting.builder.build({"none"}); }) == ExitStatus::kBuildFailed);
  CHECK_THAT(setting.errors.text(), ContainsSubstring("unknown target 'none'"));
}

TEST_CASE("nobody else builds in the folder meanwhile", "[cli][builder]") {
  Setting setting;
  setting.top.write("build/build.ninja",
                    "rule look\n  command = if flock -n launcher.lock true; then echo free; "
                    "else echo held; fi > $out\nbuild lock: look\n");
  setting.builder.build({});
  CHECK(setting.top.read("build/lock") == "held\n");
}

TEST_CASE("a build folder that cannot be locked is named", "[cli][builder]") {
  Setting setting;
  CHECK_THROWS_MATCHES(setting.builder.build({}), Error,
                       MessageMatches(ContainsSubstring("cannot lock ") &&
                                      ContainsSubstring("No such file or directory")));
}

TEST_CASE("a guest gets what its accelerators name, two of a kind once", "[cli][builder]") {
  Setting setting;
  setting.targets({"lib/presil-pci.so", "sim-one", "sim-two", "one-copy", "unused",
                   "guest/modules/one.ko", "guest/modules/two.ko"});
  Accelerator one, two;
  one.program = "sim-one";
  one.modules = {"one"};
  one.programs = {"one-copy"};
  two.program = "sim-two";
  two.modules = {"two"};

  SECTION("no accelerator needs nothing, not even a build folder") {
    std::filesystem::remove_all(setting.checkout.build);
    CHECK_NOTHROW(setting.builder.build_guest({}, setting.options));
  }
  SECTION("with the driver of the checkout") {
    setting.builder.build_guest({one, one, two}, setting.options);
    for (const auto* target : {"lib/presil-pci.so", "sim-one", "sim-two", "one-copy",
                               "guest/modules/one.ko", "guest/modules/two.ko"}) {
      CAPTURE(target);
      CHECK(setting.built(target));
    }
    CHECK_FALSE(setting.built("unused"));
  }
  SECTION("somebody's driver or kernel has no use for the build's modules") {
    bool own_driver = false;
    SECTION("driver") {
      own_driver = true;
    }
    SECTION("kernel"){}(own_driver ? setting.options.driver : setting.options.kernel) =
        "/somewhere";
    setting.builder.build_guest({one}, setting.options);
    CHECK(setting.built("sim-one"));
    CHECK_FALSE(setting.built("guest/modules/one.ko"));
  }
}

TEST_CASE("a driver that cannot be built is refused before anything is", "[cli][builder]") {
  Setting setting;
  const auto headers = setting.kernel.headers() / "Makefile";
  const auto check = [&] { Builder::check_driver(setting.options, setting.kernel); };

  SECTION("a folder without a Kbuild file") {
    setting.options.driver = setting.top.path() / "driver";
    CHECK_THROWS_MATCHES(check(), Error, MessageMatches(ContainsSubstring("no Kbuild file there")));
    SECTION("a Makefile will do") {
      setting.top.write("driver/Makefile", "");
    }
    SECTION("so will Kbuild") {
      setting.top.write("driver/Kbuild", "");
    }
    CHECK_NOTHROW(check());
  }
  SECTION("no headers of the kernel") {
    std::filesystem::remove(headers);
    CHECK_THROWS_MATCHES(check(), Error,
                         MessageMatches(ContainsSubstring("no headers of kernel 7.1.2-own at ")));
    // Nothing is built for the environment's own kernel, unless there is a driver to build.
    setting.kernel.pinned = true;
    CHECK_NOTHROW(check());
    setting.top.write("driver/Kbuild", "");
    setting.options.driver = setting.top.path() / "driver";
    CHECK_THROWS_AS(check(), Error);
  }
}

TEST_CASE("the build's modules keep the order in which they are loaded", "[cli][builder]") {
  Setting setting;
  setting.kernel.pinned = true;
  const auto accelerator = with_driver({"zebra", "antelope"});
  const auto folder = setting.checkout.build / "guest/modules";
  CHECK(setting.builder.driver_modules(accelerator, setting.kernel, setting.options) ==
        std::vector<std::filesystem::path>{folder / "zebra.ko", folder / "antelope.ko"});
}

TEST_CASE("a driver is built against the kernel that is booted", "[cli][builder]") {
  Setting setting;
  const auto accelerator = with_driver({"one"});
  setting.top.write("source/driver/one/one.ko", "");
  setting.top.write("own/b.ko", "");
  setting.top.write("own/a.ko", "");

  SECTION("the accelerator's own, for somebody's kernel") {
    CHECK(setting.modules(accelerator) == std::vector<std::string>{"one.ko"});
  }
  SECTION("somebody's own, for the environment's kernel as well") {
    setting.options.driver = setting.top.path() / "own";
    setting.kernel.pinned = true;
    CHECK(setting.modules(accelerator) == std::vector<std::string>{"a.ko", "b.ko"});
  }
  SECTION("none, when the accelerator has no driver") {
    CHECK(setting.modules({}).empty());
    return;
  }
  const auto built = setting.builder.driver_modules(accelerator, setting.kernel, setting.options);
  CHECK(read_file(built.front().parent_path() / "build/headers") ==
        std::filesystem::canonical(setting.kernel.headers()).string());
}

TEST_CASE("a module that a driver no longer builds is gone", "[cli][builder]") {
  Setting setting;
  setting.options.driver = setting.top.path() / "own";
  const auto old = setting.top.write("own/a.ko", "");
  setting.top.write("own/b.ko", "");
  CHECK(setting.modules({}).size() == 2);
  std::filesystem::remove(old);
  CHECK(setting.modules({}) == std::vector<std::string>{"b.ko"});
}

TEST_CASE("drivers in two folders, or for two kernels, do not mix", "[cli][builder]") {
  Setting setting;
  const auto place = [&] {
    return setting.builder.driver_modules({}, setting.kernel, setting.options).front();
  };
  setting.top.write("own/a.ko", "");
  setting.top.write("other/a.ko", "");
  setting.options.driver = setting.top.path() / "own";
  const auto first = place();
  CHECK(place() == first);
  setting.options.driver = setting.top.path() / "other";
  CHECK(place() != first);

  setting.options.driver = setting.top.path() / "own";
  setting.top.write("newer/build/Makefile", "");
  setting.kernel.modules = setting.top.path() / "newer";
  CHECK(place() != first);
}

TEST_CASE("a driver without a module to load is an error", "[cli][builder]") {
  Setting setting;
  setting.options.driver = setting.top.path() / "own";
  std::filesystem::create_directory(setting.options.driver);
  const auto build = [&] { setting.modules({}); };

  SECTION("its Kbuild names none") {
    setting.top.write_script("source/cmake/kernel-module.sh", "exit 0");
    CHECK_THROWS_MATCHES(build(), Error,
                         MessageMatches(ContainsSubstring("own built no module; its Kbuild")));
  }
  SECTION("it does not build, and the script says where its log is") {
    setting.top.write_script("source/cmake/kernel-module.sh", "echo see the log >&2; exit 1");
    CHECK_THROWS_MATCHES(build(), Error,
                         MessageMatches(ContainsSubstring("driver failed; the messages are")));
    CHECK(setting.errors.text() == "see the log\n");
  }
  CHECK(status_of(build) == ExitStatus::kBuildFailed);
}

}  // namespace
}  // namespace presil::cli
