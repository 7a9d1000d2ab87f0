// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-copy as a whole: its statuses, and what it says and leaves. Its main() is called from
// here, with a kernel that stands in for the running one.

#include <cerrno>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "fake_kernel.hpp"
#include "testbench/support/temporary_folder.hpp"
#include "tool_bench.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using presil::testbench::TemporaryFolder;

int kestrel_copy_main(int argc, char** argv);

namespace {

struct Bench : ToolBench {
  Bench() : ToolBench("kestrel-copy", kestrel_copy_main) { kernel.info.bo_bytes_max = 64 << 20; }

  std::string path(const std::string& name) const { return (folder.path() / name).string(); }

  TemporaryFolder folder;
};

}  // namespace

TEST_CASE("kestrel-copy: A file is copied, byte by byte", "[userspace][kestrel-copy]") {
  Bench bench;
  std::string text;
  for (int i = 0; i < 200'000; ++i)
    text += static_cast<char>(i * 7 + i / 256);
  bench.folder.write("from", text);

  const Ended ended = bench.run({"--offset", "3:5", bench.path("from"), bench.path("to")});
  CHECK(ended.status == 0);
  CHECK(bench.folder.read("to") == text);
  CHECK_THAT(ended.output,
             StartsWith("kestrel-copy: 200000 bytes in ") && EndsWith(" us, equal\n"));
  CHECK(ended.errors.empty());
}

TEST_CASE("kestrel-copy: An empty file has an empty copy", "[userspace][kestrel-copy]") {
  Bench bench;
  bench.folder.write("from", "");
  const Ended ended = bench.run({bench.path("from"), bench.path("to")});
  CHECK(ended.status == 0);
  CHECK(bench.folder.read("to").empty());
  CHECK(ended.output == "kestrel-copy: 0 bytes in 0.000 us, equal\n");
  CHECK(bench.kernel.jobs() == 0);
}

TEST_CASE("kestrel-copy: Repeating copies all again, and writes it once",
          "[userspace][kestrel-copy]") {
  Bench bench;
  bench.folder.write("from", "hover");
  const Ended ended = bench.run({"--repeat", "3", bench.path("from"), bench.path("to")});
  CHECK(ended.status == 0);
  CHECK_THAT(ended.output, StartsWith("kestrel-copy: 15 bytes in "));
  CHECK(bench.kernel.jobs() == 3);
  CHECK(bench.folder.read("to") == "hover");
}

TEST_CASE("kestrel-copy: Random data has the length that was asked for",
          "[userspace][kestrel-copy]") {
  Bench bench;
  const Ended ended = bench.run({"--random", "100001"});
  CHECK(ended.status == 0);
  CHECK_THAT(ended.output, StartsWith("kestrel-copy: 100001 bytes in "));
}

TEST_CASE("kestrel-copy: More than a piece goes through in pieces", "[userspace][kestrel-copy]") {
  Bench bench;
  const Ended ended = bench.run({"--random", "8388611"});
  CHECK(ended.status == 0);
  CHECK_THAT(ended.output, StartsWith("kestrel-copy: 8388611 bytes in "));
  CHECK(bench.kernel.jobs() == 2);
}

TEST_CASE("kestrel-copy: A copy that fails is no copy", "[userspace][kestrel-copy]") {
  Bench bench;
  bench.folder.write("from", "hover");
  bench.kernel.job_error = ETIME;

  SECTION("the first time") {
    const Ended ended = bench.run({bench.path("from"), bench.path("to")});
    CHECK(ended.status == 1);
    CHECK_THAT(ended.errors, StartsWith("kestrel-copy: in 5 bytes after 0: the copy failed: "));
    CHECK(ended.output.empty());
    CHECK_FALSE(bench.folder.holds("to"));
  }
  SECTION("later: the place is said, and the copy that was whole stays") {
    bench.kernel.failing_job = 3;
    const Ended ended = bench.run({"--repeat", "4", bench.path("from"), bench.path("to")});
    CHECK(ended.status == 1);
    CHECK_THAT(ended.errors, StartsWith("kestrel-copy: in 5 bytes after 10: the copy failed: "));
    CHECK(bench.kernel.jobs() == 3);
    CHECK(bench.folder.read("to") == "hover");
  }
}

TEST_CASE("kestrel-copy: What is in its way is said in a line", "[userspace][kestrel-copy]") {
  Bench bench;
  bench.folder.write("from", "hover");
  std::vector<std::string> words = {bench.path("from"), bench.path("to")};
  std::string text;

  SECTION("no device") {
    bench.kernel.node = "/dev/null";
    text = "no kestrel accelerator under /dev/accel; is its driver loaded?";
  }
  SECTION("not the device that was named") {
    words.insert(words.begin(), {"--device", "/dev/accel/accel5"});
    text = "opening /dev/accel/accel5: No such file or directory";
  }
  SECTION("no memory for buffers") {
    bench.kernel.info.bo_bytes_max = 4096;
    text = "making the source buffer failed: ";
  }
  SECTION("no file") {
    words[0] = bench.path("none");
    text = "opening " + words[0] + " failed: No such file or directory";
  }
  SECTION("no place for the copy") {
    words[1] = bench.path("none/to");
    text = "creating " + words[1] + " failed: No such file or directory";
  }
  SECTION("a full disk") {
    words[1] = "/dev/full";
    text = "writing /dev/full failed: No space left on device";
  }
  const Ended ended = bench.run(words);
  CHECK(ended.status == 1);
  CHECK_THAT(ended.errors, StartsWith("kestrel-copy: " + text) && EndsWith("\n"));
  CHECK(ended.output.empty());
}

TEST_CASE("kestrel-copy: The device's properties are shown by name", "[userspace][kestrel-copy]") {
  Bench bench;
  const Ended ended = bench.run({"--info"});
  CHECK(ended.status == 0);
  CHECK_THAT(ended.output, ContainsSubstring("interface major           2\n"));
  CHECK_THAT(ended.output, ContainsSubstring("clock, MHz                1000\n"));
  CHECK_THAT(ended.output, ContainsSubstring("job timeout, ms           500\n"));

  bench.kernel.node = "/dev/null";
  CHECK(bench.run({"--info"}).status == 1);
}

TEST_CASE("kestrel-copy: Wrong usage has its own status, and touches no device",
          "[userspace][kestrel-copy]") {
  Bench bench;
  bench.kernel.open_error = EIO;
  const Ended wrong = bench.run({"--random", "much"});
  CHECK(wrong.status == 2);
  CHECK(wrong.errors == "kestrel-copy: --random wants a number, not 'much'\n");
  CHECK(wrong.output.empty());

  const Ended help = bench.run({"--help"});
  CHECK(help.status == 0);
  CHECK_THAT(help.output, StartsWith("usage: kestrel-copy "));
  CHECK(help.errors.empty());
}
