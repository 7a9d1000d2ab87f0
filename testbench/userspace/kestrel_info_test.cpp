// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-info as a whole: its statuses, and what it says where.

#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "testbench/support/captured_stream.hpp"
#include "tool_bench.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

int kestrel_info_main(int argc, char** argv);

namespace {

struct Bench : ToolBench {
  Bench() : ToolBench("kestrel-info", kestrel_info_main) {}
};

}  // namespace

TEST_CASE("kestrel-info: A table, or JSON", "[userspace][kestrel-info]") {
  Bench bench;
  const Ended table = bench.run({});
  CHECK(table.status == 0);
  CHECK_THAT(table.output, StartsWith("device "));
  CHECK(table.errors.empty());
  const Ended json = bench.run({"--json", "-d", bench.kernel.node});
  CHECK(json.status == 0);
  CHECK_THAT(json.output, StartsWith("{\n  \"path\": \"" + bench.kernel.node + "\""));
}

TEST_CASE("kestrel-info: A device that is not there", "[userspace][kestrel-info]") {
  Bench bench;
  const Ended ended = bench.run({"--device", "/dev/accel/accel5"});
  CHECK(ended.status == 1);
  CHECK(ended.errors == "kestrel-info: opening /dev/accel/accel5: No such file or directory\n");
  CHECK(ended.output.empty());
}

TEST_CASE("kestrel-info: Output that cannot be written is a failure", "[userspace][kestrel-info]") {
  Bench bench;
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  int status = -1;
  {
    const presil::testbench::CapturedStream output(STDOUT_FILENO, full);
    const presil::testbench::CapturedStream errors(STDERR_FILENO);
    std::string name = "kestrel-info";
    char* argv[] = {name.data(), nullptr};
    status = kestrel_info_main(1, argv);
    CHECK_THAT(errors.text(), ContainsSubstring("writing what was found failed"));
    std::clearerr(stdout);
  }
  ::close(full);
  CHECK(status == 1);
}

TEST_CASE("kestrel-info: Wrong usage has its own status, and touches no device",
          "[userspace][kestrel-info]") {
  Bench bench;
  bench.kernel.open_error = EIO;
  CHECK(bench.run({"--loud"}).status == 2);
  CHECK(bench.run({"more"}).errors == "kestrel-info: 'more' is too much\n");
  const Ended help = bench.run({"--help", "--loud"});
  CHECK(help.status == 0);
  CHECK_THAT(help.output, StartsWith("usage: kestrel-info "));
}
