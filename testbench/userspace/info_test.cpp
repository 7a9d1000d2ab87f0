// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What kestrel-info shows: every property, in both forms.

#include "info.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "fake_kernel.hpp"
#include "kestrel_internal.hpp"
#include <nlohmann/json.hpp>

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

std::vector<Fact> facts() {
  FakeKernel kernel;
  kestrel_device* device = nullptr;
  REQUIRE(kestrel::internal::open_device_on(kernel, nullptr, &device) == 0);
  return facts_of(kestrel::Device(device)).value();
}

}  // namespace

TEST_CASE("info: No property is left out, and none shown twice", "[userspace][info]") {
  std::set<std::string> keys;
  for (const Fact& fact : facts())
    keys.insert(fact.key);
  // KESTREL_INTERFACE_MAJOR to KESTREL_BUFFER_BYTES_MAX.
  CHECK(facts().size() == KESTREL_BUFFER_BYTES_MAX + 1);
  CHECK(keys.size() == facts().size());
}

TEST_CASE("info: The table has a line for each, with its unit", "[userspace][info]") {
  const std::string table = as_table("/dev/accel/accel0", facts());
  CHECK_THAT(table, StartsWith("device                   /dev/accel/accel0\n"));
  CHECK_THAT(table, ContainsSubstring("\nclock                    1000 MHz\n"));
  CHECK_THAT(table, ContainsSubstring("\narray rows               16\n"));
  CHECK(std::ranges::count(table, '\n') == static_cast<long>(facts().size()) + 1);
}

TEST_CASE("info: The JSON is JSON, whatever the path holds", "[userspace][info]") {
  const std::string path = "/tmp/\"a\\b\"\n\x1f";
  const auto json = nlohmann::json::parse(as_json(path, facts()));
  CHECK(json.at("path") == path);
  CHECK(json.at("scratchpad_bytes") == 262144);
  CHECK(json.size() == facts().size() + 1);
}
