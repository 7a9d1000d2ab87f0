// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "evidence.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "child.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("evidence holds stacks, threads and the end of the log", "[cli][evidence]") {
  const TemporaryFolder folder;
  std::string log;
  for (int i = 0; i < 1000; ++i) {
    log += "event " + std::to_string(i) + "\n";
  }
  const auto child = Child::start({"sleep", "60"}, {});
  gather_evidence(folder.path() / "hang",
                  {{"suspect", child.pid(), folder.write("events.log", log)}},
                  folder.path() / "nobody-listens");

  CHECK_THAT(read_file(folder.path() / "hang/suspect.stack"), ContainsSubstring("nanosleep"));
  CHECK_THAT(read_file(folder.path() / "hang/suspect.threads"), ContainsSubstring("sleep"));
  const auto last = read_file(folder.path() / "hang/suspect.last");
  CHECK_THAT(last, ContainsSubstring("event 999\n"));
  CHECK_THAT(last, !ContainsSubstring("event 5\n"));
  CHECK_THAT(read_file(folder.path() / "hang/guest-registers.txt"),
             ContainsSubstring("did not answer"));
}

}  // namespace
}  // namespace presil::cli
