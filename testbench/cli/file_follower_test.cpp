// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "file_follower.hpp"

#include <fstream>

#include <catch2/catch_test_macros.hpp>

#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

TEST_CASE("a follower gives each byte once, from a file that comes late", "[cli][follower]") {
  const TemporaryFolder folder;
  FileFollower follower(folder.path() / "log");
  CHECK(follower.read_new().empty());
  std::ofstream file(folder.path() / "log");
  file << "one" << std::flush;
  CHECK(follower.read_new() == "one");
  CHECK(follower.read_new().empty());
  file << std::string(200'000, 'x') << std::flush;
  CHECK(follower.read_new().size() == 200'000);
}

}  // namespace
}  // namespace presil::cli
