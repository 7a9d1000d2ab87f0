// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "run_folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "error.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

TEST_CASE("runs that start together have folders of their own", "[cli][folder]") {
  const TemporaryFolder top;
  Checkout checkout;
  checkout.source = top.path();
  const RunFolder one(checkout, "run", {});
  const RunFolder two(checkout, "run", {});
  CHECK(one.path() != two.path());
  CHECK(one.path().parent_path() == top.path() / "runs");
  CHECK(one.monitor_socket() != two.monitor_socket());
}

TEST_CASE("a given folder must be new or empty", "[cli][folder]") {
  const TemporaryFolder top;
  const Checkout checkout;
  {
    const RunFolder folder(checkout, "run", top.path() / "new");
  }
  top.write("old/summary.json", "{}");
  CHECK_THROWS_MATCHES(RunFolder(checkout, "run", top.path() / "old"), Error,
                       MessageMatches(ContainsSubstring("is not empty")));
  CHECK_THROWS_AS(RunFolder(checkout, "run", "/proc/nothing"), Error);
}

TEST_CASE("sockets are gone with the run, logs are not", "[cli][folder]") {
  const TemporaryFolder top;
  std::filesystem::path sockets, path;
  {
    RunFolder folder({}, "run", top.path() / "new");
    sockets = folder.monitor_socket().parent_path();
    path = folder.path();
    CHECK(std::filesystem::exists(sockets));
    folder.keep();
    // sockaddr_un holds 107 bytes.
    CHECK(folder.device_socket(15).string().size() < 100);
  }
  CHECK_FALSE(std::filesystem::exists(sockets));
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("a run that did not come to be leaves no folder", "[cli][folder]") {
  const TemporaryFolder top;
  {
    const RunFolder folder({}, "run", top.path() / "run");
    write_file(folder.image(), "half");
  }
  CHECK_FALSE(std::filesystem::exists(top.path() / "run"));
}

TEST_CASE("pruning takes old runs that passed, and no others", "[cli][folder]") {
  const TemporaryFolder top;
  top.write("1/summary.json", R"({"result":"passed"})");
  top.write("2/summary.json", R"({"result":"hang"})");
  top.write("3/summary.json", R"({"result":"passed"})");
  top.write("3/kept", "");
  top.write("4/guest-console.log", "still running");
  top.write("5/summary.json", R"({"result":"passed"})");
  top.write("6/summary.json", R"({"result":"passed"})");
  prune_runs(top.path(), 2);
  const auto there = [&](const char* name) { return std::filesystem::exists(top.path() / name); };
  CHECK_FALSE(there("1"));
  CHECK(there("2"));
  CHECK(there("3"));
  CHECK(there("4"));
  CHECK(there("5"));
  CHECK(there("6"));
}

}  // namespace
}  // namespace presil::cli
