// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Recovery: each fault under each load, against the table, and the table against the document.

#include <algorithm>
#include <fstream>
#include <set>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "checkout.hpp"
#include "presil_run.hpp"
#include "recovery_boot.hpp"
#include "recovery_table.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("clients see what the recovery table says", "[system][recovery]") {
  const std::string load = GENERATE("idle", "one", "all");
  const std::string last = GENERATE("unplug", "death");
  CAPTURE(load, last);
  const bool all = last == "unplug";
  const auto rows = check_boot({.name = "recovery-" + load + "-" + last,
                                .load = load,
                                .faults = all ? faults_until(last) : std::vector{last},
                                .options = {"--model", "functional"}});
  // For whoever writes the document anew.
  std::ofstream(build_folder() / "system-runs" / ("recovery-" + load + "-" + last) / "table.md")
      << recovery_markdown(rows);
}

TEST_CASE("the recovery table has each fault under each load", "[system][recovery]") {
  std::set<std::string> rows;
  for (const auto& row : recovery_table()) {
    rows.insert(row.load + "/" + row.fault);
  }
  CHECK(rows.size() == recovery_table().size());
  for (const std::string load : {"idle", "one", "all"}) {
    for (auto faults : {faults_until("unplug"), faults_until("death")}) {
      for (const auto& fault : faults) {
        CAPTURE(load, fault);
        CHECK(rows.contains(load + "/" + fault));
      }
    }
  }
  CHECK(rows.size() == 3 * 11);
}

TEST_CASE("docs/recovery.md has the recovery table", "[system][recovery]") {
  CHECK_THAT(cli::read_file(PRESIL_SOURCE_DIR "/docs/recovery.md"),
             ContainsSubstring(recovery_markdown(recovery_table())));
}

}  // namespace
}  // namespace presil::system
