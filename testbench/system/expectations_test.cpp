// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "expectations.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

const KtapReport kReport = read_ktap(
    "1..4\nok 1 passes\n# x.cpp:1: why\nnot ok 2 fails\nok 3 skips # SKIP no device\n"
    "ok 4 passes too\n");

TEST_CASE("what is listed as it is surprises nobody", "[system][ktap]") {
  CHECK(Expectations{.fails = {"fails"}, .flakes = {}, .skips = {"skips"}}
            .surprises(kReport)
            .empty());
}

TEST_CASE("a flake may pass or fail", "[system][ktap]") {
  CHECK(Expectations{.fails = {}, .flakes = {"fails", "passes"}, .skips = {"skips"}}
            .surprises(kReport)
            .empty());
}

TEST_CASE("a failure that is not listed is told with its reason", "[system][ktap]") {
  const auto found = Expectations{.fails = {}, .flakes = {}, .skips = {"skips"}}.surprises(kReport);
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0], ContainsSubstring("fails: failed") && ContainsSubstring("x.cpp:1: why"));
}

TEST_CASE("a listed failure that passes is a surprise", "[system][ktap]") {
  const auto found =
      Expectations{.fails = {"fails", "passes"}, .flakes = {}, .skips = {"skips"}}.surprises(
          kReport);
  REQUIRE(found.size() == 1);
  CHECK(found[0] == "passes: listed as failing, and passed");
}

TEST_CASE("skips are surprises both ways", "[system][ktap]") {
  const auto found =
      Expectations{.fails = {"fails"}, .flakes = {}, .skips = {"passes"}}.surprises(kReport);
  REQUIRE(found.size() == 2);
  CHECK(found[0] == "passes: listed as skipped, and ran");
  CHECK(found[1] == "skips: skipped, which is not listed: no device");
}

TEST_CASE("a name that nobody has is a surprise", "[system][ktap]") {
  const auto found =
      Expectations{.fails = {"fails", "gone"}, .flakes = {}, .skips = {"skips"}}.surprises(kReport);
  REQUIRE(found.size() == 1);
  CHECK(found[0] == "gone: listed, and there is no such case");
}

TEST_CASE("a report that breaks off is a surprise", "[system][ktap]") {
  CHECK(Expectations{}.surprises(read_ktap("1..2\nok 1 a\n")).size() == 1);
}

TEST_CASE("lists are names, and comments on them", "[system][ktap]") {
  CHECK(read_names("# why\nfirst: is so\n\nsecond: is not\n") ==
        std::set<std::string>{"first: is so", "second: is not"});
}

}  // namespace
}  // namespace presil::system
