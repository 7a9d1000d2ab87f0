// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "digest.hpp"

#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "error.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

TEST_CASE("the hash is SHA-256", "[cli][digest]") {
  Sha256 sum;
  sum.add("ab");
  sum.add("c");
  // FIPS 180-2, appendix B.1.
  CHECK(sum.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a digest depends on every byte and on which file it stands in", "[cli][digest]") {
  const TemporaryFolder folder;
  using Files = std::vector<std::filesystem::path>;
  const Files first = {folder.write("a", "one"), folder.write("b", "two")};
  const Files moved = {folder.write("c", "onet"), folder.write("d", "wo")};
  const Files other = {folder.write("e", "one"), folder.write("f", "twO")};
  const Files swapped = {first[1], first[0]};
  CHECK(digest_of_files(first) == digest_of_files(first));
  CHECK(digest_of_files(first) != digest_of_files(moved));
  CHECK(digest_of_files(first) != digest_of_files(other));
  CHECK(digest_of_files(first) != digest_of_files(swapped));
}

TEST_CASE("a missing file is an error, not an empty one", "[cli][digest]") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(digest_of_files(std::vector{folder.path() / "missing"}), Error);
}

}  // namespace
}  // namespace presil::cli
