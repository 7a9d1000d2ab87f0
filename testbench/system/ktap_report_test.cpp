// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "ktap_report.hpp"

#include <catch2/catch_test_macros.hpp>

namespace presil::system {
namespace {

TEST_CASE("results, skips and what was said are read", "[system][ktap]") {
  const auto report = read_ktap(
      "KTAP version 1\n1..3\n# a.c:5: x is 1, not 2\nnot ok 1 - first: fails\nok 2 second\n"
      "ok 3 - third # SKIP no such device\n");
  CHECK(report.whole());
  REQUIRE(report.cases.size() == 3);
  CHECK_FALSE(report.cases[0].ok);
  CHECK(report.cases[0].name == "first: fails");
  CHECK(report.cases[0].text.find("x is 1, not 2") != std::string::npos);
  CHECK(report.cases[1].ok);
  CHECK(report.cases[1].name == "second");
  CHECK(report.cases[1].text.empty());
  CHECK(report.cases[2].name == "third");
  CHECK(report.cases[2].skipped == "no such device");
}

TEST_CASE("a report that breaks off is not whole", "[system][ktap]") {
  CHECK_FALSE(read_ktap("1..3\nok 1 a\nok 2 b\n").whole());
  CHECK_FALSE(read_ktap("ok 1 a\n").whole());
  CHECK_FALSE(read_ktap("").whole());
}

TEST_CASE("results of subtests belong to their parent", "[system][ktap]") {
  const auto report = read_ktap("1..1\n    1..2\n    ok 1 in\n    not ok 2 in\nnot ok 1 out\n");
  REQUIRE(report.cases.size() == 1);
  CHECK(report.whole());
  CHECK_FALSE(report.cases[0].ok);
}

}  // namespace
}  // namespace presil::system
