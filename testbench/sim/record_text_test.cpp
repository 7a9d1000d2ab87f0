// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RecordText writes what std::format would, and cuts what is too long.

#include "sim/record/record_text.hpp"

#include <format>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace presil {
namespace {

TEST_CASE("numbers in a record look as std::format writes them", "[sim][record]") {
  const std::uint64_t value = GENERATE(0u, 9u, 10u, 0xffu, 0x1000u, 0xffff'ffff'ffff'ffffu);
  RecordText record;
  record.decimal(value).text(" ").hex(value).text(" ").hex16(value);
  CHECK(record.view() == std::format("{} {:#x} {:016x}", value, value, value));
}

TEST_CASE("a record that is too long is cut, not torn", "[sim][record]") {
  RecordText record;
  record.text(std::string(250, 'a')).decimal(1'000'000'000).text("tail").text("more");
  CHECK(record.view().size() == 256);
  CHECK(record.view().ends_with("atailmo"));
}

}  // namespace
}  // namespace presil
