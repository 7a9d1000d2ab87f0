// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "child.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include <catch2/catch_test_macros.hpp>

#include "error.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

using std::chrono::milliseconds;

bool alive(pid_t process) {
  return kill(process, 0) == 0;
}

/// Waits until a process that is not our child is gone. One that nobody has reaped yet, a zombie,
/// still answers signals.
bool goes(pid_t process) {
  for (int i = 0; i < 500; ++i) {
    const auto stat = "/proc/" + std::to_string(process) + "/stat";
    if (!alive(process) || read_file(stat).find(") Z ") != std::string::npos) {
      return true;
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

TEST_CASE("a child's status and output are its own", "[cli][child]") {
  const TemporaryFolder folder;
  ChildStreams streams;
  streams.standard_output = folder.path() / "out";
  streams.standard_error = streams.standard_output;
  auto child = Child::start({"sh", "-c", "echo one; echo two >&2; exit 7"}, streams);
  const auto report = child.wait();
  CHECK(report.status == 7);
  CHECK(report.signal == 0);
  CHECK(report.text() == "exit status 7");
  CHECK(read_file(streams.standard_output) == "one\ntwo\n");
}

TEST_CASE("a program that is not there is an error, not a status", "[cli][child]") {
  CHECK_THROWS_AS(Child::start({"/no/such/program"}, {}), Error);
}

TEST_CASE("a child that ignores SIGTERM is killed when patience ends", "[cli][child]") {
  const TemporaryFolder folder;
  ChildStreams streams;
  streams.standard_output = folder.path() / "out";
  auto child = Child::start({"sh", "-c", "trap '' TERM; echo ready; sleep 60"}, streams);
  while (read_file(streams.standard_output).empty()) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  CHECK(child.end(milliseconds(200)).signal == SIGKILL);
}

TEST_CASE("what a child leaves behind ends with it", "[cli][child]") {
  const TemporaryFolder folder;
  ChildStreams streams;
  streams.standard_output = folder.path() / "out";
  SECTION("when it ends by itself") {
    CHECK(Child::start({"sh", "-c", "sleep 60 & echo $!"}, streams).wait().clean());
  }
  SECTION("when it is killed") {
    auto child = Child::start({"sh", "-c", "trap '' TERM; sleep 60 & echo $!; wait"}, streams);
    while (read_file(streams.standard_output).empty()) {
      std::this_thread::sleep_for(milliseconds(5));
    }
    CHECK(child.end(milliseconds(200)).signal == SIGKILL);
  }
  CHECK(goes(std::stoi(read_file(streams.standard_output))));
}

TEST_CASE("a stopped child is ended all the same", "[cli][child]") {
  auto child = Child::start({"sleep", "60"}, {});
  child.signal(SIGSTOP);
  const auto report = child.end(milliseconds(100));
  CHECK(report.signal != 0);
}

TEST_CASE("no child outlives its object", "[cli][child]") {
  pid_t process = -1;
  {
    const auto child = Child::start({"sleep", "60"}, {});
    process = child.pid();
    CHECK(alive(process));
  }
  CHECK_FALSE(alive(process));
}

TEST_CASE("no child outlives presil", "[cli][child]") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t presil = fork();
  if (presil == 0) {
    const auto child = Child::start({"sleep", "60"}, {});
    const pid_t process = child.pid();
    [[maybe_unused]] const auto written = write(ends[1], &process, sizeof process);
    kill(getpid(), SIGKILL);
  }
  pid_t process = -1;
  REQUIRE(read(ends[0], &process, sizeof process) == sizeof process);
  waitpid(presil, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
  CHECK(goes(process));
}

TEST_CASE("the output of a tool comes whole, and its failure is an error", "[cli][child]") {
  CHECK(output_of({"echo", "hello"}) == "hello\n");
  CHECK(output_of({"sh", "-c", "head -c 300000 /dev/zero"}).size() == 300000);
  CHECK_THROWS_AS(output_of({"false"}), Error);
}

}  // namespace
}  // namespace presil::cli
