// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Where kestrel-copy's data comes from and goes to.

#include "data.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "testbench/support/temporary_folder.hpp"

using presil::testbench::TemporaryFolder;

namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

TEST_CASE("data: The same seed gives the same bytes", "[userspace][data]") {
  std::vector<std::byte> whole(1001), again(1001), other(1001);
  CHECK(RandomInput(5, 1001).read(whole) == 1001u);
  CHECK(RandomInput(5, 1001).read(again) == 1001u);
  CHECK(RandomInput(6, 1001).read(other) == 1001u);
  CHECK(whole == again);
  CHECK(whole != other);
}

TEST_CASE("data: Random bytes are the same in pieces, and end where they are told",
          "[userspace][data]") {
  std::vector<std::byte> whole(1001), pieces(1001), beyond(1001);
  CHECK(RandomInput(5, 1001).read(whole) == 1001u);
  RandomInput input(5, 1001);
  CHECK(input.read(std::span(pieces).first(1000)) == 1000u);
  CHECK(input.read(std::span(pieces).last(1)) == 1u);
  CHECK(pieces == whole);
  CHECK(input.read(beyond) == 0u);

  RandomInput little(5, 3);
  CHECK(little.read(beyond) == 3u);
  CHECK(std::vector(beyond.begin(), beyond.begin() + 3) ==
        std::vector(whole.begin(), whole.begin() + 3));
  CHECK(beyond[3] == std::byte{0});
}

TEST_CASE("data: Random bytes are those of SplitMix64", "[userspace][data]") {
  // The first outputs for seed 1234567, as other implementations publish them.
  constexpr std::array<std::uint64_t, 3> kExpected = {6457827717110365317u, 3203168211198807973u,
                                                      9817491932198370423u};
  std::array<std::uint64_t, 3> words{};
  CHECK(RandomInput(1234567, sizeof(words)).read(std::as_writable_bytes(std::span(words))) ==
        sizeof(words));
  CHECK(words == kExpected);
}

TEST_CASE("data: A file is read from front to back, whatever is in it", "[userspace][data]") {
  const TemporaryFolder folder;
  const std::string text(
      "a\0b\r\n\xff"
      "c",
      7);
  const auto input = FileInput::open(folder.write("file", text).string());
  REQUIRE(input);
  std::string read(10, '.');
  const auto into = std::as_writable_bytes(std::span(read));
  CHECK((*input)->read(into.first(4)) == 4u);
  CHECK((*input)->read(into.subspan(4)) == 3u);
  CHECK(read == text + "...");
  CHECK((*input)->read(into) == 0u);
}

TEST_CASE("data: A file that cannot be read is named with the reason", "[userspace][data]") {
  const TemporaryFolder folder;
  const auto none = (folder.path() / "none").string();
  const auto missing = FileInput::open(none);
  REQUIRE_FALSE(missing);
  CHECK(missing.error() == "opening " + none + " failed: No such file or directory");

  // A folder opens, and only reading tells.
  const auto input = FileInput::open(folder.path().string());
  REQUIRE(input);
  std::array<std::byte, 8> into;
  const auto read = (*input)->read(into);
  REQUIRE_FALSE(read);
  CHECK(read.error() == "reading " + folder.path().string() + " failed: Is a directory");
}

TEST_CASE("data: A finished copy is there, whole, in place of what was there before",
          "[userspace][data]") {
  const TemporaryFolder folder;
  const auto path = folder.write("copy", "something longer than the copy").string();
  {
    auto output = Output::create(path);
    REQUIRE(output);
    CHECK((*output)->write(bytes_of("hover")));
    CHECK((*output)->write(bytes_of("fly")));
    CHECK((*output)->finish());
    CHECK(folder.read("copy") == "hoverfly");
  }
  CHECK(folder.read("copy") == "hoverfly");
}

TEST_CASE("data: A copy that was not finished is not there", "[userspace][data]") {
  const TemporaryFolder folder;
  {
    auto output = Output::create((folder.path() / "copy").string());
    REQUIRE(output);
    CHECK((*output)->write(bytes_of("half")));
  }
  CHECK_FALSE(folder.holds("copy"));
}

TEST_CASE("data: What is no regular file stays, finished or not", "[userspace][data]") {
  const TemporaryFolder folder;
  const auto path = (folder.path() / "pipe").string();
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(reader >= 0);
  const bool finished = GENERATE(false, true);
  {
    auto output = Output::create(path);
    REQUIRE(output);
    CHECK((*output)->write(bytes_of("hover")));
    if (finished)
      CHECK((*output)->finish());
  }
  CHECK(folder.holds("pipe"));
  close(reader);
}

TEST_CASE("data: A place that cannot be written is named with the reason", "[userspace][data]") {
  const TemporaryFolder folder;
  const auto nowhere = (folder.path() / "none/copy").string();
  const auto output = Output::create(nowhere);
  REQUIRE_FALSE(output);
  CHECK(output.error() == "creating " + nowhere + " failed: No such file or directory");
}

TEST_CASE("data: A disk that is full is noticed, at the latest at the end", "[userspace][data]") {
  auto output = Output::create("/dev/full");
  REQUIRE(output);
  SECTION("a little is kept until then") {
    CHECK((*output)->write(bytes_of("hover")));
    const auto finished = (*output)->finish();
    REQUIRE_FALSE(finished);
    CHECK(finished.error() == "writing /dev/full failed: No space left on device");
  }
  SECTION("much is written at once") {
    const auto written = (*output)->write(bytes_of(std::string(1 << 20, 'x')));
    REQUIRE_FALSE(written);
    CHECK(written.error() == "writing /dev/full failed: No space left on device");
  }
}
