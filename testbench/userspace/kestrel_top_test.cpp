// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-top as a whole: how it ends, and what it says.

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "testbench/support/captured_stream.hpp"
#include "tool_bench.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

int kestrel_top_main(int argc, char** argv);

namespace {

struct Bench : ToolBench {
  Bench() : ToolBench("kestrel-top", kestrel_top_main) {}
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

}  // namespace

TEST_CASE("kestrel-top: So many tables as were wanted, one behind the other",
          "[userspace][kestrel-top]") {
  Bench bench;
  const Ended ended = bench.run({"--batch", "--count", "3", "--interval", "0.01"});
  CHECK(ended.status == 0);
  CHECK_THAT(ended.output, StartsWith("/dev/accel/accel0, 1000 MHz\n"));
  CHECK(count(ended.output, "/dev/accel/accel0, 1000 MHz\n") == 3);
  CHECK(count(ended.output, "BUSY%  ARRAY%") == 3);
  CHECK(count(ended.output, "CLIENT") == 3);
  CHECK(count(ended.output, "\033") == 0);
  CHECK(ended.errors.empty());
  // One sample before the first table.
  CHECK(bench.kernel.calls(DRM_IOCTL_KESTREL_COUNTERS) == 4);
}

TEST_CASE("kestrel-top: Who may not see the device's counters sees the rest",
          "[userspace][kestrel-top]") {
  Bench bench;
  bench.kernel.can_monitor = false;
  const Ended ended = bench.run({"-n", "1", "-i", "0.01"});
  CHECK(ended.status == 0);
  CHECK_THAT(ended.output, ContainsSubstring("the device's counters need CAP_PERFMON\n"));
  CHECK_THAT(ended.output, ContainsSubstring("CLIENT"));
}

TEST_CASE("kestrel-top: An interruption ends it well", "[userspace][kestrel-top]") {
  Bench bench;
  const int signal = GENERATE(SIGINT, SIGTERM, SIGHUP);
  // It comes before the first wait, and stays until it is asked for.
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, signal);
  REQUIRE(pthread_sigmask(SIG_BLOCK, &blocked, &before) == 0);
  REQUIRE(raise(signal) == 0);
  const Ended ended = bench.run({"--interval", "1000"});
  CHECK(ended.status == 0);
  CHECK(ended.output.empty());
  CHECK(ended.errors.empty());

  sigset_t pending;
  REQUIRE(sigpending(&pending) == 0);
  CHECK(sigismember(&pending, signal) == 0);
  REQUIRE(pthread_sigmask(SIG_SETMASK, &before, nullptr) == 0);
}

TEST_CASE("kestrel-top: A device that is not there, or goes", "[userspace][kestrel-top]") {
  Bench bench;
  SECTION("is not there") {
    bench.kernel.node = "/dev/null";
    const Ended ended = bench.run({});
    CHECK(ended.status == 1);
    CHECK(ended.errors ==
          "kestrel-top: no kestrel accelerator under /dev/accel; is its driver loaded?\n");
  }
  SECTION("goes") {
    bench.kernel.fail(DRM_IOCTL_KESTREL_COUNTERS, ENODEV);
    const Ended ended = bench.run({"-i", "0.01"});
    CHECK(ended.status == 1);
    CHECK(ended.errors == "kestrel-top: reading the device's counters: No such device\n");
  }
}

TEST_CASE("kestrel-top: Output that cannot be written ends it", "[userspace][kestrel-top]") {
  Bench bench;
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  int status = -1;
  std::string said;
  {
    const presil::testbench::CapturedStream output(STDOUT_FILENO, full);
    const presil::testbench::CapturedStream errors(STDERR_FILENO);
    std::string name = "kestrel-top", interval = "-i0.01";
    char* argv[] = {name.data(), interval.data(), nullptr};
    status = kestrel_top_main(2, argv);
    said = errors.text();
    std::clearerr(stdout);
  }
  ::close(full);
  CHECK(status == 1);
  CHECK_THAT(said, ContainsSubstring("writing the table failed: No space left on device"));
}

TEST_CASE("kestrel-top: Wrong usage has its own status, and touches no device",
          "[userspace][kestrel-top]") {
  Bench bench;
  bench.kernel.open_error = EIO;
  CHECK(bench.run({"-i", "0.009"}).errors == "kestrel-top: --interval 0.009 is less than 0.01\n");
  CHECK(bench.run({"-i", "soon"}).errors == "kestrel-top: --interval wants seconds, not 'soon'\n");
  CHECK(bench.run({"-n", "0"}).errors == "kestrel-top: --count 0 is less than 1\n");
  CHECK(bench.run({"more"}).status == 2);
  const Ended help = bench.run({"-h"});
  CHECK(help.status == 0);
  CHECK_THAT(help.output, StartsWith("usage: kestrel-top "));
}
