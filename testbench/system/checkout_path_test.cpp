// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Same inputs, same run, wherever the checkout lies: a copy of it is built and run.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "checkout.hpp"
#include "presil_run.hpp"

namespace presil::system {
namespace {

namespace fs = std::filesystem;

constexpr auto kCommand = "kestrel-copy --random 100003";

/// The sources, without what was built or run from them.
void copy_sources(const fs::path& from, const fs::path& to) {
  constexpr std::array kLeftOut = {"build", "runs", ".git"};
  fs::create_directories(to);
  for (const auto& entry : fs::directory_iterator(from)) {
    const auto name = entry.path().filename();
    if (std::ranges::find(kLeftOut, name) == kLeftOut.end()) {
      fs::copy(entry.path(), to / name,
               fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    }
  }
}

TEST_CASE("a checkout at another path gives the same digest", "[system][determinism]") {
  const char* preset = std::getenv("PRESIL_PRESET");
  if (preset == nullptr) {
    SKIP("not started by ./presil, so there is no environment to build a second checkout in");
  }
  const auto here = presil_run("path-here", {}, kCommand);
  REQUIRE(here.status == 0);

  const auto copy = build_folder() / "system-runs" / "another" / "path";
  fs::remove_all(copy);
  copy_sources(cli::Checkout::find().source, copy);
  // What the launcher does inside the environment.
  const std::vector<std::string> launcher = {"env", "PRESIL_CHECKOUT=" + copy.string(),
                                             "PRESIL_BUILD=" + (copy / "build" / preset).string(),
                                             "CCACHE_BASEDIR=" + copy.string(),
                                             (copy / "env/run").string()};
  const auto there = PresilRun("path-there", {"run", "--", kCommand}, launcher).finish();
  REQUIRE(there.status == 0);
  CHECK(there.file("guest-console.log") == here.file("guest-console.log"));
  CHECK(there.file("dev0/events.log") == here.file("dev0/events.log"));
  CHECK(there.digest() == here.digest());
  fs::remove_all(copy);
}

}  // namespace
}  // namespace presil::system
