// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "bench_command.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

namespace presil::cli {
namespace {

TEST_CASE("the boots' ratio takes the least disturbed of each kind", "[cli][bench]") {
  CHECK_THAT(boot_ratio({{4.2, 9.0}, {8.0, 4.0}, {5.0, 5.0}}),
             Catch::Matchers::WithinRel(4.2 / 4.0, 1e-9));
}

}  // namespace
}  // namespace presil::cli
