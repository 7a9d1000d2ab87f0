// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The event log's file: nothing written is lost, whatever becomes of its writer or of the disk.

#include "sim/record/log_file.hpp"

#include <signal.h>
#include <sys/resource.h>

#include <format>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "sim/base/error.hpp"
#include "testbench/sim/forked.hpp"
#include "testbench/support/temporary_folder.hpp"

namespace presil {
namespace {

using testbench::TemporaryFolder;

/// Text of `count` numbered lines.
std::string lines(unsigned count) {
  std::string text;
  for (unsigned i = 0; i < count; ++i)
    text += std::format("record {}\n", i);
  return text;
}

void append_lines(LogFile& log, unsigned count) {
  for (unsigned i = 0; i < count; ++i)
    log.append(std::format("record {}\n", i));
}

/// What a reader of a file whose writer died may do.
std::string trimmed(std::string text) {
  return text.substr(0, text.find('\0'));
}

TEST_CASE("a closed log is its text and no more", "[sim][record]") {
  const TemporaryFolder folder;
  LogFile log(folder.path("log"));
  append_lines(log, 3);
  log.close();
  CHECK(folder.read("log") == "record 0\nrecord 1\nrecord 2\n");
  CHECK(log.failure().empty());
}

TEST_CASE("a log without records is empty", "[sim][record]") {
  const TemporaryFolder folder;
  {
    const LogFile log(folder.path("log"));
  }
  CHECK(std::filesystem::exists(folder.path("log")));
  CHECK(folder.read("log").empty());
}

TEST_CASE("a log that is not closed closes itself", "[sim][record]") {
  const TemporaryFolder folder;
  {
    LogFile log(folder.path("log"));
    append_lines(log, 2);
  }
  CHECK(folder.read("log") == lines(2));
}

TEST_CASE("a log takes the place of an older, longer one", "[sim][record]") {
  const TemporaryFolder folder;
  folder.write("log", std::string(3u << 20, 'x'));
  LogFile log(folder.path("log"));
  append_lines(log, 1);
  log.close();
  CHECK(folder.read("log") == "record 0\n");
}

TEST_CASE("records can be read while the log is being written", "[sim][record]") {
  const TemporaryFolder folder;
  LogFile log(folder.path("log"));
  append_lines(log, 2);
  CHECK(trimmed(folder.read("log")) == lines(2));
}

TEST_CASE("records outlive a writer that was killed", "[sim][record]") {
  const TemporaryFolder folder;
  CHECK(testbench::run_forked([&] {
          LogFile log(folder.path("log"));
          append_lines(log, 1000);
          ::raise(SIGKILL);
          return 0;
        }) == -SIGKILL);
  const std::string text = folder.read("log");
  CHECK(text.size() > lines(1000).size());
  CHECK(trimmed(text) == lines(1000));
  CHECK(text.find_first_not_of('\0', lines(1000).size()) == std::string::npos);
}

TEST_CASE("a log grows beyond what is mapped at a time", "[sim][record]") {
  // Over the borders of many windows, none of which is one of a line.
  constexpr unsigned kLines = 300'000;
  const TemporaryFolder folder;
  LogFile log(folder.path("log"));
  append_lines(log, kLines);
  CHECK(log.failure().empty());
  log.close();
  const std::string expected = lines(kLines);
  REQUIRE(expected.size() > 3u << 20);
  CHECK((folder.read("log") == expected));
}

TEST_CASE("a record may end where the mapped part ends", "[sim][record]") {
  const TemporaryFolder folder;
  LogFile log(folder.path("log"));
  std::string expected;
  const auto append = [&](std::size_t bytes, char character) {
    log.append(std::string(bytes, character));
    expected.append(bytes, character);
  };
  append((1u << 19) - 1, 'a');
  append(1, 'b');
  append(1u << 19, 'c');
  append(1, 'd');
  append((1u << 19) - 1, 'e');
  log.close();
  CHECK((folder.read("log") == expected));
}

TEST_CASE("records after the end of a log are dropped", "[sim][record]") {
  const TemporaryFolder folder;
  LogFile log(folder.path("log"));
  append_lines(log, 1);
  log.close();
  log.append("too late\n");
  log.close();
  CHECK(folder.read("log") == "record 0\n");
  CHECK(log.failure().empty());
}

TEST_CASE("a log that cannot be opened is a mistake of its user", "[sim][record]") {
  const TemporaryFolder folder;
  const auto path = folder.path("none/log");
  try {
    const LogFile log(path);
    FAIL("opened");
  } catch (const Error& error) {
    CHECK(error.status() == ExitStatus::kConfiguration);
    CHECK(error.what() == std::format("event log {}: No such file or directory", path.string()));
  }
}

// ------------------------------------------------------------------------------------ full disks

/// In a forked process: files can have no more than `bytes` from now on, and that is an error.
void limit_files(rlim_t bytes) {
  const rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  ::signal(SIGXFSZ, SIG_IGN);
}

TEST_CASE("a disk that fills up stops the log and keeps what it has", "[sim][record]") {
  const TemporaryFolder folder;
  CHECK(testbench::run_forked([&] {
          limit_files(2u << 20);
          LogFile log(folder.path("log"));
          append_lines(log, 300'000);
          if (log.failure() != "File too large")
            return 1;
          // It must neither go on later, with a hole, nor fail again.
          log.append("late\n");
          log.close();
          return log.failure() == "File too large" ? 0 : 2;
        }) == 0);
  const std::string text = folder.read("log");
  CHECK(text.size() > 1u << 20);
  CHECK(text.size() <= 2u << 20);
  CHECK(text.ends_with('\n'));
  CHECK(lines(300'000).starts_with(text));
}

TEST_CASE("a disk that is full from the start is said at once", "[sim][record]") {
  const TemporaryFolder folder;
  CHECK(testbench::run_forked([&] {
          limit_files(4096);
          try {
            const LogFile log(folder.path("log"));
          } catch (const Error& error) {
            const std::string text = error.what();
            return error.status() == ExitStatus::kSystem && text.ends_with("log: File too large")
                       ? 0
                       : 1;
          }
          return 2;
        }) == 0);
}

}  // namespace
}  // namespace presil
