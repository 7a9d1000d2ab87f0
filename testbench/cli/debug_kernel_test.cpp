// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "debug_kernel.hpp"

#include <unistd.h>

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

/// A checkout whose build script makes the folder that it is told.
struct Setting {
  TemporaryFolder top;
  Checkout checkout{.source = top.path("source"), .build = {}, .cache = top.path("cache")};
  CapturedStream errors{STDERR_FILENO};
  ProgressLine progress;
  RunOptions options;

  Setting() {
    top.write("source/cli/guest/kernel/debug.config", "CONFIG_KASAN=y\n");
    top.write("source/cli/guest/kernel/Kconfig", "");
    script("mkdir \"$2\"; echo \"$1\" >\"$2/source\"");
    fetch("linux-source-6.12 6.12.1-1\n");
    options.kernel = "debug";
  }
  void script(const std::string& commands) const {
    top.write_script("source/cli/guest/kernel/build", commands);
  }
  void fetch(const std::string& packages) const {
    top.write("cache/kernels/source/packages", packages);
  }
  int build() { return kernel_command(checkout, progress); }
  [[nodiscard]] RunOptions selected() const { return with_debug_kernel(checkout, options); }
};

TEST_CASE("the debug kernel is built once, and then a run takes it", "[cli][debug_kernel]") {
  Setting setting;
  REQUIRE(setting.build() == 0);
  const auto folder = debug_kernel_folder(setting.checkout);
  CHECK(read_file(folder / "source") == setting.top.path("cache/kernels/source\n").string());
  CHECK(setting.errors.text().empty());
  CHECK(setting.selected().kernel == folder / "bzImage");
  CHECK(setting.selected().modules == folder / "modules");

  setting.script("mkdir \"$2\"; echo \"$1\" >\"$2/source\"");
  CHECK(setting.build() == 0);
  CHECK(setting.errors.text() == "presil: the debug kernel is there: " + folder.string() + "\n");
}

TEST_CASE("what the debug kernel is made from names its folder", "[cli][debug_kernel]") {
  Setting setting;
  const auto folder = debug_kernel_folder(setting.checkout);
  SECTION("configuration") {
    setting.top.write("source/cli/guest/kernel/debug.config", "CONFIG_KASAN=y\nCONFIG_KUNIT=m\n");
  }
  SECTION("options of its own") {
    setting.top.write("source/cli/guest/kernel/Kconfig", "config OWN\n");
  }
  SECTION("way of building") {
    setting.script("exit 0");
  }
  SECTION("packages") {
    setting.fetch("linux-source-6.12 6.12.2-1\n");
  }
  CHECK(debug_kernel_folder(setting.checkout) != folder);
}

TEST_CASE("a debug kernel that is not built is said how to build", "[cli][debug_kernel]") {
  Setting setting;
  SECTION("never fetched") {
    std::filesystem::remove_all(setting.checkout.cache);
  }
  SECTION("fetched only") {}
  CHECK_THROWS_MATCHES(setting.selected(), Error,
                       MessageMatches(ContainsSubstring("run `presil kernel debug` first")));
}

TEST_CASE("a debug kernel that cannot be built is a failed build", "[cli][debug_kernel]") {
  Setting setting;
  setting.script("exit 125");
  CHECK(setting.build() == static_cast<int>(ExitStatus::kBuildFailed));
  setting.script("exit 130");
  CHECK(setting.build() == static_cast<int>(ExitStatus::kInterrupted));
}

TEST_CASE("other kernels are left alone", "[cli][debug_kernel]") {
  Setting setting;
  setting.options.kernel = "./debug";
  setting.options.modules = "own";
  CHECK(setting.selected().kernel == "./debug");
  CHECK(setting.selected().modules == "own");
  setting.options.kernel = "debug";
  CHECK_THROWS_MATCHES(setting.selected(), Error,
                       MessageMatches(ContainsSubstring("the debug kernel has its own")));
}

}  // namespace
}  // namespace presil::cli
