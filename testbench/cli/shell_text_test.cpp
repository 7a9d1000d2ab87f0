// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "shell_text.hpp"

#include <catch2/catch_test_macros.hpp>

#include "child.hpp"

namespace presil::cli {
namespace {

TEST_CASE("a shell reads every word back as it was", "[cli][shell]") {
  const std::vector<std::string> words = {"printf", "<%s>",  "plain",      "",  "with space",
                                          "it's",   "$HOME", "a\nnewline", "*", "\"quoted\\\""};
  CHECK(output_of({"sh", "-c", shell_line(words)}) ==
        "<plain><><with space><it's><$HOME><a\nnewline><*><\"quoted\\\">");
}

}  // namespace
}  // namespace presil::cli
