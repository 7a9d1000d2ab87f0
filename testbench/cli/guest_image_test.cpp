// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "guest_image.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "error.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

TEST_CASE("one word is a shell line, several are run as they are", "[cli][image]") {
  CHECK(command_script({"a && b | c"}) == "a && b | c\n");
  CHECK(command_script({"ls", "a b", "-l"}) == "exec ls 'a b' -l\n");
}

TEST_CASE("added files go where they are told, or where their kind belongs", "[cli][image]") {
  const TemporaryFolder folder;
  const auto data = folder.write("data.bin", "bytes");
  const auto tool = folder.write("tool", "#!/bin/sh\n");
  std::filesystem::permissions(tool, std::filesystem::perms::owner_all);
  const auto tree =
      run_tree({"true"}, {data.string(), tool.string(), data.string() + ":/etc/other"});
  CHECK(tree.entries().at("root/data.bin").content == "bytes");
  CHECK(tree.entries().at("usr/bin/tool").mode == 0755);
  CHECK(tree.entries().at("etc/other").content == "bytes");
  CHECK(tree.contains("etc/presil/command"));
}

TEST_CASE("an added file that is missing, or has no place, is refused", "[cli][image]") {
  const TemporaryFolder folder;
  const auto data = folder.write("data.bin", "bytes");
  CHECK_THROWS_MATCHES(run_tree({"true"}, {"/no/such/file"}), Error,
                       MessageMatches(ContainsSubstring("--add: no file /no/such/file")));
  CHECK_THROWS_AS(run_tree({"true"}, {data.string() + ":/etc/"}), Error);
}

TEST_CASE("without a command the guest is told none, and gives a shell", "[cli][image]") {
  CHECK_FALSE(run_tree({}, {}).contains("etc/presil/command"));
}

TEST_CASE("a joined image is the base and then the run's part", "[cli][image]") {
  const TemporaryFolder folder;
  const auto base = folder.write("base.cpio", std::string(512, 'b'));
  FileTree run;
  run.add_file("f", "x");
  write_image(base, run, folder.path() / "image");
  CHECK(read_file(folder.path() / "image") == std::string(512, 'b') + write_cpio(run));
}

}  // namespace
}  // namespace presil::cli
