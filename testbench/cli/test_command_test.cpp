// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "test_command.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "shell_text.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;

std::string line(const TestOptions& options) {
  Checkout checkout;
  checkout.build = "/b";
  return shell_line(ctest_arguments(checkout, options, 2));
}

TEST_CASE("long tests run only when they are named", "[cli][test]") {
  CHECK_THAT(line({}), ContainsSubstring("-LE '^long$|^debug-kernel$|^browser$'"));
  CHECK_THAT(line({"system", ""}),
             ContainsSubstring("-LE '^long$|^debug-kernel$|^browser$' -L system"));
  CHECK_THAT(line({"long", ""}), ContainsSubstring("-LE '^debug-kernel$|^browser$' -L long"));
  CHECK_THAT(line({"long|debug|brow", ""}), !ContainsSubstring("-LE"));
}

TEST_CASE("names go to CTest, and a JUnit file comes back", "[cli][test]") {
  CHECK_THAT(line({"", "copy.*"}), ContainsSubstring("-R 'copy.*'"));
  CHECK_THAT(line({}), ContainsSubstring("--output-junit /b/tests.xml"));
  CHECK_THAT(line({}), ContainsSubstring("--no-tests=error"));
}

}  // namespace
}  // namespace presil::cli
