// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "outcome.hpp"

#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

namespace presil::cli {
namespace {

constexpr Result kAll[] = {Result::kPassed,     Result::kFailed,     Result::kInterrupted,
                           Result::kHang,       Result::kTimeLimit,  Result::kRtlFailure,
                           Result::kDeviceLost, Result::kQemuFailed, Result::kGuestDied};

TEST_CASE("every result has its own word and, but for the command's, its own status",
          "[cli][outcome]") {
  std::set<std::string> words;
  std::set<int> statuses;
  for (const auto result : kAll) {
    words.insert(result_word(result));
    statuses.insert(exit_status_of(result, 3));
  }
  CHECK(words.size() == std::size(kAll));
  CHECK(statuses.size() == std::size(kAll));
  CHECK(exit_status_of(Result::kPassed, 0) == 0);
  CHECK(exit_status_of(Result::kFailed, 3) == 3);
}

TEST_CASE("a command's good end does not hide a lost device", "[cli][outcome]") {
  CHECK(exit_status_of(Result::kDeviceLost, 0) != 0);
  CHECK(exit_status_of(Result::kRtlFailure, 0) != 0);
}

}  // namespace
}  // namespace presil::cli
