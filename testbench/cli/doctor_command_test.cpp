// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "doctor_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <format>
#include <sstream>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "exit_status.hpp"
#include "temporary_folder.hpp"
#include "testbench/support/captured_stream.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;

struct Setting {
  TemporaryFolder top;
  Checkout checkout{.source = top.path() / "source",
                    .build = top.path() / "build",
                    .cache = top.path() / "cache"};

  Finding look(const std::string& name) {
    const auto checks = doctor_checks(checkout);
    const auto check = std::ranges::find(checks, name, &Check::name);
    REQUIRE(check != checks.end());
    return check->look();
  }
};

TEST_CASE("the cache is made when it is not there", "[cli][doctor]") {
  Setting setting;
  const auto finding = setting.look("cache");
  CHECK(setting.top.holds("cache"));
  CHECK_THAT(finding.text,
             ContainsSubstring(setting.checkout.cache.string() + ", ") && EndsWith(" GiB free"));
}

TEST_CASE("a folder that cannot be written is bad, and has a remedy", "[cli][doctor]") {
  Setting setting;
  setting.top.write("cache", "a file in its place");
  setting.checkout.cache /= "below";
  const auto finding = setting.look("cache");
  CHECK_FALSE(finding.good);
  CHECK(finding.text == setting.checkout.cache.string() + " is not writable");
  CHECK_THAT(finding.remedy, ContainsSubstring("PRESIL_CACHE"));
}

TEST_CASE("the build is told by its type and compiler", "[cli][doctor]") {
  Setting setting;
  setting.top.write("build/CMakeCache.txt",
                    "# a comment\n"
                    "CMAKE_CXX_COMPILER:FILEPATH=/usr/bin/some-c++\n"
                    "CMAKE_CXX_COMPILER_AR:FILEPATH=/usr/bin/some-ar\n"
                    "CMAKE_BUILD_TYPE:STRING=Release\n");
  const auto finding = setting.look("build");
  CHECK(finding.good);
  CHECK(finding.text == setting.checkout.build.string() + ", Release by /usr/bin/some-c++");
}

TEST_CASE("each accelerator is named, with whether its simulator is built", "[cli][doctor]") {
  Setting setting;
  SECTION("none at all is bad") {
    const auto finding = setting.look("accelerators");
    CHECK_FALSE(finding.good);
    CHECK_THAT(finding.remedy, ContainsSubstring("accelerator.toml"));
  }
  SECTION("two") {
    for (const auto* name : {"one", "two"}) {
      setting.top.write(
          std::format("source/hw/{}/accelerator.toml", name),
          std::format("name = \"{}\"\n[simulator]\nprogram = \"sim-{}\"\n", name, name));
    }
    setting.top.write("build/bin/sim-two", "");
    const auto finding = setting.look("accelerators");
    CHECK(finding.good);
    CHECK(finding.text == "one (built on first use), two (built)");
  }
}

TEST_CASE("in the environment its tools are found, and tell their versions", "[cli][doctor]") {
  Setting setting;
  for (const auto* name : {"kernel", "qemu", "verilator", "compiler", "cmake", "ninja"}) {
    CAPTURE(name);
    const auto finding = setting.look(name);
    CHECK(finding.good);
    CHECK(finding.text.find_first_of("0123456789") != std::string::npos);
    CHECK(finding.text.find('\n') == std::string::npos);
  }
}

TEST_CASE("every problem has a line, a remedy, and a part in the count", "[cli][doctor]") {
  Setting setting;
  // A check that throws is a finding; the checks after it, and before it, are made all the same.
  setting.top.write("source/hw/one/accelerator.toml", "name two\n");

  testbench::CapturedStream output(STDOUT_FILENO);
  const int status = doctor_command(setting.checkout);
  const auto text = output.text();

  CHECK(status == static_cast<int>(ExitStatus::kBadInput));
  CHECK_THAT(text, ContainsSubstring("BAD  accelerators  " + setting.checkout.source.string()));
  std::istringstream lines(text);
  std::size_t problems = 0, checks = 0;
  std::string last;
  for (std::string line; std::getline(lines, line); last = line) {
    checks += line.starts_with("ok ") || line.starts_with("BAD ");
    if (line.starts_with("BAD ")) {
      ++problems;
      REQUIRE(std::getline(lines, line));
      CHECK_THAT(line, ContainsSubstring(" -> "));
    }
  }
  CHECK(checks == doctor_checks(setting.checkout).size());
  CHECK(last == std::format("{} to put right", problems));
}

}  // namespace
}  // namespace presil::cli
