// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "checkout.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "error.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

TEST_CASE("what cannot be written is said before there is anything to write", "[cli][checkout]") {
  const TemporaryFolder folder;
  CHECK_NOTHROW(check_writable("--json", folder.path() / "new.json"));
  CHECK_NOTHROW(check_writable("--json", folder.write("old.json", "{}")));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "new.json"));
  CHECK_THROWS_MATCHES(check_writable("--json", folder.path() / "none/new.json"), Error,
                       MessageMatches(ContainsSubstring("--json ") &&
                                      ContainsSubstring("none: No such file or directory")));
  CHECK_THROWS_MATCHES(check_writable("--json", folder.path()), Error,
                       MessageMatches(ContainsSubstring("a folder; name a file")));
}

TEST_CASE("a file is read as it was written", "[cli][checkout]") {
  const TemporaryFolder folder;
  const std::string bytes("a\0b\n", 4);
  write_file(folder.path() / "file", bytes);
  CHECK(read_file(folder.path() / "file") == bytes);
  CHECK_THROWS_AS(read_file(folder.path() / "none"), Error);
  CHECK_THROWS_AS(write_file(folder.path() / "none/file", bytes), Error);
}

}  // namespace
}  // namespace presil::cli
